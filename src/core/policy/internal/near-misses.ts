import { compareBy } from '../../kernel/compare.js';
import type { PolicyNearMiss } from '../policy-result.js';
import { type ConnectionSet, coversConnections } from './connection-set.js';
import { DIRECTIONS } from './direction.js';
import { applyEdit } from './edits.js';
import { type ConnectionJudgement, judgeConnection } from './judge-connection.js';
import type { PolicyBook } from './judge-direction.js';
import { newRule } from './near-miss-new-rule.js';
import { type MissContext, type NearMissCandidate, subjectCandidates } from './near-miss-candidates.js';
import { ruleCandidates } from './near-miss-rules.js';
import type { FlowWords } from './show-direction.js';

/** The narrowest change first: a port or peer of a rule, a label of a pod, of a whole namespace, then a rule more. */
const RANK: Readonly<Record<string, number>> = {
  RULE_PORT: 0,
  RULE_PEER: 1,
  POD_LABEL: 2,
  NAMESPACE_LABEL: 3,
  POLICY_SUBJECT: 4,
  NEW_RULE: 5,
};

/** How many are told of one case. */
export const MOST_NEAR_MISSES = 12;

/**
 * The smallest changes that would admit what was asked for, in each direction that refuses it. Every one is applied and judged again: what does not open its
 * direction is not told. Those that suffice alone come first, a whole new rule last.
 */
export function nearMisses(book: PolicyBook, words: FlowWords, judgement: ConnectionJudgement): readonly PolicyNearMiss[] {
  const found: PolicyNearMiss[] = [];
  for (const direction of DIRECTIONS) {
    const judged = judgement[direction];
    if (coversConnections(judged.allowed, words.asked)) continue;
    const context: MissContext = { book, direction, words };
    const policies = judged.layers.flatMap((layer) => layer.policies);
    const candidates = [
      ...policies.flatMap((policy) => ruleCandidates(context, policy)),
      ...policies.flatMap((policy) => subjectCandidates(context, policy)),
      ...newRule(context, policies),
    ];
    found.push(...candidates.flatMap((candidate) => verified(context, candidate)));
  }
  const inOrder = compareBy<PolicyNearMiss>(
    (miss) => (miss.suffices ? 0 : 1),
    (miss) => RANK[miss.reason] ?? 0,
  );
  return found.sort(inOrder).slice(0, MOST_NEAR_MISSES);
}

function verified({ book, direction, words }: MissContext, candidate: NearMissCandidate): readonly PolicyNearMiss[] {
  const after = applyEdit(book, words.flow, candidate.edit);
  const judged = judgeConnection(after.book, after.flow);
  if (!opens(judged[direction].allowed, words.asked)) return [];
  const { edit: _, ...told } = candidate;
  return [{ ...told, direction, suffices: opens(judged.allowed, words.asked) }];
}

function opens(allowed: ConnectionSet, asked: ConnectionSet): boolean {
  return coversConnections(allowed, asked);
}
