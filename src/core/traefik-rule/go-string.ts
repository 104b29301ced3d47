import { err, ok, type Result } from '../kernel/result.js';

/** A literal that was read: what it means, and the offset behind it. */
interface Literal {
  readonly value: string;
  readonly to: number;
}
interface LiteralFault {
  readonly at: number;
  readonly message: string;
  readonly hint: string | undefined;
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};
const CODED = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})/y;

/** Reads the string literal at an offset as Go does (go.dev/ref/spec, "String literals"): raw in backquotes, with escapes in double quotes. */
export function readGoString(text: string, from: number): Result<Literal, LiteralFault> {
  if (text[from] === '`') return readRaw(text, from);
  let value = '';
  for (let at = from + 1; at < text.length && text[at] !== '\n'; at++) {
    const character = text.charAt(at);
    if (character === '"') return ok({ value, to: at + 1 });
    if (character !== '\\') {
      value += character;
      continue;
    }
    const escape = readEscape(text, at + 1);
    if (!escape) {
      const message = `\`${text.slice(at, at + 2)}\` is no escape in double quotes`;
      return err({ at, message, hint: 'write the value in backquotes, where a backslash is itself' });
    }
    value += escape.value;
    at = escape.to - 1;
  }
  return err({ at: from, message: 'the `"` is not closed', hint: undefined });
}

function readRaw(text: string, from: number): Result<Literal, LiteralFault> {
  const end = text.indexOf('`', from + 1);
  if (end < 0) return err({ at: from, message: 'the backquote is not closed', hint: undefined });
  return ok({ value: text.slice(from + 1, end).replaceAll('\r', ''), to: end + 1 });
}

function readEscape(text: string, at: number): Literal | undefined {
  const simple = SIMPLE[text.charAt(at)];
  if (simple !== undefined) return { value: simple, to: at + 1 };
  CODED.lastIndex = at;
  const [all, byte, short, long, octal] = CODED.exec(text) ?? [];
  if (all === undefined) return undefined;
  const code = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
  const isScalar = code <= 0x10_ffff && !(code >= 0xd800 && code <= 0xdfff);
  // A byte outside ASCII is a part of a character only: no text of ours.
  const isText = isScalar && !((byte !== undefined || octal !== undefined) && code > 0x7f);
  return isText ? { value: String.fromCodePoint(code), to: at + all.length } : undefined;
}

/** A text as Go writes it in double quotes (`%q`). */
export function quoteGoString(text: string): string {
  const escaped = text.replace(/[\\"\p{Cc}]/gu, (character) => {
    const simple = Object.entries(SIMPLE).find(([, value]) => value === character)?.[0];
    return simple === undefined ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}` : `\\${simple}`;
  });
  return `"${escaped}"`;
}
