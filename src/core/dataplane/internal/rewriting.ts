import { assertNever } from '../../kernel/assert-never.js';
import type { CniPlugin } from '../../model/network-profile.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import { type Ip, parseIp, sameIp } from '../../net/ip.js';
import { masqueradeDecision } from '../masquerade.js';
import type { DeviceAddress } from './device-address.js';
import { masqueradingOf } from './masquerading-of.js';
import type { Translator } from './service-turn.js';
import type { Place } from './place.js';
import type { Leg } from './ways.js';

/** What a node does, or does not, to the source of a packet that leaves it. */
export interface SourceRewriting {
  /** Undefined: somebody outside sends. */
  readonly node: ModelNode | undefined;
  /** What the source becomes; undefined: it stays. */
  readonly address: DeviceAddress | undefined;
  readonly rule: string;
}

/** A packet that a node sends on. */
export interface Leaving {
  readonly node: ModelNode | undefined;
  readonly from: Place;
  readonly to: Place;
  readonly leg: Leg;
  /** As it is after its destination was rewritten. */
  readonly source: Ip;
  readonly destination: Ip;
  /** Who wants the node to answer for it; undefined: nobody does. */
  readonly marker: Translator | undefined;
  /** The sender took the address of the device by which the packet leaves. */
  readonly hasAddressOfDevice: boolean;
}

/** Nodes' own packets get the address of the tunnel they leave by, where they have not got it already. */
const OWN_INTO_TUNNEL: Readonly<Partial<Record<CniPlugin, string>>> = {
  calico: 'cali-POSTROUTING: from an address of the node that is not the tunnel’s (felix/rules/static.go)',
  cilium: 'CILIUM_POST_nat: cilium host->cluster masquerade',
  'gke-dataplane-v2': 'CILIUM_POST_nat: cilium host->cluster masquerade',
};

/** What Cilium gives a pod that meets itself through a service, `--lb-…loopback-ipv4` (cilium/cilium pkg/defaults/defaults.go, LoopbackIPv4). */
const CILIUM_LOOPBACK = parseIp('169.254.42.1');

/** Whose address a packet carries once it has left the node: marks of the service proxy come first, then the plugin's rules. */
export function rewritingAt(model: NetworkModel, packet: Leaving): SourceRewriting {
  const { node, from, to, leg, source, destination, marker } = packet;
  const keeps = (rule: string): SourceRewriting => ({ node, address: undefined, rule });
  if (!node) return keeps('the packet comes from outside: its source stays');
  // What the node takes in itself does not pass POSTROUTING.
  if (to.kind === 'host' && !to.transit && to.node === node) return keeps('the packet does not leave the node');
  const rewrites = (rule: string): SourceRewriting => {
    const address = leg.leavesWith;
    // Where the node's address stands for one that nobody tells, the two are alike on paper alone.
    return { node, address: address && !(address.isTold && sameIp(address.ip, source)) ? address : undefined, rule };
  };
  if (marker === 'portmap' && model.profile.proxy.mode !== 'ebpf')
    return rewrites(`CNI-HOSTPORT-MASQ of ${node.name}: portmap has marked the packet`);
  if (marker) return meetsItself(model, packet) ?? rewrites(markOf(model, node));
  if (packet.hasAddressOfDevice)
    return keeps(`the packet has the address of the device by which it leaves, ${leg.leavesWith?.device ?? ''}`);
  const intoTunnel = from.kind === 'host' && leg.carriage?.wrapped ? OWN_INTO_TUNNEL[model.profile.cni.plugin] : undefined;
  if (intoTunnel !== undefined && leg.leavesWith?.isOfPods) return rewrites(intoTunnel);
  if (from.kind === 'host' && to.kind !== 'pod') return keeps('the packet has the node’s own address');
  if (leg.isPastNode) return keeps('the packet does not come to the node’s netfilter: what joins its pods leads it on');
  const destinationIsLocalPod = to.kind === 'pod' && to.node === node;
  const by = masqueradingOf(model, node);
  if (by.engine === 'cilium' && leg.leavesWith?.isOfPods)
    return keeps('Cilium masquerades at the node’s device alone, and the packet does not leave by it');
  const sourceIsLocalPod = from.kind === 'pod' && from.node === node;
  const decision = masqueradeDecision(by, { source, destination, sourceIsLocalPod, destinationIsLocalPod });
  if (!decision.masquerade) return keeps(decision.why);
  const { address } = decision;
  if (!address || !leg.leavesWith) return rewrites(decision.why);
  return { node, address: { ...leg.leavesWith, ip: address, isTold: true, isOfPods: false }, rule: `natOutgoingAddress; ${decision.why}` };
}

function meetsItself({ profile }: NetworkModel, { node, from, to, leg, source }: Leaving): SourceRewriting | undefined {
  const { mode, ebpf } = profile.proxy;
  if (mode !== 'ebpf' || ebpf.program !== 'cilium' || from.kind !== 'pod' || to.kind !== 'pod' || from.pod !== to.pod) return undefined;
  if (source.family !== 4 || !CILIUM_LOOPBACK || !leg.leavesWith) return undefined;
  const address = { ...leg.leavesWith, ip: CILIUM_LOOPBACK, isTold: true };
  return { node, address, rule: 'Cilium’s BPF: a pod that meets itself sees the loopback address of services' };
}

function markOf({ profile }: NetworkModel, node: ModelNode): string {
  switch (profile.proxy.mode) {
    case 'iptables':
    case 'ipvs':
      return `KUBE-POSTROUTING of ${node.name}: kube-proxy has marked the packet`;
    case 'nftables':
      return `chain masquerading of ${node.name}: kube-proxy has marked the packet`;
    case 'ebpf':
      return `the program of ${node.name} that stands in for kube-proxy answers for the endpoint`;
    default:
      return assertNever(profile.proxy.mode);
  }
}
