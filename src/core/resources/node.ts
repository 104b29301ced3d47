import type { Cidr } from '../net/cidr.js';
import type { Ip } from '../net/ip.js';
import type { Resource } from './resource.js';

/** A taint of a node. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** One entry of `status.addresses` that is an IP. */
export interface NodeAddress {
  readonly type: string;
  readonly ip: Ip;
}

/** A node of the cluster. */
export interface Node extends Resource {
  readonly kind: 'Node';
  readonly podCIDRs: readonly Cidr[];
  readonly addresses: readonly NodeAddress[];
  readonly taints: readonly Taint[];
  readonly unschedulable: boolean;
  /** Allocatable pods; undefined where the status does not tell. */
  readonly maxPods: number | undefined;
  /** CPU capacity in millicores; undefined where the status does not tell. */
  readonly cpuMillis: number | undefined;
  readonly ready: boolean | undefined;
  /** `metadata.deletionTimestamp` is set. */
  readonly terminating: boolean;
}
