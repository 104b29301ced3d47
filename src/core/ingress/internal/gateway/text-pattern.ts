import { matchPattern } from '../nginx/patterns.js';

/**
 * Whether a RegularExpression of a route matches a text. The standard leaves the dialect to the implementation (`apis/v1/httproute_types.go`, `PathMatchRegularExpression`): Envoy holds
 * it against the whole text (RE2), nginx against its beginning (PCRE, with or without case), Traefik against any part of it (RE2). `yes` where it fits the whole, `no` where it fits no part
 * even without case: there all say the same. `open` between the two, and for an expression that RE2 or PCRE does not have, or that they read in two ways.
 */
export function matchesPattern(pattern: string, text: string): 'yes' | 'no' | 'open' {
  const anywhere = FLAVOURS.map((flavour) => matchPattern(pattern, text, true, flavour));
  if (anywhere.every((found) => found === 'no-match')) return 'no';
  if (anywhere.some((found) => typeof found === 'string')) return 'open';
  return FLAVOURS.every((flavour) => typeof matchPattern(`^(?:${pattern})$`, text, false, flavour) !== 'string') ? 'yes' : 'open';
}

const FLAVOURS = ['re2', 'pcre'] as const;
