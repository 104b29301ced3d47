import type { ClusterPeer, ClusterPolicy, ClusterPort, ClusterRule, PolicyAction, PolicyTier } from '../../resources/cluster-policy.js';
import { selectorMatches } from '../../resources/label-selector.js';
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS, unionConnections } from './connection-set.js';
import { decideInOrder, type Effect, PLAIN } from './decide-in-order.js';
import type { Direction } from './direction.js';
import { judgePeer, type PeerMatch, peerMatches, type PeerMismatch } from './judge-peer.js';
import type { PodEndpoint, PolicyEndpoint } from './policy-endpoint.js';
import type { PolicySettings } from './policy-settings.js';
import { portsAt, type PortsAt, rulePortsAt } from './ports-at.js';

/** How one rule of a tier fared. */
export interface TierRuleJudgement {
  readonly rule: ClusterRule;
  readonly action: PolicyAction;
  readonly peers: readonly { readonly peer: ClusterPeer; readonly outcome: PeerMatch | PeerMismatch }[];
  readonly ports: readonly { readonly port: ClusterPort; readonly at: PortsAt }[];
  readonly admitsPeer: boolean;
  readonly portsAtDestination: ConnectionSet;
  /** What it matches, whether an earlier rule has decided or not. */
  readonly matched: ConnectionSet;
  /** What it is the first to match. */
  readonly decides: ConnectionSet;
}

/** How one policy of a tier that selects the subject fared. */
export interface TierPolicyJudgement {
  readonly policy: ClusterPolicy;
  readonly rules: readonly TierRuleJudgement[];
}

/** What a tier says: its policies in order, as far as they were asked. */
export interface TierJudgement {
  readonly layer: PolicyTier;
  readonly decided: ConnectionSet;
  readonly allowed: ConnectionSet;
  readonly policies: readonly [];
  readonly clusterPolicies: readonly TierPolicyJudgement[];
}

/** Whether the policy's subject names the pod. Nodes, and pods that count as theirs, are never a subject. */
export function selectsSubject({ subject }: Pick<ClusterPolicy, 'subject'>, pod: Pick<PodEndpoint, 'labels' | 'namespaceLabels'>): boolean {
  if (!subject || !selectorMatches(subject.namespaceSelector, pod.namespaceLabels)) return false;
  return subject.podSelector === undefined || selectorMatches(subject.podSelector, pod.labels);
}

/**
 * "If an implementation sees no fields are set … it should fail closed. For Accept rules: treat the rule as matching no traffic. For Deny and Pass rules:
 * treat the rule as a Deny all rule." The other rules match where a peer and a port do.
 */
export function effectOf(rule: ClusterRule, admitsPeer: () => boolean, ports: () => ConnectionSet): Effect {
  const { action, failsClosed } = rule;
  if (!failsClosed) return { action, matched: admitsPeer() ? ports() : NO_CONNECTIONS };
  return action === 'Accept' ? { action, matched: NO_CONNECTIONS } : { action: 'Deny', matched: ALL_CONNECTIONS };
}

/** Judges the policies of one tier, in order, that select the subject. */
export function judgeTier(
  settings: PolicySettings,
  layer: PolicyTier,
  policies: readonly ClusterPolicy[],
  direction: Direction,
  flow: { readonly source: PolicyEndpoint; readonly destination: PolicyEndpoint },
): TierJudgement {
  const rules = policies.flatMap((policy) => policy[direction].map((rule) => ({ policy, rule })));
  const judged: Omit<TierRuleJudgement, 'decides'>[] = [];
  const { allowed, denied, shares } = decideInOrder(
    rules,
    ({ rule }) => {
      const one = judgeRule(settings, rule, direction, flow);
      judged.push(one);
      return one;
    },
    PLAIN,
  );
  const byPolicy = new Map<ClusterPolicy, TierRuleJudgement[]>(policies.map((policy) => [policy, []]));
  for (const [index, one] of judged.entries()) {
    const policy = rules[index]?.policy;
    if (policy) byPolicy.get(policy)?.push({ ...one, decides: shares[index] ?? NO_CONNECTIONS });
  }
  const clusterPolicies = [...byPolicy].map(([policy, own]) => ({ policy, rules: own }));
  return { layer, decided: unionConnections(allowed, denied), allowed, policies: [], clusterPolicies };
}

function judgeRule(
  settings: PolicySettings,
  rule: ClusterRule,
  direction: Direction,
  { source, destination }: { readonly source: PolicyEndpoint; readonly destination: PolicyEndpoint },
): Omit<TierRuleJudgement, 'decides'> {
  const other = direction === 'egress' ? destination : source;
  const peers = rule.peers.map((peer) => ({ peer, outcome: judgePeer(settings, '', peer, other) }));
  const admitsPeer = peers.some(({ outcome }) => peerMatches(outcome));
  const ports = rule.ports.map((port) => ({ port, at: portsAt(port, destination) }));
  const portsAtDestination = rulePortsAt(rule, destination);
  const effect = effectOf(
    rule,
    () => admitsPeer,
    () => portsAtDestination,
  );
  return { rule, peers, ports, admitsPeer, portsAtDestination, ...effect };
}
