import type { Steps } from '../../kernel/steps.js';
import type { DecidingRule, DirectionResult, PolicyVerdict } from '../policy-result.js';
import { ALL_CONNECTIONS, formatConnections, intersectConnections, NO_CONNECTIONS } from './connection-set.js';
import type { Direction } from './direction.js';
import { joinShares, type Share, shareOf } from './judge-connection.js';
import { decidingRules, isolatingPolicies, type JudgedCase } from './judged-cases.js';

/** One verdict for all cases. */
export function joinVerdicts(shares: readonly Share[]): PolicyVerdict {
  return shares.length === 0 ? 'NO_ENDPOINT' : joinShares(shares);
}

/** What every pair may use. Yields often. */
export function* connectionOfAll(cases: readonly JudgedCase[]): Steps<string> {
  let common = cases.length === 0 ? NO_CONNECTIONS : ALL_CONNECTIONS;
  for (const { judgement } of cases) {
    yield;
    common = intersectConnections(common, judgement.allowed);
  }
  return formatConnections(common);
}

/** One direction over all cases. Yields often. */
export function* directionResult(cases: readonly JudgedCase[], direction: Direction): Steps<DirectionResult> {
  const shares: Share[] = [];
  const rules = new Map<string, DecidingRule>();
  const isolating = new Set<string>();
  for (const { judgement, group } of cases) {
    yield;
    shares.push(shareOf(judgement[direction].allowed, group.asked));
    for (const rule of decidingRules(judgement[direction], group.asked)) rules.set(`${rule.policy}${rule.pointer}`, rule);
    for (const policy of isolatingPolicies(judgement[direction], group.asked)) isolating.add(policy);
  }
  const verdict = joinVerdicts(shares);
  return {
    verdict,
    allowed: verdict === 'ALLOWED',
    isolated: cases.some(({ judgement }) => judgement[direction].isolated),
    isolatedBy: [...isolating],
    decidedBy: [...rules.values()],
  };
}
