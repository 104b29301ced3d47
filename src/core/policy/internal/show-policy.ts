import type { EvidenceOutcome, Trail } from '../../kernel/evidence.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { Steps } from '../../kernel/steps.js';
import type { PolicyReason } from '../policy-reasons.js';
import {
  type ConnectionSet,
  coversConnections,
  formatConnections,
  intersectConnections,
  noConnections,
  subtractConnections,
  unionConnections,
} from './connection-set.js';
import type { Direction } from './direction.js';
import type { FlowWords } from './flow-words.js';
import type { DirectionJudgement } from './judge-direction.js';
import type { PolicyJudgement, RuleJudgement } from './judge-layer.js';
import type { LayerAt } from './layer.js';
import { showPeersAndPorts } from './show-rule.js';
import { toldInPart } from './told-in-part.js';

/** Up to how many policies of a layer are told one by one: those of which a rule matches, and as many of the others. */
const MOST_POLICIES = 100;
/** Up to how many rules of a policy are told one by one, likewise. */
const MOST_RULES = 100;
/** Up to how many rules of a layer, likewise: where many policies act, each tells its share. */
const MOST_RULES_OF_LAYER = 2_000;

type OutcomeInWords = readonly [EvidenceOutcome, PolicyReason, string];

/** Writes down the policies of a layer that select the subject, in the order in which they act, and their rules as far as they were asked. Yields often. */
export function* showLayer(
  trail: Trail,
  parent: number | null,
  direction: Direction,
  layer: DirectionJudgement['layers'][number],
  words: FlowWords,
): Steps<void> {
  const subject = layer.at.host?.name ?? (direction === 'egress' ? words.source : words.destination);
  const decided = layer.at.layer.startsWith('calico') && noConnections(intersectConnections(layer.open, words.asked));
  const matches = ({ matched, rule }: RuleJudgement) => rule.unreadable || !noConnections(intersectConnections(matched, words.asked));
  const { told: policies, untold: others } = toldInPart(layer.policies, ({ rules }) => rules.some(matches), MOST_POLICIES);
  const most = Math.min(MOST_RULES, Math.ceil(MOST_RULES_OF_LAYER / policies.length));
  for (const { acting, rules: asked } of policies) {
    yield;
    // The end of an earlier tier has decided about what was asked for.
    const rules = decided ? [] : asked;
    const { pointer } = acting;
    const object = acting.policy.ref;
    const stage = `${direction}-policy`;
    if (!acting.isolates && acting.rules.length === 0) {
      const message = `selects ${subject}, but not for ${direction}`;
      const types = acting.policy.kind === 'NetworkPolicy' ? '/spec/policyTypes' : pointer;
      trail.add({ stage, outcome: 'excluded', reason: 'DIRECTION_NOT_ISOLATED', message, object, pointer: types, parent });
      continue;
    }
    const place = acting.place === undefined ? '' : ` (${acting.place})`;
    const isolates = acting.isolates ? ` and isolates it for ${direction}` : '';
    const verb = object.kind === 'FelixConfiguration' ? 'is about' : 'selects';
    const message = `${describeRef(object)}${place} ${verb} ${subject}${isolates}, ${rulesText({ acting, rules })}`;
    const reason = acting.isolates ? 'POLICY_SELECTS' : 'POLICY_APPLIES';
    const id = trail.add({ stage, outcome: 'selected', reason, message, object, pointer, parent });
    const { told, untold } = toldInPart(rules, matches, most);
    for (const rule of told) {
      yield;
      showRule(trail, id, direction, layer.open, rule, words);
    }
    if (untold > 0) {
      trail.add({ stage, outcome: 'info', reason: 'NOT_TOLD', message: `and ${untold} more rules`, object, pointer, parent: id });
    }
  }
  if (others > 0) {
    const message = `and ${others} more policies that select ${subject}`;
    trail.add({ stage: `${direction}-policy`, outcome: 'info', reason: 'NOT_TOLD', message, parent });
  }
  showEnd(trail, parent, direction, layer, words);
}

/** A tier has a default action, for what its policies apply to and none of their rules matches. */
function showEnd(
  trail: Trail,
  parent: number | null,
  direction: Direction,
  { at, open, allowed, denied, passed }: DirectionJudgement['layers'][number],
  { asked }: FlowWords,
): void {
  const tier = tierWords(at);
  if (tier === undefined) return;
  const matched = unionConnections(unionConnections(allowed, denied), passed);
  const rest = subtractConnections(intersectConnections(open, asked), matched);
  if (noConnections(rest)) return;
  const decides = at.end === 'Deny' ? 'Deny at its end decides' : 'the next tier decides';
  const message = `no rule of ${tier} matches ${formatConnections(rest)}: ${decides}`;
  trail.add({ stage: `${direction}-policy`, outcome: at.end === 'Deny' ? 'deny' : 'pass', reason: 'END_OF_TIER', message, parent });
}

