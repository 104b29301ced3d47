import type { ClusterPeer, ClusterPort } from '../../../resources/cluster-policy.js';
import type { PolicyPeer } from '../../../resources/network-policy.js';
import { isClusterPolicy } from '../acting-cluster-policy.js';
import type { Direction } from '../direction.js';
import type { AnyPolicy } from '../layer.js';
import type { PortName } from './unknown-pods.js';

/** A rule of Kubernetes' own APIs. */
export interface PeeredRule {
  readonly pointer: string;
  readonly peers: readonly (PolicyPeer | ClusterPeer)[];
  readonly ports: readonly ClusterPort[];
}

/** A peer that selects pods. */
export type PodsPeer = Extract<PolicyPeer | ClusterPeer, { type: 'pods' }>;

/** The rules of a policy that count in a direction; none for policies of other APIs, whose peers are not selectors alone. */
export function peeredRules(policy: AnyPolicy, direction: Direction): readonly PeeredRule[] {
  if (policy.kind === 'NetworkPolicy') return policy[`${direction}Isolation`] ? policy[direction] : [];
  return isClusterPolicy(policy) ? policy[direction].filter(({ failsClosed }) => !failsClosed) : [];
}

/** Whether the peer selects pods. */
export function isPods(peer: PolicyPeer | ClusterPeer): peer is PodsPeer {
  return peer.type === 'pods';
}

/** Where a podSelector alone looks; peers of policies of the cluster name their namespaces. */
export function policyNamespace(policy: AnyPolicy): string {
  return policy.kind === 'NetworkPolicy' ? policy.namespace : '';
}

/** The ports that are named. */
export function portNamesOf(ports: readonly ClusterPort[]): readonly PortName[] {
  return ports.flatMap((port): readonly PortName[] => {
    if (port.type === 'named') return [{ protocol: undefined, name: port.name }];
    return port.type === 'port' && typeof port.port === 'string' ? [{ protocol: port.protocol, name: port.port }] : [];
  });
}
