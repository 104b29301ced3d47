import { assertNever } from '../../kernel/assert-never.js';
import { cidrContains } from '../../net/cidr.js';
import { selectorMatches } from '../../resources/label-selector.js';
import type { PolicyPeer } from '../../resources/network-policy.js';
import type { PolicyEndpoint } from './policy-endpoint.js';
import type { PolicySettings } from './policy-settings.js';

/** Why a peer of a rule matches an endpoint. */
export type PeerMatch = 'PEER_SELECTED' | 'ADDRESS_IN_BLOCK';

/** Why it does not: the first criterion that decided. */
export type PeerMismatch =
  | 'PEER_NOT_SELECTED'
  | 'NAMESPACE_NOT_SELECTED'
  | 'OTHER_NAMESPACE'
  | 'PEER_NOT_A_POD'
  | 'ADDRESS_OUTSIDE_BLOCK'
  | 'ADDRESS_EXCEPTED'
  | 'BLOCK_IGNORES_PODS'
  | 'ADDRESS_UNKNOWN'
  | 'PEER_INVALID';

/** Whether the outcome is a match. */
export function peerMatches(outcome: PeerMatch | PeerMismatch): outcome is PeerMatch {
  return outcome === 'PEER_SELECTED' || outcome === 'ADDRESS_IN_BLOCK';
}

/** Judges one peer of a rule of a policy in `namespace` (kubernetes/api `networking/v1/types.go`, NetworkPolicyPeer). */
export function judgePeer(
  settings: PolicySettings,
  namespace: string,
  peer: PolicyPeer,
  endpoint: PolicyEndpoint,
): PeerMatch | PeerMismatch {
  switch (peer.type) {
    case 'invalid':
      return 'PEER_INVALID';
    case 'pods':
      return judgeSelectors(namespace, peer, endpoint);
    case 'ipBlock':
      return judgeBlock(settings, peer, endpoint);
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
): PeerMatch | PeerMismatch {
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
): PeerMatch | PeerMismatch {
  if (kind === 'pod' && !settings.ipBlockMatchesPods) return 'BLOCK_IGNORES_PODS';
  if (address === undefined) return 'ADDRESS_UNKNOWN';
  if (!cidrContains(cidr, address)) return 'ADDRESS_OUTSIDE_BLOCK';
  return except.some((inner) => cidrContains(inner, address)) ? 'ADDRESS_EXCEPTED' : 'ADDRESS_IN_BLOCK';
}
