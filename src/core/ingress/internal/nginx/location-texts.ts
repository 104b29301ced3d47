/** A location as nginx finds it. */
interface LocationText {
  readonly text: string;
  readonly exact: boolean;
}

/** Where nginx goes: to the location of that place in the list, or to its path, which is the one that was asked for with a slash. */
interface FoundText {
  readonly type: 'location' | 'slash';
  readonly place: number;
}

/**
 * The texts of the locations of some servers, without what they lead to: most hosts of a cluster have those of others, so that a few of these serve all. Of texts that
 * stand there more than once the first counts.
 */
export class LocationTexts {
  private readonly exact = new Map<string, number>();
  private readonly prefixes = new Map<string, number>();
  /** The place of the first text that stands there again; undefined: each stands there once. */
  readonly repeated: number | undefined;
  /** The lengths of prefixes, the longest first. */
  private readonly lengths: readonly number[];

  constructor(readonly texts: readonly LocationText[]) {
    const lengths = new Set<number>();
    let repeated: number | undefined;
    for (const [place, { text, exact }] of texts.entries()) {
      const places = exact ? this.exact : this.prefixes;
      if (places.has(text)) repeated ??= place;
      else places.set(text, place);
      if (!exact) lengths.add(text.length);
    }
    this.repeated = repeated;
    this.lengths = [...lengths].sort((a, b) => b - a);
  }

  /** The path itself, an exact location first; the path with a slash; the longest prefix (`ngx_http_core_find_location`; rules B7, B8, B11). */
  find(uri: string): FoundText | undefined {
    const same = this.exact.get(uri) ?? this.prefixes.get(uri);
    if (same !== undefined) return { type: 'location', place: same };
    const slashed = this.firstOf(`${uri}/`);
    if (slashed !== undefined) return { type: 'slash', place: slashed };
    for (const length of this.lengths) {
      const prefix = length < uri.length ? this.prefixes.get(uri.slice(0, length)) : undefined;
      if (prefix !== undefined) return { type: 'location', place: prefix };
    }
    return undefined;
  }

  private firstOf(text: string): number | undefined {
    const [exact, prefix] = [this.exact.get(text), this.prefixes.get(text)];
    return exact === undefined || prefix === undefined ? (exact ?? prefix) : Math.min(exact, prefix);
  }
}

/** The location texts of one table, each list of them once. */
export class SharedLocationTexts {
  private readonly known = new Map<string, LocationTexts[]>();

  of(locations: readonly LocationText[]): LocationTexts {
    const key = locations.map(({ text, exact }) => (exact ? `=${text}` : text)).join('\n');
    const alike = this.known.get(key);
    const isSame = ({ texts }: LocationTexts) =>
      texts.length === locations.length &&
      texts.every(({ text, exact }, place) => text === locations[place]?.text && exact === locations[place].exact);
    const same = alike?.find(isSame);
    if (same) return same;
    const made = new LocationTexts(locations.map(({ text, exact }) => ({ text, exact })));
    if (alike) alike.push(made);
    else this.known.set(key, [made]);
    return made;
  }
}
