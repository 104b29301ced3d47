import type { Cidr } from '../net/cidr.js';
import type { IpFamily } from '../net/ip.js';
import type { Protocol } from '../net/protocol.js';
import type { LabelSelector } from './label-selector.js';
import type { PolicyPeer } from './network-policy.js';
import type { Resource } from './resource.js';

/** The entities of Cilium's CRDs (cilium/cilium `pkg/policy/api/entity.go`, Entity). */
export const CILIUM_ENTITIES = [
  'all',
  'cluster',
  'health',
  'host',
  'ingress',
  'init',
  'kube-apiserver',
  'none',
  'remote-node',
  'unmanaged',
  'world',
] as const;

/** One of them. */
export type CiliumEntity = (typeof CILIUM_ENTITIES)[number];

/**
 * A selector of identities. Its keys carry the source of the label, `k8s:app`, `reserved:host`, and `any:app` where none is written; the namespace in which it
 * looks stands in it as `k8s:io.kubernetes.pod.namespace`.
 */
export type CiliumSelector = LabelSelector;

/** The label of an identity that names the pod's namespace. */
export const CILIUM_NAMESPACE_LABEL = 'io.kubernetes.pod.namespace';
/** The one that names its cluster. */
export const CILIUM_CLUSTER_LABEL = 'io.cilium.k8s.policy.cluster';
/** The labels of the pod's namespace stand behind this prefix. */
export const CILIUM_NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels';

/** One peer of a rule. `invalid`: the CRD or the agent refuses it; the rule then fails closed. */
export type CiliumPeer =
  | { readonly type: 'endpoints'; readonly pointer: string; readonly selector: CiliumSelector }
  /** Of other nodes alone: the selector asks for `reserved:remote-node` too. */
  | { readonly type: 'nodes'; readonly pointer: string; readonly selector: CiliumSelector }
  | { readonly type: 'entity'; readonly pointer: string; readonly entity: CiliumEntity }
  | { readonly type: 'cidr'; readonly pointer: string; readonly cidr: Cidr; readonly except: readonly Cidr[] }
  /** The groups of that name, or those that the selector matches. */
  | { readonly type: 'cidrGroups'; readonly pointer: string; readonly groups: string | LabelSelector; readonly except: readonly Cidr[] }
  /** A name, or a pattern: `*` is every name, `**.` in front any number of labels, else `*` characters of one label; without a final dot. */
  | { readonly type: 'fqdn'; readonly pointer: string; readonly name: string }
  /** The service of that name, or those that the selector matches; of every namespace where none is named. */
  | {
      readonly type: 'services';
      readonly pointer: string;
      readonly namespace: string | undefined;
      readonly services: string | LabelSelector;
    }
  /** Addresses that only a cloud provider knows; `groups`: which, as text that is equal for the same ones. */
  | { readonly type: 'groups'; readonly pointer: string; readonly provider: string; readonly groups: string }
  | Extract<PolicyPeer, { type: 'invalid' }>;

/** One port of a rule. `port` undefined is every port of the protocol, `ANY` is TCP, UDP and SCTP; a name is looked up at the destination. */
export type CiliumPort =
  | {
      readonly type: 'port';
      readonly pointer: string;
      readonly protocol: Protocol | 'ANY';
      readonly port: number | string | undefined;
      readonly endPort: number | undefined;
    }
  | { readonly type: 'icmp'; readonly pointer: string; readonly family: IpFamily; readonly icmpType: number }
  /** A protocol without ports, by its number: VRRP, IGMP, GRE … */
  | { readonly type: 'protocol'; readonly pointer: string; readonly protocol: number }
  | Extract<PolicyPeer, { type: 'invalid' }>;

/** What the proxy asks of a connection beyond addresses and ports. */
export interface CiliumCondition {
  readonly pointer: string;
  readonly kind: 'HTTP' | 'KAFKA' | 'DNS' | 'L7' | 'TLS' | 'LISTENER' | 'AUTHENTICATION';
  /** Completes “only …”: ``HTTP requests that match `GET /public` ``. */
  readonly text: string;
  /** Of HTTP: the expressions of which the path of a request has to match one, as a whole; undefined: any path may be let through. */
  readonly paths?: readonly string[] | undefined;
}

/** One element of `toPorts` or `icmps`. */
export interface CiliumPortRule {
  readonly pointer: string;
  readonly ports: readonly CiliumPort[];
  /** What the proxy reads of the connections, whether it asks anything of it or not; undefined: nothing. */
  readonly layer7: CiliumCondition['kind'] | undefined;
  /** The parser of the proxy that reads them, as the agent calls it: `http`, `kafka`, `dns`, `tls`, `crd` of a listener, or that of `l7proto`. */
  readonly parser?: string | undefined;
  /** All of them hold; empty: the connection is admitted whatever it carries. */
  readonly conditions: readonly CiliumCondition[];
}

/** One element of `ingress`, `ingressDeny`, `egress` or `egressDeny`. */
export interface CiliumRule {
  /** `/spec/ingress/0`. */
  readonly pointer: string;
  readonly action: 'Accept' | 'Deny';
  /** Undefined: none is written, which is everybody where ports are, and nobody otherwise. An empty list is nobody. */
  readonly peers: readonly CiliumPeer[] | undefined;
  /** Empty: every port of every protocol. */
  readonly ports: readonly CiliumPortRule[];
  /** `authentication.mode: required`. */
  readonly authentication: CiliumCondition | undefined;
  /** Something in it cannot be read: a rule that accepts then matches nothing, one that denies denies everything. */
  readonly failsClosed: boolean;
  /** Why it fails closed though it can be read. */
  readonly refusal?: CiliumRefusal | undefined;
}

/** Why the agent refuses a rule: a switch is off, or another rule reads the same by another parser; `text` completes “the agent refuses the rule: …”. */
export interface CiliumRefusal {
  readonly because: 'switch' | 'parsers';
  readonly text: string;
}

/** The rules of one direction: the denying ones first, each group as it is written. */
export interface CiliumSection {
  readonly rules: readonly CiliumRule[];
  /** Whether it puts the endpoints it selects into default-deny. */
  readonly defaultDeny: boolean;
}

/** One rule of the API: `spec`, or an element of `specs`. */
export interface CiliumSpec {
  /** `/spec`, `/specs/0`. */
  readonly pointer: string;
  readonly subject: { readonly type: 'endpoints' | 'nodes'; readonly pointer: string; readonly selector: CiliumSelector };
  readonly ingress: CiliumSection;
  readonly egress: CiliumSection;
}

/** `cilium.io/v2` CiliumNetworkPolicy: of one namespace. */
export interface CiliumNetworkPolicy extends Resource {
  readonly kind: 'CiliumNetworkPolicy';
  readonly namespace: string;
  readonly specs: readonly CiliumSpec[];
}

/** `cilium.io/v2` CiliumClusterwideNetworkPolicy: of the whole cluster, nodes included. */
export interface CiliumClusterwideNetworkPolicy extends Resource {
  readonly kind: 'CiliumClusterwideNetworkPolicy';
  readonly namespace: undefined;
  readonly specs: readonly CiliumSpec[];
}

/** A policy of Cilium's own API. */
export type CiliumPolicy = CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy;
