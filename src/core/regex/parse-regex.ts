import { err, ok, type Result } from '../kernel/result.js';
import { controlCharacter, negated, perlClass, posixClass, withOtherCase } from './character-class.js';
import { repeatsNothing } from './empty-repeats.js';
import type { RegexNode } from './regex-node.js';
import type { CodeRange, Flavour } from './regex-program.js';

const EMPTY: RegexNode = { kind: 'empty' };
/** Every character but a line break. */
const DOT = negated([[10, 10]]);
const ANYTHING = negated([]);
/** RE2's own limit for `{n,m}`. */
const MAX_REPEAT = 1000;
/** Groups may be nested only so deep. */
const MAX_DEPTH = 100;

/** Thrown within this file alone; its message is what the caller gets. */
class Refusal extends Error {}

/** Thrown where RE2 itself refuses the expression too. */
class Broken extends Refusal {}

/** Whether an expression is known to be none in RE2's syntax, rather than one that is not supported here. */
export function isBrokenRegex(text: string): boolean {
  try {
    new RegexReader(text).whole();
    return false;
  } catch (error) {
    if (error instanceof Refusal) return error instanceof Broken;
    throw error;
  }
}

/** Whether PCRE refuses an expression for certain, as RE2 does. It takes more: repetitions that give nothing back (`a++`), longer ones, other groups and escapes. */
export function isBrokenInEveryEngine(text: string): boolean {
  return !/[*+?]\+|\{|\(\?|\\/.test(text) && isBrokenRegex(text);
}

/**
 * Parses the part of RE2's syntax that patterns of names and paths use (github.com/google/re2/wiki/Syntax): literals, `.`, classes, groups, `|`, `* + ? {n,m}` and their lazy
 * forms, `^ $ \A \z \b \B`, the flags `i` and `s`; of PCRE's (pcrepattern) also looks ahead, and `$` and `\Z` in front of a line feed that ends the text. The error is what is not
 * supported, in words.
 */
export function parseRegex(text: string, flavour: Flavour = 're2'): Result<{ readonly node: RegexNode; readonly groups: number }, string> {
  try {
    const reader = new RegexReader(text, flavour);
    const node = reader.whole();
    return ok({ node, groups: reader.groups });
  } catch (error) {
    if (error instanceof Refusal) return err(error.message);
    throw error;
  }
}

class RegexReader {
  groups = 0;
  private at = 0;
  private depth = 0;
  private ignoreCase = false;
  private dotIsAll = false;

  constructor(
    private readonly text: string,
    private readonly flavour: Flavour = 're2',
  ) {}

  whole(): RegexNode {
    const node = this.either();
    if (this.at < this.text.length) this.broken('a `)` without its `(`');
    return node;
  }

  private either(): RegexNode {
    const parts = [this.sequence()];
    while (this.take('|')) parts.push(this.sequence());
    return parts.length === 1 ? (parts[0] ?? EMPTY) : { kind: 'either', parts };
  }

  private sequence(): RegexNode {
    const parts: RegexNode[] = [];
    while (this.at < this.text.length && !this.sees('|') && !this.sees(')')) parts.push(this.repeated(this.atom()));
    return { kind: 'sequence', parts };
  }

  private repeated(body: RegexNode): RegexNode {
    const bounds = this.bounds();
    if (!bounds) return body;
    const lazy = this.take('?');
    if (this.bounds()) this.broken('a repetition of a repetition');
    return { kind: 'repeat', body, ...bounds, lazy };
  }

  private bounds(): { readonly least: number; readonly most: number | undefined } | undefined {
    if (this.take('*')) return { least: 0, most: undefined };
    if (this.take('+')) return { least: 1, most: undefined };
    if (this.take('?')) return { least: 0, most: 1 };
    const [all, first, comma, last] = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.text.slice(this.at)) ?? [];
    if (all === undefined) return undefined;
    this.at += all.length;
    const least = Number(first);
    const most = comma === undefined ? least : last === '' || last === undefined ? undefined : Number(last);
    if (least > MAX_REPEAT || (most ?? 0) > MAX_REPEAT || (most !== undefined && most < least)) this.broken(`the repetition \`${all}\``);
    return { least, most };
  }

  private atom(): RegexNode {
    const character = this.next();
    switch (character) {
      case '(':
        return this.group();
      case '[':
        return this.characters(this.bracket());
      case '.':
        return { kind: 'character', ranges: this.dotIsAll ? ANYTHING : DOT };
      case '^':
        return { kind: 'assert', what: 'begin' };
      case '$':
        return { kind: 'assert', what: this.flavour === 'pcre' ? 'last-line-end' : 'end' };
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
        return this.broken(`\`${character}\` with nothing to repeat`);
      default:
        return this.characters([codeRange(character)]);
    }
  }

  private group(): RegexNode {
    if (++this.depth > MAX_DEPTH) this.refuse('groups nested this deep');
    const before = { ignoreCase: this.ignoreCase, dotIsAll: this.dotIsAll };
    const [named] = /^\?P?<\w+>/.exec(this.text.slice(this.at)) ?? [];
    const [flags, scope] = /^\?[is]*(?:-[is]+)?([:)])/.exec(this.text.slice(this.at)) ?? [];
    const [look] = this.flavour === 'pcre' ? (/^\?[=!]/.exec(this.text.slice(this.at)) ?? []) : [];
    this.at += (named ?? flags ?? look ?? '').length;
    if (named === undefined && flags === undefined && look === undefined && this.sees('?'))
      this.unread(`the group \`(${this.text.slice(this.at, this.at + 3)}…\``);
    this.setFlags(flags ?? '');
    // `(?i)` holds to the end of the group around it.
    if (scope === ')') {
      this.depth--;
      return EMPTY;
    }
    const groups = this.groups;
    const index = scope === ':' || look !== undefined ? undefined : ++this.groups;
    const body = this.either();
    if (!this.take(')')) this.broken('a `(` without its `)`');
    this.depth--;
    Object.assign(this, before);
    if (look !== undefined) return this.lookAhead(look === '?=', body, this.groups > groups);
    return index === undefined ? body : { kind: 'group', index, body };
  }

  /** What comes before `-` is turned on, what comes behind it off. */
  private setFlags(flags: string): void {
    const [on = '', off = ''] = flags.split('-');
    if (flags.includes('i')) this.ignoreCase = on.includes('i') && !off.includes('i');
    if (flags.includes('s')) this.dotIsAll = on.includes('s') && !off.includes('s');
  }

  private lookAhead(isWanted: boolean, body: RegexNode, hasGroups: boolean): RegexNode {
    if (hasGroups) this.refuse('a look ahead with groups');
    if (repeatsNothing(body)) this.refuse('a look ahead that repeats what may be empty');
    return { kind: 'look', isWanted, body };
  }

  private escape(): RegexNode {
    const letter = this.next();
    if (letter === 'A') return { kind: 'assert', what: 'begin' };
    if (letter === 'z') return { kind: 'assert', what: 'end' };
    if (letter === 'Z' && this.flavour === 'pcre') return { kind: 'assert', what: 'last-line-end' };
    if (letter === 'b') return { kind: 'assert', what: 'word-boundary' };
    if (letter === 'B') return { kind: 'assert', what: 'no-word-boundary' };
    return this.characters(this.escaped(letter));
  }

  private escaped(letter: string): readonly CodeRange[] {
    const known = perlClass(letter, this.flavour) ?? controlCharacter(letter);
    if (known) return known;
    const [hex, two, more] = letter === 'x' ? (/^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,4})\})/.exec(this.text.slice(this.at)) ?? []) : [];
    if (hex !== undefined) {
      this.at += hex.length;
      const code = Number.parseInt(two ?? more ?? '', 16);
      // PCRE has single bytes here, RE2 has texts of Unicode.
      if (code < (this.flavour === 'pcre' ? 256 : 128)) return [[code, code]];
    }
    if (/[A-Za-z0-9]/.test(letter)) this.refuse(`\`\\${letter}\``);
    return [codeRange(letter)];
  }

  private bracket(): readonly CodeRange[] {
    const negative = this.take('^');
    const ranges: CodeRange[] = [];
    for (let first = true; first || !this.sees(']'); first = false) ranges.push(...this.member());
    this.at++;
    const cased = this.ignoreCase ? withOtherCase(ranges) : ranges;
    return negative ? negated(cased) : cased;
  }

  private member(): readonly CodeRange[] {
    const [posix, not, name] = /^\[:(\^?)(\w+):\]/.exec(this.text.slice(this.at)) ?? [];
    if (posix !== undefined) {
      this.at += posix.length;
      const known = posixClass(name ?? '') ?? this.refuse(`the class \`${posix}\``);
      return not === '^' ? negated(known) : known;
    }
    const first = this.end();
    if (first.length !== 1 || first[0]?.[0] !== first[0]?.[1]) return first;
    if (!this.sees('-') || this.text[this.at + 1] === ']') return first;
    this.at++;
    const last = this.end();
    const [from, to] = [first[0]?.[0] ?? 0, last[0]?.[0] ?? 0];
    if (last.length !== 1 || to < from) this.broken('a range of characters that runs backwards');
    return [[from, to]];
  }

  /** One end of a range in brackets. */
  private end(): readonly CodeRange[] {
    const character = this.next();
    return character === '\\' ? this.escaped(this.next()) : [codeRange(character)];
  }

  private characters(ranges: readonly CodeRange[]): RegexNode {
    return { kind: 'character', ranges: this.ignoreCase ? withOtherCase(ranges) : ranges };
  }

  private next(): string {
    const character = this.text[this.at++];
    return character ?? this.broken('an end in the middle of it');
  }

  private sees(character: string): boolean {
    return this.text[this.at] === character;
  }

  private take(character: string): boolean {
    if (!this.sees(character)) return false;
    this.at++;
    return true;
  }

  /** RE2 has no look-around. */
  private unread(group: string): never {
    return /^\?<?[=!]/.test(this.text.slice(this.at)) ? this.broken(group) : this.refuse(group);
  }

  private broken(what: string): never {
    throw new Broken(`${what} is not supported`);
  }

  private refuse(what: string): never {
    throw new Refusal(`${what} is not supported`);
  }
}

function codeRange(character: string): CodeRange {
  const code = character.charCodeAt(0);
  return [code, code];
}
