import type { ProxyEndpoint } from './proxy-endpoint.js';

/** Which traffic of a service port uses which pool, as its policies say. */
export interface PoolPolicy {
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
  /** It has a node port, a load balancer address or an external IP. */
  readonly externallyAccessible: boolean;
}

/** Where the packet is. */
export interface PoolNode {
  readonly name: string;
  /** Label `topology.kubernetes.io/zone`. */
  readonly zone: string | undefined;
  /** Feature PreferSameTrafficDistribution (KEP-3015, on since 1.35). `false`: node hints are ignored. */
  readonly preferSameNode?: boolean;
}

/** Why an endpoint is not in a pool. */
export type ExclusionReason = 'NOT_READY' | 'TERMINATING' | 'HINT_FILTERED' | 'NOT_LOCAL';

/** An endpoint that a pool leaves out. */
export interface ExcludedEndpoint {
  readonly endpoint: ProxyEndpoint;
  readonly reason: ExclusionReason;
  readonly message: string;
}

/** One pool: what is in it, and why the rest is not. */
export interface EndpointPool {
  readonly endpoints: readonly ProxyEndpoint[];
  /** Worked out when it is asked for: of a thousand nodes' packets few are explained. */
  readonly excluded: () => readonly ExcludedEndpoint[];
  /** No endpoint was ready, so those that still serve while they terminate are used (KEP-1669). */
  readonly terminatingFallback: boolean;
}

/** The pools of a service port on one node. `null`: the service never uses that pool, which is different from an empty one. */
export interface EndpointPools {
  readonly cluster: EndpointPool | null;
  readonly local: EndpointPool | null;
  /** Whether any node has a usable endpoint; none → REJECT instead of DROP. */
  readonly hasAny: boolean;
}

/** The hints that decided about the cluster pool. */
type Topology = 'node' | 'zone' | undefined;

/**
 * Sorts the endpoints of a service port into pools (kubernetes `pkg/proxy/topology.go` CategorizeEndpoints). The cluster pool has the ready endpoints, less
 * those hinted elsewhere; the local pool those on the node, judged on its own. Each falls back to serving, terminating endpoints when it has no ready one.
 */
export function endpointPools(endpoints: readonly ProxyEndpoint[], policy: PoolPolicy, node: PoolNode): EndpointPools {
  const usesCluster = !policy.internalLocal || policy.externallyAccessible;
  const usesLocal = policy.internalLocal || (policy.externalLocal && policy.externallyAccessible);
  const cluster = usesCluster ? clusterPool(endpoints, node) : null;
  const local = usesLocal ? localPool(endpoints, node.name) : null;
  const hasAny = endpoints.some((one) => one.ready || servesTerminating(one));
  return { cluster, local, hasAny };
}

/** Everything that a packet on this node can be sent to, in the order of the endpoints. */
export function reachableEndpoints(endpoints: readonly ProxyEndpoint[], { cluster, local }: EndpointPools): readonly ProxyEndpoint[] {
  const pooled = new Set([...(cluster?.endpoints ?? []), ...(local?.endpoints ?? [])]);
  return endpoints.filter((one) => pooled.has(one));
}

function servesTerminating(endpoint: ProxyEndpoint): boolean {
  return endpoint.serving && endpoint.terminating;
}

function clusterPool(endpoints: readonly ProxyEndpoint[], node: PoolNode): EndpointPool {
  const topology = topologyOf(endpoints, node);
  return fill(endpoints, (one) => {
    if (topology === 'node' && !one.nodeHints.includes(node.name))
      return exclude(one, 'HINT_FILTERED', `hinted to node ${one.nodeHints.join(', ')}, the packet is on ${node.name}`);
    if (topology === 'zone' && !one.zoneHints.includes(node.zone ?? ''))
      return exclude(one, 'HINT_FILTERED', `hinted to zone ${one.zoneHints.join(', ')}, the packet is in ${node.zone ?? 'none'}`);
    return undefined;
  });
}

function localPool(endpoints: readonly ProxyEndpoint[], node: string): EndpointPool {
  const pool = fill(
    endpoints.filter((one) => one.nodeName === node),
    () => undefined,
  );
  const elsewhere = () => endpoints.filter((one) => one.nodeName !== node).map((one) => notLocal(one, node));
  return { ...pool, excluded: () => [...pool.excluded(), ...elsewhere()] };
}

function notLocal(endpoint: ProxyEndpoint, node: string): ExcludedEndpoint {
  const where = endpoint.nodeName === undefined ? 'no known node' : `node ${endpoint.nodeName}`;
  return exclude(endpoint, 'NOT_LOCAL', `on ${where}, the packet is on ${node}`);
}

/** Ready endpoints that `filter` admits; when there are none, those that serve while terminating. */
function fill(endpoints: readonly ProxyEndpoint[], filter: (endpoint: ProxyEndpoint) => ExcludedEndpoint | undefined): EndpointPool {
  const admitted = endpoints.filter((one) => one.ready && filter(one) === undefined);
  if (admitted.length > 0) {
    const excluded = () => endpoints.flatMap((one) => (one.ready ? (filter(one) ?? []) : unusable(one)));
    return { endpoints: admitted, excluded, terminatingFallback: false };
  }
  const terminating = endpoints.filter(servesTerminating);
  const excluded = () => endpoints.filter((one) => !servesTerminating(one)).map(unusable);
  return { endpoints: terminating, excluded, terminatingFallback: terminating.length > 0 };
}

/**
 * Hints are used all or nothing: only when every ready endpoint has one and at least one names this node (or zone). Since Kubernetes 1.31 the annotation
 * of the service does not matter.
 */
function topologyOf(endpoints: readonly ProxyEndpoint[], node: PoolNode): Topology {
  const ready = endpoints.filter((one) => one.ready);
  const { zone } = node;
  if (
    node.preferSameNode !== false &&
    ready.every((one) => one.nodeHints.length > 0) &&
    ready.some((one) => one.nodeHints.includes(node.name))
  )
    return 'node';
  if (zone === undefined || zone === '') return undefined;
  if (ready.every((one) => one.zoneHints.length > 0) && ready.some((one) => one.zoneHints.includes(zone))) return 'zone';
  return undefined;
}

function unusable(endpoint: ProxyEndpoint): ExcludedEndpoint {
  if (!endpoint.terminating) return exclude(endpoint, 'NOT_READY', 'not ready');
  return exclude(
    endpoint,
    'TERMINATING',
    endpoint.serving ? 'terminating, and there are ready endpoints' : 'terminating and no longer serving',
  );
}

function exclude(endpoint: ProxyEndpoint, reason: ExclusionReason, message: string): ExcludedEndpoint {
  return { endpoint, reason, message };
}
