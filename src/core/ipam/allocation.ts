import type { Ip } from '../net/ip.js';
import type { AddressPlane } from './address-plane.js';

/** One address that was handed out through the API and was not given back. */
export interface Allocation {
  readonly pool: string;
  readonly plane: AddressPlane;
  readonly ip: Ip;
  /** The caller's own name for it; among the live allocations of a pool it is there once. */
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
}
