import { matchPattern } from '../nginx/patterns.js';

/**
 * Whether a RegularExpression of a route matches a text. The standard leaves the dialect to the implementation (`apis/v1/httproute_types.go`, `PathMatchRegularExpression`): Envoy holds
 * it against the whole text (RE2), nginx against its beginning (PCRE, with or without case), Traefik against any part of it (RE2). `yes` where it fits the whole, `no` where it fits no part
 * even without case: there all say the same. `open` between the two, and for an expression that the common subset of RE2 and PCRE does not have.
 */
export function matchesPattern(pattern: string, text: string): 'yes' | 'no' | 'open' {
  const anywhere = matchPattern(pattern, text, true);
  if (anywhere === 'no-match') return 'no';
  if (anywhere === 'unsupported') return 'open';
  return Array.isArray(matchPattern(`^(?:${pattern})$`, text, false)) ? 'yes' : 'open';
}
