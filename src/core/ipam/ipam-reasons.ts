/** Every reason code of this room's evidence, with its meaning. */
export const IPAM_REASONS = {
  POOL_OBSERVED: 'the cluster’s objects or profile tell of the pool',
  POOL_ASSUMED: 'nothing tells of the pool: it is what most clusters have',
  POOL_EXHAUSTED: 'no address of the pool is free',
  POOL_SELECTED: 'the address comes from this pool',
  POOL_TOO_SMALL: 'the pool has fewer free addresses than were asked for',
  POOL_HAS_NO_STRATEGY: 'the pool lists addresses only: nobody knows where they come from',
  OTHER_PLANE: 'the pool is of another plane than was asked for',
  OTHER_FAMILY: 'the pool is of the other address family',
  NOT_IN_POOL: 'the address is outside the pool',
  IN_POOL: 'the address is one of the pool’s',
  IN_BLOCK: 'the address is in the range of this node',
  UNUSABLE: 'the pool’s rule never hands the address out: network, gateway or broadcast address',
  RESERVED: 'the address is reserved in the pool: only a request by name gets it',
  STATIC_BAND: 'the address is in the lower band, which automatic allocation takes last',
  DYNAMIC_BAND: 'the address is in the upper band, which automatic allocation takes first',
  HELD_BY_POD: 'a pod has the address',
  HELD_BY_NODE: 'a node has the address',
  HELD_BY_CLUSTER_IP: 'a service has the address as its ClusterIP',
  HELD_BY_LOAD_BALANCER: 'the load balancer of a service has the address',
  HELD_BY_EXTERNAL_IP: 'a service names the address among its externalIPs',
  HELD_BY_BLOCK: 'a block of Calico gives the address to somebody',
  HELD_BY_ALLOCATION: 'the address was handed out through the API',
  GIVEN_BACK: 'a finished pod still names the address in its status; it has given it back',
  NOBODY: 'nobody has the address',
  CHOSEN: 'the strategy of the pool gives this address next',
  TAKEN_SKIPPED: 'addresses that somebody has are not handed out',
  RESERVED_SKIPPED: 'reserved addresses are not handed out automatically',
  POOL_LIMIT: 'the pool has no more addresses than that',
  NODE_RANGE_LIMIT: 'the node’s own range has no more addresses than that',
  BLOCK_LIMIT: 'Calico gives a node no more blocks than that',
  STRICT_AFFINITY: 'no block is left to claim, and nodes take no addresses of others’ blocks (IPAMConfig)',
  MAX_PODS: 'kubelet takes no more pods than that',
  NODE_UNSCHEDULABLE: 'the node is cordoned: no pod is placed on it',
  POOL_NOT_FOR_NODE: 'the node has no range of the pool, or the pool’s selector does not take it',
  POOL_DISABLED: 'nothing is handed out of the pool any more',
  NEARLY_FULL: 'the pool is used to 90 % or more',
  USE_GROWS: 'the use of the pool has grown',
  USE_STEADY: 'the use of the pool has not grown',
  HISTORY_TOO_SHORT: 'too few states are known, or they lie too near together',
} as const satisfies Record<string, string>;

/** One of them. */
export type IpamReason = keyof typeof IPAM_REASONS;

/** What keeps a node, or a pool, from more. */
export const CAPACITY_LIMITS = [
  'POOL_LIMIT',
  'NODE_RANGE_LIMIT',
  'BLOCK_LIMIT',
  'STRICT_AFFINITY',
  'MAX_PODS',
  'NODE_UNSCHEDULABLE',
  'POOL_NOT_FOR_NODE',
  'POOL_DISABLED',
] as const satisfies readonly IpamReason[];

/** One of them. */
export type CapacityLimit = (typeof CAPACITY_LIMITS)[number];
