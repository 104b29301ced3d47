import type { IpFamily } from '../../net/ip.js';
import type { NamedPorts } from './calico-connections.js';
import type { CalicoMembers } from './calico-members.js';
import type { CalicoServices } from './calico-services.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** What Calico's rules refer to beside themselves. */
export interface CalicoReferences extends NamedPorts {
  readonly members: CalicoMembers;
  readonly services: CalicoServices;
  /** Whether networks judge the endpoint's address. */
  addressCounts(endpoint: Pick<PolicyEndpoint, 'kind'>): boolean;
  /** The families an endpoint speaks: those of its addresses, else those of the cluster. */
  familiesOf(endpoint: PolicyEndpoint): readonly IpFamily[];
}
