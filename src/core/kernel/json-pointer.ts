/** `/spec/selector/app.kubernetes.io~1name`: the pointer (RFC 6901) to a member below `base`. */
export function pointerBelow(base: string, ...tokens: readonly (string | number)[]): string {
  return base + tokens.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