/** What has an end worth telling: a tier of Calico, or the profiles behind the last one. */
function tierWords({ layer, host }: LayerAt): string | undefined {
  const of = host ? ` of ${host.name}` : '';
  if (layer === 'calico-profiles') return `the profiles${of}`;
  const [kind, name] = layer.split(':', 2);
  return name === undefined ? undefined : `the ${TIERS[kind ?? ''] ?? ''}tier \`${name}\`${of}`;
}

const TIERS: Readonly<Record<string, string>> = {
  'calico-untracked': 'untracked policies in the ',
  'calico-pre-dnat': 'pre-DNAT policies in the ',
  'calico-forward': 'policies on forwarded packets in the ',
};

function rulesText({ acting, rules }: PolicyJudgement): string {
  const { length } = acting.rules;
  if (length === 0) return 'without any rule';
  if (rules.length === 0) return 'and is not asked: earlier policies have decided';
  return rules.length === length ? `${length} rule${length === 1 ? '' : 's'}` : `the first ${rules.length} of ${length} rules decide`;
}

function showRule(trail: Trail, parent: number, direction: Direction, open: ConnectionSet, judged: RuleJudgement, words: FlowWords): void {
  const { policy, pointer, name } = judged.rule;
  const [outcome, reason, text] = ruleOutcome(direction, open, judged, words.asked);
  const message = name === undefined ? text : `\`${name}\`: ${text}`;
  const id = trail.add({ stage: `${direction}-policy`, outcome, reason, message, object: policy.ref, pointer, parent });
  showPeersAndPorts(trail, id, direction, judged, words);
  showConditions(trail, id, direction, judged, words);
}

/** What a proxy asks of what the rule admits. */
function showConditions(trail: Trail, parent: number, direction: Direction, judged: RuleJudgement, words: FlowWords): void {
  const { policy } = judged.rule;
  if (noConnections(intersectConnections(judged.matched, words.asked))) return;
  for (const { pointer, text, connections } of judged.rule.conditionsAt?.(words.flow.destination) ?? []) {
    const message = `${formatConnections(connections)}: only ${text}, unless another rule admits it without asking`;
    trail.add({ stage: `${direction}-policy`, outcome: 'info', reason: 'CONDITION', message, object: policy.ref, pointer, parent });
  }
}

function ruleOutcome(direction: Direction, open: ConnectionSet, judged: RuleJudgement, asked: ConnectionSet): OutcomeInWords {
  const { rule, matched, admitsPeer } = judged;
  const side = direction === 'egress' ? 'destination' : 'source';
  if (rule.unreadable) {
    const effect = rule.action === 'Accept' ? 'so that it matches nothing' : 'so that it denies everything';
    const why = rule.refusal === undefined ? 'the rule cannot be read by the plugin' : `the plugin refuses the rule: ${rule.refusal.text}`;
    return [rule.action === 'Accept' ? 'no-match' : 'deny', 'RULE_FAILS_CLOSED', `${why}, ${effect}`];
  }
  if (!judged.concerns) return ['no-match', 'RULE_CONCERNS_OTHERS', `the rule is about other endpoints than this ${otherSide(side)}`];
  if (!admitsPeer) return ['no-match', 'RULE_REFUSES_PEER', `none of its peers is the ${side}`];
  if (noConnections(intersectConnections(matched, asked))) {
    const verb = rule.unordered ? 'admits' : 'is about';
    const message = `the ${side} matches, but the rule ${verb} ${formatConnections(matched)}, not ${formatConnections(asked)}`;
    return ['no-match', 'RULE_REFUSES_PORT', message];
  }
  return rule.unordered && rule.action === 'Accept' ? admission(judged, asked, side) : decision(judged, open, asked);
}

function otherSide(side: 'source' | 'destination'): string {
  return side === 'source' ? 'destination' : 'source';
}

/** A rule that admits, beside others. */
function admission({ matched, decides }: RuleJudgement, asked: ConnectionSet, side: string): OutcomeInWords {
  if (noConnections(intersectConnections(decides, asked))) return TOO_LATE;
  if (coversConnections(matched, asked)) return ['match', 'RULE_ADMITS', `the ${side} and the port match`];
  return ['pass', 'RULE_ADMITS_PART', `the ${side} matches, and the rule admits ${formatConnections(matched)}`];
}

/** A rule that decides if no earlier one has. */
function decision({ rule, decides }: RuleJudgement, open: ConnectionSet, asked: ConnectionSet): OutcomeInWords {
  const share = intersectConnections(intersectConnections(decides, open), asked);
  if (noConnections(share)) return TOO_LATE;
  const what = formatConnections(share);
  if (rule.action === 'Accept') return ['allow', 'RULE_ACCEPTS', `${rule.written}: ${what} is allowed, whatever comes behind it`];
  if (rule.action === 'Deny') return ['deny', 'RULE_DENIES', `Deny: ${what} is denied, whatever comes behind it`];
  return ['pass', 'RULE_PASSES', `Pass: ${what} skips the rest of the tier`];
}

const TOO_LATE: OutcomeInWords = ['info', 'RULE_TOO_LATE', 'it matches, and earlier rules have decided'];
