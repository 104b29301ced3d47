/**
 * A path as an entry point with `sanitizePath` makes it: `//` merged, `.` and `..` resolved, a `/` at the end kept, percent-encodings left alone (Go's `URL.JoinPath`, by
 * `sanitizePath` of `pkg/server/server_entrypoint_tcp.go`).
 */
export function cleanPath(path: string): string {
  if (!/\/\/|\/\.\.?(?:\/|$)/.test(path)) return path;
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const slash = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.join('/')}${slash}`;
}
