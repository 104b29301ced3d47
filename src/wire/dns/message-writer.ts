/** Longest message: what the two octets before one on TCP can say (RFC 1035 section 4.2.2). */
const MAX_MESSAGE = 65_535;
/** Where the name of the question starts. */
const QUESTION_NAME = 12;
const POINTER = 0xc000;
/** How far a pointer of 14 bits reaches. */
const POINTER_REACH = 0x4000;
const MAX_NAME = 255;
const MAX_LABEL = 63;
const BACKSLASH = 0x5c;

/**
 * Writes the octets of one message. A name, or the end of one, that stands in the message already is written as a pointer to it (RFC 1035 section 4.1.4); only
 * where it stands in the same case, so that what was asked in mixed case and what was answered both come out as they are. Octets beyond the longest message are lost: who writes looks at `position`.
 */
export class MessageWriter {
  /** Where the next octet goes. */
  position = 0;
  private readonly octets = Buffer.alloc(MAX_MESSAGE);
  private readonly ends = new Map<string, number>();
  private questionName: string | undefined;
  private questionIsKnown = false;

  /** Begins a new message, whose question will have this name; undefined: it will have none. */
  begin(questionName: string | undefined): void {
    this.position = 0;
    this.ends.clear();
    this.questionName = questionName;
    this.questionIsKnown = questionName === undefined;
  }

  octet(value: number): void {
    this.octets[this.position++] = value;
  }

  uint16(value: number): void {
    this.octet(value >>> 8);
    this.octet(value);
  }

  uint32(value: number): void {
    this.uint16(value >>> 16);
    this.uint16(value & 0xffff);
  }

  raw(octets: Uint8Array): void {
    if (this.position + octets.length <= MAX_MESSAGE) this.octets.set(octets, this.position);
    this.position += octets.length;
  }

  /** Overwrites two octets that were written before. */
  uint16At(position: number, value: number): void {
    this.octets[position] = value >>> 8;
    this.octets[position + 1] = value;
  }

  /** A copy of what was written. */
  message(): Buffer {
    return Buffer.from(this.octets.subarray(0, this.position));
  }

  /**
   * Writes an absolute name in presentation form. False: it cannot stand in a message (a label that is empty or too long, a name that is too long, letters outside ASCII), and what was
   * written of it is worth nothing.
   * @param compress whether a pointer may be written; others may point to this name in any case
   */
  name(text: string, compress: boolean): boolean {
    if (compress && text === this.questionName) {
      this.uint16(POINTER | QUESTION_NAME);
      return true;
    }
    this.learnQuestion();
    if (text === '' || wireLength(text) > MAX_NAME) return false;
    for (let at = text === '.' ? 1 : 0; at < text.length;) {
      const end = text.slice(at);
      const known = this.ends.get(end);
      if (compress && known !== undefined) {
        this.uint16(POINTER | known);
        return true;
      }
      if (known === undefined && this.position < POINTER_REACH) this.ends.set(end, this.position);
      const dot = text.indexOf('.', at);
      if (!this.label(text, at, dot)) return false;
      at = dot + 1;
    }
    this.octet(0);
    return true;
  }

  private label(text: string, start: number, dot: number): boolean {
    const lengthAt = this.position++;
    for (let at = start; at < dot; at++) {
      const code = text.charCodeAt(at);
      if (code > 0x7f) return false;
      if (code !== BACKSLASH) this.octet(code);
      else {
        this.octet(Number(text.slice(at + 1, at + 4)));
        at += 3;
      }
    }
    const length = this.position - lengthAt - 1;
    this.octets[lengthAt] = length;
    return length > 0 && length <= MAX_LABEL;
  }

  /** The ends of the question's name, when the first other name comes. */
  private learnQuestion(): void {
    if (this.questionIsKnown) return;
    this.questionIsKnown = true;
    const name = this.questionName ?? '.';
    let position = QUESTION_NAME;
    for (let at = name === '.' ? 1 : 0; at < name.length;) {
      this.ends.set(name.slice(at), position);
      const dot = name.indexOf('.', at);
      position += wireLength(name.slice(at, dot));
      at = dot + 1;
    }
  }
}

/** Octets of an absolute name on the wire, or of one label with its length: each dot stands for a length, and one octet is left for the root label; `\DDD` is one octet. */
function wireLength(text: string): number {
  let length = text.length + 1;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at + 4)) length -= 3;
  return length;
}
