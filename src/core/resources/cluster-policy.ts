import type { Cidr } from '../net/cidr.js';
import type { LabelSelector } from './label-selector.js';
import type { PolicyPeer, PolicyPort } from './network-policy.js';
import type { Resource } from './resource.js';

/** Before NetworkPolicy, or after it. */
export type PolicyTier = 'Admin' | 'Baseline';

/** What becomes of the traffic that a rule matches; `Allow` of v1alpha1 is `Accept`. */
export type PolicyAction = 'Accept' | 'Deny' | 'Pass';

/** Pods of the namespaces that the first selector matches; a second selector left out is all of them. */
export interface PodsOfNamespaces {
  readonly type: 'pods';
  readonly pointer: string;
  readonly namespaceSelector: LabelSelector;
  readonly podSelector: LabelSelector | undefined;
}

/** One peer of a rule. `invalid`: no known field, several, or one that cannot be read; the rule then fails closed. */
export type ClusterPeer =
  | PodsOfNamespaces
  | { readonly type: 'nodes'; readonly pointer: string; readonly selector: LabelSelector }
  | { readonly type: 'networks'; readonly pointer: string; readonly networks: readonly Cidr[] }
  | { readonly type: 'domainNames'; readonly pointer: string; readonly names: readonly string[] }
  | Extract<PolicyPeer, { type: 'invalid' }>;

/** One port of a rule. `named`: number and protocol of the container port of that name at the destination. */
export type ClusterPort = PolicyPort | { readonly type: 'named'; readonly pointer: string; readonly name: string };

/** One ingress or egress rule; rules act in the order in which they are written. An empty list of ports is every port of every protocol. */
export interface ClusterRule {
  /** `/spec/ingress/0`. */
  readonly pointer: string;
  readonly name: string | undefined;
  readonly action: PolicyAction;
  /** As the object has it: `Allow`, `Accept`, `Deny`, `Pass`. */
  readonly written: string;
  readonly peers: readonly ClusterPeer[];
  readonly ports: readonly ClusterPort[];
  /** Something in it cannot be read: a rule that accepts then matches nothing, one that denies or passes denies everything ("fail closed"). */
  readonly failsClosed: boolean;
  /** What the network plugin does not know in it, so that it fails closed there. */
  readonly unknownToPlugin?: string;
}

interface ClusterPolicyOf<Kind extends string> extends Resource {
  readonly kind: Kind;
  readonly tier: PolicyTier;
  /** Lower acts first within the tier; undefined, as for a BaselineAdminNetworkPolicy: last. */
  readonly priority: number | undefined;
  /** Undefined: it cannot be read, and selects nothing. */
  readonly subject: PodsOfNamespaces | undefined;
  readonly ingress: readonly ClusterRule[];
  readonly egress: readonly ClusterRule[];
}

/** kubernetes-sigs/network-policy-api `apis/v1alpha1`. */
export type AdminNetworkPolicy = ClusterPolicyOf<'AdminNetworkPolicy'>;

/** kubernetes-sigs/network-policy-api `apis/v1alpha1`; there is one, named `default`. */
export type BaselineAdminNetworkPolicy = ClusterPolicyOf<'BaselineAdminNetworkPolicy'>;

/** kubernetes-sigs/network-policy-api `apis/v1alpha2`, which replaces the other two. */
export type ClusterNetworkPolicy = ClusterPolicyOf<'ClusterNetworkPolicy'>;

/** A policy of the group `policy.networking.k8s.io`: of the whole cluster, with ordered rules. */
export type ClusterPolicy = AdminNetworkPolicy | BaselineAdminNetworkPolicy | ClusterNetworkPolicy;
