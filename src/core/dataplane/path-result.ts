import type { Protocol } from '../net/protocol.js';

/** What becomes of a packet on its way. */
export const PATH_VERDICTS = {
  DELIVERED: 'the packet arrives, and so do the largest that the sender may send; what policies say is not looked at',
  SMALL_ONLY: 'small packets arrive; the largest that the sender may send do not fit and are lost',
  NO_ROUTE: 'the packet cannot get there: no route leads to the receiver, or the underlay does not know one',
  REFUSED: 'the service proxy refuses or drops the packet before it leaves',
  UNKNOWN: 'not enough is known of one of the two ends: it has no address of a common family, or no node',
} as const;

/** The outcome of a path. */
export type PathVerdict = keyof typeof PATH_VERDICTS;

/** Every reason code of this room's evidence, with its meaning. */
export const PATH_REASONS = {
  SAME_NODE: 'both ends are on one node: nothing is wrapped',
  LOOPBACK: 'the address is the sender’s own: the packet does not leave its network namespace',
  WRAPPED: 'the packet is wrapped for its way to the other node',
  PLAIN: 'the packet goes to the other node as it is',
  SAME_SUBNET: 'the other node is in the subnet of the sender’s: nothing is wrapped',
  OTHER_SUBNET: 'the other node is not in the subnet of the sender’s',
  SUBNET_UNKNOWN: 'the subnet of the sender’s node is not known',
  NOT_ON_LINK: 'the mode lays routes within one layer 2 segment only, and the other node is in another subnet',
  FAMILY_NOT_CARRIED: 'the mode does not carry packets of the family',
  NO_POOL_ROUTE: 'the destination is in none of Calico’s pools, and no node has a route to it',
  UNDERLAY_WITHOUT_ROUTES: 'nothing is wrapped, and the routers of the underlay do not know where pods are',
  EGRESS_GATEWAY: 'a policy of Cilium makes the packet leave the cluster by another node, or with an address of its own choice',
  NO_EGRESS_GATEWAY: 'a policy of Cilium wants the packet to leave by a gateway, and there is none: it is dropped',
  BRIDGE_NETFILTER_OFF:
    'the reply goes over the bridge of the node, whose netfilter does not see it: the service’s address is not put back',
  PARENT_AND_CHILD: 'a node and a pod whose device is a child of the node’s (macvlan) do not hear one another',
  SERVICE_PASSED_BY: 'what the pod sends goes past its node, and nobody there translates the address of the service',
  HOST_PATH: 'the packet is between nodes’ own addresses: the plugin does not carry it',
  ENDPOINT_CHOSEN: 'the destination is rewritten to an endpoint of the service, or to the pod that has the port of the node',
  ENDPOINT_ASKED: 'the service is headless: the client is told its endpoints by name, and asks one itself',
  SERVICE_REFUSED: 'the service proxy does not send the packet on',
  MASQUERADED: 'the source is rewritten',
  NOT_MASQUERADED: 'the source stays as it is',
  MTU_OF_PATH: 'the largest packet that fits through every hop',
  MTU_TOO_LARGE: 'a hop takes less than the sender may send',
  NO_ADDRESS: 'an end has no address of the family',
  NOT_PLACED: 'a pod is on no node',
  ASYMMETRIC: 'the reply goes another way than the packet came',
} as const;

/** A reason code. */
export type PathReason = keyof typeof PATH_REASONS;

/** What is around a packet. */
export interface EncapView {
  /** `VXLAN`, `GENEVE`, `IPIP`, `WIREGUARD`, `ESP`, `GRE`, `STT`, `UDP`, `SLEEVE`. */
  readonly kind: string;
  readonly outerSrc: string;
  readonly outerDst: string;
  /** `udp`, `tcp` or `ip`. */
  readonly protocol: string;
  /** Of UDP and TCP; null elsewhere. */
  readonly port: number | null;
  /** IP protocol, of what has no port. */
  readonly number: number | null;
  /** VNI, or `identity` for the sender's identity; null: none. */
  readonly networkId: string | null;
  readonly encrypted: boolean;
}

/** A rewriting of addresses. */
export interface TranslationView {
  readonly kind: 'DNAT' | 'SNAT' | 'REVERSE_DNAT' | 'REVERSE_SNAT';
  /** Source and destination after it. */
  readonly srcIp: string;
  readonly dstIp: string;
  readonly srcPort: number | null;
  readonly dstPort: number | null;
  readonly rule: string;
}

/** One station of a packet. */
export interface HopView {
  /** Counts from 1. */
  readonly hop: number;
  /** Null: between the nodes, or outside. */
  readonly node: string | null;
  readonly device: string;
  /** `pod shop/web-0`, `root` for the node's own, `underlay`, `outside`. */
  readonly netns: string;
  /** As the packet comes to the hop, within whatever is around it. */
  readonly srcIp: string;
  readonly dstIp: string;
  readonly srcPort: number | null;
  readonly dstPort: number | null;
  /** What is around it when it leaves the hop, outermost first. */
  readonly encap: readonly EncapView[];
  /** MTU of the device, or of the route. */
  readonly mtu: number;
  /** The largest packet, without what is around it, that passes. */
  readonly fits: number;
  /** In the order in which they are done. */
  readonly translations: readonly TranslationView[];
  /** What brings it here, or on. */
  readonly rule: string;
}

/** One end of a path. */
export interface PathEndView {
  readonly kind: 'pod' | 'hostNetworkPod' | 'node' | 'outside';
  readonly name: string;
  readonly node: string | null;
  readonly ip: string | null;
}

/** How the two ends lie to each other. */
export type PathRelation = 'same-node' | 'same-subnet' | 'cross-subnet' | 'unknown-subnet' | 'outside';

/** One direction. */
export interface WayView {
  readonly hops: readonly HopView[];
  readonly wrapped: boolean;
  /** The largest packet that fits through every hop. */
  readonly pathMtu: number | null;
}

/** The room's part of the answer. */
export interface PathResult {
  readonly from: PathEndView;
  /** The very receiver: an endpoint, where a service is asked for. */
  readonly to: PathEndView;
  readonly protocol: Protocol;
  readonly port: number | null;
  readonly family: 4 | 6;
  readonly relation: PathRelation;
  readonly cni: string;
  readonly mode: string;
  /** MTU of the pods of the cluster. */
  readonly podMtu: number;
  readonly forward: WayView;
  /** Empty where the packet does not arrive. */
  readonly reply: WayView;
  /** The source address that the receiver sees. */
  readonly sourceSeen: string | null;
  /** Other endpoints that the packet might have been sent to, `ip:port`. */
  readonly otherEndpoints: readonly string[];
}
