import { describeRef } from '../../kernel/object-ref.js';
import type { Steps } from '../../kernel/steps.js';
import { cidrContains, formatCidr } from '../../net/cidr.js';
import { type Protocol, PROTOCOLS } from '../../net/protocol.js';
import { selectorMatches, selectorOfLabels } from '../../resources/label-selector.js';
import type { NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule } from '../../resources/network-policy.js';
import { type ConnectionSet, coversConnections, formatConnections } from './connection-set.js';
import { isSmallChange, labelFix, type MissContext, type NearMissCandidate, onlyUnmet, sidesOf, valueFor } from './near-miss-candidates.js';
import { PolicyEdit } from './edits.js';
import { peerFor } from './peer-for.js';
import type { LayerJudgement, RuleJudgement } from './judge-layer.js';

const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Changes at or around one rule of a policy that isolates: a peer matches and no port does, or the ports match and no peer does. Yields often. */
export function* ruleCandidates(context: MissContext, layer: LayerJudgement): Steps<readonly NearMissCandidate[]> {
  const found: NearMissCandidate[] = [];
  for (const { acting, rules } of layer.policies) {
    const { policy } = acting;
    if (policy.kind !== 'NetworkPolicy') continue;
    const byPointer = new Map(policy[context.direction].map((rule) => [rule.pointer, rule]));
    for (const judged of rules) {
      yield;
      const rule = byPointer.get(judged.rule.pointer);
      if (rule) found.push(...aroundRule(context, policy, rule, judged));
    }
  }
  return found;
}

function aroundRule(context: MissContext, policy: NetworkPolicy, rule: PolicyRule, judged: RuleJudgement): readonly NearMissCandidate[] {
  const portsFit = coversConnections(judged.portsAtDestination, context.words.asked);
  if (judged.admitsPeer) return portsFit ? [] : portCandidates(context, policy, rule, judged);
  if (!portsFit) return [];
  const tweaks = rule.peers.flatMap((peer, index) => peerCandidates(context, policy, rule, peer, index));
  return [...tweaks, ...newPeer(context, policy, rule)];
}

/** The one protocol and port that was asked for; undefined when it was more. */
export function onePort(asked: ConnectionSet): { readonly protocol: Protocol; readonly port: number } | undefined {
  const used = PROTOCOLS.filter((protocol) => asked[protocol].length > 0);
  const [protocol] = used;
  const range = protocol && asked[protocol][0];
  if (!protocol || used.length > 1 || !range || asked[protocol].length > 1 || range.from !== range.to) return undefined;
  return { protocol, port: range.from };
}

function portCandidates(
  context: MissContext,
  policy: NetworkPolicy,
  rule: PolicyRule,
  judged: RuleJudgement,
): readonly NearMissCandidate[] {
  const wanted = onePort(context.words.asked);
  if (!wanted) return [];
  const { protocol, port } = wanted;
  const object = describeRef(policy.ref);
  const entry: PolicyPort = { type: 'port', pointer: `${rule.pointer}/ports/${rule.ports.length}`, protocol, port, endPort: undefined };
  const after = () => withRule(policy, context, { ...rule, ports: [...rule.ports, entry] });
  const admits = formatConnections(judged.portsAtDestination);
  const message = `the rule admits the peer for ${admits === 'No Connections' ? 'no port of this destination' : admits}, not for ${protocol} ${port}`;
  const add: NearMissCandidate = {
    reason: 'RULE_PORT',
    rank: 'port',
    object,
    pointer: `${rule.pointer}/ports`,
    message,
    fix: `add \`{protocol: ${protocol}, port: ${port}}\` to \`${rule.pointer}/ports\` of ${object}`,
    edit: new PolicyEdit(policy, after),
  };
  return [...rule.ports.flatMap((named, at) => nameCandidate(context, policy, named, judged.ports[at]?.missing, wanted)), add];
}

/** The rule names a port that the destination does not: it may be the number that was asked for, without a name. */
function nameCandidate(
  { words }: MissContext,
  policy: NetworkPolicy,
  entry: PolicyPort,
  missing: string | undefined,
  { protocol, port }: { readonly protocol: Protocol; readonly port: number },
): readonly NearMissCandidate[] {
  if (missing !== 'NAMED_PORT_NOT_FOUND' || entry.type !== 'port' || typeof entry.port !== 'string' || entry.protocol !== protocol)
    return [];
  return [
    {
      reason: 'RULE_PORT',
      rank: 'port',
      object: describeRef(policy.ref),
      pointer: entry.pointer,
      message: `the rule admits the port named \`${entry.port}\`, and ${words.destination} names no such ${protocol} port`,
      fix: `name the container port ${port} of ${words.destination} \`${entry.port}\``,
      edit: { type: 'port-name', name: entry.port, protocol, port },
    },
  ];
}

function peerCandidates(
  context: MissContext,
  policy: NetworkPolicy,
  rule: PolicyRule,
  peer: PolicyPeer,
  index: number,
): readonly NearMissCandidate[] {
  if (peer.type === 'pods') return selectorCandidates(context, policy, rule, peer, index);
  return peer.type === 'ipBlock' ? blockCandidates(context, policy, rule, peer, index) : [];
}

type PodsPeer = Extract<PolicyPeer, { type: 'pods' }>;
type BlockPeer = Extract<PolicyPeer, { type: 'ipBlock' }>;

