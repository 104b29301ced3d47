import type { Cidr } from '../net/cidr.js';
import type { Protocol } from '../net/protocol.js';
import type { LabelSelector } from './label-selector.js';
import type { Resource } from './resource.js';

/** One peer of a rule. `invalid` (no field, ipBlock beside a selector, except outside cidr …) matches nothing. */
export type PolicyPeer =
  | {
      readonly type: 'pods';
      readonly pointer: string;
      readonly namespaceSelector: LabelSelector | undefined;
      readonly podSelector: LabelSelector | undefined;
    }
  | { readonly type: 'ipBlock'; readonly pointer: string; readonly cidr: Cidr; readonly except: readonly Cidr[] }
  | { readonly type: 'invalid'; readonly pointer: string; readonly why: string };

/** One port of a rule. `port` undefined = every port of the protocol; `endPort` only beside a number. `invalid` matches nothing. */
export type PolicyPort =
  | {
      readonly type: 'port';
      readonly pointer: string;
      readonly protocol: Protocol;
      readonly port: number | string | undefined;
      readonly endPort: number | undefined;
    }
  | { readonly type: 'invalid'; readonly pointer: string; readonly why: string };

/** One ingress or egress rule. An empty list of peers is every peer, an empty list of ports every port of every protocol. */
export interface PolicyRule {
  /** `/spec/ingress/0`. */
  readonly pointer: string;
  readonly peers: readonly PolicyPeer[];
  readonly ports: readonly PolicyPort[];
}

/** NetworkPolicy v1, defaulted (kubernetes/api `networking/v1/types.go`). */
export interface NetworkPolicy extends Resource {
  readonly kind: 'NetworkPolicy';
  readonly namespace: string;
  readonly podSelector: LabelSelector;
  /** Whether the policy isolates its pods for this direction; its rules are kept either way. */
  readonly ingressIsolation: boolean;
  readonly egressIsolation: boolean;
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
}
