/** A text as the bytes nginx compares: one character a byte. */
export function bytesOf(text: string): string {
  if (!/[\u0080-\uffff]/.test(text)) return text;
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

/** What a path has somewhere that is not matched as it stands. */
const NOT_PLAIN = /\/[/.]|[%\u0080-\uffff]/;

/**
 * The path as nginx matches it (`ngx_http_parse_complex_uri`): percent-encodings decoded, slashes merged, dot segments resolved. Undefined: nginx answers 400,
 * because the path leaves the root or an encoding is broken.
 */
export function normaliseUri(path: string): string | undefined {
  if (path.startsWith('/') && !NOT_PLAIN.test(path)) return path;
  const decoded = decode(bytesOf(path));
  if (decoded === undefined || !decoded.startsWith('/')) return undefined;
  const segments: string[] = [];
  const parts = decoded.split('/').slice(1);
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part !== '..') segments.push(part);
    else if (segments.pop() === undefined) return undefined;
  }
  const open = ['', '.', '..'].includes(parts.at(-1) ?? '') && segments.length > 0;
  return `/${segments.join('/')}${open ? '/' : ''}`;
}

function decode(path: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})|%00/.test(path)) return undefined;
  return path.replace(/%([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** The characters that nginx ≥ 1.21.1 encodes in a changed URI (`ngx_escape_uri`, `NGX_ESCAPE_URI`). */
// eslint-disable-next-line no-control-regex
const ESCAPED = /[\u0000-\u0020"#%<>?\\^`{|}\u007f-\u00ff]/g;

/** A rewritten path as it is sent on. */
export function escapeUri(path: string): string {
  return path.replace(ESCAPED, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
