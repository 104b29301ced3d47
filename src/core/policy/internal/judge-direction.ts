import type { NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule } from '../../resources/network-policy.js';
import type { ClusterPolicy, PolicyTier } from '../../resources/cluster-policy.js';
import { selectorMatches } from '../../resources/label-selector.js';
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  intersectConnections,
  NO_CONNECTIONS,
  subtractConnections,
  unionConnections,
} from './connection-set.js';
import type { Direction } from './direction.js';
import { judgePeer, type PeerMatch, peerMatches, type PeerMismatch } from './judge-peer.js';
import { judgeTier, type TierJudgement } from './judge-tier.js';
import type { HostEndpoint, PodEndpoint, PolicyEndpoint } from './policy-endpoint.js';
import type { PolicySettings } from './policy-settings.js';
import { portsAt, type PortsAt, rulePortsAt } from './ports-at.js';

/** A connection to be judged. */
export interface Flow {
  readonly source: PolicyEndpoint;
  readonly destination: PolicyEndpoint;
  /** Both sides are the same pod. */
  readonly self: boolean;
  /** The source is (on) the node on which the destination pod runs. */
  readonly ownNode: boolean;
}

/** What the evaluation rests on. */
export interface PolicyBook {
  readonly settings: PolicySettings;
  /** The policies of one namespace, in stable order. */
  policiesIn(namespace: string): readonly NetworkPolicy[];
  /** Those of them that select the pod, whatever the direction. */
  selecting(pod: PodEndpoint): readonly NetworkPolicy[];
  /** The policies of a tier that select the pod, in the order in which they act; none where the plugin does not enforce them. */
  tier(tier: PolicyTier, pod: PodEndpoint): readonly ClusterPolicy[];
}

/** How one rule of a policy that isolates fared. */
export interface RuleJudgement {
  readonly rule: PolicyRule;
  readonly peers: readonly { readonly peer: PolicyPeer; readonly outcome: PeerMatch | PeerMismatch }[];
  readonly ports: readonly { readonly port: PolicyPort; readonly at: PortsAt }[];
  readonly admitsPeer: boolean;
  /** What its ports mean at the destination, whether the peer matches or not. */
  readonly portsAtDestination: ConnectionSet;
  /** What it admits. */
  readonly allowed: ConnectionSet;
}

/** How one policy that selects the subject fared. */
export interface PolicyJudgement {
  readonly policy: NetworkPolicy;
  /** Whether it isolates in this direction; if not, its rules are not asked. */
  readonly isolates: boolean;
  readonly rules: readonly RuleJudgement[];
}

/** What one layer of policies says. A layer decides over a set of connections and leaves the rest to the next one. */
export type LayerJudgement = (TierJudgement | NetworkPolicyJudgement) & {
  /** What earlier layers have left. */
  readonly open: ConnectionSet;
};

/** What NetworkPolicies say. */
export interface NetworkPolicyJudgement {
  readonly layer: 'NetworkPolicy';
  readonly decided: ConnectionSet;
  readonly allowed: ConnectionSet;
  readonly policies: readonly PolicyJudgement[];
  readonly clusterPolicies: readonly [];
}

/** Why no policy is asked. */
export type Exemption = 'LOOPBACK' | 'OWN_NODE' | 'HOST' | 'OUTSIDE_CLUSTER';

/** What one side's policies say of a connection. */
export interface DirectionJudgement {
  readonly direction: Direction;
  readonly exemption: Exemption | undefined;
  /** Admin, NetworkPolicy, Baseline. */
  readonly layers: readonly LayerJudgement[];
  /** Some policy decides over some connection: not everything is allowed by default. */
  readonly isolated: boolean;
  readonly allowed: ConnectionSet;
}

type Layer = (book: PolicyBook, direction: Direction, subject: PodEndpoint, flow: Flow) => TierJudgement | NetworkPolicyJudgement;

const LAYERS: readonly Layer[] = [tierOf('Admin'), networkPolicies, tierOf('Baseline')];

