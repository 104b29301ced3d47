/** Longest name on the wire, its root label included (RFC 1035 section 2.3.4). */
const MAX_NAME = 255;
const MAX_LABEL = 63;
/** Both upper bits of a length: the name goes on elsewhere in the message (RFC 1035 section 4.1.4). */
const POINTER = 0xc0;

const DOT = 0x2e;
const BACKSLASH = 0x5c;

/** A name in its presentation form, absolute, and the offset behind it. */
interface NameRead {
  readonly text: string;
  readonly end: number;
}

const scratch = Buffer.alloc(MAX_NAME);

/**
 * Reads the name of a question. Octets that are no printable ASCII, and dots and backslashes inside a label, are written `\DDD` (RFC 1035 section 5.1), so that a
 * dot always ends a label. Undefined: it is cut off, too long, or has a label of another kind; a pointer too, for there is nothing yet that it could point to.
 */
export function readName(packet: Buffer, start: number): NameRead | undefined {
  let plain = true;
  let at = start;
  for (;;) {
    const length = packet[at];
    if (length === undefined || length > MAX_LABEL) return undefined;
    const end = at + 1 + length;
    if (end > packet.length || end - start > MAX_NAME) return undefined;
    if (length === 0) return { text: textOf(packet, start, at, plain), end };
    for (let octet = at + 1; octet < end; octet++) {
      const value = packet[octet] ?? 0;
      if (!isPlain(value)) plain = false;
      scratch[octet - start - 1] = value;
    }
    scratch[end - start - 1] = DOT;
    at = end;
  }
}

function isPlain(octet: number): boolean {
  return octet > 0x20 && octet < 0x7f && octet !== DOT && octet !== BACKSLASH;
}

/** The text of the labels between `start` and the root label at `root`; `scratch` holds it where nothing needs an escape. */
function textOf(packet: Buffer, start: number, root: number, plain: boolean): string {
  if (root === start) return '.';
  if (plain) return scratch.toString('latin1', 0, root - start);
  let text = '';
  for (let at = start; at < root;) {
    const end = at + 1 + (packet[at] ?? 0);
    for (let octet = at + 1; octet < end; octet++) text += octetText(packet[octet] ?? 0);
    text += '.';
    at = end;
  }
  return text;
}

function octetText(octet: number): string {
  return isPlain(octet) ? String.fromCharCode(octet) : `\\${String(octet).padStart(3, '0')}`;
}

/** The offset behind a name anywhere in a message, which may end in a pointer; it is not followed. Undefined: it is cut off, too long or of another kind. */
export function skipName(packet: Buffer, start: number): number | undefined {
  let at = start;
  while (at - start < MAX_NAME) {
    const length = packet[at];
    if (length === undefined) return undefined;
    if (length === 0) return at + 1;
    if (length >= POINTER) return at + 2 <= packet.length ? at + 2 : undefined;
    if (length > MAX_LABEL) return undefined;
    at += 1 + length;
  }
  return undefined;
}
