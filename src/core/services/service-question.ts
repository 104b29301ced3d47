import type { Ip } from '../net/ip.js';
import type { Protocol } from '../net/protocol.js';
import type { ResolvedEndpoints } from '../model/resolved-endpoints.js';
import type { ServiceReason } from './service-reasons.js';

/** To what, from whom, through which node. */
export interface ServiceQuestion {
  /** A service, a node (with the node port in `port`), or an address. */
  readonly to: ResolvedEndpoints;
  /** Undefined: some pod of the cluster. */
  readonly from: ResolvedEndpoints | undefined;
  /** Number or name; undefined: the only port of the service. */
  readonly port: string | undefined;
  /** Undefined: the port's own, or TCP. */
  readonly protocol: Protocol | undefined;
  /** The node whose kube-proxy sees the packet; undefined: the sender's node, else every node it may enter by. */
  readonly node: string | undefined;
  /** The source address as kube-proxy sees it; overrides that of `from`. */
  readonly sourceIP: Ip | undefined;
  /** The very address that `to` names (`ip/…`): a node has several, and each is its own destination. */
  readonly destinationIP: Ip | undefined;
}

/**
 * What becomes of the packet. `DNAT`: sent to an endpoint; `REJECT`: "connection refused"; `DROP`: silence, a timeout; `ACCEPT`: a port kube-proxy opens on the
 * host; `NONE`: no service, routed as usual; `DIRECT`: headless, the client picks an endpoint itself; `ALIAS`: ExternalName, it stands for another name;
 * `UNKNOWN`: its endpoints are not in the input, though it has some.
 */
export type ServiceVerdict = 'DNAT' | 'REJECT' | 'DROP' | 'ACCEPT' | 'NONE' | 'DIRECT' | 'ALIAS' | 'UNKNOWN';

/** The service that answers, and the port that matched. */
export interface ServiceView {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly headless: boolean;
  readonly clusterIPs: readonly string[];
  readonly port: PortView | null;
  readonly externalName: string | null;
  readonly internalTrafficPolicy: string | null;
  readonly externalTrafficPolicy: string | null;
  readonly affinity: { readonly type: string; readonly timeoutSeconds: number } | null;
}

/** A port of a service. */
export interface PortView {
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** Number or name, as written. */
  readonly targetPort: string;
  readonly nodePort: number | null;
}

/** An endpoint a packet may be sent to. */
export interface EndpointView {
  /** `ip:port`. */
  readonly endpoint: string;
  readonly ip: string;
  readonly port: number;
  readonly pod: string | null;
  readonly node: string | null;
  readonly zone: string | null;
  /** Over all flows that reach the service; they sum to one. */
  readonly probability: number;
  readonly masquerade: boolean;
}

/** An endpoint or selected pod that no packet of this question reaches, and why. */
export interface ExcludedView {
  readonly endpoint: string | null;
  readonly pod: string | null;
  readonly node: string | null;
  readonly reason: ServiceReason;
  readonly message: string;
}

/** What happens to packets of one source at some nodes. */
export interface FlowView {
  readonly nodes: readonly string[];
  readonly source: string;
  readonly destination: string;
  readonly verdict: ServiceVerdict;
  readonly reason: ServiceReason;
  readonly message: string;
  /** `ip:port` of each endpoint, all equally likely. */
  readonly endpoints: readonly string[];
  /** Every one of them sees the node's address. */
  readonly masquerade: boolean;
  /** Those of them that see the node's address. */
  readonly masqueraded: readonly string[];
  /** The address the pod sees; null when the source is no single address. */
  readonly sourceSeen: string | null;
}

/** The room's part of the answer. */
export interface ServiceResult {
  readonly destination: {
    readonly ip: string | null;
    readonly port: number | null;
    readonly protocol: Protocol;
    readonly via: string | null;
  };
  readonly service: ServiceView | null;
  readonly endpoints: readonly EndpointView[];
  readonly excluded: readonly ExcludedView[];
  /** True when every endpoint sees the node's address instead of the client's. */
  readonly masquerade: boolean;
  readonly sourceSeen: string | null;
  readonly flows: readonly FlowView[];
}
