import type { UsableRule } from './usable-addresses.js';

/** Why an operation of a simulated allocator fails. */
export const SIMULATION_ERRORS = {
  NOT_IN_RANGE: 'the value lies outside the range, or cannot be handed out',
  ALREADY_ALLOCATED: 'the value is taken',
  POOL_EXHAUSTED: 'nothing is free',
  RANGE_MISMATCH: 'the snapshot is of another range',
  SUBNET_TOO_BIG: 'an IPv6 network is cut into 2^16 children at most',
  TOO_LARGE: 'the shortest IPv6 prefix of services is /64',
  STORE_ERROR: 'the store failed',
} as const satisfies Record<string, string>;

/** The code of such a failure. */
export type SimulationError = keyof typeof SIMULATION_ERRORS;

/** What is simulated. Addresses and prefixes are text; every number may be given as decimal text. */
export type AllocatorWorld =
  | {
      /** Equal child prefixes of a network, round robin, as kube-controller-manager gives them to nodes. */
      readonly type: 'subnets';
      readonly network: string;
      readonly childPrefixLength: number;
    }
  | {
      /** ClusterIPs, as the API server gives them. */
      readonly type: 'services';
      readonly cidr: string;
      readonly allocator: 'objects' | 'bitmap';
      /** Addresses that are taken from the start, wherever they lie. */
      readonly taken: readonly string[];
      /** So many of the first addresses that are tried turn out to have been taken by another API server a moment before. */
      readonly collisions: number;
      /** The store fails with this text. */
      readonly storeError?: string | undefined;
    }
  | { readonly type: 'offsets'; readonly size: number; readonly staticBand: number }
  | { readonly type: 'ports'; readonly first: number; readonly last: number }
  /** Subnets of hosts, as a flannel gives them that keeps its own leases (etcd). */
  | {
      readonly type: 'flannel';
      readonly network: string;
      readonly subnetLen?: number | undefined;
      readonly subnetMin?: string | undefined;
      readonly subnetMax?: string | undefined;
    }
  /** Addresses, prefixes and ranges, lowest first. */
  | {
      readonly type: 'addresses';
      readonly addresses: readonly string[];
      readonly excluded: readonly string[];
      /** Which addresses of a prefix count; all where it is not said. */
      readonly rule?: UsableRule | undefined;
      readonly gateway?: string | undefined;
      /** Prefix length of the network: its own address and broadcast address are kept, unless `allocateReserved`. */
      readonly prefixLength?: number | undefined;
      readonly allocateReserved: boolean;
    }
  /** The host ports of one node, as the scheduler sees them. */
  | { readonly type: 'hostPorts' };

/** A host port; an empty address is every address, an empty protocol TCP. */
export interface HostPort {
  readonly protocol: string;
  readonly ip: string;
  readonly port: number;
}

/** What to name in an operation: a prefix, an address, `first-last` of addresses, a number, or a host port. */
export type SimulatedValue = string | number | HostPort;

/** The content of an allocator. */
export type AllocatorSnapshot = {
  /** The range it is of: a prefix, or `first-last` of numbers. */
  readonly range: string;
  /** Ascending, `first-last`. */
  readonly taken: readonly string[];
};

/** The operations; not every allocator knows every one. */
export const ALLOCATOR_OPERATIONS = ['allocate', 'occupy', 'release', 'has', 'list', 'status', 'snapshot', 'restore', 'check'] as const;

/** One step. */
export interface AllocatorOperation {
  readonly op: (typeof ALLOCATOR_OPERATIONS)[number];
  /** One or more values; none: `allocate` takes the next. Each is an operation of its own. */
  readonly values: readonly SimulatedValue[];
  readonly snapshot?: AllocatorSnapshot | undefined;
  readonly dryRun: boolean;
  /** How many times. */
  readonly repeat: number;
}

/** What an operation may give. */
export type SimulatedResult = string | number | boolean | AllocatorSnapshot;

/** What one run gives: something, nothing to show, or a failure. */
export type Outcome = { readonly result?: SimulatedResult } | { readonly error: SimulationError; readonly message: string };

/** An allocator that steps are run on. */
export interface SimulatedAllocator {
  /** How often its store was asked so far. */
  readonly attempts: number;
  /** How many things one run looks at, where they may be many. */
  readonly looks?: number;
  /** Undefined where it has no such operation. */
  run(
    op: AllocatorOperation['op'],
    value: SimulatedValue | undefined,
    operation: AllocatorOperation,
  ): Outcome | readonly Outcome[] | undefined;
  /** Counters, as decimal text. */
  state(): Readonly<Record<string, string | readonly string[]>>;
}
