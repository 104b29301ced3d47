import { once } from '../../../kernel/once.js';
import { compileRule, rulePriority } from '../../../traefik-rule/compile-rule.js';
import { quoteGoString } from '../../../traefik-rule/go-string.js';
import type { CanaryPick } from './canaries.js';

/** A rule, or the beginning of one. */
export interface RuleText {
  readonly text: string;
  /** How many bytes longer Traefik has it, which goes by length. */
  readonly left: number;
}

/** So many bytes of hosts are written out. Where there are more they are left out, but for one that Traefik refuses: routers are found by them, and there may be as many paths. */
const MOST_HOSTS = 2000;

const hostMatcher = (name: string) => `Host(${quoteGoString(name)})`;

/** `buildHostRule` of `pkg/provider/kubernetes/ingress-nginx/translator.go`: a host, and what it is called besides. Made once for all hosts of an Ingress. */
export function hostRules(aliases: readonly string[]): (host: string) => RuleText {
  const others = aliases.map(hostMatcher).join(' || ');
  const length = rulePriority(others);
  const refused = once(() => aliases.map(hostMatcher).find((one) => !compileRule(one, 'v3').ok));
  return (host) => {
    const own = hostMatcher(host);
    if (aliases.length === 0) return { text: own, left: 0 };
    const left = rulePriority(own) + length + '( || )'.length;
    if (left <= MOST_HOSTS) return { text: `(${own} || ${others})`, left: 0 };
    const wrong = refused();
    return wrong === undefined ? { text: '', left } : { text: wrong, left: 0 };
  };
}

/** What the rule of a path is made of. */
export interface Placed {
  /** Undefined: every host. */
  readonly host: string | undefined;
  /** Undefined: there is no host. */
  readonly hostRule: RuleText | undefined;
  /** Empty: every path. */
  readonly path: string;
  readonly isExact: boolean;
  /** Some Ingress of the host asks for expressions. */
  readonly isRegex: boolean;
}

/** `buildRule`: an Exact path stays one on a host of expressions; a Prefix becomes an expression there, open at its end and without case. */
export function ruleText({ hostRule, path, isExact, isRegex }: Placed): RuleText {
  if (path === '') return ruleOf(hostRule, undefined);
  if (isExact) return ruleOf(hostRule, `Path(${quoteGoString(path)})`);
  return ruleOf(hostRule, isRegex ? `PathRegexp(${quoteGoString(`(?i)^${path}`)})` : prefixText(path));
}

/** `makeTrailingGroupOptional`: `/x/(.*)` as `/x(?:/(.*))?`, so that `/x` alone fits too; undefined: it stays as it is. */
export function withOptionalTail(path: string): string | undefined {
  const at = path.startsWith('/(') ? -1 : path.lastIndexOf('/(');
  if (at < 0) return undefined;
  let depth = 0;
  for (let index = at + 1; index < path.length; index++) {
    const character = path[index];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    if (character === ')' && depth === 0 && index < path.length - 1) return undefined;
  }
  return depth === 0 ? `${path.slice(0, at)}(?:${path.slice(at)})?` : undefined;
}

/** What such a path fits and the one that is written does not. */
export function tailText({ hostRule, path }: Placed, widened: string): RuleText {
  const [wide, own] = [widened, path].map((text) => `PathRegexp(${quoteGoString(`(?i)^${text}`)})`);
  return ruleOf(hostRule, `${wide ?? ''} && !${own ?? ''}`);
}

const AND = ' && ';
const EVERY_PATH = 'PathPrefix("/")';

/** Hosts and path; every path where it is left out. */
export function ruleOf(hostRule: RuleText | undefined, path: string | undefined): RuleText {
  const { text, left } = hostRule ?? { text: '', left: 0 };
  if (left > 0) return path === undefined ? { text: EVERY_PATH, left: left - EVERY_PATH.length } : { text: path, left: left + AND.length };
  return { text: [text, path ?? ''].filter((part) => part !== '').join(AND), left };
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
