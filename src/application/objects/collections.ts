import type { Collection } from './collection.js';
import { ENDPOINT_SLICES } from './endpoint-slices.js';
import { ROUTES } from './gateway-routes.js';
import { GATEWAYS } from './gateways.js';
import { INGRESSES } from './ingresses.js';
import { NAMESPACES } from './namespaces.js';
import { NETWORK_POLICIES } from './network-policies.js';
import { NODES } from './nodes.js';
import { PODS } from './pods.js';
import { SERVICES } from './services.js';
import { WORKLOADS } from './workloads.js';

/** Every noun of the model that is listed; one line for each. */
export const COLLECTIONS: readonly Collection[] = [
  NAMESPACES,
  NODES,
  PODS,
  WORKLOADS,
  SERVICES,
  ENDPOINT_SLICES,
  INGRESSES,
  GATEWAYS,
  ROUTES,
  NETWORK_POLICIES,
];
