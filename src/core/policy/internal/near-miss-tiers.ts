import { describeRef } from '../../kernel/object-ref.js';
import type { Steps } from '../../kernel/steps.js';
import { formatCidr } from '../../net/cidr.js';
import { PROTOCOLS } from '../../net/protocol.js';
import type { ClusterPeer, ClusterPolicy, ClusterPort, ClusterRule } from '../../resources/cluster-policy.js';
import { formatSelector, selectorMatches } from '../../resources/label-selector.js';
import {
  type ConnectionSet,
  coversConnections,
  formatConnections,
  intersectConnections,
  isEverything,
  noConnections,
} from './connection-set.js';
import { PolicyEdit } from './edits.js';
import type { DirectionJudgement } from './judge-direction.js';
import type { RuleJudgement } from './judge-layer.js';
import { isClusterPolicy } from './acting-cluster-policy.js';
import { isSmallChange, labelFix, type MissContext, type NearMissCandidate, onlyUnmet, sidesOf, valueFor } from './near-miss-candidates.js';
import { peerFor } from './peer-for.js';

/** Changes around the rules of a tier that deny: a label that an earlier rule wants, or one more rule before the one that denies. Yields often. */
export function* tierCandidates(context: MissContext, layer: DirectionJudgement['layers'][number]): Steps<readonly NearMissCandidate[]> {
  const found: NearMissCandidate[] = [];
  for (const { acting, rules } of layer.policies) {
    const { policy } = acting;
    if (!isClusterPolicy(policy)) continue;
    const byPointer = new Map(policy[context.direction].map((rule) => [rule.pointer, rule]));
    for (const judged of rules) {
      yield;
      const rule = byPointer.get(judged.rule.pointer);
      if (rule) found.push(...aroundRule(context, policy, rule, judged, layer.open));
    }
  }
  return found;
}

function aroundRule(
  context: MissContext,
  policy: ClusterPolicy,
  rule: ClusterRule,
  judged: RuleJudgement,
  open: ConnectionSet,
): readonly NearMissCandidate[] {
  if (judged.rule.action === 'Accept') return labelCandidates(context, policy, rule, judged);
  const denied = intersectConnections(intersectConnections(judged.decides, open), context.words.asked);
  return judged.rule.action === 'Deny' && !noConnections(denied) ? ruleBefore(context, policy, rule) : [];
}

/** A rule that accepts the port, and whose podSelector is one label away. */
function labelCandidates(
  context: MissContext,
  policy: ClusterPolicy,
  rule: ClusterRule,
  judged: RuleJudgement,
): readonly NearMissCandidate[] {
  const { other } = sidesOf(context.direction);
  const endpoint = context.words.flow[other];
  if (endpoint.kind !== 'pod' || judged.admitsPeer || rule.failsClosed) return [];
  if (!coversConnections(judged.portsAtDestination, context.words.asked)) return [];
  return rule.peers.flatMap((peer): readonly NearMissCandidate[] => {
    if (peer.type !== 'pods' || !peer.podSelector || !selectorMatches(peer.namespaceSelector, endpoint.namespaceLabels)) return [];
    const unmet = onlyUnmet(peer.podSelector, endpoint.labels);
    if (!unmet) return [];
    const value = valueFor(unmet);
    const name = context.words[other];
    return [
      {
        reason: 'POD_LABEL',
        rank: isSmallChange(unmet, endpoint.labels) ? 'pod-label' : 'other-label',
        object: describeRef(policy.ref),
        pointer: peer.pointer,
        message: `the peer selects pods one label away from ${name}`,
        fix: labelFix(name, unmet.key, value),
        edit: { type: 'pod-label', side: other, key: unmet.key, value },
      },
    ];
  });
}

function ruleBefore(context: MissContext, policy: ClusterPolicy, rule: ClusterRule): readonly NearMissCandidate[] {
  const { direction, words } = context;
  const described = clusterPeerFor(context);
  if (!described) return [];
  const accepts = policy.kind === 'ClusterNetworkPolicy' ? 'Accept' : 'Allow';
  const added: ClusterRule = {
    pointer: rule.pointer,
    name: undefined,
    action: 'Accept',
    written: accepts,
    peers: [described.peer],
    ports: portsFor(words.asked, rule.pointer),
    failsClosed: false,
  };
  const after = (): ClusterPolicy => ({
    ...policy,
    [direction]: policy[direction].flatMap((one) => (one === rule ? [added, one] : [one])),
  });
  const object = describeRef(policy.ref);
  const ports = added.ports.length === 0 ? 'every port' : formatConnections(words.asked);
  const preposition = direction === 'egress' ? 'to' : 'from';
  return [
    {
      reason: 'RULE_BEFORE',
      rank: 'new-rule',
      object,
      pointer: rule.pointer,
      message: `the rule denies it, and no rule before it ${accepts === 'Accept' ? 'accepts' : 'allows'} it`,
      fix: `put a rule before \`${rule.pointer}\` of ${object}: ${accepts} ${preposition} ${described.text}, ${ports}`,
      edit: new PolicyEdit(policy, after),
    },
  ];
}

/** A peer for just the other side; undefined for what the direction cannot name: ingress knows pods only. */
function clusterPeerFor({ direction, words }: MissContext): { readonly peer: ClusterPeer; readonly text: string } | undefined {
  const { other } = sidesOf(direction);
  const endpoint = words.flow[other];
  if (endpoint.kind !== 'pod') {
    const block = words.blocks[other];
    return direction === 'egress' && block
      ? { peer: { type: 'networks', pointer: '', networks: [block] }, text: formatCidr(block) }
      : undefined;
  }
  const peer = peerFor(endpoint, undefined, '')?.peer;
  if (peer?.type !== 'pods' || !peer.namespaceSelector) return undefined;
  const { namespaceSelector, podSelector } = peer;
  const pods = podSelector ? `pods \`${formatSelector(podSelector)}\`` : 'all pods';
  return { peer: { type: 'pods', pointer: '', namespaceSelector, podSelector }, text: `${pods} of namespace ${endpoint.namespace}` };
}

function portsFor(asked: ConnectionSet, pointer: string): readonly ClusterPort[] {
  if (isEverything(asked)) return [];
  return PROTOCOLS.flatMap((protocol) =>
    asked[protocol].map(({ from, to }): ClusterPort => ({ type: 'port', pointer, protocol, port: from, endPort: to })),
  );
}
