import { assertNever } from '../core/kernel/assert-never.js';
import { ByteSpan } from './byte-span.js';
import type { JsonSlice, RestOfFile } from './json-slice.js';
import type { ManifestLimits } from './manifest-limits.js';
import { documentTooLarge } from './payload-too-large.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const DASH = 0x2d;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const ITEMS = Buffer.from('items');
const PLACEHOLDER = Buffer.from('0');
/** The frame must not hold on to the chunks between its ends: its commas are this one. */
const SEPARATOR = Buffer.from(',');

/** Bytes that mean something outside strings; all others are passed over. */
const MATTERS = new Uint8Array(256);
for (const byte of [QUOTE, COMMA, COLON, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, NEWLINE]) MATTERS[byte] = 1;

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === NEWLINE || byte === 0x0d || byte === 0x09;
}

/**
 * Cuts a stream of JSON values (one value, NDJSON, or values one after the other) into slices for `JSON.parse`, so that a `List` of any size
 * costs the memory of its largest item. It counts brackets and minds strings and escapes; whether a slice is JSON is for the parser to say.
 */
export class JsonSlicer {
  private slices: JsonSlice[] = [];
  private readonly span = new ByteSpan();
  private line = 1;
  private document = 0;
  private valueLine = 1;
  private spanLine = 1;
  private depth = 0;
  private deepest = 0;
  private state: 'between' | 'structure' | 'string' | 'garbage' = 'between';
  /** Bytes of the next chunk to pass over: the second half of an escape. */
  private carry = 0;
  /** Depth of the elements of the list being cut; 0 outside. */
  private listDepth = 0;
  private listPointer = '';
  private elements = 0;
  private frame: Buffer[] = [];
  private rootIsObject = false;
  /** Bytes of a top-level key that match `items`; -1 = no match. */
  private keyMatch = -1;
  private keyState: 'none' | 'items' | 'items:' = 'none';
  /** Values in a row that took one line each: two make it NDJSON, where a newline ends a broken value. */
  private singleLines = 0;
  private remainder: RestOfFile | undefined;

  constructor(
    private readonly file: string,
    private readonly limits: ManifestLimits,
  ) {}

  /** Set once the text turns out not to be JSON from some point on; chunks after that are the caller's to add to it. */
  get rest(): RestOfFile | undefined {
    return this.remainder;
  }

  /** Takes the next bytes and returns the slices they complete, in order. */
  push(chunk: Buffer): readonly JsonSlice[] {
    this.slices = [];
    this.span.enter(chunk);
    let at = this.carry;
    while (at < chunk.length && !this.remainder) at = this.advance(chunk, at);
    if (this.remainder) return this.slices;
    this.carry = at - chunk.length;
    if (this.state === 'between') return this.slices;
    if (this.span.keep(chunk.length) > this.limits.maxDocumentBytes) throw documentTooLarge(this.file, this.spanLine, this.limits);
    return this.slices;
  }

  /** Ends the text. A value that was not closed is handed over to be read as YAML, or is broken when elements of it are out already. */
  end(): readonly JsonSlice[] {
    this.slices = [];
    if (this.state === 'garbage') this.breakOff(0);
    else if (this.state !== 'between') this.giveUp(0);
    return this.slices;
  }

  private advance(chunk: Buffer, at: number): number {
    switch (this.state) {
      case 'string':
        return this.keyMatch < 0 ? this.throughString(chunk, at) : this.throughKey(chunk, at);
      case 'structure':
        return this.throughStructure(chunk, at);
      case 'garbage':
        return this.throughGarbage(chunk, at);
      case 'between':
        return this.betweenValues(chunk, at);
      default:
        return assertNever(this.state);
    }
  }

  private emit(type: JsonSlice['type'], bytes: Buffer, line: number, pointer = ''): void {
    const tooDeep = this.deepest > this.limits.maxDepth;
    this.slices.push({ type, bytes, document: this.document, line, pointer, tooDeep });
    this.deepest = this.depth;
  }

