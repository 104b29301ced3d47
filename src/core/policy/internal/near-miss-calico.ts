import { describeRef } from '../../kernel/object-ref.js';
import type { Steps } from '../../kernel/steps.js';
import { formatCidr } from '../../net/cidr.js';
import { IP_PROTOCOLS } from '../../net/ip-protocol.js';
import { PROTOCOLS } from '../../net/protocol.js';
import type { CalicoEntity, CalicoPolicy, CalicoPort, CalicoRule } from '../../resources/calico-policy.js';
import { parseCalicoSelector } from '../../resources/parse-calico-selector.js';
import { isCalicoPolicy } from './calico-layers.js';
import { portProtocol } from './calico-connections.js';
import { entitySelectors } from './calico-selectors.js';
import {
  type ConnectionSet,
  coversConnections,
  formatConnections,
  intersectConnections,
  isEverything,
  noConnections,
  onlyProtocol,
} from './connection-set.js';
import type { DirectionJudgement } from './judge-direction.js';
import { PolicyEdit } from './edits.js';
import { type MissContext, type NearMissCandidate, sidesOf } from './near-miss-candidates.js';
import type { RuleJudgement } from './judge-layer.js';
import { labelChanges } from './near-miss-labels.js';
import { onePort } from './near-miss-rules.js';
import { peerFor } from './peer-for.js';
import { podsOfCalicoSelector } from './unknown/calico-pods.js';

type Layer = DirectionJudgement['layers'][number];

/** Changes of Calico's policies: a label, a port more, one more rule before the one that denies, or as the last of a policy whose tier ends with Deny. Yields often. */
export function* calicoCandidates(context: MissContext, layer: Layer): Steps<readonly NearMissCandidate[]> {
  const { direction, words } = context;
  const open = intersectConnections(layer.open, words.asked);
  if (noConnections(open)) return [];
  const found: NearMissCandidate[] = [];
  for (const { acting, rules } of layer.policies) {
    const { policy } = acting;
    if (!isCalicoPolicy(policy)) continue;
    const places = new Map(policy[direction].map(({ pointer }, place) => [pointer, place]));
    const before: NearMissCandidate[] = [];
    for (const judged of rules) {
      yield;
      const place = places.get(judged.rule.pointer) ?? -1;
      const rule = policy[direction][place];
      if (!rule) continue;
      found.push(...aroundRule(context, policy, rule, judged, open));
      if (denies(judged, open)) before.push(...oneRuleMore(context, policy, place));
    }
    found.push(...before);
    const applies = direction === 'ingress' ? policy.appliesToIngress : policy.appliesToEgress;
    if (applies && layer.at.end === 'Deny') found.push(...oneRuleMore(context, policy, policy[direction].length));
  }
  return found;
}

function denies({ rule, decides }: RuleJudgement, open: ConnectionSet): boolean {
  return rule.action === 'Deny' && !noConnections(intersectConnections(decides, open));
}

/** A label by which a rule would admit the other pod, or would not deny it; a port more where it admits the peer. */
function aroundRule(
  context: MissContext,
  policy: CalicoPolicy,
  rule: CalicoRule,
  judged: RuleJudgement,
  open: ConnectionSet,
): readonly NearMissCandidate[] {
  const { direction, words } = context;
  if (rule.failsClosed || !judged.concerns) return [];
  const accepts = judged.rule.action === 'Accept';
  const portsFit = coversConnections(judged.portsAtDestination, words.asked);
  if (accepts && judged.admitsPeer) return portsFit ? [] : onePortMore(context, policy, rule, judged);
  if (!denies(judged, open) && !(accepts && portsFit)) return [];
  const entity = direction === 'ingress' ? rule.source : rule.destination;
  const { positive, negative } = entitySelectors(entity, undefined);
  const formula = [positive, negative].flatMap((selector) => (selector ? podsOfCalicoSelector(selector) : []));
  return labelChanges(context, judged, formula, `${entity.pointer}/${positive ? 'selector' : 'notSelector'}`);
}

/** `ports` go with the one protocol that the rule has. */
function onePortMore(context: MissContext, policy: CalicoPolicy, rule: CalicoRule, judged: RuleJudgement): readonly NearMissCandidate[] {
  const { direction, words } = context;
  const wanted = onePort(words.asked);
  const { destination } = rule;
  if (!wanted || portProtocol(rule) !== wanted.protocol || destination.ports.length === 0) return [];
  const object = describeRef(policy.ref);
  const pointer = `${destination.pointer}/ports`;
  const ports: readonly CalicoPort[] = [...destination.ports, { type: 'range', pointer, from: wanted.port, to: wanted.port }];
  const changed = { ...rule, destination: { ...destination, ports } };
  const admits = formatConnections(judged.portsAtDestination);
  return [
    {
      reason: 'RULE_PORT',
      rank: 'port',
      object,
      pointer,
      message: `the rule admits the peer for ${admits === 'No Connections' ? 'no port of this destination' : admits}, not for ${wanted.protocol} ${wanted.port}`,
      fix: `add \`${wanted.port}\` to \`${pointer}\` of ${object}`,
      edit: new PolicyEdit(policy, () => ({ ...policy, [direction]: policy[direction].map((one) => (one === rule ? changed : one)) })),
    },
  ];
}

