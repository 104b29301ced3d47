import { formatIp, type Ip } from '../../net/ip.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import type { FlowView } from '../service-question.js';
import type { Packet, PacketSource } from '../packet.js';
import { packetVerdict, type PacketVerdict } from '../packet-verdict.js';
import { formatAddress } from '../proxy-endpoint.js';
import type { Target } from './destination.js';
import { placesOf } from './places.js';
import { proxyRules } from './proxy-rules.js';
import type { Sender } from './senders.js';

/** One packet that was followed: the senders and nodes for which it fares alike. */
export interface Flow {
  readonly senders: readonly Sender[];
  readonly nodes: readonly ModelNode[];
  /** Pairs of a sender and a node: they count alike. */
  readonly weight: number;
  readonly target: Target;
  readonly verdict: PacketVerdict;
}

/** Follows the packet from every sender to its target, at each node that it may enter by, and joins what fares alike. */
export function flowsOf(model: NetworkModel, senders: readonly Sender[], targets: readonly Target[]): readonly Flow[] {
  const flows = new Map<string, Flow>();
  for (const sender of senders) {
    const target = targets.find(({ ip }) => sender.family === undefined || ip.family === sender.family);
    // Node ports of several nodes are several targets: each is tried at its own node.
    const own = target?.node ? targets.filter(({ node }) => node) : target ? [target] : [];
    for (const one of own) {
      for (const alike of placesOf(model, entryNodes(model, sender, one), (node) => packetOf(sender, one, node)))
        join(flows, model, sender, one, alike);
    }
  }
  return [...flows.values()];
}

/**
 * The proxy acts where the packet first meets it: on the destination's node for a node's address, else on the sender's, else anywhere. Where senders inside are
 * translated on their own node, that comes first.
 */
function entryNodes(model: NetworkModel, sender: Sender, target: Target): readonly ModelNode[] {
  if (sender.pinned && sender.node) return [sender.node];
  const isAtSender = !sender.outside && proxyRules(model.profile.proxy, target.protocol).translatesAtSender;
  const node = isAtSender ? sender.node : (target.node ?? sender.node);
  return node ? [node] : [...model.nodes.values()];
}

function packetOf(sender: Sender, { ip, port, protocol }: Target, node: ModelNode): Packet {
  return { node, source: senderSource(sender, ip), destination: ip, port, protocol };
}

/** Nodes of one list are alike for the packet: one verdict stands for all. */
function join(flows: Map<string, Flow>, model: NetworkModel, sender: Sender, target: Target, nodes: readonly ModelNode[]): void {
  const [first] = nodes;
  if (!first) return;
  const verdict = packetVerdict(model, packetOf(sender, target, first));
  const endpoints = verdict.endpoints.map(({ endpoint, masquerade }) => `${endpoint.address} ${masquerade}`);
  // The answer of a health check is each node's own.
  const own = verdict.reason === 'HEALTH_CHECK_PORT' ? verdict.message : '';
  const key = [sender.outside, target.ip.family, verdict.verdict, verdict.reason, own, ...endpoints].join(' ');
  const known = flows.get(key);
  if (!known) {
    flows.set(key, { senders: [sender], nodes, weight: nodes.length, target, verdict });
    return;
  }
  flows.set(key, {
    ...known,
    senders: known.senders.at(-1) === sender ? known.senders : [...known.senders, sender],
    nodes: [...new Set([...known.nodes, ...nodes])],
    weight: known.weight + nodes.length,
  });
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

/** `pod shop/web-0`, `pod shop/web-0 and 2 more`. */
export function senderLabel({ senders }: Flow): string {
  const label = senders[0]?.label ?? 'nobody';
  return senders.length > 1 ? `${label} and ${senders.length - 1} more` : label;
}

/** `10.96.0.10:80`; a node port that is tried at several nodes: `192.168.0.1:30080 and 2 more`. */
export function destinationLabel({ nodes, target }: Flow): string {
  const label = formatAddress(formatIp(target.ip), target.port);
  return target.node && nodes.length > 1 ? `${label} and ${nodes.length - 1} more` : label;
}

/** A flow as answers show it. */
export function flowView(flow: Flow): FlowView {
  const { nodes, senders, verdict } = flow;
  const { sourceSeen, masquerade } = verdict;
  // Nodes and senders have addresses of their own: where several are joined, there is no one address to show.
  const seen = (masquerade ? nodes.length : senders.length) > 1 ? undefined : sourceSeen;
  return {
    nodes: nodes.map(({ name }) => name),
    source: senderLabel(flow),
    destination: destinationLabel(flow),
    verdict: verdict.verdict,
    reason: verdict.reason,
    message: verdict.message,
    endpoints: verdict.endpoints.map(({ endpoint }) => endpoint.address),
    masquerade,
    masqueraded: verdict.endpoints.filter((one) => one.masquerade).map(({ endpoint }) => endpoint.address),
    sourceSeen: verdict.verdict === 'DNAT' && seen ? formatIp(seen) : null,
  };
}
