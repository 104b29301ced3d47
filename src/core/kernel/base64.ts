const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Decodes base64 into bytes, one character a byte. What is not of the alphabet (line breaks, padding) is skipped. The core has no Buffer and no atob. */
export function decodeBase64(text: string): string {
  let bits = 0;
  let width = 0;
  let decoded = '';
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffff;
    width += 6;
    if (width < 8) continue;
    width -= 8;
    decoded += String.fromCharCode((bits >> width) & 0xff);
  }
  return decoded;
}
