import type { Cidr } from '../../net/cidr.js';
import type { IpFamily } from '../../net/ip.js';
import type { CalicoEntity } from '../../resources/calico-policy.js';
import type { NamedPorts } from './calico-connections.js';
import type { CalicoMembers } from './calico-members.js';
import type { ConnectionSet } from './connection-set.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** An address behind a Service, with the ports that it serves. */
export interface ServedAddress {
  readonly net: Cidr;
  readonly connections: ConnectionSet;
}

/** What Calico's rules refer to beside themselves. */
export interface CalicoReferences extends NamedPorts {
  readonly members: CalicoMembers;
  /** Whether networks judge the endpoint's address. */
  addressCounts(endpoint: Pick<PolicyEndpoint, 'kind'>): boolean;
  /** The families an endpoint speaks: those of its addresses, else those of the cluster. */
  familiesOf(endpoint: PolicyEndpoint): readonly IpFamily[];
  /** The addresses behind a Service (felix reads the EndpointSlices), each with the ports that it serves there. */
  endpointsOf(service: NonNullable<CalicoEntity['service']>): readonly ServedAddress[];
  /** What a Service serves at one of its endpoints. */
  servedAt(service: NonNullable<CalicoEntity['service']>, endpoint: PolicyEndpoint): ConnectionSet;
}
