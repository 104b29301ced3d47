import { didYouMean } from '../kernel/did-you-mean.js';
import type { RuleSyntax } from './rule-syntax.js';

/** The matchers of each language (traefik/traefik `pkg/muxer/http/matcher.go`, `matcher_v2.go`). */
const NAMES: Readonly<Record<RuleSyntax, readonly string[]>> = {
  v3: ['ClientIP', 'Header', 'HeaderRegexp', 'Host', 'HostRegexp', 'Method', 'Path', 'PathPrefix', 'PathRegexp', 'Query', 'QueryRegexp'],
  v2: ['ClientIP', 'Headers', 'HeadersRegexp', 'Host', 'HostHeader', 'HostRegexp', 'Method', 'Path', 'PathPrefix', 'Query'],
};

/** Every spelling of the given names: `PathPrefix`, `pathprefix`, `PATHPREFIX`, `Pathprefix` (`pkg/rules/parser.go`). */
function spellings(names: readonly string[]): ReadonlyMap<string, string> {
  const titled = (name: string) => name.charAt(0) + name.slice(1).toLowerCase();
  return new Map(names.flatMap((name) => [name, name.toLowerCase(), name.toUpperCase(), titled(name)].map((one) => [one, name])));
}

/** Spelling → canonical name. */
export const SPELLINGS: Readonly<Record<RuleSyntax | 'any', ReadonlyMap<string, string>>> = {
  v3: spellings(NAMES.v3),
  v2: spellings(NAMES.v2),
  any: spellings([...NAMES.v2, ...NAMES.v3]),
};

/** The nearest matcher to a name that is none. */
export function nearestMatcher(written: string, syntax: RuleSyntax | 'any'): string | undefined {
  const other = syntax === 'v3' ? 'v2' : 'v3';
  const nearest = didYouMean(written, SPELLINGS[syntax].values());
  if (nearest !== undefined) return `did you mean \`${nearest}\`?`;
  return syntax !== 'any' && SPELLINGS[other].has(written) ? `\`${written}\` is a matcher of the syntax ${other}` : undefined;
}
