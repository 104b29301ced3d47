import type { CalicoHostEndpoint } from '../resources/calico-host-endpoint.js';
import type { CalicoIPPool } from '../resources/calico-ip-pool.js';
import type { CalicoPolicy } from '../resources/calico-policy.js';
import type { CalicoProfile } from '../resources/calico-profile.js';
import type { CalicoTier } from '../resources/calico-tier.js';
import type { FelixConfiguration } from '../resources/felix-configuration.js';
import type { NetworkSet } from '../resources/network-set.js';
import type { StagedPolicy } from '../resources/staged-policy.js';

/** What Calico is told: policies, nodes' interfaces, pools. */
export interface CalicoObjects {
  /** In the order in which they act within their tiers: by order, then by name; those of one tier need not stand together. */
  readonly policies: readonly CalicoPolicy[];
  readonly stagedPolicies: readonly StagedPolicy[];
  readonly tiers: readonly CalicoTier[];
  readonly networkSets: readonly NetworkSet[];
  readonly hostEndpoints: readonly CalicoHostEndpoint[];
  readonly profiles: readonly CalicoProfile[];
  readonly ipPools: readonly CalicoIPPool[];
  /** `default` for all nodes, `node.<name>` for one of them. */
  readonly felixConfigurations: readonly FelixConfiguration[];
}
