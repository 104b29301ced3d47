import type { Ip } from '../net/ip.js';
import type { AddressPlane } from './address-plane.js';

/** One address that was handed out through the API and was not given back. */
export interface Allocation {
  readonly pool: string;
  readonly plane: AddressPlane;
  readonly ip: Ip;
  /** The caller's own name for it; the live allocations of a pool under one identifier were asked for by one request. */
  readonly identifier: string;
  /** Whom it is for, in free text. */
  readonly owner: string | null;
  /** Whether the address was asked for by name. */
  readonly byName: boolean;
  /** Of the change that made it; never used again. */
  readonly sequence: number;
  /** RFC 3339. */
  readonly allocatedAt: string;
  /** Who asked for it. */
  readonly allocatedBy: string;
  /** Absent: one address for good, which is free as soon as it is given back. */
  readonly terms?: AllocationTerms | undefined;
}

/** On what terms an address was handed out. */
export interface AllocationTerms {
  /** Its place among the addresses of one request, from 0. */
  readonly ordinal: number;
  /** What else was asked, as `requestText` writes it: the same request again is the same allocation. */
  readonly request: string;
  /** RFC 3339: when it ends unless it is given back before; null: never. */
  readonly leaseUntil: string | null;
  /** For so long after its end nobody gets the address. */
  readonly cooldownSeconds: number;
}

/** One that has not been handed out yet. */
export interface NewAllocation extends Pick<Allocation, 'pool' | 'plane' | 'ip' | 'identifier' | 'owner' | 'byName'> {
  readonly ordinal: number;
  readonly request: string;
  /** Null: for good. */
  readonly leaseSeconds: number | null;
  readonly cooldownSeconds: number;
}
