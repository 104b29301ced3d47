import type { AllocationRecord } from '../../application/ipam/allocation-record.js';
import { ADDRESS_PLANES, type AddressPlane } from '../../core/ipam/address-plane.js';
import type { AllocationEvent } from '../../core/ipam/allocation-book.js';
import { invariant } from '../../core/kernel/invariant.js';
import { familyBits, type Ip } from '../../core/net/ip.js';

/** A row of the table `allocation`; `pg` gives 64-bit numbers as text. */
export interface AllocationRow {
  readonly sequence: string;
  readonly pool: string;
  readonly plane: string;
  readonly address: Buffer;
  readonly identifier: string;
  readonly owner: string | null;
  readonly by_name: boolean;
  readonly allocated_at: Date;
  readonly allocated_by: string;
  readonly released_sequence: string | null;
  readonly released_at: Date | null;
  readonly released_by: string | null;
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
    identifier: row.identifier,
    owner: row.owner,
    byName: row.by_name,
    sequence: Number(row.sequence),
    allocatedAt: row.allocated_at.toISOString(),
    allocatedBy: row.allocated_by,
    releasedSequence: row.released_sequence === null ? null : Number(row.released_sequence),
    releasedAt: row.released_at?.toISOString() ?? null,
    releasedBy: row.released_by,
  };
}

/** What happened to the allocations of these rows, in order. */
export function eventsOf(rows: readonly AllocationRow[]): readonly AllocationEvent[] {
  const events = rows.map(recordOf).flatMap((allocation): readonly AllocationEvent[] => {
    const { sequence, releasedSequence } = allocation;
    const made: AllocationEvent = { type: 'allocated', sequence, allocation };
    return releasedSequence === null ? [made] : [made, { type: 'released', sequence: releasedSequence, allocation }];
  });
  return events.sort((a, b) => a.sequence - b.sequence);
}

function isPlane(text: string): text is AddressPlane {
  return (ADDRESS_PLANES as readonly string[]).includes(text);
}
