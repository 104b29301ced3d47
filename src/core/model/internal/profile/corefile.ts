/** One plugin line of a server block, with the lines between its braces. */
export interface CorefileDirective {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly options: readonly (readonly string[])[];
}

/** A server block: `zone[:port] … { directives }`. */
export interface CorefileBlock {
  /** As written. */
  readonly keys: readonly string[];
  readonly directives: readonly CorefileDirective[];
}

/** Snippets that import one another must not grow without bound. */
const MOST_DIRECTIVES = 10_000;

/**
 * Reads a Corefile: server blocks, `#` comments, quoted words, snippets (`(name) { … }`) and `import name`. Files that are imported from disk are not there and
 * are left out (coredns.io, "Corefile"; caddyfile lexer and parser in coredns/caddy).
 */
export function parseCorefile(text: string): readonly CorefileBlock[] {
  const lines = text
    .split('\n')
    .map(wordsOf)
    .filter((words) => words.length > 0);
  const snippets = new Map<string, readonly CorefileDirective[]>();
  const blocks: CorefileBlock[] = [];
  let keys: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const words = lines[at] ?? [];
    for (const word of words) if (word !== '{' && word !== '}') keys.push(word.replace(/,$/, ''));
    if (words.at(-1) !== '{') continue;
    const body = readBody(lines, at + 1, snippets);
    at = body.end;
    const [, snippet] = /^\((.+)\)$/.exec(keys[0] ?? '') ?? [];
    if (snippet === undefined) blocks.push({ keys, directives: body.directives });
    else snippets.set(snippet, body.directives);
    keys = [];
  }
  return blocks;
}

function readBody(
  lines: readonly (readonly string[])[],
  start: number,
  snippets: ReadonlyMap<string, readonly CorefileDirective[]>,
): { readonly directives: readonly CorefileDirective[]; readonly end: number } {
  const directives: CorefileDirective[] = [];
  let at = start;
  for (; at < lines.length; at++) {
    const [name = '', ...rest] = lines[at] ?? [];
    if (name.startsWith('}')) break;
    if (name === 'import') {
      const snippet = snippets.get(rest[0] ?? '') ?? [];
      if (directives.length + snippet.length <= MOST_DIRECTIVES) for (const directive of snippet) directives.push(directive);
    } else if (rest.at(-1) === '{') {
      const end = closingLine(lines, at + 1);
      directives.push({ name, arguments: rest.slice(0, -1), options: lines.slice(at + 1, end) });
      at = end;
    } else directives.push({ name, arguments: rest, options: [] });
  }
  return { directives, end: at };
}

/** The line that closes the braces opened before `start`. */
function closingLine(lines: readonly (readonly string[])[], start: number): number {
  let depth = 1;
  for (let at = start; at < lines.length; at++) {
    const words = lines[at] ?? [];
    if (words[0]?.startsWith('}')) depth--;
    else if (words.at(-1) === '{') depth++;
    if (depth === 0) return at;
  }
  return lines.length;
}

function wordsOf(line: string): readonly string[] {
  const words = line.match(/"[^"]*"|#.*$|[^\s"]+/g) ?? [];
  return words.filter((word) => !word.startsWith('#')).map((word) => (word.startsWith('"') ? word.slice(1, -1) : word));
}
