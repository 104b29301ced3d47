import type { Cidr } from '../net/cidr.js';
import type { Resource } from './resource.js';

/** A range of pods, and the length of the prefix that each node gets of it. */
export interface ClusterNetworkEntry {
  readonly cidr: Cidr;
  readonly hostPrefix: number | undefined;
}

/** What both of OpenShift's Networks tell. */
interface OpenShiftNetwork extends Resource {
  /** `OVNKubernetes`, `OpenShiftSDN`, or the name of another plugin. */
  readonly networkType: string | undefined;
  readonly clusterNetworks: readonly ClusterNetworkEntry[];
  readonly serviceNetworks: readonly Cidr[];
  /** Of pods. */
  readonly mtu: number | undefined;
}

/** The Network of `config.openshift.io`: the cluster's network as it is. Undefined: not given. */
export interface OpenShiftNetworkConfig extends OpenShiftNetwork {
  readonly kind: 'OpenShiftNetworkConfig';
  /** `30000-32767`. */
  readonly nodePortRange: string | undefined;
}

/** The Network of `operator.openshift.io`: what the operator of the network is told. Undefined: not given. */
export interface OpenShiftNetworkOperator extends OpenShiftNetwork {
  readonly kind: 'OpenShiftNetworkOperator';
  readonly genevePort: number | undefined;
  readonly routingViaHost: boolean | undefined;
  readonly ipsec: 'Disabled' | 'External' | 'Full' | undefined;
}