/** One more rule at that place of the policy. */
function oneRuleMore(context: MissContext, policy: CalicoPolicy, place: number): readonly NearMissCandidate[] {
  const { direction, words } = context;
  const rules = policy[direction];
  const next = rules[place];
  const pointer = `/spec/${direction}/${place}`;
  const described = ruleFor(context, policy, pointer);
  if (!described) return [];
  const object = describeRef(policy.ref);
  const after = (): CalicoPolicy => ({ ...policy, [direction]: [...rules.slice(0, place), described.rule, ...rules.slice(place)] });
  const where = next ? `put a rule before \`${next.pointer}\` of ${object}` : `add a rule to \`/spec/${direction}\` of ${object}`;
  const isolates = `no rule matches it, and ${object} applies to ${words[sidesOf(direction).subject]} in a tier that ends with Deny`;
  return [
    {
      reason: next ? 'RULE_BEFORE' : 'NEW_RULE',
      rank: 'new-rule',
      object,
      pointer: next ? next.pointer : `/spec/${direction}`,
      message: next ? 'the rule denies it, and no rule before it allows it' : isolates,
      fix: `${where}: Allow ${direction === 'egress' ? 'to' : 'from'} ${described.text}`,
      edit: new PolicyEdit(policy, after),
    },
  ];
}

/** A rule that allows just what was asked for; undefined where one rule cannot: it has one protocol. */
function ruleFor(
  context: MissContext,
  policy: CalicoPolicy,
  pointer: string,
): { readonly rule: CalicoRule; readonly text: string } | undefined {
  const { direction, words } = context;
  const { asked } = words;
  const whole = isEverything(asked);
  const number = whole ? undefined : onlyProtocol(asked);
  if (!whole && number === undefined) return undefined;
  const protocol = PROTOCOLS.find((one) => IP_PROTOCOLS[one] === number);
  const ports = protocol === undefined ? [] : asked[protocol].map(({ from, to }): CalicoPort => ({ type: 'range', pointer: '', from, to }));
  const peer = entityFor(context, policy);
  if (!peer) return undefined;
  const [source, destination] = direction === 'ingress' ? [peer.entity, NOBODY_NAMED] : [NOBODY_NAMED, peer.entity];
  const rule: CalicoRule = {
    pointer,
    action: 'Allow',
    ipVersion: undefined,
    protocol: number,
    notProtocol: undefined,
    icmp: messageOf(asked, number),
    notIcmp: undefined,
    source,
    destination: { ...destination, ports },
    http: undefined,
    failsClosed: false,
  };
  return { rule, text: `${peer.text}, ${whole ? 'every port' : formatConnections(asked)}` };
}

/** The one type of message that was asked for, and its one code. */
function messageOf(asked: ConnectionSet, number: number | undefined): CalicoRule['icmp'] {
  if (number !== IP_PROTOCOLS.ICMP && number !== IP_PROTOCOLS.ICMPv6) return undefined;
  const [band] = asked[number === IP_PROTOCOLS.ICMP ? 'ICMP' : 'ICMPv6'];
  if (!band || band.from !== band.to) return undefined;
  const [code] = band.across;
  return { type: band.from, code: code && code.from === code.to ? code.from : undefined };
}

const NOBODY_NAMED: CalicoEntity = {
  pointer: '',
  nets: [],
  notNets: [],
  selector: undefined,
  notSelector: undefined,
  namespaceSelector: undefined,
  serviceAccounts: undefined,
  service: undefined,
  ports: [],
  notPorts: [],
};

/** The other side: a pod by its labels and its namespace, an address by its block. */
function entityFor(
  { direction, words }: MissContext,
  policy: CalicoPolicy,
): { readonly entity: CalicoEntity; readonly text: string } | undefined {
  const { other } = sidesOf(direction);
  const endpoint = words.flow[other];
  const block = words.blocks[other];
  if (endpoint.kind !== 'pod') return block && { entity: { ...NOBODY_NAMED, nets: [block] }, text: formatCidr(block) };
  const peer = peerFor(endpoint, undefined, endpoint.namespace)?.peer;
  if (peer?.type !== 'pods') return undefined;
  const conditions = peer.podSelector?.requirements.map(({ key, values }) => `${key} == "${values[0] ?? ''}"`) ?? [];
  const selector = selectorOf(conditions.length === 0 ? 'all()' : conditions.join(' && '));
  const local = policy.kind === 'CalicoNetworkPolicy' && policy.namespace === endpoint.namespace;
  const namespaceSelector = local ? undefined : selectorOf(`projectcalico.org/name == "${endpoint.namespace}"`);
  const place = namespaceSelector ? ` of namespaces \`${namespaceSelector.text}\`` : '';
  return { entity: { ...NOBODY_NAMED, selector, namespaceSelector }, text: `\`${selector?.text ?? ''}\`${place}` };
}

function selectorOf(text: string): CalicoEntity['selector'] {
  const read = parseCalicoSelector(text);
  return read.ok ? read.value : undefined;
}
