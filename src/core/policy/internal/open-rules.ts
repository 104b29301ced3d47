import { type ConnectionSet, intersectConnections, noConnections, subtractConnections } from './connection-set.js';
import type { DirectionJudgement } from './judge-direction.js';
import type { RuleJudgement } from './judge-layer.js';

/**
 * The rules that would have a say over something of what was asked for, if their peers were others: they can be read, are about the subject, have its ports, and
 * stand where nothing before them has decided over all of it.
 */
export function openRules({ layers }: DirectionJudgement, asked: ConnectionSet): readonly RuleJudgement[] {
  const found: RuleJudgement[] = [];
  for (const { at, open, policies } of layers) {
    const judged = new Map(policies.flatMap(({ rules }) => rules.map((one) => [one.rule, one] as const)));
    let rest = intersectConnections(open, asked);
    for (const rule of at.rules) {
      if (noConnections(rest)) break;
      const one = judged.get(rule);
      if (!one?.concerns) continue;
      if (!rule.unreadable && !noConnections(intersectConnections(rest, one.portsAtDestination))) found.push(one);
      rest = subtractConnections(rest, one.decides);
    }
  }
  return found;
}
