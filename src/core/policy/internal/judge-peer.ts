import { assertNever } from '../../kernel/assert-never.js';
import { type Cidr, cidrContains } from '../../net/cidr.js';
import { CidrIndex } from '../../net/cidr-index.js';
import type { Ip } from '../../net/ip.js';
import { selectorMatches } from '../../resources/label-selector.js';
import type { ClusterPeer } from '../../resources/cluster-policy.js';
import type { PolicyPeer } from '../../resources/network-policy.js';
import type { PolicyEndpoint } from './policy-endpoint.js';
import type { PolicySettings } from './policy-settings.js';

/** Why a peer of a rule matches an endpoint. */
export type PeerMatch = 'PEER_SELECTED' | 'ADDRESS_IN_BLOCK' | 'ADDRESS_IN_NETWORKS' | 'NODE_SELECTED' | CiliumPeerMatch | CalicoPeerMatch;

/** Why a peer of Cilium alone matches. */
type CiliumPeerMatch = 'IDENTITY_SELECTED' | 'ENTITY_MATCHES';

/** Why a peer of Cilium alone does not. */
type CiliumPeerMismatch =
  | 'IDENTITY_NOT_SELECTED'
  | 'ENTITY_DIFFERS'
  | 'NOBODY_NAMED'
  | 'REFERENCE_NOT_FOUND'
  | 'PEER_NOT_OUTSIDE'
  | 'GROUP_NOT_RESOLVED'
  | 'API_SERVER_UNKNOWN'
  | 'NODE_UNKNOWN'
  | 'NODE_LABELS_OFF';

/** Why a criterion of Calico alone holds. */
type CalicoPeerMatch = 'PEER_NOT_EXCEPTED' | 'SERVICE_ENDPOINT';

/** Why a criterion of Calico alone does not. */
type CalicoPeerMismatch = 'PEER_EXCEPTED' | 'NO_SERVICE_ENDPOINT' | 'OTHER_IP_VERSION';

/** Why it does not: the first criterion that decided. */
export type PeerMismatch =
  | 'PEER_NOT_SELECTED'
  | 'NAMESPACE_NOT_SELECTED'
  | 'OTHER_NAMESPACE'
  | 'PEER_NOT_A_POD'
  | 'ADDRESS_OUTSIDE_BLOCK'
  | 'ADDRESS_EXCEPTED'
  | 'BLOCK_IGNORES_PODS'
  | 'BLOCK_IGNORES_NODES'
  | 'ADDRESS_OUTSIDE_NETWORKS'
  | 'NETWORKS_IGNORE_PODS'
  | 'PEER_NOT_A_NODE'
  | 'NODE_NOT_SELECTED'
  | 'DOMAIN_NOT_RESOLVED'
  | 'ADDRESS_UNKNOWN'
  | 'PEER_INVALID'
  | CiliumPeerMismatch
  | CalicoPeerMismatch;

/** Whether the outcome is a match. */
export function peerMatches(outcome: PeerMatch | PeerMismatch): outcome is PeerMatch {
  return MATCHES.has(outcome);
}

const MATCHES: ReadonlySet<PeerMatch | PeerMismatch> = new Set([
  'PEER_SELECTED',
  'ADDRESS_IN_BLOCK',
  'ADDRESS_IN_NETWORKS',
  'NODE_SELECTED',
  'IDENTITY_SELECTED',
  'ENTITY_MATCHES',
  'PEER_NOT_EXCEPTED',
  'SERVICE_ENDPOINT',
] satisfies readonly PeerMatch[]);

/** What a peer of Kubernetes' own policies, or of the cluster's, can come to. */
export type KubernetesPeerOutcome = Exclude<
  PeerMatch | PeerMismatch,
  CiliumPeerMatch | CiliumPeerMismatch | CalicoPeerMatch | CalicoPeerMismatch
>;

/**
 * Judges one peer of a rule of a policy in `namespace` (kubernetes/api `networking/v1/types.go`, NetworkPolicyPeer; network-policy-api
 * `apis/v1alpha2`, ClusterNetworkPolicyEgressPeer, whose selectors name their namespaces themselves).
 */
