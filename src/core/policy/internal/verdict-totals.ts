import type { DecidingRule, DirectionResult, PolicyVerdict } from '../policy-result.js';
import { ALL_CONNECTIONS, formatConnections, intersectConnections, NO_CONNECTIONS } from './connection-set.js';
import type { Direction } from './direction.js';
import { joinShares, type Share, shareOf } from './judge-connection.js';
import { decidingRules, isolatingPolicies, type JudgedCase } from './judged-cases.js';

/** One verdict for all cases. */
export function joinVerdicts(shares: readonly Share[]): PolicyVerdict {
  return shares.length === 0 ? 'NO_ENDPOINT' : joinShares(shares);
}

/** What every pair may use. */
export function connectionOfAll(cases: readonly JudgedCase[]): string {
  const common = cases.reduce((sum, { judgement }) => intersectConnections(sum, judgement.allowed), ALL_CONNECTIONS);
  return formatConnections(cases.length === 0 ? NO_CONNECTIONS : common);
}

/** One direction over all cases. */
export function directionResult(cases: readonly JudgedCase[], direction: Direction): DirectionResult {
  const verdict = joinVerdicts(cases.map(({ judgement, group }) => shareOf(judgement[direction].allowed, group.asked)));
  const rules = new Map<string, DecidingRule>();
  for (const { judgement, group } of cases) {
    for (const rule of decidingRules(judgement[direction], group.asked)) rules.set(`${rule.policy}${rule.pointer}`, rule);
  }
  return {
    verdict,
    allowed: verdict === 'ALLOWED',
    isolated: cases.some(({ judgement }) => judgement[direction].isolated),
    isolatedBy: [...new Set(cases.flatMap(({ judgement, group }) => isolatingPolicies(judgement[direction], group.asked)))],
    decidedBy: [...rules.values()],
  };
}
