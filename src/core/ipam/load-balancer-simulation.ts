import type { Labels } from '../resources/resource.js';
import type { Service } from '../resources/service.js';

type IpFamilyPolicy = NonNullable<Service['ipFamilyPolicy']>;

/** An IPAddressPool of MetalLB. */
export interface LbPoolSpec {
  readonly name: string;
  /** Prefixes and ranges `first-last`, in the order in which they are tried. */
  readonly addresses: readonly string[];
  readonly avoidBuggyIPs: boolean;
  readonly autoAssign: boolean;
  /** Whom the pool is kept for; undefined: anybody. */
  readonly serviceAllocation?:
    | {
        /** Lower first; 0 comes last. */
        readonly priority: number;
        readonly namespaces: readonly string[];
        /** In the text form of `kubectl -l`; one of them has to fit. */
        readonly serviceSelectors: readonly string[];
      }
    | undefined;
}

/** A service that asks. */
export interface LbAsker {
  readonly service: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** `protocol/port`. */
  readonly ports: readonly string[];
  /** The annotation `metallb.io/allow-shared-ip`; empty: the address is not shared. */
  readonly sharingKey: string;
  /** With externalTrafficPolicy Local, what tells the pods of one service from those of another. */
  readonly backendKey: string;
}

/** One step on the pools. */
export type LbOperation = { readonly repeat: number } & (
  | (LbAsker & { readonly op: 'assign'; readonly ips: readonly string[] })
  | (LbAsker & {
      readonly op: 'allocate';
      readonly families: readonly (4 | 6)[];
      /** PreferDualStack: content with one of two families. */
      readonly ipFamilyPolicy?: IpFamilyPolicy | undefined;
      readonly pool?: string | undefined;
    })
  | { readonly op: 'countersOf'; readonly pool: string }
  | { readonly op: 'unassign' | 'poolOf' | 'addressesOf'; readonly service: string }
  | { readonly op: 'setPools'; readonly pools: readonly LbPoolSpec[] }
);
