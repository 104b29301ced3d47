import type { Cidr } from '../net/cidr.js';
import type { Ip } from '../net/ip.js';
import type { Resource } from './resource.js';

/** An address that a block of Calico gives to somebody. */
export interface CalicoClaim {
  readonly ip: Ip;
  /** Position in the block, from 0. */
  readonly ordinal: number;
  /** Null: whoever took the address named none, or the block does not hold the attributes it points at. */
  readonly handle: string | null;
  /** Whom it is for, as the one who took it says. */
  readonly node: string | undefined;
  readonly pod: string | undefined;
  /** Of the pod or the service. */
  readonly namespace: string | undefined;
  /** The service of type LoadBalancer whose address it is. */
  readonly service: string | undefined;
  /** Who may have the address beside that pod: a virtual machine that moves has two pods for a while. */
  readonly alternate: { readonly pod: string | undefined; readonly namespace: string | undefined } | undefined;
  /** `ipipTunnelAddress`, `vxlanTunnelAddress`, `LoadBalancer` …; undefined for pods. */
  readonly type: string | undefined;
  /** It was given back and rests: nobody has it, and nobody gets it. */
  readonly resting: boolean;
  /** The block does not hold the attributes that the allocation points at. */
  readonly unexplained: boolean;
}

/** Whose a block is: a node's, or a virtual host's, such as that of load balancers. */
export interface CalicoAffinity {
  readonly type: 'host' | 'virtual';
  readonly name: string;
}

/** An IPAMBlock (`crd.projectcalico.org/v1`, `projectcalico.org/v3`): a part of a pool, and who has which of its addresses. */
export interface CalicoIPAMBlock extends Resource {
  readonly kind: 'IPAMBlock';
  /** Undefined when the CIDR is missing or broken. */
  readonly cidr: Cidr | undefined;
  /** On its way out: for Calico it is none any more. */
  readonly deleted: boolean;
  /** Undefined: nobody's. */
  readonly affinity: CalicoAffinity | undefined;
  readonly claims: readonly CalicoClaim[];
  /** How many places the block lists, of which there has to be one for each of its addresses. */
  readonly places: number;
  /** In which way what it lists as free and the attributes that it holds contradict its allocations; undefined: in none. */
  readonly contradiction: string | undefined;
  /** The places that nobody has, in the order in which they are given; undefined: the block does not say. */
  readonly queue: readonly number[] | undefined;
}

/** A BlockAffinity: the claim of a host to a block. `pending` counts as none. */
export interface CalicoBlockAffinity extends Resource {
  readonly kind: 'BlockAffinity';
  readonly cidr: Cidr | undefined;
  readonly owner: CalicoAffinity;
  /** On its way out: for Calico it is none any more. */
  readonly deleted: boolean;
  readonly state: 'confirmed' | 'pending' | 'pendingDeletion';
}

/** An IPAMHandle: how many addresses of which block were taken under one handle. */
export interface CalicoIPAMHandle extends Resource {
  readonly kind: 'IPAMHandle';
  /** On its way out: for Calico it is none any more. */
  readonly deleted: boolean;
  readonly handle: string;
  /** How many addresses it has of which block, by the block’s prefix in canonical text; undefined: it does not say. */
  readonly counts: ReadonlyMap<string, number> | undefined;
}

/** The settings of Calico's address management: an IPAMConfig, or IPAMConfiguration in the group `projectcalico.org`. */
export interface CalicoIPAMConfig extends Resource {
  readonly kind: 'IPAMConfig';
  /** Nodes take no addresses of others' blocks. */
  readonly strictAffinity: boolean;
  /** Whether nodes claim blocks by themselves. */
  readonly autoAllocateBlocks: boolean;
  /** 0: not set, which is 20. */
  readonly maxBlocksPerHost: number;
  /** For so long an address rests that was given back. */
  readonly cooldownSeconds: number;
}

/** An IPReservation: addresses that automatic assignment leaves alone. */
export interface CalicoIPReservation extends Resource {
  readonly kind: 'IPReservation';
  readonly cidrs: readonly Cidr[];
}
