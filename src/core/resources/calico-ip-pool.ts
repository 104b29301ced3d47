import type { Cidr } from '../net/cidr.js';
import type { Resource } from './resource.js';

/** How a Calico pool's packets cross nodes. */
export type CalicoEncapsulation = 'Always' | 'CrossSubnet' | 'Never';

/** A Calico IPPool (`crd.projectcalico.org/v1`, `projectcalico.org/v3`). */
export interface CalicoIPPool extends Resource {
  readonly kind: 'IPPool';
  /** Undefined when the CIDR is missing or broken. */
  readonly cidr: Cidr | undefined;
  readonly blockSize: number;
  readonly ipipMode: CalicoEncapsulation;
  readonly vxlanMode: CalicoEncapsulation;
  readonly natOutgoing: boolean;
  readonly disabled: boolean;
  /** What its status says against it, `CIDROverlap: …`, in the words of Calico's controller; undefined: nothing. */
  readonly notAllocatable: string | undefined;
  /** Its status says whether it is allocatable: that controller runs. */
  readonly isJudged: boolean;
  /** A manual pool serves only those who ask for it. */
  readonly assignmentMode: 'Automatic' | 'Manual';
  /** Empty = Workload and Tunnel. */
  readonly allowedUses: readonly string[];
  readonly nodeSelector: string | undefined;
  readonly namespaceSelector: string | undefined;
}

/**
 * Why nothing is handed out of the pool; undefined: it is. Calico's controller marks pools that overlap an older one, or are being deleted, and its address management
 * leaves those out (projectcalico/calico `kube-controllers/pkg/controllers/ippool`, `libcalico-go/lib/clientv3`); before there was that controller, overlaps were refused.
 */
export function whyClosed({ disabled, notAllocatable }: Pick<CalicoIPPool, 'disabled' | 'notAllocatable'>): string | undefined {
  if (disabled) return 'it is disabled';
  return notAllocatable === undefined ? undefined : `its status says Allocatable=False, ${notAllocatable}`;
}

/** Of pools that are meant by one name or prefix, one that is handed out of, else the first. */
export function preferOpen(pools: readonly CalicoIPPool[]): CalicoIPPool | undefined {
  return pools.find((pool) => !whyClosed(pool)) ?? pools[0];
}
