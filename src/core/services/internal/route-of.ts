import { detectsPods, type Origin, originOf, type Packet } from '../packet.js';
import type { EndpointPool, EndpointPools } from '../endpoint-pools.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { ServiceReason } from '../service-reasons.js';
import type { ServiceMatch } from './service-index.js';

/** A reason with its sentence. */
interface Why {
  readonly reason: ServiceReason;
  readonly message: string;
}

/** Which pool a packet uses and whether its source is rewritten, as the traffic policies say. */
export interface Route {
  readonly pool: EndpointPool;
  readonly masquerade: boolean;
  readonly why: Why;
  /** What an empty pool means when other nodes have endpoints. */
  readonly whenEmpty: Why;
}

const EMPTY_POOL: EndpointPool = { endpoints: [], excluded: () => [], terminatingFallback: false };

/** The pool and the masquerade of a matched packet (kubernetes `pkg/proxy/iptables/proxier.go` syncProxyRules, internal and external chains). */
export function routeOf(model: NetworkModel, packet: Packet, match: ServiceMatch, pools: EndpointPools): Route {
  const origin = originOf(model, packet);
  return match.via === 'CLUSTER_IP' ? internalRoute(model, packet, match, pools, origin) : externalRoute(packet, match, pools, origin);
}

/** Cluster IP: the internal traffic policy chooses the pool; senders outside the pod ranges are masqueraded where kube-proxy can tell them. */
function internalRoute(model: NetworkModel, packet: Packet, match: ServiceMatch, pools: EndpointPools, origin: Origin): Route {
  const isLocal = match.service.resource.internalTrafficPolicy === 'Local';
  const pool = (isLocal ? pools.local : pools.cluster) ?? EMPTY_POOL;
  const whenEmpty: Why = {
    reason: 'ITP_LOCAL_NO_LOCAL',
    message: `internalTrafficPolicy is Local and node ${packet.node.name} has no usable endpoint: the packet is dropped`,
  };
  if (model.profile.proxy.masqueradeAll)
    return { pool, masquerade: true, whenEmpty, why: { reason: 'MASQUERADE_ALL', message: 'kube-proxy runs with masqueradeAll' } };
  if (origin !== 'pod' && detectsPods(model, packet.destination.family)) {
    return {
      pool,
      masquerade: true,
      whenEmpty,
      why: { reason: 'MASQUERADE_OUTSIDE_PODS', message: 'the source lies outside the pod ranges' },
    };
  }
  const message =
    origin === 'pod'
      ? 'the source is a pod and reaches a cluster IP: its address is kept'
      : 'kube-proxy cannot tell pods from others: the address is kept';
  return { pool, masquerade: false, whenEmpty, why: { reason: 'SOURCE_KEPT', message } };
}

/** Node ports, external and load balancer IPs: the external traffic policy chooses the pool. */
function externalRoute(packet: Packet, match: ServiceMatch, pools: EndpointPools, origin: Origin): Route {
  const whenEmpty: Why = {
    reason: 'ETP_LOCAL_NO_LOCAL',
    message: `externalTrafficPolicy is Local and node ${packet.node.name} has no usable endpoint: the packet is dropped`,
  };
  const cluster = pools.cluster ?? EMPTY_POOL;
  if (match.service.resource.externalTrafficPolicy !== 'Local') {
    return {
      pool: cluster,
      masquerade: true,
      whenEmpty,
      why: { reason: 'MASQUERADE_EXTERNAL', message: 'externalTrafficPolicy is Cluster: the answer has to come back through this node' },
    };
  }
  if (origin === 'pod') {
    return {
      pool: cluster,
      masquerade: false,
      whenEmpty,
      why: {
        reason: 'SHORT_CIRCUIT',
        message: 'the source is a pod: externalTrafficPolicy Local does not hold inside the cluster, and the address is kept',
      },
    };
  }
  if (origin === 'node') {
    return {
      pool: cluster,
      masquerade: true,
      whenEmpty,
      why: { reason: 'MASQUERADE_LOCAL_NODE', message: 'the source is this node itself: every endpoint is used, with the node as source' },
    };
  }
  return {
    pool: pools.local ?? EMPTY_POOL,
    masquerade: false,
    whenEmpty,
    why: { reason: 'SOURCE_KEPT', message: 'externalTrafficPolicy is Local: only endpoints of this node, and the address is kept' },
  };
}
