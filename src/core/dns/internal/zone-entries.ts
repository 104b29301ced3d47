/** A word of a master file; one in quotes is text, whatever it says. */
export interface ZoneWord {
  readonly text: string;
  readonly quoted: boolean;
}

/** One entry of a master file: the words of a line, or of several within parentheses. */
export interface ZoneEntry {
  /** Where it begins; counts from 1. */
  readonly line: number;
  /** The line begins with a blank: the owner is that of the entry before. */
  readonly indented: boolean;
  readonly words: readonly ZoneWord[];
}

/** Blanks, a comment, a bracket, a word in quotes, or a plain one; a backslash takes what follows with it. */
const TOKEN = /(\r?\n)|[^\S\n]+|;[^\n]*|([()])|"((?:\\[^]|[^"\\])*)"|((?:\\[^]|[^\s;()"\\])+)|([^])/gy;

/**
 * Cuts a master file into entries (RFC 1035 section 5.1): `;` begins a comment, parentheses hold lines together, quotes words.
 * @returns undefined for what stands open at the end, a quote or a parenthesis
 */
export function* zoneEntries(text: string): Generator<ZoneEntry | undefined> {
  let line = 1;
  let depth = 0;
  let entry: { line: number; indented: boolean; words: ZoneWord[] } | undefined;
  for (const { 0: whole, index, 1: end, 2: bracket, 3: quoted, 4: plain, 5: stray } of text.matchAll(TOKEN)) {
    if (stray !== undefined) depth = Number.POSITIVE_INFINITY; // a quote or a backslash that nothing ends
    if (bracket !== undefined) depth = Math.max(0, depth + (bracket === '(' ? 1 : -1));
    const word = quoted ?? plain;
    if (word !== undefined) {
      entry ??= { line, indented: index > text.lastIndexOf('\n', index) + 1, words: [] };
      entry.words.push({ text: word, quoted: quoted !== undefined });
    }
    if (end !== undefined && depth === 0 && entry) {
      yield entry;
      entry = undefined;
    }
    line += whole.split('\n').length - 1;
  }
  if (depth > 0) yield undefined;
  else if (entry) yield entry;
}

/** The text of a word in a record: `\"` is a quote, `\065` an A. Undefined: an octet that is no ASCII. */
export function unescaped(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  const codes = [...text.matchAll(/\\(\d{3})/g)].map(([, code]) => Number(code));
  if (codes.some((code) => code > 127)) return undefined;
  return text.replaceAll(/\\(?:(\d{3})|([^]))/g, (_, code: string | undefined, one: string | undefined) =>
    code === undefined ? (one ?? '') : String.fromCharCode(Number(code)),
  );
}
