import { didYouMean } from '../kernel/did-you-mean.js';
import type { RuleLanguage } from './rule-syntax.js';

/** The matchers of each language (traefik/traefik `pkg/muxer/http/matcher.go`, `matcher_v2.go`, and those of `pkg/muxer/tcp`). */
const NAMES: Readonly<Record<RuleLanguage, readonly string[]>> = {
  v3: ['ClientIP', 'Header', 'HeaderRegexp', 'Host', 'HostRegexp', 'Method', 'Path', 'PathPrefix', 'PathRegexp', 'Query', 'QueryRegexp'],
  v2: ['ClientIP', 'Headers', 'HeadersRegexp', 'Host', 'HostHeader', 'HostRegexp', 'Method', 'Path', 'PathPrefix', 'Query'],
  'tcp-v3': ['ALPN', 'ClientIP', 'HostSNI', 'HostSNIRegexp'],
  'tcp-v2': ['ALPN', 'ClientIP', 'HostSNI', 'HostSNIRegexp'],
};

/** Every spelling of the given names: `PathPrefix`, `pathprefix`, `PATHPREFIX`, `Pathprefix` (`pkg/rules/parser.go`). */
function spellings(names: readonly string[]): ReadonlyMap<string, string> {
  const titled = (name: string) => name.charAt(0) + name.slice(1).toLowerCase();
  return new Map(names.flatMap((name) => [name, name.toLowerCase(), name.toUpperCase(), titled(name)].map((one) => [one, name])));
}

/** Spelling → canonical name. */
export const SPELLINGS: Readonly<Record<RuleLanguage | 'any', ReadonlyMap<string, string>>> = {
  v3: spellings(NAMES.v3),
  v2: spellings(NAMES.v2),
  'tcp-v3': spellings(NAMES['tcp-v3']),
  'tcp-v2': spellings(NAMES['tcp-v2']),
  any: spellings([...NAMES.v2, ...NAMES.v3]),
};

/** Where a name may belong instead. */
const OTHERS = ['v3', 'v2', 'tcp-v3'] as const;

/** The nearest matcher to a name that is none. */
export function nearestMatcher(written: string, syntax: RuleLanguage | 'any'): string | undefined {
  const nearest = didYouMean(written, SPELLINGS[syntax].values());
  if (nearest !== undefined) return `did you mean \`${nearest}\`?`;
  const others = OTHERS.filter((one) => one !== syntax && SPELLINGS[one].has(written));
  return syntax === 'any' || others.length === 0 ? undefined : `\`${written}\` is a matcher of the syntax ${others[0]}`;
}
