import { formatIp, type Ip } from '../../net/ip.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import type { FlowView } from '../service-question.js';
import type { PacketSource } from '../packet.js';
import { packetVerdict, type PacketVerdict } from '../packet-verdict.js';
import { formatAddress } from '../proxy-endpoint.js';
import type { Target } from './destination.js';
import type { Sender } from './senders.js';

/** One packet that was followed, at the nodes where it fares alike. */
export interface Flow {
  readonly nodes: readonly ModelNode[];
  readonly sender: Sender;
  readonly target: Target;
  readonly verdict: PacketVerdict;
}

/** Follows the packet from every sender to its target, at each node that it may enter by, and joins the nodes where the same happens. */
export function flowsOf(model: NetworkModel, senders: readonly Sender[], targets: readonly Target[]): readonly Flow[] {
  return senders.flatMap((sender) => {
    const target = targets.find(({ ip }) => sender.family === undefined || ip.family === sender.family);
    if (!target) return [];
    // Node ports of several nodes are several targets: each is tried at its own node.
    const pairs = target.node
      ? targets.filter(({ node }) => node).map((one) => ({ target: one, nodes: entryNodes(model, sender, one) }))
      : [{ target, nodes: entryNodes(model, sender, target) }];
    const groups = new Map<string, Flow>();
    for (const pair of pairs) for (const node of pair.nodes) addTo(groups, model, sender, pair.target, node);
    return [...groups.values()];
  });
}

/** kube-proxy acts where the packet first meets it: on the destination's node for a node's address, else on the sender's, else anywhere. */
function entryNodes(model: NetworkModel, sender: Sender, target: Target): readonly ModelNode[] {
  if (sender.pinned && sender.node) return [sender.node];
  const node = target.node ?? sender.node;
  return node ? [node] : [...model.nodes.values()];
}

function addTo(groups: Map<string, Flow>, model: NetworkModel, sender: Sender, target: Target, node: ModelNode): void {
  const packet = { node, source: senderSource(sender, target.ip), destination: target.ip, port: target.port, protocol: target.protocol };
  const verdict = packetVerdict(model, packet);
  const address = target.node ? formatIp(target.ip) : '';
  const key = [
    address,
    verdict.verdict,
    verdict.reason,
    verdict.masquerade,
    ...verdict.endpoints.map(({ endpoint }) => endpoint.address),
  ].join(' ');
  const known = groups.get(key);
  groups.set(key, known ? { ...known, nodes: [...known.nodes, node] } : { nodes: [node], sender, target, verdict });
}

/** The sender's address of the destination's family: a dual-stack pod answers with the other of its two. */
function senderSource(sender: Sender, destination: Ip): PacketSource {
  return (
    sender.sources.find(({ ip }) => ip === undefined || ip.family === destination.family) ?? {
      kind: sender.outside ? 'external' : 'pod',
      ranges: [],
    }
  );
}

/** A flow as answers show it. */
export function flowView({ nodes, sender, target, verdict }: Flow): FlowView {
  const { sourceSeen, masquerade } = verdict;
  // Nodes have addresses of their own: where several masquerade, there is no one address to show.
  const seen = masquerade && nodes.length > 1 ? undefined : sourceSeen;
  return {
    nodes: nodes.map(({ name }) => name),
    source: sender.label,
    destination: formatAddress(formatIp(target.ip), target.port),
    verdict: verdict.verdict,
    reason: verdict.reason,
    message: verdict.message,
    endpoints: verdict.endpoints.map(({ endpoint }) => endpoint.address),
    masquerade,
    sourceSeen: verdict.verdict === 'DNAT' && seen ? formatIp(seen) : null,
  };
}
