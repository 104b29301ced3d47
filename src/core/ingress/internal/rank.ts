import { type PathRule, rankedLength } from './path-rule.js';

/** One key of precedence: the larger value wins. */
interface RankKey {
  readonly key: string;
  /** Why the smaller one loses. */
  readonly code: string;
  value(rule: PathRule): number;
  text(rule: PathRule): string;
}

function hostRank(host: string | undefined): number {
  if (host === undefined) return 0;
  return host.startsWith('*.') ? 1 : 2;
}

/**
 * Precedence among the paths that match a request, by the specification: the more specific host (rule A5), the longer path, Exact before Prefix
 * (rule A8). KEP-1453 says "Exact, then the longest"; since an exact path is as long as the request, both orders pick the same path.
 */
const RANK_KEYS: readonly RankKey[] = [
  {
    key: 'host-precedence',
    code: 'HOST_LESS_SPECIFIC',
    value: (rule) => hostRank(rule.host),
    text: (rule) => rule.host ?? 'every host',
  },
  {
    key: 'path-length',
    code: 'PATH_SHORTER',
    value: rankedLength,
    text: (rule) => `${rankedLength(rule)} characters (${rule.path ?? 'no path'})`,
  },
  {
    key: 'path-type',
    code: 'NOT_EXACT',
    value: (rule) => (rule.pathType === 'Exact' ? 1 : 0),
    text: (rule) => rule.pathType ?? 'no path',
  },
];

/** The first key in which two rules differ, seen from `loser`; undefined when they rank alike. */
export interface LostOn {
  readonly key: string;
  readonly code: string;
  readonly own: string;
  readonly other: string;
}

/** The first key on which `loser` ranks behind `winner`; undefined: on none. */
export function lostOn(winner: PathRule, loser: PathRule): LostOn | undefined {
  const key = RANK_KEYS.find((candidate) => candidate.value(winner) !== candidate.value(loser));
  return key && { key: key.key, code: key.code, own: key.text(loser), other: key.text(winner) };
}
