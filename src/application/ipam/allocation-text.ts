import { formatIp } from '../../core/net/ip.js';
import type { AllocationRecord } from './allocation-record.js';

/** An allocation as both doors show it: its address is text. */
export interface AllocationText extends Omit<AllocationRecord, 'ip' | 'terms'> {
  readonly address: string;
  /** RFC 3339; null: it does not end by itself. */
  readonly leaseUntil: string | null;
  /** For so long after its end nobody gets the address. */
  readonly cooldownSeconds: number;
}

/** The text form, its members in the order in which people read them. */
export function allocationText(record: AllocationRecord): AllocationText {
  const { pool, plane, ip, identifier, owner, byName, sequence, allocatedAt, allocatedBy } = record;
  const { releasedSequence, releasedAt, releasedBy, terms } = record;
  return {
    address: formatIp(ip),
    pool,
    plane,
    identifier,
    owner,
    byName,
    sequence,
    allocatedAt,
    allocatedBy,
    leaseUntil: terms?.leaseUntil ?? null,
    cooldownSeconds: terms?.cooldownSeconds ?? 0,
    releasedSequence,
    releasedAt,
    releasedBy,
  };
}
