import type { EvidenceOutcome, Trail } from '../../kernel/evidence.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { PolicyReason } from '../policy-reasons.js';
import { type ConnectionSet, formatConnections, intersectConnections, noConnections } from './connection-set.js';
import type { Direction } from './direction.js';
import type { LayerJudgement } from './judge-direction.js';
import type { TierPolicyJudgement, TierRuleJudgement } from './judge-tier.js';
import type { FlowWords } from './flow-words.js';
import { showPeersAndPorts } from './show-rule.js';

/** Writes down the policies of a tier that select the subject, in the order in which they act, and their rules as far as they were asked. */
export function showTier(trail: Trail, parent: number | null, direction: Direction, layer: LayerJudgement, words: FlowWords): void {
  const subject = direction === 'egress' ? words.source : words.destination;
  for (const judged of layer.clusterPolicies) {
    const { policy, rules } = judged;
    const place = policy.priority === undefined ? layer.layer : `${layer.layer} ${policy.priority}`;
    const asked = rules.length === 0 ? 'and is not asked: earlier policies have decided' : rulesText(judged, direction);
    const message = `${describeRef(policy.ref)} (${place}) selects ${subject}, ${asked}`;
    const step = { stage: `${direction}-policy`, object: policy.ref, pointer: '/spec/subject', parent };
    const id = trail.add({ ...step, outcome: 'selected', reason: 'POLICY_APPLIES', message });
    for (const rule of rules) showRule(trail, id, direction, layer, judged, rule, words);
  }
}

function rulesText({ policy, rules }: TierPolicyJudgement, direction: Direction): string {
  const { length } = policy[direction];
  return rules.length === length ? `${length} rule${length === 1 ? '' : 's'}` : `the first ${rules.length} of ${length} rules decide`;
}

function showRule(
  trail: Trail,
  parent: number,
  direction: Direction,
  layer: LayerJudgement,
  { policy }: TierPolicyJudgement,
  judged: TierRuleJudgement,
  words: FlowWords,
): void {
  const stage = `${direction}-policy`;
  const object = policy.ref;
  const [outcome, reason, message] = ruleOutcome(direction, layer, judged, words.asked);
  const { rule } = judged;
  const named = rule.name === undefined ? message : `\`${rule.name}\`: ${message}`;
  const id = trail.add({ stage, outcome, reason, message: named, object, pointer: rule.pointer, parent });
  showPeersAndPorts(trail, id, direction, { object, namespace: '', verb: 'names', ...judged }, words);
}

function ruleOutcome(
  direction: Direction,
  { open }: LayerJudgement,
  { rule, action, matched, decides, admitsPeer }: TierRuleJudgement,
  asked: ConnectionSet,
): readonly [EvidenceOutcome, PolicyReason, string] {
  const side = direction === 'egress' ? 'destination' : 'source';
  if (rule.failsClosed) {
    const effect = action === 'Accept' ? 'so that it matches nothing' : 'so that it denies everything';
    return [action === 'Accept' ? 'no-match' : 'deny', 'RULE_FAILS_CLOSED', `the rule cannot be read, ${effect}`];
  }
  if (!admitsPeer) return ['no-match', 'RULE_REFUSES_PEER', `none of its peers is the ${side}`];
  const wanted = intersectConnections(matched, asked);
  if (noConnections(wanted)) {
    const ports = formatConnections(matched);
    return ['no-match', 'RULE_REFUSES_PORT', `the ${side} matches, but the rule is about ${ports}, not ${formatConnections(asked)}`];
  }
  const share = intersectConnections(intersectConnections(decides, open), asked);
  if (noConnections(share)) return ['info', 'RULE_TOO_LATE', `it matches, and earlier rules have decided`];
  const what = formatConnections(share);
  if (action === 'Accept') return ['allow', 'RULE_ACCEPTS', `${rule.written}: ${what} is allowed, whatever comes behind it`];
  if (action === 'Deny') return ['deny', 'RULE_DENIES', `Deny: ${what} is denied, whatever comes behind it`];
  return ['pass', 'RULE_PASSES', `Pass: ${what} skips the rest of the tier`];
}