  private betweenValues(chunk: Buffer, start: number): number {
    let at = start;
    while (at < chunk.length && isBlank(chunk[at])) if (chunk[at++] === NEWLINE) this.line++;
    if (at === chunk.length) return at;
    const byte = chunk[at];
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) return this.openValue(at, byte === OPEN_OBJECT);
    if (this.singleLines < 2 || byte === DASH) return this.handOver(chunk.subarray(at), this.line);
    this.startValue(at, 'garbage');
    return at;
  }

  /** A line of NDJSON that is no JSON. */
  private throughGarbage(chunk: Buffer, start: number): number {
    const newline = chunk.indexOf(NEWLINE, start);
    return newline < 0 ? chunk.length : this.breakOff(newline);
  }

  private startValue(at: number, state: 'structure' | 'garbage'): void {
    this.document++;
    this.valueLine = this.line;
    this.spanLine = this.line;
    this.state = state;
    this.span.start(at);
  }

  private openValue(at: number, isObject: boolean): number {
    this.startValue(at, 'structure');
    this.depth = 1;
    this.deepest = 1;
    this.rootIsObject = isObject;
    this.keyState = 'none';
    if (!isObject) this.openList(at, '');
    return at + 1;
  }

  private openList(at: number, pointer: string): void {
    const head = this.span.take(at + 1);
    this.frame.push(head);
    this.emit('head', head, this.valueLine);
    this.listDepth = this.depth;
    this.listPointer = pointer;
    this.elements = 0;
    this.spanLine = this.line;
  }

  private throughString(chunk: Buffer, start: number): number {
    let at = start;
    for (; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === QUOTE) {
        this.state = 'structure';
        return at + 1;
      }
      if (byte === BACKSLASH) at++;
      else if (byte === NEWLINE) return this.newlineInString(chunk, at);
    }
    return at;
  }

  /** Passes over a string of a top-level object while it may still be the key `items`. */
  private throughKey(chunk: Buffer, start: number): number {
    let at = start;
    while (at < chunk.length && chunk[at] === ITEMS[this.keyMatch]) {
      at++;
      this.keyMatch++;
    }
    if (at === chunk.length) return at;
    if (chunk[at] === QUOTE && this.keyMatch === ITEMS.length) this.keyState = 'items';
    this.keyMatch = -1;
    return this.throughString(chunk, at);
  }

  /** JSON has no raw newline in a string: this is a broken line of NDJSON, or no JSON at all. */
  private newlineInString(chunk: Buffer, at: number): number {
    if (this.line === this.valueLine || this.frame.length > 0) return this.breakOff(at);
    return this.giveUp(chunk.length);
  }

  private throughStructure(chunk: Buffer, start: number): number {
    let at = start;
    while (at < chunk.length && MATTERS[chunk[at] ?? 0] === 0) at++;
    if (at === chunk.length) return at;
    const byte = chunk[at];
    if (byte === QUOTE) this.openString();
    else if (byte === COMMA) this.comma(at);
    else if (byte === COLON) this.keyState = this.keyState === 'items' ? 'items:' : 'none';
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.openNested(at, byte);
    else if (byte !== NEWLINE) this.close(at);
    else if (this.singleLines >= 2) return this.breakOff(at);
    else this.line++;
    return at + 1;
  }

  private openString(): void {
    this.state = 'string';
    this.keyState = 'none';
    this.keyMatch = this.depth === 1 && this.rootIsObject ? 0 : -1;
  }

  private comma(at: number): void {
    this.keyState = 'none';
    if (this.depth !== this.listDepth) return;
    this.endElement(at);
    this.span.start(at + 1);
    this.frame.push(SEPARATOR);
  }

  private openNested(at: number, byte: number): void {
    this.depth++;
    if (this.depth > this.deepest) this.deepest = this.depth;
    if (this.keyState === 'items:' && byte === OPEN_LIST) this.openList(at, '/items');
    this.keyState = 'none';
  }

  private close(at: number): void {
    if (this.depth === this.listDepth) {
      this.endElement(at);
      this.listDepth = 0;
    }
    this.depth--;
    if (this.depth === 0) this.endValue(at + 1);
  }

  /** Ends an element at a comma or at the list's closing bracket. Blanks alone are no element; the frame then tells whether that is JSON. */
  private endElement(at: number): void {
    const bytes = this.span.take(at);
    let blanks = 0;
    let line = this.spanLine;
    while (blanks < bytes.length && isBlank(bytes[blanks])) if (bytes[blanks++] === NEWLINE) line++;
    this.spanLine = this.line;
    if (blanks === bytes.length) return;
    this.emit('element', bytes.subarray(blanks), line, `${this.listPointer}/${this.elements++}`);
    this.frame.push(PLACEHOLDER);
  }

  private endValue(end: number): void {
    this.singleLines = this.line === this.valueLine ? this.singleLines + 1 : 0;
    const last = this.span.take(end);
    if (this.frame.length === 0) this.emit('value', last, this.valueLine);
    else this.emit('frame', Buffer.concat([...this.frame, last]), this.valueLine);
    this.backToStart();
  }

  /** Ends the value before `at` though it is not closed. */
  private breakOff(at: number): number {
    this.emit('broken', Buffer.concat([...this.frame, this.span.take(at)]), this.valueLine);
    this.backToStart();
    return at;
  }

  /** Ends a value that is no JSON: what can still be read otherwise is handed over. */
  private giveUp(end: number): number {
    if (this.frame.length > 0) return this.breakOff(end);
    this.document--;
    return this.handOver(this.span.take(end), this.valueLine);
  }

  private backToStart(): void {
    this.state = 'between';
    this.depth = 0;
    this.listDepth = 0;
    this.frame = [];
  }

  private handOver(bytes: Buffer, line: number): number {
    this.remainder = { bytes, line, documents: this.document };
    return 0;
  }
}
