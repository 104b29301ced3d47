import type { EndpointPool, EndpointPools } from '../endpoint-pools.js';
import type { NetworkModel } from '../../model/network-model.js';
import { detectsPods, type Origin, originOf, type Packet } from '../packet.js';
import type { ServiceReason } from '../service-reasons.js';
import { proxyRules, type ProxyRules } from './proxy-rules.js';
import type { ServiceMatch } from './service-index.js';

/** A reason with its sentence. */
interface Why {
  readonly reason: ServiceReason;
  readonly message: string;
}

/** Which pool a packet uses and whether its source is rewritten, as the traffic policies say. */
export interface Route {
  readonly pool: EndpointPool;
  /** Where the source becomes the node's address: for every endpoint, for none, or for those on other nodes. */
  readonly masquerade: 'every' | 'none' | 'remote';
  readonly why: Why;
  /** What an empty pool means when other nodes have endpoints. */
  readonly whenEmpty: Why & { readonly verdict: 'DROP' | 'REJECT' };
  /** The packet is dropped whatever the pool holds. */
  readonly refused?: Why;
}

/** What routes follow from. */
interface Routing {
  readonly model: NetworkModel;
  readonly packet: Packet;
  readonly match: ServiceMatch;
  readonly pools: EndpointPools;
  readonly origin: Origin;
  readonly rules: ProxyRules;
}

const EMPTY_POOL: EndpointPool = { endpoints: [], excluded: () => [], terminatingFallback: false };

/** The pool and the masquerade of a matched packet (kubernetes `pkg/proxy/iptables/proxier.go` syncProxyRules, internal and external chains). */
export function routeOf(model: NetworkModel, packet: Packet, match: ServiceMatch, pools: EndpointPools): Route {
  const rules = proxyRules(model.profile.proxy, packet.protocol);
  const routing = { model, packet, match, pools, origin: originOf(model, packet), rules };
  return match.via === 'CLUSTER_IP' ? internalRoute(routing) : externalRoute(routing);
}

/** Cluster IP: the internal traffic policy chooses the pool. */
function internalRoute(routing: Routing): Route {
  const { packet, match, pools, origin, rules } = routing;
  const whenEmpty = {
    verdict: rules.localFallsBack ? 'REJECT' : 'DROP',
    reason: 'ITP_LOCAL_NO_LOCAL',
    message: `internalTrafficPolicy is Local and node ${packet.node.name} has no usable endpoint: ${rules.localFallsBack ? 'the connection is refused' : 'the packet is dropped'}`,
  } as const;
  if (!rules.knowsCluster || origin !== 'outside') {
    const isLocal = match.service.resource.internalTrafficPolicy === 'Local';
    const pool = (isLocal ? localOrFallback(routing) : pools.cluster) ?? EMPTY_POOL;
    return { pool, whenEmpty, ...internalMasquerade(routing) };
  }
  const pool = pools.cluster ?? pools.local ?? EMPTY_POOL;
  if (rules.outsideAtClusterIP) return { pool, whenEmpty, ...forwarding(rules) };
  const message = `${rules.who} serves cluster IPs to pods and nodes alone, and the sender is outside: the packet is dropped`;
  return { pool, whenEmpty, masquerade: 'none', why: KEPT, refused: { reason: 'CLUSTER_IP_FROM_OUTSIDE', message } };
}

/** The node's own endpoints; without any, where the proxy falls back, those of every node (kubernetes `pkg/proxy/ipvs/proxier.go` syncEndpoint). */
function localOrFallback({ pools, rules }: Routing): EndpointPool | null {
  const hasLocal = pools.local !== null && pools.local.endpoints.length > 0;
  return rules.localFallsBack && !hasLocal ? pools.cluster : pools.local;
}

/** Senders outside the pod ranges are masqueraded where kube-proxy can tell them; what knows the cluster never does it inside. */
function internalMasquerade({ model, packet, origin, rules }: Routing): Pick<Route, 'masquerade' | 'why'> {
  if (rules.masquerades !== 'kube-proxy') {
    const message = `${rules.who} keeps the address of senders inside the cluster`;
    return { masquerade: 'none', why: { reason: 'SOURCE_KEPT', message } };
  }
  if (model.profile.proxy.masqueradeAll)
    return { masquerade: 'every', why: { reason: 'MASQUERADE_ALL', message: 'kube-proxy runs with masqueradeAll' } };
  if (origin !== 'pod' && detectsPods(model, packet.destination.family))
    return { masquerade: 'every', why: { reason: 'MASQUERADE_OUTSIDE_PODS', message: 'the source lies outside the pod ranges' } };
  const message =
    origin === 'pod'
      ? 'the source is a pod and reaches a cluster IP: its address is kept'
      : 'kube-proxy cannot tell pods from others: the address is kept';
  return { masquerade: 'none', why: { reason: 'SOURCE_KEPT', message } };
}

