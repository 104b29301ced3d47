import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { RouteRule } from '../../../resources/gateway-route.js';
import type { CandidateOutcome, RouteCandidate } from '../../route-result.js';
import { ownerOf } from '../claim-text.js';
import type { HTTPCandidate } from './http-candidates.js';
import { lostOn, type RankReading } from './rank-readings.js';
import type { Winner } from './winners.js';

/** A candidate and how it fared. */
export interface JudgedCandidate {
  readonly candidate: HTTPCandidate;
  readonly outcome: CandidateOutcome;
  readonly reason: string;
  readonly key: string | null;
  readonly own: string | null;
  readonly other: string | null;
}

/** Says of every candidate how it fared: what failed, or the first key on which it lost to the winner. */
export function judge(
  all: readonly HTTPCandidate[],
  winners: readonly Winner[],
  readings: readonly RankReading[],
): readonly JudgedCandidate[] {
  const [first] = winners;
  return all.map((candidate): JudgedCandidate => {
    const { outcome } = candidate;
    if (outcome.state === 'no-match' || outcome.state === 'excluded')
      return { candidate, outcome: outcome.state, reason: outcome.reason, key: outcome.key, own: outcome.own, other: outcome.other };
    const mayWin = winners.some((winner) => winner.candidate === candidate);
    if (mayWin && winners.length === 1 && outcome.state === 'match') {
      return { candidate, outcome: 'selected', reason: 'RULE_SELECTED', key: null, own: null, other: null };
    }
    if (mayWin) {
      const reason = outcome.state === 'open' ? 'PATTERN_OPEN' : 'RULE_UNDEFINED';
      return { candidate, outcome: 'possible', reason, key: null, own: null, other: null };
    }
    const lost = first && readings.map((reading) => lostOn(candidate, first.candidate, reading)).find((one) => one !== undefined);
    return {
      candidate,
      outcome: 'lost',
      reason: lost?.reason ?? 'RULE_LATER',
      key: lost?.key ?? 'rule',
      own: lost?.own ?? null,
      other: lost?.other ?? null,
    };
  });
}

/** The public form of a candidate. */
export function candidateOf({ candidate, outcome, reason, key, own, other }: JudgedCandidate): RouteCandidate {
  const { route, match, rule, hostname } = candidate;
  return {
    object: describeRef(route.ref),
    pointer: match.pointer,
    class: null,
    host: hostname ?? null,
    path: match.value,
    pathType: match.type,
    backend: describeBackends(rule),
    owner: ownerOf(route),
    createdAt: route.createdAt ?? null,
    outcome,
    reason,
    key,
    own,
    other,
  };
}

/** What a rule sends requests to, in a few words. */
export function describeBackends({ backends, filters }: Pick<RouteRule, 'backends' | 'filters'>): string {
  if (filters.some(({ type }) => type === 'RequestRedirect')) return 'redirect';
  const direct = filters.find((filter) => filter.type === 'DirectResponse');
  if (direct) return `answer ${direct.statusCode}`;
  if (backends.length === 0) return 'no backend';
  return backends.map(({ kind, name, port }) => `${kind.toLowerCase()} ${name}${port === undefined ? '' : `:${port}`}`).join(', ');
}

/** How a step shows what became of a candidate. */
export const EVIDENCE_OF: Readonly<Record<CandidateOutcome, EvidenceStep['outcome']>> = {
  selected: 'selected',
  possible: 'info',
  lost: 'excluded',
  'no-match': 'no-match',
  excluded: 'excluded',
};

/** The step that shows a candidate. */
export function candidateStep(judged: JudgedCandidate): EvidenceStep {
  const { candidate, outcome, reason } = judged;
  const { route, match } = candidate;
  const word = {
    selected: 'is selected',
    possible: 'may be selected',
    lost: 'matches and loses',
    'no-match': 'does not match',
    excluded: 'is not asked',
  }[outcome];
  const written = `${match.type} ${match.value}`;
  return {
    stage: 'rule',
    outcome: EVIDENCE_OF[outcome],
    reason,
    message: `${written} ${word}${valuesOf(judged)}`,
    object: route.ref,
    pointer: match.pointer,
  };
}

/** What was compared, or why nothing could be. */
function valuesOf({ outcome, key, own, other }: JudgedCandidate): string {
  if (key === null) return own === null ? '' : `: ${own}`;
  if (outcome === 'lost' || outcome === 'excluded') return `: ${key} \`${own ?? ''}\` against \`${other ?? ''}\``;
  return `: ${key} is \`${own ?? ''}\`, the request has \`${other ?? ''}\``;
}
