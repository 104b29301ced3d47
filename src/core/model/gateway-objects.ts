import type { BackendTLSPolicy, Gateway, GatewayClass, ListenerSet, ReferenceGrant } from '../resources/gateway.js';
import type { GatewayRoute } from '../resources/gateway-route.js';

/** The objects of `gateway.networking.k8s.io`. Maps are keyed by `namespace/name`, classes by name; lists are ordered by kind, namespace and name. */
export interface GatewayObjects {
  readonly classes: ReadonlyMap<string, GatewayClass>;
  readonly gateways: ReadonlyMap<string, Gateway>;
  readonly listenerSets: ReadonlyMap<string, ListenerSet>;
  readonly routes: readonly GatewayRoute[];
  readonly grants: readonly ReferenceGrant[];
  readonly backendPolicies: readonly BackendTLSPolicy[];
  /** `ca.crt` of the ConfigMaps that have one. */
  readonly authorities: ReadonlyMap<string, string>;
  /** The ConfigMaps there are: parameters of a class or a Gateway may stand in one. */
  readonly configMaps: ReadonlySet<string>;
}
