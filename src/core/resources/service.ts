import type { Cidr } from '../net/cidr.js';
import type { Ip, IpFamily } from '../net/ip.js';
import type { Protocol } from '../net/protocol.js';
import type { Labels, Resource } from './resource.js';

/** A port of a service, defaulted (`targetPort` = `port`, TCP). */
export interface ServicePort {
  /** `''` when the only port has no name. */
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly targetPort: number | string;
  readonly nodePort: number | undefined;
  readonly appProtocol: string | undefined;
}

/** `spec.type`. */
export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';

/** `status.loadBalancer.ingress[]`. */
export interface LoadBalancerIngress {
  readonly ip: Ip | undefined;
  readonly hostname: string | undefined;
  readonly ipMode: 'VIP' | 'Proxy';
}

/** A service, defaulted as the API server does (kubernetes `pkg/apis/core/v1/defaults.go`). */
export interface Service extends Resource {
  readonly kind: 'Service';
  readonly type: ServiceType;
  /** `clusterIP: None`. */
  readonly headless: boolean;
  /** Given cluster IPs only; allocated ones stand in the model. Redacted or invalid text is left out and reported. */
  readonly clusterIPs: readonly Ip[];
  /** Undefined or empty: selectorless. */
  readonly selector: Labels | undefined;
  readonly ports: readonly ServicePort[];
  readonly externalName: string | undefined;
  readonly externalIPs: readonly Ip[];
  readonly ipFamilies: readonly IpFamily[] | undefined;
  readonly ipFamilyPolicy: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack' | undefined;
  readonly externalTrafficPolicy: 'Cluster' | 'Local' | undefined;
  readonly internalTrafficPolicy: 'Cluster' | 'Local' | undefined;
  readonly sessionAffinity: 'None' | 'ClientIP';
  readonly sessionAffinityTimeoutSeconds: number | undefined;
  readonly publishNotReadyAddresses: boolean;
  readonly healthCheckNodePort: number | undefined;
  /** Undefined: whoever gives addresses by default. */
  readonly loadBalancerClass: string | undefined;
  readonly loadBalancerIP: Ip | undefined;
  readonly loadBalancerSourceRanges: readonly Cidr[];
  readonly loadBalancerIngress: readonly LoadBalancerIngress[];
  readonly allocateLoadBalancerNodePorts: boolean;
  readonly trafficDistribution: string | undefined;
}
