import { type Cidr, formatCidr } from '../net/cidr.js';
import { familyBits, formatIp, type Ip } from '../net/ip.js';
import type { AddressPlane } from './address-plane.js';

/** An address, or a prefix as a whole. */
export interface Place {
  /** Of a prefix its first address. */
  readonly ip: Ip;
  /** Absent: the one address. */
  readonly prefixLength?: number | undefined;
}

/** Where an address comes from that was handed out for a node of a plugin that cuts its pools for nodes. */
export interface NodePart {
  /** Whom the address is for. */
  readonly node: string;
  /** A block of Calico, a prefix of Cilium. */
  readonly cidr: Cidr;
  /** Whose the part is: another node's where the address is borrowed; null: nobody's. */
  readonly owner: string | null;
}

/** One address or prefix that was handed out through the API and was not given back. */
export interface Allocation extends Place {
  readonly pool: string;
  readonly plane: AddressPlane;
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
  /** Absent: it was handed out for no node, or nodes have no parts. */
  readonly part?: NodePart | undefined;
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
export interface NewAllocation extends Pick<
  Allocation,
  'pool' | 'plane' | 'ip' | 'prefixLength' | 'identifier' | 'owner' | 'byName' | 'part'
> {
  readonly ordinal: number;
  readonly request: string;
  /** Null: for good. */
  readonly leaseSeconds: number | null;
  readonly cooldownSeconds: number;
}

/** How many bits tell the addresses of a place apart; 0 of a single one. */
export function hostBitsOf({ ip, prefixLength }: Place): number {
  return prefixLength === undefined ? 0 : familyBits(ip.family) - prefixLength;
}

/** What a place spans; a single address is a prefix of its whole length. */
export function spanOf({ ip, prefixLength }: Place): Cidr {
  return { family: ip.family, base: ip.value, prefix: prefixLength ?? familyBits(ip.family) };
}

/** `10.0.0.1`, or `10.0.0.0/28`. */
export function placeText(place: Place): string {
  return place.prefixLength === undefined ? formatIp(place.ip) : formatCidr(spanOf(place));
}

/** An address that was given back and that nobody gets yet. */
export interface RestingAddress {
  readonly allocation: Allocation;
  readonly until: string;
}