/** Judges one direction. "A connection is allowed if the egress evaluation at the source and the ingress evaluation at the destination allow it." */
export function judgeDirection(book: PolicyBook, direction: Direction, flow: Flow): DirectionJudgement {
  const subject = direction === 'egress' ? flow.source : flow.destination;
  const exemption = exemptionOf(book.settings, direction, flow, subject);
  if (exemption !== undefined || subject.kind !== 'pod') {
    return { direction, exemption: exemption ?? 'HOST', layers: [], isolated: false, allowed: ALL_CONNECTIONS };
  }
  const layers: LayerJudgement[] = [];
  let open = ALL_CONNECTIONS;
  let allowed = NO_CONNECTIONS;
  for (const judge of LAYERS) {
    const layer = judge(book, direction, subject, flow);
    layers.push({ ...layer, open });
    allowed = unionConnections(allowed, intersectConnections(open, layer.allowed));
    open = subtractConnections(open, layer.decided);
  }
  // "By default, a pod is non-isolated … all connections are allowed."
  return { direction, exemption: undefined, layers, isolated: open !== ALL_CONNECTIONS, allowed: unionConnections(allowed, open) };
}

function exemptionOf(
  settings: PolicySettings,
  direction: Direction,
  flow: Flow,
  subject: PodEndpoint | HostEndpoint | PolicyEndpoint,
): Exemption | undefined {
  if (flow.self && settings.loopback === 'allow') return 'LOOPBACK';
  if (subject.kind === 'host') return 'HOST';
  if (subject.kind === 'address') return 'OUTSIDE_CLUSTER';
  return direction === 'ingress' && flow.ownNode && settings.nodeToOwnPod ? 'OWN_NODE' : undefined;
}

/** "If any NetworkPolicy selects the pod in a direction, exactly the union of what their rules admit is allowed" – and that is final. */
function networkPolicies(book: PolicyBook, direction: Direction, subject: PodEndpoint, flow: Flow): NetworkPolicyJudgement {
  const policies = book.selecting(subject).map((policy): PolicyJudgement => {
    const isolates = policy[`${direction}Isolation`];
    return { policy, isolates, rules: isolates ? judgeRules(book.settings, policy, direction, flow) : [] };
  });
  const isolating = policies.filter(({ isolates }) => isolates);
  const rules = isolating.flatMap((policy) => policy.rules);
  return {
    layer: 'NetworkPolicy',
    decided: isolating.length > 0 ? ALL_CONNECTIONS : NO_CONNECTIONS,
    allowed: rules.reduce((sum, rule) => unionConnections(sum, rule.allowed), NO_CONNECTIONS),
    policies,
    clusterPolicies: [],
  };
}

/** The layers before and after NetworkPolicy: Admin → NetworkPolicy → Baseline → allow. */
function tierOf(tier: PolicyTier): Layer {
  const empty: TierJudgement = { layer: tier, decided: NO_CONNECTIONS, allowed: NO_CONNECTIONS, policies: [], clusterPolicies: [] };
  return (book, direction, subject, flow) => {
    const policies = book.tier(tier, subject).filter((policy) => policy[direction].length > 0);
    return policies.length === 0 ? empty : judgeTier(book.settings, tier, policies, direction, flow);
  };
}

/** "podSelector selects the pods to which this NetworkPolicy object applies" – pods of its own namespace, all of them where the selector is empty. */
export function selectsPod(policy: NetworkPolicy, pod: Pick<PodEndpoint, 'namespace' | 'labels'>): boolean {
  return policy.namespace === pod.namespace && selectorMatches(policy.podSelector, pod.labels);
}

/** How each rule of a policy fares with the flow. */
function judgeRules(settings: PolicySettings, policy: NetworkPolicy, direction: Direction, flow: Flow): readonly RuleJudgement[] {
  const other = direction === 'egress' ? flow.destination : flow.source;
  return policy[direction].map((rule) => {
    const peers = rule.peers.map((peer) => ({ peer, outcome: judgePeer(settings, policy.namespace, peer, other) }));
    // "If this field is empty or missing, this rule matches all sources" (or destinations).
    const admitsPeer = peers.length === 0 || peers.some(({ outcome }) => peerMatches(outcome));
    const ports = rule.ports.map((port) => ({ port, at: portsAt(port, flow.destination) }));
    const portsAtDestination = rulePortsAt(rule, flow.destination);
    return { rule, peers, ports, admitsPeer, portsAtDestination, allowed: admitsPeer ? portsAtDestination : NO_CONNECTIONS };
  });
}
