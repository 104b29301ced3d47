import type { Resource } from './resource.js';

/** Which services Calico gives addresses of its pools for load balancers. */
export type CalicoAssignsTo = 'AllServices' | 'RequestedServicesOnly';

/** Calico's KubeControllersConfiguration: what its controllers are told, as far as profiles are read from it. */
export interface KubeControllersConfiguration extends Resource {
  readonly kind: 'KubeControllersConfiguration';
  /** `spec.controllers.loadBalancer.assignIPs`; undefined: not given. */
  readonly assignIPs: CalicoAssignsTo | undefined;
  /** `spec.controllers.node.leakGracePeriod` in milliseconds: for so long an address has to be nobody's until it is freed; 0: it never is; undefined: not given. */
  readonly leakGraceMs: number | undefined;
}
