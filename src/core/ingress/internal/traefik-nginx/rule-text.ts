import { quoteGoString } from '../../../traefik-rule/go-string.js';
import type { CanaryPick } from './canaries.js';

/** `buildHostRule` of `pkg/provider/kubernetes/ingress-nginx/translator.go`: the host and its aliases. */
export function hostText(host: string, aliases: readonly string[]): string {
  const parts = [host, ...aliases].map((name) => `Host(${quoteGoString(name)})`);
  return parts.length > 1 ? `(${parts.join(' || ')})` : (parts[0] ?? '');
}

/** What the rule of a path is made of. */
export interface Placed {
  /** Undefined: every host. */
  readonly host: string | undefined;
  readonly aliases: readonly string[];
  /** Empty: every path. */
  readonly path: string;
  readonly isExact: boolean;
  /** Some Ingress of the host asks for expressions. */
  readonly isRegex: boolean;
}

/** `buildRule`: an Exact path stays one on a host of expressions; a Prefix becomes an expression there, open at its end and without case. */
export function ruleText({ host, aliases, path, isExact, isRegex }: Placed): string {
  const parts = host === undefined ? [] : [hostText(host, aliases)];
  if (path === '') return parts.join('');
  if (isExact) parts.push(`Path(${quoteGoString(path)})`);
  else parts.push(isRegex ? `PathRegexp(${quoteGoString(`(?i)^${path}`)})` : prefixText(path));
  return parts.join(' && ');
}

/** `buildPrefixRule`: the path itself, or what lies below it. */
function prefixText(path: string): string {
  if (path === '/') return 'PathPrefix("/")';
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path;
  return `(Path(${quoteGoString(trimmed)}) || PathPrefix(${quoteGoString(`${trimmed}/`)}))`;
}

/** `appendCanaryRule`: what leads to the canary for certain. */
export function canaryText(rule: string, pick: CanaryPick): string {
  const { header, headerValue, headerPattern, cookie } = pick;
  const parts: string[] = [];
  if (header !== '') {
    if (headerValue === '' && headerPattern !== '') parts.push(`HeaderRegexp(${quoteGoString(header)}, ${quoteGoString(headerPattern)})`);
    else parts.push(`Header(${quoteGoString(header)}, ${quoteGoString(headerValue === '' ? 'always' : headerValue)})`);
  }
  if (cookie !== '')
    parts.push(isPlain(pick) ? `(${cookieText(cookie, 'always')} && !${neverText(header)})` : cookieText(cookie, 'always'));
  return `(${rule}) && (${parts.join(' || ')})`;
}

/** `appendNonCanaryRule`: what keeps a request away from it. */
export function nonCanaryText(rule: string, pick: CanaryPick): string {
  const parts = isPlain(pick) ? [neverText(pick.header)] : [];
  if (pick.cookie !== '') parts.push(cookieText(pick.cookie, 'never'));
  return `(${rule}) && (${parts.join(' || ')})`;
}

/** A header that says `always` or `never`. */
export function isPlain({ header, headerValue, headerPattern }: CanaryPick): boolean {
  return header !== '' && headerValue === '' && headerPattern === '';
}

const neverText = (header: string) => `Header(${quoteGoString(header)}, "never")`;

function cookieText(cookie: string, value: string): string {
  const quoted = cookie.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);
  return `HeaderRegexp("Cookie", ${quoteGoString(String.raw`(^|;\s*)${quoted}=${value}(;|$)`)})`;
}
