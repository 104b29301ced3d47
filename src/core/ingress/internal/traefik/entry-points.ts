import { compareText } from '../../../kernel/compare.js';
import { inMap } from '../../../kernel/in-map.js';
import { inBrief } from '../../../kernel/in-brief.js';

/** The entry points of Traefik's Helm chart: `web` takes http, `websecure` https. */
export function entryPointOf(scheme: 'http' | 'https'): 'web' | 'websecure' {
  return scheme === 'https' ? 'websecure' : 'web';
}

/** Entry points for Traefik's own pages and figures. */
const OWN: readonly string[] = ['traefik', 'metrics'];
/** Those of which it is known what arrives there. */
export const KNOWN_ENTRY_POINTS: ReadonlySet<string> = new Set(['web', 'websecure', ...OWN]);

/** The entry points that the routers of an object name. An object may name very many, and each of its routers is asked of every request where it listens. */
export class EntryPoints {
  readonly named: ReadonlySet<string>;
  private shown: string | undefined;
  private sorted: string | undefined;

  constructor(private readonly names: readonly string[]) {
    this.named = new Set(names);
  }

  /** None is named, so that routers listen on all there are. */
  get areAll(): boolean {
    return this.named.size === 0;
  }

  /** Whether some are named of which it is not known what arrives there. */
  get haveUnknown(): boolean {
    for (const name of this.named) if (!KNOWN_ENTRY_POINTS.has(name)) return true;
    return false;
  }

  /** Whether routers listen on one. */
  has(name: string): boolean {
    return this.areAll || this.named.has(name);
  }

  /** The same; where the entry point is not known, whether it may be one of them, which `web` and `websecure` are not. */
  mayHave(name: string | undefined): boolean {
    return name === undefined ? this.areAll || this.haveUnknown : this.has(name);
  }

  /** As sentences name them. */
  get text(): string {
    this.shown ??= inBrief(this.names.join(', '));
    return this.shown;
  }

  /** Equal for lists of the same names. */
  get key(): string {
    this.sorted ??= JSON.stringify(this.names.toSorted(compareText));
    return this.sorted;
  }
}

/** That of a scheme alone. */
export const entryPointFor = { http: new EntryPoints([entryPointOf('http')]), https: new EntryPoints([entryPointOf('https')]) } as const;

const ofLists = new WeakMap<readonly string[], EntryPoints>();

/** What a list in an object comes to, once for all of its routers. */
export function entryPointsIn(names: readonly string[]): EntryPoints {
  return inMap(ofLists, names, () => new EntryPoints(names));
}
