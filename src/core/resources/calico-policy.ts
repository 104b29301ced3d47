import type { Cidr } from '../net/cidr.js';
import type { IpFamily } from '../net/ip.js';
import type { CalicoSelector } from './calico-selector.js';
import type { Resource } from './resource.js';

/** What becomes of the traffic that a rule matches. `Log` decides nothing: the next rule is asked. */
export type CalicoAction = 'Allow' | 'Deny' | 'Log' | 'Pass';

/** A port of an entity rule: numbers from … to, or a name that is looked up on the endpoint of that side. */
export type CalicoPort =
  | { readonly type: 'range'; readonly pointer: string; readonly from: number; readonly to: number }
  | { readonly type: 'name'; readonly pointer: string; readonly name: string };

/** Service accounts by name, by their labels, or by both. An empty list is every name. */
export interface CalicoServiceAccounts {
  readonly names: readonly string[];
  readonly selector: CalicoSelector | undefined;
}

/** The criteria on one side of a connection; all that are given must hold, and one that is undefined or empty is not given. */
export interface CalicoEntity {
  /** `/spec/ingress/0/source`. */
  readonly pointer: string;
  readonly nets: readonly Cidr[];
  readonly notNets: readonly Cidr[];
  readonly selector: CalicoSelector | undefined;
  readonly notSelector: CalicoSelector | undefined;
  readonly namespaceSelector: CalicoSelector | undefined;
  readonly serviceAccounts: CalicoServiceAccounts | undefined;
  /** The endpoints of a Service; at a destination on its target ports only. */
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
  readonly ports: readonly CalicoPort[];
  readonly notPorts: readonly CalicoPort[];
}

/** A type of ICMP message, or one code of it; both undefined: every message. */
export interface IcmpMatch {
  readonly type: number | undefined;
  readonly code: number | undefined;
}

/** What an HTTP request must be; an empty list is every method, every path. */
export interface CalicoHttpMatch {
  readonly methods: readonly string[];
  readonly paths: readonly { readonly type: 'exact' | 'prefix'; readonly path: string }[];
}

/** One ingress or egress rule: all its criteria must hold, and rules act in the order in which they are written. */
export interface CalicoRule {
  /** `/spec/ingress/0`. */
  readonly pointer: string;
  readonly action: CalicoAction;
  readonly ipVersion: IpFamily | undefined;
  /** IP protocol numbers. */
  readonly protocol: number | undefined;
  readonly notProtocol: number | undefined;
  readonly icmp: IcmpMatch | undefined;
  readonly notIcmp: IcmpMatch | undefined;
  readonly source: CalicoEntity;
  readonly destination: CalicoEntity;
  readonly http: CalicoHttpMatch | undefined;
  /** Something in it cannot be read: a rule that allows or logs then matches nothing, one that denies or passes denies everything. */
  readonly failsClosed: boolean;
}

/** Whose policy it is: all selectors that are given must match. */
export interface CalicoSubject {
  readonly selector: CalicoSelector | undefined;
  readonly namespaceSelector: CalicoSelector | undefined;
  readonly serviceAccountSelector: CalicoSelector | undefined;
}

interface CalicoPolicyOf<Kind extends string> extends Resource {
  /** Calico's NetworkPolicy has a name of its own here: `ref.kind` says what the object says. */
  readonly kind: Kind;
  /** Without the prefix `default.` that objects of `crd.projectcalico.org` carry in the tier `default`. */
  readonly name: string;
  readonly tier: string;
  /** Lower acts first; undefined: last. */
  readonly order: number | undefined;
  /** Undefined: it cannot be read, and selects nothing. */
  readonly subject: CalicoSubject | undefined;
  /** Whether the policy applies in the direction, with rules or without. */
  readonly appliesToIngress: boolean;
  readonly appliesToEgress: boolean;
  readonly ingress: readonly CalicoRule[];
  readonly egress: readonly CalicoRule[];
}

/** NetworkPolicy of `projectcalico.org/v3` or `crd.projectcalico.org/v1`: for endpoints of its namespace. */
export interface CalicoNetworkPolicy extends CalicoPolicyOf<'CalicoNetworkPolicy'> {
  readonly namespace: string;
}

/** GlobalNetworkPolicy: for endpoints of every namespace, and of none. */
export interface GlobalNetworkPolicy extends CalicoPolicyOf<'GlobalNetworkPolicy'> {
  /** Concern host endpoints only. */
  readonly doNotTrack: boolean;
  readonly preDNAT: boolean;
  readonly applyOnForward: boolean;
}

/** A policy that Calico's tiers hold. */
export type CalicoPolicy = CalicoNetworkPolicy | GlobalNetworkPolicy;
