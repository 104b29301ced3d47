import type { Labels } from '../resources/resource.js';

/** A line of a Corefile. */
export interface CorefileLine {
  /** Counts from 1. */
  readonly line: number;
  readonly words: readonly string[];
}

/** One plugin line of a server block, with the lines between its braces. */
export interface CorefileDirective {
  /** Where it stands; that of the snippet for one that was imported. */
  readonly line: number;
  readonly name: string;
  readonly arguments: readonly string[];
  readonly options: readonly CorefileLine[];
}

/** A server block: `zone[:port] … { directives }`. */
export interface CorefileBlock {
  /** As written. Empty for what stands between blocks: imports of files that are not there. */
  readonly keys: readonly string[];
  readonly directives: readonly CorefileDirective[];
}

/** Snippets that import one another must not grow without bound. */
const MOST_DIRECTIVES = 10_000;

/**
 * Reads a Corefile: server blocks, `#` comments, quoted words, snippets (`(name) { … }`) and `import name`. An `import` of a file, which is not there, stays a
 * directive of that name. `{$VARIABLE}` and `{%VARIABLE%}` are replaced within their word where the environment has them, else they stay as they are written
 * (coredns.io, "Corefile"; caddyfile lexer and parser in coredns/caddy, replaceEnvVars).
 */
export function parseCorefile(text: string, environment: Labels = {}): readonly CorefileBlock[] {
  const lines = text
    .split('\n')
    .map((line, index): CorefileLine => ({ line: index + 1, words: wordsOf(line).map((word) => expand(word, environment)) }))
    .filter(({ words }) => words.length > 0);
  const snippets = new Map<string, readonly CorefileDirective[]>();
  const blocks: CorefileBlock[] = [];
  let keys: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const { line, words } = lines[at] ?? { line: 0, words: [] };
    if (keys.length === 0 && words[0] === 'import' && words.at(-1) !== '{') {
      blocks.push({ keys: [], directives: [{ line, name: 'import', arguments: words.slice(1), options: [] }] });
      continue;
    }
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

/** `dns://cluster.local:53` without scheme and port. */
export function hostOfKey(key: string): string {
  return key.replace(/^\w+:\/\//, '').replace(/:\d+$/, '');
}

/** A variable of the server's environment. */
const VARIABLE = /\{\$([^{}]+)\}|\{%([^{}]+?)%\}/g;

/** Whether a word takes its value from the environment of the server, as far as that is not known: `{$DOMAIN}`, `{%DOMAIN%}`. */
export function readsEnvironment(word: string): boolean {
  return /\{[$%]/.test(word);
}

/** The variables that words read, as a sentence names them. */
export function unknownVariables(words: readonly string[]): string {
  const names = words.flatMap((word) => [...word.matchAll(VARIABLE)].map(([, unix, windows]) => `\`${unix ?? windows ?? ''}\``));
  return [...new Set(names)].join(', ');
}

/** What the variables hold is one word, whatever stands in it. */
function expand(word: string, environment: Labels): string {
  return readsEnvironment(word)
    ? word.replace(VARIABLE, (written: string, unix?: string, windows?: string) => environment[unix ?? windows ?? ''] ?? written)
    : word;
}

function readBody(
  lines: readonly CorefileLine[],
  start: number,
  snippets: ReadonlyMap<string, readonly CorefileDirective[]>,
): { readonly directives: readonly CorefileDirective[]; readonly end: number } {
  const directives: CorefileDirective[] = [];
  let at = start;
  for (; at < lines.length; at++) {
    const { line, words } = lines[at] ?? { line: 0, words: [] };
    const [name = '', ...rest] = words;
    if (name.startsWith('}')) break;
    const snippet = name === 'import' && rest.length === 1 ? snippets.get(rest[0] ?? '') : undefined;
    if (snippet) {
      if (directives.length + snippet.length <= MOST_DIRECTIVES) for (const directive of snippet) directives.push(directive);
    } else if (rest.at(-1) === '{') {
      const end = closingLine(lines, at + 1);
      directives.push({ line, name, arguments: rest.slice(0, -1), options: lines.slice(at + 1, end) });
      at = end;
    } else directives.push({ line, name, arguments: rest, options: [] });
  }
  return { directives, end: at };
}

/** The line that closes the braces opened before `start`. */
function closingLine(lines: readonly CorefileLine[], start: number): number {
  let depth = 1;
  for (let at = start; at < lines.length; at++) {
    const { words } = lines[at] ?? { words: [] };
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