/** Node ports, external and load balancer IPs: the external traffic policy chooses the pool. */
function externalRoute(routing: Routing): Route {
  const { packet, match, pools, origin, rules } = routing;
  const whenEmpty = {
    verdict: 'DROP',
    reason: 'ETP_LOCAL_NO_LOCAL',
    message: `externalTrafficPolicy is Local and node ${packet.node.name} has no usable endpoint: the packet is dropped`,
  } as const;
  const isLocal = match.service.resource.externalTrafficPolicy === 'Local';
  const cluster = pools.cluster ?? EMPTY_POOL;
  const local = pools.local ?? EMPTY_POOL;
  if (rules.knowsCluster) {
    if (origin !== 'outside')
      return { pool: cluster, whenEmpty, masquerade: 'none', why: isLocal ? shortCircuit(origin) : internalMasquerade(routing).why };
    return isLocal ? { pool: local, whenEmpty, masquerade: 'none', why: KEPT_LOCAL } : { pool: cluster, whenEmpty, ...forwarding(rules) };
  }
  if (!isLocal) return { pool: cluster, whenEmpty, masquerade: 'every', why: MASQUERADED };
  if (rules.localFallsBack) return fallingBack(routing, whenEmpty);
  if (origin === 'pod') return { pool: cluster, whenEmpty, masquerade: 'none', why: shortCircuit(origin) };
  if (origin === 'node') return { pool: cluster, whenEmpty, masquerade: 'every', why: MASQUERADED_NODE };
  return { pool: local, whenEmpty, masquerade: 'none', why: KEPT_LOCAL };
}

const MASQUERADED: Why = {
  reason: 'MASQUERADE_EXTERNAL',
  message: 'externalTrafficPolicy is Cluster: the answer has to come back through this node',
};
const MASQUERADED_NODE: Why = {
  reason: 'MASQUERADE_LOCAL_NODE',
  message: 'the source is this node itself: every endpoint is used, with the node as source',
};
const KEPT: Why = { reason: 'SOURCE_KEPT', message: 'the address is kept' };
const KEPT_LOCAL: Why = {
  reason: 'SOURCE_KEPT',
  message: 'externalTrafficPolicy is Local: only endpoints of this node, and the address is kept',
};

function shortCircuit(origin: Origin): Why {
  const message = `the source is a ${origin}: externalTrafficPolicy Local does not hold inside the cluster, and the address is kept`;
  return { reason: 'SHORT_CIRCUIT', message };
}

/** How traffic from outside goes on to endpoints, of this node and of others. */
function forwarding({ who, masquerades }: ProxyRules): Pick<Route, 'masquerade' | 'why'> {
  if (masquerades === 'never')
    return {
      masquerade: 'none',
      why: { reason: 'SOURCE_KEPT', message: `${who} forwards packets from outside with the client’s address` },
    };
  const message = `${who} forwards to endpoints of other nodes with this node’s address; those of this node see the client’s`;
  return { masquerade: 'remote', why: { reason: 'MASQUERADE_REMOTE', message } };
}

/**
 * ipvs and externalTrafficPolicy Local: the node's own endpoints for everybody, and nobody is masqueraded. Without any, packets go to those of other nodes and
 * keep their source. The answers find their way back to a pod or a node that asks its own proxy; a client outside gets them from the pod's address and
 * discards them, and so does a node at an address of kube-ipvs0, which every other node has as well (kubernetes#93456, #75262).
 */
function fallingBack(routing: Routing, whenEmpty: Route['whenEmpty']): Route {
  const { pools, match, packet, origin } = routing;
  const pool = localOrFallback(routing) ?? EMPTY_POOL;
  if (pool === pools.local) return { pool, whenEmpty, masquerade: 'none', why: KEPT_LOCAL };
  const message = `node ${packet.node.name} has no endpoint of its own: ipvs takes those of other nodes, and the address is kept`;
  const why: Why = { reason: 'LOCAL_FALLBACK', message };
  if (origin === 'pod' || (origin === 'node' && match.via === 'NODE_PORT')) return { pool, whenEmpty, masquerade: 'none', why };
  const lost = `externalTrafficPolicy is Local and node ${packet.node.name} has no usable endpoint: ipvs takes those of other nodes, but their answers come from the pod’s own address and are discarded`;
  return { pool, whenEmpty, masquerade: 'none', why, refused: { reason: 'ETP_LOCAL_NO_LOCAL', message: lost } };
}
