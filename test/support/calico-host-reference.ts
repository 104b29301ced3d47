import {
  calicoVerdict,
  holds,
  isPod,
  matches,
  type Packet,
  type ReferenceCalicoCluster,
  type ReferenceCalicoPolicy,
  type ReferenceHost,
  SELECTORS,
} from './calico-reference.js';
import type { ReferencePeer, ReferencePod } from './policy-reference.js';

type Direction = 'ingress' | 'egress';

/** What stands around the pods: nodes, their host endpoints, and what Felix is told. */
export interface ReferenceHosts {
  /** Addresses by name; every node has one interface, `eth0`. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly hosts: readonly ReferenceHost[];
  readonly failsafe: Readonly<Record<Direction, readonly { readonly protocol: string; readonly port: number; readonly net?: string }[]>>;
  readonly endpointToHost: 'Accept' | 'Drop' | 'Return';
}

/** A policy about nodes is of one of four kinds; those of pods are normal. */
export type PolicyKind = 'normal' | 'forward' | 'pre-dnat' | 'untracked';

type Cluster = ReferenceCalicoCluster & ReferenceHosts;
type Outcome = 'Allow' | 'Deny' | 'none';

/**
 * Follows a packet through the chains that Felix writes: projectcalico/calico `felix/rules/static.go` (raw, mangle, INPUT, FORWARD, OUTPUT), `endpoints.go` (the
 * chain of an endpoint), `dispatch.go` (which endpoint an interface has). True: it arrives.
 */
export function arrives(cluster: Cluster, packet: Packet): boolean {
  const [from, to] = [nodeOf(cluster, packet.source), nodeOf(cluster, packet.destination)];
  const inPlace = from !== undefined && from === to;
  if (isPod(packet.source)) return leavesPod(cluster, packet, packet.source.node, inPlace);
  if (from === undefined) return enters(cluster, packet, to);
  // Over `lo`; "We don't currently police host -> endpoint".
  if (inPlace) return true;
  return leavesHost(cluster, packet, from) && enters(cluster, packet, to);
}

function leavesPod(cluster: Cluster, packet: Packet, node: string, inPlace: boolean): boolean {
  const all = wildcard(cluster, node);
  const early = all && !isFailsafe(cluster, 'ingress', packet) ? run(cluster, all, 'pre-dnat', 'ingress', packet) : 'none';
  if (early === 'Deny') return false;
  const own = calicoVerdict(cluster, packet);
  // cali-wl-to-host: "Configured DefaultEndpointToHostAction".
  if (inPlace && !isPod(packet.destination)) return own.egress && cluster.endpointToHost !== 'Drop';
  // cali-FORWARD: from-hep-forward, from-wl, to-wl, to-hep-forward.
  if (early !== 'Allow' && all && run(cluster, all, 'forward', 'ingress', packet) === 'Deny') return false;
  if (!own.egress) return false;
  if (inPlace) return own.ingress && (!all || run(cluster, all, 'forward', 'egress', packet) !== 'Deny');
  const out = at(cluster, node);
  if (out && run(cluster, out, 'forward', 'egress', packet) === 'Deny') return false;
  return enters(cluster, packet, nodeOf(cluster, packet.destination));
}

function leavesHost(cluster: Cluster, packet: Packet, node: string): boolean {
  const out = at(cluster, node);
  if (!out || isFailsafe(cluster, 'egress', packet)) return true;
  const raw = out.interfaceName === '*' ? 'none' : run(cluster, out, 'untracked', 'egress', packet);
  return raw === 'none' ? terminates(cluster, out, 'egress', packet) : raw === 'Allow';
}

/** From the wire into a node; undefined: the packet is in the world. */
function enters(cluster: Cluster, packet: Packet, node: string | undefined): boolean {
  if (node === undefined) return true;
  const forHost = !isPod(packet.destination);
  const own = () => forHost || calicoVerdict(cluster, packet).ingress;
  const into = at(cluster, node);
  if (!into) return own();
  const spared = isFailsafe(cluster, 'ingress', packet);
  if (spared && forHost) return true;
  const raw = spared || into.interfaceName === '*' ? 'none' : run(cluster, into, 'untracked', 'ingress', packet);
  if (raw === 'Deny') return false;
  if (raw === 'Allow' && forHost) return true;
  // "In practice it is as if untracked policies do not apply" to what goes on to a pod.
  const early = spared ? 'none' : run(cluster, into, 'pre-dnat', 'ingress', packet);
  if (early === 'Deny') return false;
  if (forHost) return early === 'Allow' || terminates(cluster, into, 'ingress', packet);
  if (early !== 'Allow' && run(cluster, into, 'forward', 'ingress', packet) === 'Deny') return false;
  const all = wildcard(cluster, node);
  return own() && (!all || run(cluster, all, 'forward', 'egress', packet) !== 'Deny');
}

/** "If no profile marked the packet as accepted, drop the packet." */
function terminates(cluster: Cluster, host: ReferenceHost, direction: Direction, packet: Packet): boolean {
  const found = run(cluster, host, 'normal', direction, packet);
  return found === 'none' ? host.open : found === 'Allow';
}

/** The tiers of one kind of policies of a host endpoint; "for untracked and pre-DNAT rules" there is no drop at the end of a tier. */
function run(cluster: Cluster, host: ReferenceHost, kind: PolicyKind, direction: Direction, packet: Packet): Outcome {
  const tiers = [...cluster.tiers].sort((one, other) => (one.order ?? Infinity) - (other.order ?? Infinity));
  for (const tier of tiers) {
    const policies = cluster.policies
      .filter((policy) => policy.tier === tier.name && isOf(policy, kind) && applies(policy, direction) && selects(policy, host))
      .sort((one, other) => one.order - other.order);
    if (policies.length === 0) continue;
    const actions = policies.flatMap((policy) =>
      policy[direction].filter((rule) => matches(cluster, policy, rule, packet)).map((rule) => rule.action),
    );
    const decision = actions.find((one) => one !== 'Log');
    if (decision === 'Allow' || decision === 'Deny') return decision;
    const ends = kind === 'normal' || kind === 'forward';
    if (decision === undefined && ends && tier.defaultAction === 'Deny') return 'Deny';
  }
  return 'none';
}

/** A forwarding policy is normal too. */
function isOf({ kind = 'normal' }: ReferenceCalicoPolicy, wanted: PolicyKind): boolean {
  return kind === wanted || (wanted === 'normal' && kind === 'forward');
}

function applies({ types, ingress, egress }: ReferenceCalicoPolicy, direction: Direction): boolean {
  if (types) return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
  if (direction === 'egress') return egress.length > 0;
  return ingress.length > 0 || egress.length === 0;
}

function selects({ namespace, selector }: ReferenceCalicoPolicy, { labels }: ReferenceHost): boolean {
  return namespace === undefined && SELECTORS[selector]!(labels);
}

function isFailsafe(cluster: Cluster, direction: Direction, { source, destination, protocol, port }: Packet): boolean {
  const other = direction === 'ingress' ? source : destination;
  const addressed = !isPod(other) || cluster.ipBlockMatchesPods;
  const isIn = (net: string | undefined) => net === undefined || (addressed && holds(net, other.ip));
  return cluster.failsafe[direction].some((one) => one.protocol === protocol && one.port === port && isIn(one.net));
}

/** "The HostEndpoint has an explicit name that matches the interface", else the one of all interfaces. */
function at(cluster: Cluster, node: string): ReferenceHost | undefined {
  return first(cluster, node, 'eth0') ?? wildcard(cluster, node);
}

function wildcard(cluster: Cluster, node: string): ReferenceHost | undefined {
  return first(cluster, node, '*');
}

function first({ hosts }: Cluster, node: string, interfaceName: string): ReferenceHost | undefined {
  const own = hosts.filter((host) => host.node === node && host.interfaceName === interfaceName);
  return own.sort((one, other) => (one.name < other.name ? -1 : 1))[0];
}

function nodeOf({ nodes }: Cluster, peer: ReferencePeer | ReferencePod): string | undefined {
  return isPod(peer) ? peer.node : Object.keys(nodes).find((name) => nodes[name] === peer.ip);
}
