import type { NameVerdict } from '../../core/dns/name-question.js';
import type { NameResult } from '../../core/dns/resolve-name.js';
import type { Finding } from '../../core/findings/finding.js';
import type { ObjectRef } from '../../core/kernel/object-ref.js';
import type { Protocol } from '../../core/net/protocol.js';
import type { DirectionResult, PolicyVerdict } from '../../core/policy/policy-result.js';
import type { EndpointsResult } from '../../core/services/explain-endpoints.js';
import type { EndpointView, ExcludedView, FlowView, PortView, ServiceVerdict } from '../../core/services/service-question.js';

/** How the name was looked up. */
export interface TracedName {
  readonly asked: string;
  readonly verdict: NameVerdict;
  /** The sender's first nameserver is the DNS server of the cluster. */
  readonly asksCluster: boolean;
  /** The room's own result: resolv.conf with reasons, every name tried, questions, the other C library. */
  readonly lookup: NameResult;
}

/** The service that a request is for. */
export interface TracedService {
  readonly object: ObjectRef;
  readonly type: string;
  readonly headless: boolean;
  /** The address the packet is sent to; null: none was found. */
  readonly address: string | null;
  readonly port: PortView | null;
  /** Pointers of fields that nobody wrote and the API server fills in. */
  readonly defaulted: readonly string[];
}

/** The pools of the service's port at a node; null: the service does not use that pool, which is different from an empty one. */
export interface TracedPools {
  readonly node: string;
  readonly cluster: readonly string[] | null;
  readonly local: readonly string[] | null;
  /** None is ready: those that serve while they terminate are used. */
  readonly terminatingFallback: boolean;
}

/** Who may get the packet. */
export interface TracedChoice {
  readonly pools: readonly TracedPools[];
  readonly endpoints: readonly EndpointView[];
  readonly excluded: readonly ExcludedView[];
  readonly affinity: { readonly type: string; readonly timeoutSeconds: number } | null;
}

/** What kube-proxy does with the packet. */
export interface TracedPacket {
  readonly verdict: ServiceVerdict;
  readonly reason: string;
  readonly message: string;
  readonly destination: {
    readonly ip: string | null;
    readonly port: number | null;
    readonly protocol: Protocol;
    readonly via: string | null;
  };
  /** `ip:port` of each endpoint, or of the destination itself. */
  readonly targets: readonly string[];
  readonly masquerade: boolean;
  readonly sourceSeen: string | null;
  /** Why it sees that address: `SOURCE_KEPT`, `HAIRPIN`, `MASQUERADE_…`; null: nothing is forwarded. */
  readonly sourceReason: string | null;
  readonly flows: readonly FlowView[];
}

/** What policies make of the queries over one protocol. */
export interface TracedDnsPolicy {
  readonly server: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly verdict: PolicyVerdict;
  readonly egress: DirectionResult;
  readonly ingress: DirectionResult;
}

/** What policies make of the packet, behind the address translation. */
export interface TracedDataPolicy {
  /** `ip:port` of the endpoints for which the same holds. */
  readonly endpoints: readonly string[];
  readonly protocol: Protocol;
  readonly verdict: PolicyVerdict;
  readonly egress: DirectionResult;
  readonly ingress: DirectionResult;
  /** The smallest change that would allow it, in words; null: it is allowed, or none is known. */
  readonly nearest: string | null;
}

/** How a packet leaves the cluster. */
export interface TracedLeaving {
  /** Source addresses that the world sees, each once; empty: the packet is dropped before it leaves. */
  readonly sources: readonly string[];
  readonly message: string;
}

/** The whole way of a request. A stage that it did not come to, or has no need of, is null or empty. */
export interface TraceResult {
  readonly resolve: TracedName | null;
  readonly service: TracedService | null;
  readonly endpoints: EndpointsResult | null;
  readonly choice: TracedChoice | null;
  readonly packet: TracedPacket | null;
  readonly dnsPolicy: readonly TracedDnsPolicy[];
  readonly dataPolicy: readonly TracedDataPolicy[];
  /** Null: nothing leaves the cluster, or it is not known how. */
  readonly leaving: TracedLeaving | null;
  readonly findings: readonly Finding[];
}