export function judgePeer(
  settings: PolicySettings,
  namespace: string,
  peer: PolicyPeer | ClusterPeer,
  endpoint: PolicyEndpoint,
): KubernetesPeerOutcome {
  switch (peer.type) {
    case 'invalid':
      return 'PEER_INVALID';
    case 'pods':
      return judgeSelectors(namespace, peer, endpoint);
    case 'ipBlock':
      return judgeBlock(settings, peer, endpoint);
    case 'networks':
      return judgeNetworks(settings, peer, endpoint);
    case 'nodes':
      if (endpoint.kind !== 'host' || endpoint.labels === undefined) return 'PEER_NOT_A_NODE';
      return selectorMatches(peer.selector, endpoint.labels) ? 'NODE_SELECTED' : 'NODE_NOT_SELECTED';
    case 'domainNames':
      // Which addresses a name has is known to resolvers only: no Accept rule matches, and others do not exist.
      return 'DOMAIN_NOT_RESOLVED';
    default:
      return assertNever(peer);
  }
}

/**
 * "If podSelector is set as well, then the NetworkPolicyPeer as a whole selects the pods matching podSelector in the namespaces selected by
 * namespaceSelector. Otherwise it selects the pods matching podSelector in the policy's own namespace." A namespaceSelector alone: all its pods.
 */
function judgeSelectors(
  namespace: string,
  { namespaceSelector, podSelector }: Extract<PolicyPeer, { type: 'pods' }>,
  endpoint: PolicyEndpoint,
): KubernetesPeerOutcome {
  if (endpoint.kind !== 'pod') return 'PEER_NOT_A_POD';
  if (namespaceSelector === undefined) {
    if (endpoint.namespace !== namespace) return 'OTHER_NAMESPACE';
  } else if (!selectorMatches(namespaceSelector, endpoint.namespaceLabels)) return 'NAMESPACE_NOT_SELECTED';
  return podSelector === undefined || selectorMatches(podSelector, endpoint.labels) ? 'PEER_SELECTED' : 'PEER_NOT_SELECTED';
}

/** "except is a slice of CIDRs that should not be included within an ipBlock". Whether a block matches pods is up to the plugin. */
function judgeBlock(
  settings: PolicySettings,
  { cidr, except }: Extract<PolicyPeer, { type: 'ipBlock' }>,
  { kind, address }: PolicyEndpoint,
): KubernetesPeerOutcome {
  if (kind === 'pod' && !settings.ipBlockMatchesPods) return 'BLOCK_IGNORES_PODS';
  if (kind === 'host' && !settings.ipBlockMatchesNodes) return 'BLOCK_IGNORES_NODES';
  if (address === undefined) return 'ADDRESS_UNKNOWN';
  if (!cidrContains(cidr, address)) return 'ADDRESS_OUTSIDE_BLOCK';
  return anyHolds(except, address) ? 'ADDRESS_EXCEPTED' : 'ADDRESS_IN_BLOCK';
}

/** "Networks defines a way to select peers via CIDR blocks … cluster-internal traffic will be checked against the rule as well." */
function judgeNetworks(
  settings: PolicySettings,
  { networks }: Extract<ClusterPeer, { type: 'networks' }>,
  { kind, address }: PolicyEndpoint,
): KubernetesPeerOutcome {
  if (kind === 'pod' && !settings.networksMatchPods) return 'NETWORKS_IGNORE_PODS';
  if (kind === 'host' && !settings.ipBlockMatchesNodes) return 'BLOCK_IGNORES_NODES';
  if (address === undefined) return 'ADDRESS_UNKNOWN';
  return anyHolds(networks, address) ? 'ADDRESS_IN_NETWORKS' : 'ADDRESS_OUTSIDE_NETWORKS';
}

/** Up to how many networks are asked one by one. */
const FEW = 8;
const indexes = new WeakMap<readonly Cidr[], CidrIndex<undefined>>();

/** Whether some network of an object's list holds the address. A long list is put in order once. */
function anyHolds(networks: readonly Cidr[], address: Ip): boolean {
  if (networks.length <= FEW) return networks.some((network) => cidrContains(network, address));
  let index = indexes.get(networks);
  if (!index) {
    index = CidrIndex.of(networks.map((network) => [network, undefined]));
    indexes.set(networks, index);
  }
  return index.holds(address);
}
