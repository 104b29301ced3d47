import { ByteSpan } from './byte-span.js';
import type { ManifestLimits } from './manifest-limits.js';
import { documentTooLarge } from './payload-too-large.js';

/** The text of one YAML document of a file, its `---` line included. */
export interface YamlText {
  readonly bytes: Buffer;
  /** Position in the file, counted from 1. */
  readonly document: number;
  /** Line of the file, counted from 1, on which the bytes start. */
  readonly line: number;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const DASH = 0x2d;
const HASH = 0x23;
const PERCENT = 0x25;
const SEPARATOR = '---';
/** It, and the byte behind it. */
const SEPARATOR_BYTES = SEPARATOR.length + 1;

function isSeparator(bytes: Buffer, at: number): boolean {
  if (bytes[at] !== DASH || bytes[at + 1] !== DASH || bytes[at + 2] !== DASH) return false;
  const next = bytes[at + 3];
  return next === undefined || next === NEWLINE || next === RETURN || next === SPACE || next === TAB;
}

/**
 * Cuts a stream of YAML at `---` at column 0, which no scalar can contain (YAML 1.2.2, rule c-forbidden [206]): a broken document does not
 * spoil the others. Directives (`%YAML`) stay with the document they introduce; comments before a first separator are no document.
 */
export class YamlCutter {
  private readonly span = new ByteSpan();
  /** The first bytes of a line that are too few to tell whether it is a separator. */
  private tail: Buffer = Buffer.alloc(0);
  private texts: YamlText[] = [];
  private startLine: number;
  /** Where in a line the next byte stands: `leading` = only blanks so far. */
  private at: 'start' | 'leading' | 'inside' = 'start';
  /** What the current text has, comments and blank lines apart; `separator`: nothing behind that. */
  private content: 'none' | 'directives' | 'separator' | 'some' = 'none';

  /** `line` and `documents`: where the text starts in its file, and how many documents came before. */
  constructor(
    private readonly file: string,
    private readonly limits: ManifestLimits,
    private line = 1,
    private documents = 0,
  ) {
    this.startLine = line;
  }

  /** Takes the next bytes and returns the documents they complete. */
  push(chunk: Buffer): readonly YamlText[] {
    this.texts = [];
    const bytes = this.tail.length === 0 ? chunk : Buffer.concat([this.tail, chunk]);
    const done = this.takeLines(bytes, false);
    this.tail = bytes.subarray(done);
    if (this.span.keep(done) > this.limits.maxDocumentBytes) throw documentTooLarge(this.file, this.startLine, this.limits);
    return this.texts;
  }

  /** Ends the text and returns the last document. */
  end(): readonly YamlText[] {
    this.texts = [];
    this.takeLines(this.tail, true);
    this.finish(this.tail.length);
    return this.texts;
  }

  /** Returns how many bytes were dealt with: all, or all but a line's first few. */
  private takeLines(bytes: Buffer, last: boolean): number {
    this.span.enter(bytes);
    let at = 0;
    while (at < bytes.length) {
      if (this.at === 'start') {
        if (!last && bytes.length - at < SEPARATOR_BYTES) return at;
        at = this.startOfLine(bytes, at);
      }
      if (this.at === 'leading') at = this.throughBlanks(bytes, at);
      if (this.at !== 'inside') continue;
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline < 0) return bytes.length;
      at = newline + 1;
      this.line++;
      this.at = 'start';
    }
    return at;
  }

  /** Returns where the line goes on. */
  private startOfLine(bytes: Buffer, at: number): number {
    this.at = 'leading';
    if (isSeparator(bytes, at)) {
      const isIntroduced = this.content === 'directives';
      if (!isIntroduced) this.finish(at);
      this.content = isIntroduced ? 'some' : 'separator';
      return at + SEPARATOR.length;
    }
    if (this.content === 'some') this.at = 'inside';
    else if (this.content !== 'separator' && bytes[at] === PERCENT) [this.at, this.content] = ['inside', 'directives'];
    return at;
  }

  /** Looks whether a line has content: more than blanks and a comment. */
  private throughBlanks(bytes: Buffer, start: number): number {
    let at = start;
    while (bytes[at] === SPACE || bytes[at] === TAB || bytes[at] === RETURN) at++;
    if (at === bytes.length) return at;
    this.at = 'inside';
    if (bytes[at] !== HASH && bytes[at] !== NEWLINE) this.content = 'some';
    return at;
  }

  private finish(end: number): void {
    const bytes = this.span.take(end);
    if (this.content !== 'none') this.documents++;
    // An empty document counts, and there is nothing in it to be read.
    if (this.content !== 'none' && this.content !== 'separator') this.texts.push({ bytes, document: this.documents, line: this.startLine });
    this.startLine = this.line;
    this.content = 'none';
  }
}
