import type { RouteRequest } from '../../route-request.js';
import type { CanaryRules } from './annotations.js';
import { isBrokenInEveryEngine } from '../../../regex/parse-regex.js';
import { headerVariable } from './heard-request.js';
import { matchPattern } from './patterns.js';

/** Part of the requests like this one that a canary gets, and the annotation that says so; `unsupported`: its expression cannot be evaluated. */
export type CanaryShare = { readonly share: number; readonly by: string } | 'unsupported';

/** Header, then cookie, then weight (`balancer.lua`, `route_to_alternative_balancer`; rule B22). */
export function canaryShare(rules: CanaryRules | undefined, { headers }: RouteRequest, joinsHeaders: boolean): CanaryShare {
  if (!rules) return { share: 0, by: 'canary' };
  const header = rules.header === '' ? undefined : headerVariable(rules.header, { headers }, joinsHeaders);
  if (header !== undefined) {
    const byHeader = headerSays(rules, header);
    if (byHeader !== undefined) return byHeader;
  }
  const cookie = rules.cookie === '' ? undefined : cookieOf(headers, rules.cookie);
  if (cookie === 'always' || cookie === 'never') return { share: cookie === 'always' ? 1 : 0, by: 'canary-by-cookie' };
  const total = Math.max(100, rules.weightTotal);
  return { share: Math.min(1, Math.max(0, rules.weight) / total), by: 'canary-weight' };
}

function headerSays({ headerValue, headerPattern }: CanaryRules, header: string): CanaryShare | undefined {
  if (headerValue !== '') return header === headerValue ? { share: 1, by: 'canary-by-header-value' } : undefined;
  if (headerPattern !== '') {
    const match = matchPattern(headerPattern, header, false);
    // `ngx.re.match` fails: "if headerPattern is broken, we remove this alternative_backend from further processing".
    if (match === 'unsupported') return isBrokenInEveryEngine(headerPattern) ? { share: 0, by: 'canary-by-header-pattern' } : match;
    return match === 'no-match' ? undefined : { share: 1, by: 'canary-by-header-pattern' };
  }
  return header === 'always' || header === 'never' ? { share: header === 'always' ? 1 : 0, by: 'canary-by-header' } : undefined;
}

/** `$cookie_name`, in any case (nginx, `ngx_http_parse_multi_header_lines`): a comma ends what is passed over as a `;` does, but no value, and what stands behind the bare name goes with it. */
function cookieOf(headers: RouteRequest['headers'], name: string): string | undefined {
  const asked = name.toLowerCase();
  const behindName = / *(?:= *([^;]*)|[^]|$)/y;
  const separator = /[;,] */g;
  for (const [header, text] of headers) {
    if (header.toLowerCase() !== 'cookie') continue;
    for (let at = 0; at < text.length; at = separator.test(text) ? separator.lastIndex : text.length) {
      separator.lastIndex = at;
      if (text.slice(at, at + asked.length).toLowerCase() !== asked) continue;
      behindName.lastIndex = at + asked.length;
      const value = behindName.exec(text)?.[1];
      if (value !== undefined) return value;
      separator.lastIndex = behindName.lastIndex;
    }
  }
  return undefined;
}
