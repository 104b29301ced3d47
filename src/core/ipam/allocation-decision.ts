import { type Cidr, firstIp } from '../net/cidr.js';
import type { Ip } from '../net/ip.js';
import type { Allocation, NewAllocation, NodePart, Place } from './allocation.js';
import { type AllocationOptions, requestText } from './allocation-options.js';
import type { AllocationStrategy } from './allocation-strategy.js';
import type { IpPool } from './ip-pool.js';
import type { UsedPart } from './node-grant.js';
import type { RejectedPool } from './rejected-pool.js';

/** What a caller asks for. */
export interface AllocationRequest {
  readonly pool: string;
  readonly identifier: string;
  readonly owner: string | null;
  /** Undefined: whichever the strategy chooses. */
  readonly address: Ip | undefined;
  /** The one prefix that is wanted as a whole, instead. */
  readonly prefix?: Cidr | undefined;
  readonly options?: AllocationOptions | undefined;
}

/** Why these addresses. */
export interface AllocationExplanation {
  readonly pool: string;
  /** Null: the caller had them already, or named one. */
  readonly strategy: AllocationStrategy | null;
  readonly requested: number;
  readonly message: string;
  /** Those that were tried before, and the first reason. */
  readonly rejectedPools: readonly RejectedPool[];
  /** Where a plugin cuts its pools for nodes: which parts serve the node, and how it comes by them. */
  readonly parts: readonly UsedPart[];
}

/** Addresses or prefixes to be handed out; or what the caller has already. */
export interface AllocationDecision {
  readonly known: readonly Allocation[];
  readonly made: readonly NewAllocation[];
  readonly explanation: AllocationExplanation;
}

/** What is asked for by name. */
export function placeOf({ address, prefix }: AllocationRequest): Place | undefined {
  if (prefix) return { ip: firstIp(prefix), prefixLength: prefix.prefix };
  return address && { ip: address };
}

/** A place, and the part of a node that it is of. */
interface GivenPlace extends Place {
  readonly part?: NodePart | undefined;
}

/** Everything of one request, to be handed out. `strategy` null: it was named. */
export function decision(
  request: AllocationRequest,
  { name, plane }: IpPool,
  places: readonly GivenPlace[],
  strategy: AllocationStrategy | null,
  message: string,
  rejectedPools: readonly RejectedPool[],
  parts: readonly UsedPart[] = [],
): AllocationDecision {
  const { identifier, owner, options = {} } = request;
  const text = requestText(options);
  const made = places.map(({ ip, prefixLength, part }, ordinal): NewAllocation => ({
    pool: name,
    plane,
    ip,
    prefixLength,
    identifier,
    owner,
    byName: strategy === null,
    ordinal,
    request: text,
    leaseSeconds: options.leaseSeconds ?? null,
    cooldownSeconds: options.cooldownSeconds ?? 0,
    part,
  }));
  return { known: [], made, explanation: explained(request, name, strategy, message, rejectedPools, parts) };
}

/** Why the caller has what it has. */
export function explained(
  { options }: AllocationRequest,
  pool: string,
  strategy: AllocationStrategy | null,
  message: string,
  rejectedPools: readonly RejectedPool[] = [],
  parts: readonly UsedPart[] = [],
): AllocationExplanation {
  return { pool, strategy, requested: options?.count ?? 1, message, rejectedPools, parts };
}
