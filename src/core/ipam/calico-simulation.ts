import type { Labels } from '../resources/resource.js';
import type { CalicoPoolUse } from './calico-pool-choice.js';
import type { CalicoIpamConfig } from './internal/calico/calico-request.js';

/** A pool of a simulated Calico; the members of an IPPool that matter. */
export interface CalicoPoolSpec {
  readonly cidr: string;
  /** Default 26 or 122. */
  readonly blockSize?: number | undefined;
  readonly enabled: boolean;
  /** In Calico's selector language; empty selects all. */
  readonly nodeSelector: string;
  readonly namespaceSelector: string;
  readonly assignmentMode: 'Automatic' | 'Manual';
  /** Empty: Workload and Tunnel. */
  readonly allowedUses: readonly CalicoPoolUse[];
}

/** How a simulated Calico begins. */
export interface CalicoWorld {
  readonly pools: readonly CalicoPoolSpec[];
  readonly nodes: readonly { readonly name: string; readonly labels: Labels }[];
  readonly config: CalicoIpamConfig;
  /** Addresses and prefixes of IPReservations. */
  readonly reservations: readonly string[];
}

/** An address to release; `handle` and `sequence` guard against releasing what another owner has by now. */
export interface ReleaseSpec {
  readonly ip: string;
  readonly handle?: string | undefined;
  /** Decimal text. */
  readonly sequence?: string | undefined;
}

/** One step on a simulated Calico, named after the calls of `libcalico-go/lib/ipam`. */
export type CalicoOperation = { readonly repeat: number } & (
  | {
      readonly op: 'autoAssign';
      readonly node: string;
      readonly num4: number;
      readonly num6: number;
      readonly use: CalicoPoolUse;
      readonly handle?: string | undefined;
      readonly pools4: readonly string[];
      readonly pools6: readonly string[];
      readonly namespaceLabels?: Labels | undefined;
      readonly maxBlocks: number;
      readonly maxPerHandle: number;
      /** Addresses that the host keeps at the ends of each new block; without both, three and one of IPv4 where the node's label `kubernetes.io/os` is `windows`. */
      readonly reserveStart?: number | undefined;
      readonly reserveEnd?: number | undefined;
    }
  /** What the CNI plugin does when a pod comes: one address of each family that it asks, or none. */
  | {
      readonly op: 'addPod';
      readonly node: string;
      readonly handle: string;
      readonly families: readonly (4 | 6)[];
      readonly pools4: readonly string[];
      readonly pools6: readonly string[];
      readonly namespaceLabels?: Labels | undefined;
    }
  | {
      readonly op: 'assign';
      readonly node: string;
      readonly ip: string;
      readonly handle?: string | undefined;
      readonly use?: CalicoPoolUse | undefined;
      readonly maxPerHandle: number;
    }
  | { readonly op: 'release'; readonly items: readonly ReleaseSpec[] }
  | { readonly op: 'releaseByHandle' | 'ipsByHandle'; readonly handle: string }
  | { readonly op: 'claimAffinity'; readonly cidr: string; readonly node: string }
  | { readonly op: 'releaseAffinity'; readonly block: string; readonly node: string; readonly mustBeEmpty: boolean }
  | { readonly op: 'releaseHostAffinities'; readonly node: string; readonly mustBeEmpty: boolean }
  | {
      readonly op: 'ensureBlock';
      readonly node: string;
      readonly family: 4 | 6;
      readonly pools: readonly string[];
      readonly reserveStart: number;
      readonly reserveEnd: number;
    }
  | { readonly op: 'blocks'; readonly node?: string | undefined }
  | { readonly op: 'setPools'; readonly pools: readonly CalicoPoolSpec[] }
  | { readonly op: 'setPool'; readonly pool: CalicoPoolSpec }
  | { readonly op: 'deletePool'; readonly cidr: string }
  | { readonly op: 'setConfig'; readonly config: CalicoIpamConfig }
  | { readonly op: 'setNode'; readonly node: string; readonly labels: Labels }
  /** Lets time pass: cooldowns end, and empty blocks of other nodes may be taken over. */
  | { readonly op: 'elapse'; readonly seconds: number }
);

/** How a block that is looked at alone begins. */
export interface CalicoBlockWorld {
  readonly cidr: string;
  /** Addresses that the host keeps at its ends. */
  readonly reserveStart: number;
  readonly reserveEnd: number;
}

/** One step on a block. Ordinals count from 0 at the first address. */
export type CalicoBlockOperation = { readonly repeat: number } & (
  | {
      readonly op: 'allocate';
      readonly ordinals: readonly number[];
      readonly handle?: string | undefined;
      readonly sequence?: string | undefined;
      /** Already released, so long ago; it cools down. */
      readonly releasedSecondsAgo?: number | undefined;
    }
  | { readonly op: 'next'; readonly count: number; readonly handle?: string | undefined; readonly reservations: readonly string[] }
  | { readonly op: 'release'; readonly items: readonly ReleaseSpec[] }
  | { readonly op: 'releaseByHandle'; readonly handle: string; readonly sequence?: string | undefined }
  | { readonly op: 'collect'; readonly cooldownSeconds: number }
  | { readonly op: 'isEmpty' | 'inUse' }
  | { readonly op: 'byHandle'; readonly handle: string }
  | { readonly op: 'freeCount' | 'reservedCount'; readonly reservations: readonly string[] }
  | { readonly op: 'ownerOf'; readonly ip: string }
);
