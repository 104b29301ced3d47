import type { Cidr } from '../../../net/cidr.js';
import type { Ip, IpFamily } from '../../../net/ip.js';
import type { Labels } from '../../../resources/resource.js';
import type { CalicoPoolUse } from '../../calico-pool-choice.js';
import type { HostReserve } from './windows-hosts.js';

/** The settings of Calico's IPAM (`IPAMConfig`, and the cooldown of `IPPool`s). */
export interface CalicoIpamConfig {
  readonly strictAffinity: boolean;
  readonly autoAllocateBlocks: boolean;
  /** 0: not set, which is 20. */
  readonly maxBlocksPerHost: number;
  /** Seconds before a released address can be given again. */
  readonly cooldownSeconds: number;
}

/** A request for any addresses of one family. */
export interface AutoAssignment {
  readonly node: string;
  readonly family: IpFamily;
  readonly count: number;
  readonly use: CalicoPoolUse;
  readonly handle: string | undefined;
  readonly pools: readonly Cidr[];
  /** Labels of the namespace; undefined where it does not matter. */
  readonly namespaceLabels: Labels | undefined;
  /** 0: the limit of the settings. */
  readonly maxBlocks: number;
  /** With so many addresses a handle gets no more, but is told those it has; 0: no limit. */
  readonly maxPerHandle: number;
  /** What the host keeps of each new block; left out, what Calico's plugin has the node keep. */
  readonly reserve?: HostReserve | undefined;
}

/** What came of it; it may be less than was asked for. */
export interface Assigned {
  readonly addresses: readonly Ip[];
  /** Why it is less, in Calico's words. */
  readonly messages: readonly string[];
  readonly error: { readonly code: 'BLOCK_LIMIT' | 'POOL_EXHAUSTED'; readonly message: string } | null;
  /** Under which handle the host keeps addresses of its blocks; left out: it keeps none. */
  readonly hostHandle?: string;
  /** Whether an address is of a block that Calico takes by chance: it is a possible one. */
  readonly isDrawn?: boolean;
}

/** A request for one address. */
export interface FixedAssignment {
  readonly node: string;
  readonly ip: Ip;
  readonly handle: string | undefined;
  readonly use: CalicoPoolUse | undefined;
  readonly maxPerHandle: number;
}

/** Why nothing was done. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Load balancers have their blocks under this name, which is no node's. */
export const LOAD_BALANCER_HOST = 'virtual:load-balancer';

/** Under whose name the blocks are that an address is given of. */
export function hostOf({ node, use }: { readonly node: string; readonly use: CalicoPoolUse | undefined }): string {
  return use === 'LoadBalancer' ? LOAD_BALANCER_HOST : node;
}