function selectorCandidates(
  context: MissContext,
  policy: NetworkPolicy,
  rule: PolicyRule,
  peer: PodsPeer,
  index: number,
): readonly NearMissCandidate[] {
  const { other } = sidesOf(context.direction);
  const endpoint = context.words.flow[other];
  if (endpoint.kind !== 'pod') return [];
  const object = describeRef(policy.ref);
  const podFits = peer.podSelector === undefined || selectorMatches(peer.podSelector, endpoint.labels);
  const namespaceFits = peer.namespaceSelector
    ? selectorMatches(peer.namespaceSelector, endpoint.namespaceLabels)
    : endpoint.namespace === policy.namespace;
  const base = { object, pointer: peer.pointer };
  if (namespaceFits && peer.podSelector) {
    const unmet = onlyUnmet(peer.podSelector, endpoint.labels);
    if (!unmet) return [];
    const value = valueFor(unmet);
    const name = context.words[other];
    const message = `the peer selects pods one label away from ${name}`;
    const fix = labelFix(name, unmet.key, value);
    const rank = isSmallChange(unmet, endpoint.labels) ? 'pod-label' : 'other-label';
    return [{ ...base, rank, reason: 'POD_LABEL', message, fix, edit: { type: 'pod-label', side: other, key: unmet.key, value } }];
  }
  if (!podFits) return [];
  const unmet = peer.namespaceSelector && onlyUnmet(peer.namespaceSelector, endpoint.namespaceLabels);
  if (unmet && unmet.key !== NAMESPACE_NAME) {
    const value = valueFor(unmet);
    const message = `the peer selects pods of namespaces one label away from ${endpoint.namespace}`;
    const fix = labelFix(`Namespace ${endpoint.namespace}`, unmet.key, value);
    const edit = { type: 'namespace-label', namespace: endpoint.namespace, key: unmet.key, value } as const;
    const rank = isSmallChange(unmet, endpoint.namespaceLabels) ? 'namespace-label' : 'other-label';
    return [{ ...base, rank, reason: 'NAMESPACE_LABEL', message, fix, edit }];
  }
  if (peer.namespaceSelector && !unmet) return [];
  // The name of a namespace cannot be changed, so that the peer has to.
  const kept = (peer.namespaceSelector?.requirements ?? []).filter((requirement) => requirement !== unmet);
  const byName = selectorOfLabels({ [NAMESPACE_NAME]: endpoint.namespace });
  const namespaceSelector = { requirements: [...kept, ...byName.requirements], invalid: false };
  const after = () => withPeer(policy, context, rule, index, { ...peer, namespaceSelector });
  const message = `the peer selects the pod's labels, but not in namespace ${endpoint.namespace}`;
  const fix = `let the peer at \`${peer.pointer}\` of ${object} select the namespace: \`namespaceSelector: {matchLabels: {${NAMESPACE_NAME}: ${endpoint.namespace}}}\``;
  return [{ ...base, rank: 'peer', reason: 'RULE_PEER', message, fix, edit: new PolicyEdit(policy, after) }];
}

function blockCandidates(
  context: MissContext,
  policy: NetworkPolicy,
  rule: PolicyRule,
  peer: BlockPeer,
  index: number,
): readonly NearMissCandidate[] {
  const { address } = context.words.flow[sidesOf(context.direction).other];
  if (address === undefined || !cidrContains(peer.cidr, address)) return [];
  const object = describeRef(policy.ref);
  const holes = peer.except.filter((inner) => cidrContains(inner, address));
  const after = () => withPeer(policy, context, rule, index, { ...peer, except: peer.except.filter((inner) => !holes.includes(inner)) });
  const listed = holes.map(formatCidr).join(', ');
  const message = `the block holds the address, but excepts ${listed}`;
  const fix = `take ${listed} from \`${peer.pointer}/ipBlock/except\` of ${object}`;
  return [{ object, pointer: peer.pointer, rank: 'peer', reason: 'RULE_PEER', message, fix, edit: new PolicyEdit(policy, after) }];
}

/** The rule admits the port, and only wants one peer more. */
function newPeer(context: MissContext, policy: NetworkPolicy, rule: PolicyRule): readonly NearMissCandidate[] {
  const { direction, words } = context;
  const { other } = sidesOf(direction);
  const described = peerFor(words.flow[other], words.blocks[other], policy.namespace);
  if (!described) return [];
  const field = direction === 'egress' ? 'to' : 'from';
  const pointer = `${rule.pointer}/${field}`;
  const object = describeRef(policy.ref);
  const after = () => withRule(policy, context, { ...rule, peers: [...rule.peers, described.peer] });
  const message = `the rule admits the port, and none of its peers is ${words[other]}`;
  const fix = `add ${described.text} to \`${pointer}\` of ${object}`;
  return [{ object, pointer, rank: 'new-peer', reason: 'RULE_PEER', message, fix, edit: new PolicyEdit(policy, after) }];
}

function withPeer(policy: NetworkPolicy, context: MissContext, rule: PolicyRule, index: number, peer: PolicyPeer): NetworkPolicy {
  return withRule(policy, context, { ...rule, peers: rule.peers.map((one, at) => (at === index ? peer : one)) });
}

function withRule(policy: NetworkPolicy, { direction }: MissContext, rule: PolicyRule): NetworkPolicy {
  return { ...policy, [direction]: policy[direction].map((one) => (one.pointer === rule.pointer ? rule : one)) };
}
