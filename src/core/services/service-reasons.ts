/** Every reason code of this room's evidence, with its meaning. */
export const SERVICE_REASONS = {
  CLUSTER_IP: 'the packet goes to a cluster IP and port of the service',
  EXTERNAL_IP: 'the packet goes to one of the service’s externalIPs',
  LOAD_BALANCER: 'the packet goes to an address of the service’s load balancer',
  NODE_PORT: 'the packet goes to a node’s address and a node port of the service',
  ADDRESS_SHARED: 'another service has the same address and port and comes first',
  HEALTH_CHECK_PORT:
    'the health check port of a load balancer with externalTrafficPolicy Local: 200 while the node has a ready endpoint, else 503',
  CLUSTER_IP_WRONG_PORT: 'nftables and ipvs mode reject other ports of a service’s address',
  NODE_ANSWERS: 'ipvs mode has bound the address on every node: the node itself answers at other ports (Kubernetes before 1.25)',
  CLUSTER_IP_FROM_OUTSIDE: 'cluster IPs are not served to senders outside the cluster',
  CLUSTER_IP_UNALLOCATED: 'nftables mode drops packets to unused addresses of the service range',
  OWN_LOOPBACK: 'the address is the sender’s own loopback: the packet stays with it, and no service is asked',
  NOT_A_SERVICE: 'kube-proxy has no rule for the packet: it is routed as usual',
  ENDPOINTS_NOT_IMPORTED: 'the API servers write the endpoints of default/kubernetes themselves, and the input has none of them',
  NO_ENDPOINTS: 'no node has a usable endpoint: the connection is refused',
  LBSR_DENIED: 'loadBalancerSourceRanges do not contain the sender',
  ITP_LOCAL_NO_LOCAL: 'internalTrafficPolicy Local, and the node has no usable endpoint',
  ETP_LOCAL_NO_LOCAL: 'externalTrafficPolicy Local, and the node has no usable endpoint',
  ENDPOINT_CHOSEN: 'the destination is rewritten to one of the endpoints',
  ENDPOINT_USED: 'the packet may be sent to this endpoint',
  TERMINATING_FALLBACK: 'no endpoint is ready: one that still serves while it terminates is used',
  NOT_READY: 'the endpoint is not ready',
  TERMINATING: 'the endpoint terminates',
  HINT_FILTERED: 'topology hints keep the endpoint for another zone or node',
  NOT_LOCAL: 'a Local policy keeps to the endpoints of the packet’s node',
  MASQUERADE_ALL: 'kube-proxy rewrites the source of everything it sends to endpoints',
  MASQUERADE_OUTSIDE_PODS: 'the sender is outside the pod ranges: the source becomes the node’s address',
  MASQUERADE_EXTERNAL: 'externalTrafficPolicy Cluster: the source becomes the node’s address',
  MASQUERADE_LOCAL_NODE: 'the node itself sends to an external address: the source becomes the node’s address',
  MASQUERADE_REMOTE: 'endpoints on other nodes see the node’s address, those on it the sender’s',
  LOCAL_FALLBACK: 'a Local policy, and no endpoint on the node: ipvs mode takes those of other nodes',
  HAIRPIN: 'the chosen endpoint is the sender itself: the source becomes the node’s address',
  SHORT_CIRCUIT: 'a pod uses an external address of a service with externalTrafficPolicy Local: all endpoints, its own address',
  SOURCE_KEPT: 'the pod sees the sender’s address',
  HEADLESS: 'no cluster IP: the client picks an endpoint itself',
  HEADLESS_NOT_READY: 'a headless service without a ready endpoint does not resolve',
  EXTERNAL_NAME: 'the service stands for another name',
  EXTERNALNAME_IP: 'the externalName is an address: its name does not resolve',
  NOT_EXPOSED: 'the service has no address that the sender can reach',
  SLICES_OBSERVED: 'the endpoints are those of imported EndpointSlices',
  ENDPOINTS_MIRRORED: 'the endpoints are those of imported v1 Endpoints',
  SLICES_DERIVED: 'the endpoints follow from the pods by the rules of the EndpointSlice controller',
  NO_SLICES: 'nothing is published for the service',
  READY: 'the pod is a ready endpoint',
  PUBLISHED_NOT_READY: 'not ready, and published because of publishNotReadyAddresses',
  SELECTOR_NEAR_MISS: 'the pod’s labels differ in one from what the selector asks for',
  NO_POD_IP: 'the pod has no address yet',
  POD_TERMINAL_PHASE: 'the pod has succeeded or failed',
  NODE_MISSING: 'the pod’s node does not exist',
  FAMILY_MISMATCH: 'the pod has no address of the family',
  PORT_NAME_NOT_FOUND: 'no container of the pod has a port of the target’s name',
  PORT_PROTOCOL_MISMATCH: 'a container has a port of that name, of another protocol',
} as const;

/** A reason of this room. */
export type ServiceReason = keyof typeof SERVICE_REASONS;

/** Every reason, in the order of the table. */
export const SERVICE_REASON_NAMES: readonly ServiceReason[] = Object.keys(SERVICE_REASONS).filter(isServiceReason);

function isServiceReason(name: string): name is ServiceReason {
  return Object.hasOwn(SERVICE_REASONS, name);
}
