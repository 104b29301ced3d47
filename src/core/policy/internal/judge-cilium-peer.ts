import { assertNever } from '../../kernel/assert-never.js';
import type { CiliumEntity, CiliumSelector } from '../../resources/cilium-policy.js';
import { matchesIdentity, tellsNodesApart } from './cilium-identity.js';
import type { CiliumReferences, ResolvedPeer } from './cilium-references.js';
import type { PeerMatch, PeerMismatch } from './judge-peer.js';
import type { HostEndpoint, PolicyEndpoint } from './policy-endpoint.js';

/** Judges one peer of a rule; `node` is where the rule's own endpoint stands: it tells the own node from the others. */
export function judgeCiliumPeer(
  references: CiliumReferences,
  peer: ResolvedPeer,
  endpoint: PolicyEndpoint,
  node: string | undefined,
): PeerMatch | PeerMismatch {
  switch (peer.type) {
    case 'invalid':
      return 'PEER_INVALID';
    case 'endpoints':
      return judgeSelector(references, peer.selector, endpoint, node);
    case 'nodes':
      return judgeNodes(references, peer.selector, endpoint, node);
    case 'entity':
      return judgeEntity(references, peer.entity, endpoint, node);
    case 'blocks':
      return judgeBlocks(references, peer, endpoint);
    case 'fqdn':
      // "DNS based rules are intended for external connections" (layer3.rst); which addresses a name has is known to the agent's proxy only.
      return endpoint.kind === 'address' ? 'DOMAIN_NOT_RESOLVED' : 'PEER_NOT_OUTSIDE';
    case 'groups':
      return endpoint.kind === 'address' ? 'GROUP_NOT_RESOLVED' : 'PEER_NOT_OUTSIDE';
    default:
      return assertNever(peer);
  }
}

function judgeSelector(
  references: CiliumReferences,
  selector: CiliumSelector,
  endpoint: PolicyEndpoint,
  node: string | undefined,
): PeerMatch | PeerMismatch {
  if (endpoint.kind === 'host' && node === undefined && tellsNodesApart(selector)) return 'NODE_UNKNOWN';
  return matchesIdentity(selector, references.identityOf(endpoint, node)) ? 'IDENTITY_SELECTED' : 'IDENTITY_NOT_SELECTED';
}

function isLocal(host: HostEndpoint, node: string | undefined): boolean {
  return host.node !== undefined && host.node === node;
}

/** Other nodes by their labels, where these are part of their identities. */
function judgeNodes(
  references: CiliumReferences,
  selector: CiliumSelector,
  endpoint: PolicyEndpoint,
  node: string | undefined,
): PeerMatch | PeerMismatch {
  if (endpoint.kind !== 'host') return 'PEER_NOT_A_NODE';
  if (!references.settings.cilium.nodeLabels) return 'NODE_LABELS_OFF';
  if (node === undefined) return 'NODE_UNKNOWN';
  return matchesIdentity(selector, references.identityOf(endpoint, node)) ? 'NODE_SELECTED' : 'NODE_NOT_SELECTED';
}

/** Layer3.rst, "Entities based". Endpoints that initialise, of the health checks, and those without Cilium are no endpoints of the model. */
function judgeEntity(
  references: CiliumReferences,
  entity: CiliumEntity,
  endpoint: PolicyEndpoint,
  node: string | undefined,
): PeerMatch | PeerMismatch {
  const is = (holds: boolean) => (holds ? 'ENTITY_MATCHES' : 'ENTITY_DIFFERS');
  switch (entity) {
    case 'all':
      return 'ENTITY_MATCHES';
    case 'none':
    case 'init':
    case 'health':
    case 'ingress':
    case 'unmanaged':
      return 'ENTITY_DIFFERS';
    case 'world':
      return is(endpoint.kind === 'address');
    case 'cluster':
      return is(endpoint.kind !== 'address' || references.isApiServer(endpoint));
    case 'host':
    case 'remote-node':
      if (endpoint.kind !== 'host') return 'ENTITY_DIFFERS';
      if (node === undefined || endpoint.node === undefined) return 'NODE_UNKNOWN';
      return is(isLocal(endpoint, node) === (entity === 'host'));
    case 'kube-apiserver':
      if (endpoint.kind === 'pod' || references.knowsApiServer) return is(references.isApiServer(endpoint));
      return 'API_SERVER_UNKNOWN';
    default:
      return assertNever(entity);
  }
}

/** "CIDR rules do not apply to traffic where both sides are either managed by Cilium or use an IP belonging to a node"; nodes as an option. */
function judgeBlocks(
  references: CiliumReferences,
  { blocks, missing }: Extract<ResolvedPeer, { type: 'blocks' }>,
  { kind, address }: PolicyEndpoint,
): PeerMatch | PeerMismatch {
  if (missing !== undefined) return 'REFERENCE_NOT_FOUND';
  if (kind === 'pod') return 'BLOCK_IGNORES_PODS';
  if (kind === 'host' && !references.settings.ipBlockMatchesNodes) return 'BLOCK_IGNORES_NODES';
  if (address === undefined) return 'ADDRESS_UNKNOWN';
  return BLOCK_OUTCOMES[blocks.at(address)];
}

const BLOCK_OUTCOMES = { held: 'ADDRESS_IN_BLOCK', excepted: 'ADDRESS_EXCEPTED', outside: 'ADDRESS_OUTSIDE_BLOCK' } as const;
