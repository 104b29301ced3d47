import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import { isLocalAddress, type Packet } from '../packet.js';
import { nodesOfRepeated } from '../proxy-endpoint.js';
import { proxyRules, type ProxyRules } from './proxy-rules.js';
import { serviceIndex, type ServiceMatch, vipKey } from './service-index.js';

/**
 * The nodes in lists that are alike for a packet, so that one of each is judged for all: most nodes of a large cluster hold neither of the packet's
 * addresses and no endpoint that matters. What a verdict takes from its node: whether it has source or destination, the endpoints on it where a policy is
 * Local or their place decides about the source, hints to it or to its zone, and entries of a repeated address (see `packet-verdict.ts`).
 */
export function placesOf(
  model: NetworkModel,
  nodes: readonly ModelNode[],
  packetAt: (node: ModelNode) => Packet,
): readonly (readonly ModelNode[])[] {
  const [first] = nodes;
  if (!first || nodes.length === 1) return nodes.length === 1 ? [nodes] : [];
  const packet = packetAt(first);
  const matches = serviceIndex(model).vips.get(vipKey(packet.protocol, packet.destination, packet.port)) ?? [];
  const { named, hasZoneHints } = dependence(matches, packet, proxyRules(model.profile.proxy, packet.protocol));
  const lists = new Map<string, ModelNode[]>();
  for (const node of nodes) {
    const key = isItself(node, packet) || named.has(node.name) ? `node ${node.name}` : hasZoneHints ? `zone ${node.zone ?? ''}` : '';
    const list = lists.get(key);
    if (list) list.push(node);
    else lists.set(key, [node]);
  }
  return [...lists.values()];
}

function isItself(node: ModelNode, { source, destination }: Packet): boolean {
  return isLocalAddress(node, destination) || (source.ip !== undefined && isLocalAddress(node, source.ip));
}

/** Nodes that the endpoints of the services name in a way that counts, and whether zones do. */
function dependence(
  matches: readonly ServiceMatch[],
  { destination }: Packet,
  { masquerades, usesHints }: ProxyRules,
): { readonly named: ReadonlySet<string>; readonly hasZoneHints: boolean } {
  const named = new Set<string>();
  let hasZoneHints = false;
  for (const { service, port } of matches) {
    const { internalTrafficPolicy, externalTrafficPolicy } = service.resource;
    const isLocal = internalTrafficPolicy === 'Local' || externalTrafficPolicy === 'Local' || masquerades === 'remote';
    for (const name of nodesOfRepeated(service, port, destination.family)) named.add(name);
    for (const { nodeName, nodeHints, zoneHints } of service.endpoints.slices.flatMap(({ endpoints }) => endpoints)) {
      if (isLocal && nodeName !== undefined) named.add(nodeName);
      if (usesHints) for (const name of nodeHints) named.add(name);
      hasZoneHints ||= usesHints && zoneHints.length > 0;
    }
  }
  return { named, hasZoneHints };
}
