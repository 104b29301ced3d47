import type { AllocationRecord } from '../../application/ipam/allocation-record.js';
import { ADDRESS_PLANES, type AddressPlane } from '../../core/ipam/address-plane.js';
import type { AllocationTerms, NodePart } from '../../core/ipam/allocation.js';
import { AllocationBook, type AllocationEvent } from '../../core/ipam/allocation-book.js';
import { AllocationMemory } from '../../core/ipam/allocation-memory.js';
import { askedIn } from '../../core/ipam/allocation-options.js';
import { invariant } from '../../core/kernel/invariant.js';
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

/** The allocation of a row. */
export function recordOf(row: AllocationRow): AllocationRecord {
  invariant(isPlane(row.plane), 'allocation_plane');
  return {
    pool: row.pool,
    plane: row.plane,
    ip: { family: row.address.length === 4 ? 4 : 6, value: BigInt(`0x${row.address.toString('hex')}`) },
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

/** The book after the change `sequence`, of the rows that lived or rested then. */
export function bookOf(sequence: number, rows: readonly AllocationRow[]): AllocationBook {
  const records = rows.map(recordOf);
  const rests = ({ releasedSequence }: AllocationRecord): boolean => releasedSequence !== null && releasedSequence <= sequence;
  const resting = records.filter(rests).map((allocation) => ({ allocation, until: restEnd(allocation) ?? '' }));
  return AllocationBook.after(
    sequence,
    records.filter((record) => !rests(record)),
    resting,
  );
}

/** What strategies remember after the change `sequence`, or the newest, of rows that are theirs to remember. */
export function memoryOf(rows: readonly AllocationRow[], sequence = Number.POSITIVE_INFINITY): AllocationMemory {
  const memory = new AllocationMemory();
  for (const event of eventsOf(rows)) if (event.sequence <= sequence) memory.enter(event);
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

function isPlane(text: string): text is AddressPlane {
  return (ADDRESS_PLANES as readonly string[]).includes(text);
}
