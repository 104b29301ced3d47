import type { Cidr } from '../net/cidr.js';
import type { Ip } from '../net/ip.js';
import type { LabelSelector } from './label-selector.js';
import type { Resource } from './resource.js';

/** Whose packets a policy is about. Undefined: not given. */
export interface EgressSubject {
  /** Of pods, by their labels; Cilium's own labels of namespace, service account and cluster are among them. */
  readonly pods: LabelSelector | undefined;
  readonly namespaces: LabelSelector | undefined;
  /** Of the nodes that the pods are on. */
  readonly nodes: LabelSelector | undefined;
}

/** One of the gateways of a policy: the first node by name that the selector takes. */
export interface EgressGatewayChoice {
  readonly nodes: LabelSelector;
  /** The device by which packets leave, with its first address; undefined: that of `egressIP`, else that of the default route. */
  readonly device: string | undefined;
  /** The address that packets leave with. */
  readonly egressIP: Ip | undefined;
}

/** A CiliumEgressGatewayPolicy. */
export interface CiliumEgressGatewayPolicy extends Resource {
  readonly kind: 'CiliumEgressGatewayPolicy';
  readonly subjects: readonly EgressSubject[];
  readonly destinations: readonly Cidr[];
  readonly excluded: readonly Cidr[];
  readonly gateways: readonly EgressGatewayChoice[];
  /** The agent does not take it. */
  readonly refused: boolean;
}
