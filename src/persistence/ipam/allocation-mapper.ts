import type { AllocationRecord } from '../../application/ipam/allocation-record.js';
import { ADDRESS_PLANES, type AddressPlane } from '../../core/ipam/address-plane.js';
import type { Allocation, AllocationTerms, NodePart, RestingAddress } from '../../core/ipam/allocation.js';
import { AllocationBook, type AllocationEvent } from '../../core/ipam/allocation-book.js';
import { AllocationMemory } from '../../core/ipam/allocation-memory.js';
import { askedIn } from '../../core/ipam/allocation-options.js';
import { invariant } from '../../core/kernel/invariant.js';
import { forEachInSteps, type Steps } from '../../core/kernel/steps.js';
import { parseCidr } from '../../core/net/cidr.js';
import { familyBits, type Ip } from '../../core/net/ip.js';

/** A row of the table `allocation`; `pg` gives 64-bit numbers as text. */
export interface AllocationRow {
  readonly sequence: string;
  readonly pool: string;
  readonly plane: string;
  readonly address: Buffer;
  readonly prefix: string | null;
  readonly identifier: string;
  readonly owner: string | null;
  readonly by_name: boolean;
  readonly allocated_at: Date;
  readonly allocated_by: string;
  readonly released_sequence: string | null;
  readonly released_at: Date | null;
  readonly released_by: string | null;
  readonly ordinal: number;
  readonly request: string;
  readonly lease_until: Date | null;
  readonly cooldown_seconds: number;
  readonly freed_sequence: string | null;
  readonly part: string | null;
  readonly part_owner: string | null;
}

/** The bytes of an address, most significant first: their order is the order of the addresses. */
export function ipBytes({ family, value }: Ip): Buffer {
  return Buffer.from(value.toString(16).padStart(familyBits(family) / 4, '0'), 'hex');
}

function ipOf(bytes: Buffer): Ip {
  return { family: bytes.length === 4 ? 4 : 6, value: BigInt(`0x${bytes.toString('hex')}`) };
}

/** The allocation of a row. */
export function recordOf(row: AllocationRow): AllocationRecord {
  return {
    pool: row.pool,
    plane: planeOf(row.plane),
    ip: ipOf(row.address),
    prefixLength: row.prefix === null ? undefined : Number(row.prefix.slice(row.prefix.indexOf('/') + 1)),
    identifier: row.identifier,
    owner: row.owner,
    byName: row.by_name,
    sequence: Number(row.sequence),
    allocatedAt: row.allocated_at.toISOString(),
    allocatedBy: row.allocated_by,
    terms: termsOf(row),
    part: partOf(row),
    releasedSequence: row.released_sequence === null ? null : Number(row.released_sequence),
    releasedAt: row.released_at?.toISOString() ?? null,
    releasedBy: row.released_by,
    freedSequence: row.freed_sequence === null ? null : Number(row.freed_sequence),
  };
}

/** What happened to the allocations of these rows, in order. */
export function eventsOf(rows: readonly AllocationRow[]): readonly AllocationEvent[] {
  return rows.flatMap(eventsOfRow).sort((a, b) => a.sequence - b.sequence);
}

function eventsOfRow(row: AllocationRow): readonly AllocationEvent[] {
  const allocation = recordOf(row);
  const { sequence, releasedSequence } = allocation;
  const made: AllocationEvent = { type: 'allocated', sequence, allocation };
  if (releasedSequence === null) return [made];
  const restsUntil = restEnd(allocation);
  const released: AllocationEvent = { type: 'released', sequence: releasedSequence, allocation, restsUntil };
  if (restsUntil === undefined || row.freed_sequence === null) return [made, released];
  return [made, released, { type: 'freed', sequence: Number(row.freed_sequence), allocation, restsUntil }];
}

const ROWS_A_STEP = 1_000;

/** The book after the change `sequence`, of the rows that live or rest then. Yields often. */
export function* bookOf(sequence: number, rows: readonly AllocationRow[]): Steps<AllocationBook> {
  const live: Allocation[] = [];
  const resting: RestingAddress[] = [];
  yield* forEachInSteps(rows, ROWS_A_STEP, (row) => {
    const record = recordOf(row);
    if (record.releasedSequence === null) live.push(record);
    else resting.push(restingOf(record));
  });
  return yield* AllocationBook.inSteps(sequence, live, resting);
}

/**
 * The book after an earlier change, out of a newer state and what has ended between the two: so that the work goes with what has changed since, not with the history. What was made
 * since is left out, what has been given back since lives, and what is free since rests. Yields often.
 */
export function* bookBefore(sequence: number, held: HeldState, ended: readonly AllocationRow[]): Steps<AllocationBook> {
  const live = held.live.filter((allocation) => allocation.sequence <= sequence);
  yield;
  const later = new Set<number>();
  const rested: RestingAddress[] = [];
  yield* forEachInSteps(ended, ROWS_A_STEP, (row) => {
    const record = recordOf(row);
    if ((record.releasedSequence ?? 0) <= sequence) rested.push(restingOf(record));
    else {
      live.push(record);
      later.add(record.sequence);
    }
  });
  const resting = held.resting.filter(({ allocation }) => allocation.sequence <= sequence && !later.has(allocation.sequence));
  return yield* AllocationBook.inSteps(sequence, live, [...resting, ...rested]);
}

/** What lives and what rests at a time. */
export interface HeldState {
  readonly live: readonly Allocation[];
  readonly resting: readonly RestingAddress[];
}

function restingOf(allocation: AllocationRecord): RestingAddress {
  return { allocation, until: restEnd(allocation) ?? '' };
}

/** An address that was given back. */
export type GivenBackRow = Pick<AllocationRow, 'plane' | 'address'>;

/** What strategies remember, of the allocations that tell which address a pool handed out last and whose parts are, and of what was given back, in order. */
export function memoryOf(telling: readonly AllocationRow[], givenBack: readonly GivenBackRow[]): AllocationMemory {
  const memory = new AllocationMemory();
  const made = telling.map(recordOf).sort((a, b) => a.sequence - b.sequence);
  for (const allocation of made) memory.enter({ type: 'allocated', sequence: allocation.sequence, allocation });
  for (const { plane, address } of givenBack) {
    const { family, value } = ipOf(address);
    memory.released(planeOf(plane), family).push(value);
  }
  return memory;
}

/** Until when the address of a released allocation rests; undefined: it does not. */
export function restEnd({ releasedAt, terms }: Pick<AllocationRecord, 'releasedAt' | 'terms'>): string | undefined {
  if (releasedAt === null || !terms || terms.cooldownSeconds === 0) return undefined;
  return new Date(Date.parse(releasedAt) + terms.cooldownSeconds * 1_000).toISOString();
}

/** The node is told by what was asked. */
function partOf({ part, part_owner, request }: AllocationRow): NodePart | undefined {
  const cidr = part === null ? undefined : parseCidr(part);
  return cidr && { node: askedIn(request).node ?? '', cidr, owner: part_owner };
}

/** Absent where there is nothing to say. */
function termsOf({ ordinal, request, lease_until, cooldown_seconds }: AllocationRow): AllocationTerms | undefined {
  if (ordinal === 0 && request === '' && lease_until === null && cooldown_seconds === 0) return undefined;
  return { ordinal, request, leaseUntil: lease_until?.toISOString() ?? null, cooldownSeconds: cooldown_seconds };
}

function planeOf(text: string): AddressPlane {
  invariant(isPlane(text), 'allocation_plane');
  return text;
}

function isPlane(text: string): text is AddressPlane {
  return (ADDRESS_PLANES as readonly string[]).includes(text);
}
