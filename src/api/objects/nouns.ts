import { ENDPOINT_SLICES } from '../../application/objects/endpoint-slices.js';
import { ROUTES } from '../../application/objects/gateway-routes.js';
import { GATEWAYS } from '../../application/objects/gateways.js';
import { INGRESSES } from '../../application/objects/ingresses.js';
import { NAMESPACES } from '../../application/objects/namespaces.js';
import { NETWORK_POLICIES } from '../../application/objects/network-policies.js';
import { NODES } from '../../application/objects/nodes.js';
import { PODS } from '../../application/objects/pods.js';
import { SERVICES } from '../../application/objects/services.js';
import { WORKLOADS } from '../../application/objects/workloads.js';

/** The GraphQL type of each noun of the model. */
export const NOUNS = {
  Namespace: NAMESPACES,
  ClusterNode: NODES,
  Pod: PODS,
  Workload: WORKLOADS,
  Service: SERVICES,
  EndpointSlice: ENDPOINT_SLICES,
  Ingress: INGRESSES,
  Gateway: GATEWAYS,
  GatewayRoute: ROUTES,
  NetworkPolicy: NETWORK_POLICIES,
} as const;

/** A GraphQL type that stands for a noun. */
export type Noun = keyof typeof NOUNS;

/** Whether a GraphQL type stands for a noun. */
export function isNoun(type: string): type is Noun {
  return Object.hasOwn(NOUNS, type);
}
