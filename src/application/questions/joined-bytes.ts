/** Texts are written one behind the other: memory of its own for each costs more than the copy does. Whoever keeps one for long copies it out. */
const SHEET_BYTES = 65_536;
/** The most bytes that one unit of UTF-16 takes in UTF-8. */
const MOST_BYTES = 3;

let sheet = Buffer.allocUnsafeSlow(SHEET_BYTES);
let written = 0;

/**
 * Pieces of a text, none of which ends in half a character, as UTF-8. Joined first they would take three times as long where any of them has a character beyond Latin-1: that makes all of the text
 * twice as wide.
 */
export function bytesOf(parts: readonly string[]): Buffer {
  const most = MOST_BYTES * parts.reduce((sum, { length }) => sum + length, 0);
  if (most > SHEET_BYTES) return bytesApart(parts);
  if (written + most > SHEET_BYTES) {
    sheet = Buffer.allocUnsafeSlow(SHEET_BYTES);
    written = 0;
  }
  const start = written;
  for (const part of parts) written += sheet.write(part, written);
  return sheet.subarray(start, written);
}

/** In memory of their own. */
function bytesApart(parts: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0));
  let end = 0;
  for (const part of parts) end += bytes.write(part, end);
  return bytes;
}
