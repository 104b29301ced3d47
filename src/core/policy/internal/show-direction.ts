import type { EvidenceOutcome, Trail } from '../../kernel/evidence.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { Cidr } from '../../net/cidr.js';
import type { PolicyPort } from '../../resources/network-policy.js';
import type { PolicyReason } from '../policy-reasons.js';
import { type ConnectionSet, coversConnections, formatConnections, intersectConnections, noConnections } from './connection-set.js';
import type { Direction } from './direction.js';
import type { DirectionJudgement, Exemption, Flow, PolicyBook, PolicyJudgement, RuleJudgement } from './judge-direction.js';
import { peerMatches } from './judge-peer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';
import { describePort, peerMessage, selectorMiss } from './policy-words.js';
import { shareOf } from './judge-connection.js';

/** Who is on either side, in words, and what was asked for. */
export interface FlowWords {
  readonly flow: Flow;
  readonly source: string;
  readonly destination: string;
  readonly asked: ConnectionSet;
  /** The prefix that holds each side where it is no pod. */
  readonly blocks: Readonly<Record<'source' | 'destination', Cidr | undefined>>;
}

const EXEMPTIONS: Readonly<Record<Exemption, (subject: string) => string>> = {
  LOOPBACK: (subject) => `${subject} talks to itself: no policy is asked`,
  OWN_NODE: (subject) => `the source is on the same node as ${subject}, and counts as the node: always allowed`,
  HOST: (subject) => `${subject}: a node, or a hostNetwork pod that counts as its node, which no policy selects`,
  OUTSIDE_CLUSTER: (subject) => `${subject}: outside the cluster, without policies of its own`,
};

/** Up to how many policies that select other pods are told one by one; the rest is counted. */
const MOST_OTHERS = 10;

/** Writes down one direction: every policy of the namespace, and of those that isolate every rule with its peers and ports, then what it comes to. */
export function showDirection(
  trail: Trail,
  parent: number | null,
  book: PolicyBook,
  judgement: DirectionJudgement,
  words: FlowWords,
): void {
  const { direction, exemption } = judgement;
  const stage = `${direction}-policy`;
  const subject = direction === 'egress' ? words.source : words.destination;
  if (exemption !== undefined) {
    trail.add({ stage, outcome: 'allow', reason: exemption, message: EXEMPTIONS[exemption](subject), parent });
    return;
  }
  for (const { policies } of judgement.layers) for (const policy of policies) showPolicy(trail, parent, judgement, policy, words);
  showOthers(trail, parent, book, direction, words);
  if (!judgement.isolated) {
    const message = `no policy selects ${subject} for ${direction}: everything is allowed`;
    trail.add({ stage, outcome: 'allow', reason: 'NOT_ISOLATED', message, parent });
    return;
  }
  const share = shareOf(judgement.allowed, words.asked);
  const asked = formatConnections(words.asked);
  const verdicts: Readonly<Record<typeof share, readonly [EvidenceOutcome, PolicyReason, string]>> = {
    ALLOWED: ['allow', 'ADMITTED', `${direction} of ${subject} is admitted: ${asked}`],
    MIXED: [
      'pass',
      'ADMITTED_IN_PART',
      `${direction} of ${subject} is admitted for ${formatConnections(intersectConnections(judgement.allowed, words.asked))} only`,
    ],
    DENIED: ['deny', 'NO_RULE_ADMITS', `${subject} is isolated for ${direction}, and no rule admits ${asked}`],
  };
  const [outcome, reason, message] = verdicts[share];
  trail.add({ stage, outcome, reason, message, parent });
}

function showPolicy(trail: Trail, parent: number | null, judgement: DirectionJudgement, one: PolicyJudgement, words: FlowWords): void {
  const { direction } = judgement;
  const { policy, isolates, rules } = one;
  const stage = `${direction}-policy`;
  const name = direction === 'egress' ? words.source : words.destination;
  const object = policy.ref;
  if (!isolates) {
    const message = `selects ${name}, but not for ${direction}`;
    trail.add({ stage, outcome: 'excluded', reason: 'DIRECTION_NOT_ISOLATED', message, object, pointer: '/spec/policyTypes', parent });
    return;
  }
  const count = rules.length === 0 ? 'without any rule' : `${rules.length} rule${rules.length === 1 ? '' : 's'}`;
  const message = `${describeRef(object)} selects ${name} and isolates it for ${direction}, ${count}`;
  const id = trail.add({ stage, outcome: 'selected', reason: 'POLICY_SELECTS', message, object, pointer: '/spec/podSelector', parent });
  for (const rule of rules) showRule(trail, id, judgement, one, rule, words);
}

