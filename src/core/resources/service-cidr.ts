import type { Cidr } from '../net/cidr.js';
import type { Resource } from './resource.js';

/** A `networking.k8s.io` ServiceCIDR (KEP-1880): ranges that ClusterIPs are taken from, one per family. */
export interface ServiceCIDR extends Resource {
  readonly kind: 'ServiceCIDR';
  readonly cidrs: readonly Cidr[];
  /** `metadata.deletionTimestamp` is set: it goes when no address needs it. */
  readonly terminating: boolean;
  /** New addresses are given out of it: it does not go, and its condition `Ready` does not say otherwise (`ipallocator/cidrallocator.go`, `isReady`). */
  readonly ready: boolean;
}
