import type { Cidr } from '../net/cidr.js';
import type { Ip, IpFamily } from '../net/ip.js';
import type { LabelSelector } from './label-selector.js';
import type { Resource } from './resource.js';

/** A CiliumNode: which ranges Cilium gives the pods of a node of the same name, and which addresses the agent keeps for itself. */
export interface CiliumNode extends Resource {
  readonly kind: 'CiliumNode';
  /** `spec.ipam.podCIDRs`, and what the node has of each pool where there are several. */
  readonly podCIDRs: readonly Cidr[];
  /** Of `cilium_host`: `spec.addresses` of type CiliumInternalIP. */
  readonly routerIPs: readonly Ip[];
  /** Of the health endpoint: `spec.health`. */
  readonly healthIPs: readonly Ip[];
  /** Of the listener for Ingress: `spec.ingress`. */
  readonly ingressIPs: readonly Ip[];
}

/** A CiliumPodIPPool: ranges that nodes get parts of, where Cilium has several pools. */
export interface CiliumPodIPPool extends Resource {
  readonly kind: 'CiliumPodIPPool';
  readonly cidrs: readonly Cidr[];
  /** Prefix length of what a node gets; undefined where the pool has nothing of the family. */
  readonly maskSizes: Readonly<Record<IpFamily, number | undefined>>;
  /** `ipam.cilium.io/skip-masquerade`: what pods with its addresses send keeps its source. */
  readonly skipsMasquerade: boolean;
  /** `allowFirstIP`, `allowLastIP`: whether pods get the first and the last address of each range that a node has of it. */
  readonly allowFirstIP: boolean;
  readonly allowLastIP: boolean;
  /** Pods that get addresses of it without naming it; their name and namespace count as labels. Without either selector: none. */
  readonly podSelector: LabelSelector | undefined;
  readonly namespaceSelector: LabelSelector | undefined;
}