/** The policies of the namespace that select other pods. */
function showOthers(trail: Trail, parent: number | null, book: PolicyBook, direction: Direction, words: FlowWords): void {
  const [subject, name] = direction === 'egress' ? [words.flow.source, words.source] : [words.flow.destination, words.destination];
  if (subject.kind !== 'pod') return;
  const all = book.policiesIn(subject.namespace);
  const selecting = new Set(book.selecting(subject));
  const step = { stage: `${direction}-policy`, outcome: 'excluded', reason: 'SUBJECT_NOT_SELECTED', parent } as const;
  let told = 0;
  for (const policy of all) {
    if (selecting.has(policy)) continue;
    if (told === MOST_OTHERS) break;
    told++;
    const message = selectorMiss(policy.podSelector, subject.labels, name);
    trail.add({ ...step, message, object: policy.ref, pointer: '/spec/podSelector' });
  }
  const more = all.length - selecting.size - told;
  if (more > 0) trail.add({ ...step, message: `${more} more policies of the namespace select other pods` });
}

function showRule(
  trail: Trail,
  parent: number,
  { direction }: DirectionJudgement,
  { policy }: PolicyJudgement,
  judged: RuleJudgement,
  words: FlowWords,
): void {
  const stage = `${direction}-policy`;
  const object = policy.ref;
  const [side, other]: readonly [string, PolicyEndpoint] =
    direction === 'egress' ? ['destination', words.flow.destination] : ['source', words.flow.source];
  const [outcome, reason, message] = ruleOutcome(judged, words.asked, side);
  const id = trail.add({ stage, outcome, reason, message, object, pointer: judged.rule.pointer, parent });
  const step = { stage, object, parent: id };
  if (judged.peers.length === 0) {
    trail.add({
      ...step,
      outcome: 'match',
      reason: 'ANY_PEER',
      message: `the rule names no ${side}: every one matches`,
      pointer: judged.rule.pointer,
    });
  }
  for (const { peer, outcome: found } of judged.peers) {
    const text = peerMessage(peer, found, policy.namespace, other, side);
    trail.add({ ...step, outcome: peerMatches(found) ? 'match' : 'no-match', reason: found, message: text, pointer: peer.pointer });
  }
  if (judged.ports.length === 0) {
    trail.add({
      ...step,
      outcome: 'match',
      reason: 'ANY_PORT',
      message: 'the rule names no port: every port matches',
      pointer: judged.rule.pointer,
    });
  }
  for (const entry of judged.ports) trail.add({ ...step, ...portStep(entry, words.asked), pointer: entry.port.pointer });
}

function ruleOutcome(judged: RuleJudgement, asked: ConnectionSet, side: string): readonly [EvidenceOutcome, PolicyReason, string] {
  const admitted = formatConnections(judged.portsAtDestination);
  if (!judged.admitsPeer) return ['no-match', 'RULE_REFUSES_PEER', `none of its peers is the ${side}`];
  if (coversConnections(judged.allowed, asked)) return ['match', 'RULE_ADMITS', `the ${side} and the port match`];
  if (noConnections(intersectConnections(judged.allowed, asked))) {
    return ['no-match', 'RULE_REFUSES_PORT', `the ${side} matches, but the rule admits ${admitted}, not ${formatConnections(asked)}`];
  }
  return ['pass', 'RULE_ADMITS_PART', `the ${side} matches, and the rule admits ${admitted}`];
}

function portStep({ port, at }: RuleJudgement['ports'][number], asked: ConnectionSet) {
  const words = describePort(port);
  const named = port.type === 'port' && typeof port.port === 'string';
  const resolved = named && at.missing === undefined ? `${words} is ${formatConnections(at.connections)}` : words;
  if (at.missing !== undefined)
    return { outcome: 'no-match' as const, reason: at.missing, message: missingMessage(at.missing, words, port) };
  const share = shareOf(at.connections, asked);
  if (share === 'ALLOWED') return { outcome: 'match' as const, reason: 'PORT_MATCHES', message: resolved };
  if (share === 'MIXED')
    return { outcome: 'pass' as const, reason: 'PORT_MATCHES_PART', message: `${resolved}, asked for ${formatConnections(asked)}` };
  const sameProtocol = port.type === 'port' && asked[port.protocol].length > 0;
  const reason = sameProtocol ? 'PORT_DIFFERS' : 'PROTOCOL_DIFFERS';
  return { outcome: 'no-match' as const, reason, message: `admits ${resolved}, asked for ${formatConnections(asked)}` };
}

function missingMessage(missing: NonNullable<RuleJudgement['ports'][number]['at']['missing']>, words: string, port: PolicyPort): string {
  if (missing === 'NAMED_PORT_NOT_FOUND') return `no container of the destination has a port \`${words}\``;
  if (missing === 'NAMED_PORT_NEEDS_POD') return `\`${words}\` is looked up on the destination pod, and this destination is none`;
  return `matches nothing: ${port.type === 'invalid' ? port.why : 'it is not valid'}`;
}
