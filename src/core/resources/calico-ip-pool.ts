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
  /** A manual pool serves only those who ask for it. */
  readonly assignmentMode: 'Automatic' | 'Manual';
  /** Empty = Workload and Tunnel. */
  readonly allowedUses: readonly string[];
  readonly nodeSelector: string | undefined;
  readonly namespaceSelector: string | undefined;
}
