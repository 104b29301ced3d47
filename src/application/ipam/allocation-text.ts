import { formatIp } from '../../core/net/ip.js';
import type { AllocationRecord } from './allocation-record.js';

/** An allocation as both doors show it: its address is text. */
export interface AllocationText extends Omit<AllocationRecord, 'ip'> {
  readonly address: string;
}

/** The text form, its members in the order in which people read them. */
export function allocationText(record: AllocationRecord): AllocationText {
  const { pool, plane, ip, identifier, owner, byName, sequence, allocatedAt, allocatedBy } = record;
  const { releasedSequence, releasedAt, releasedBy } = record;
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
    releasedSequence,
    releasedAt,
    releasedBy,
  };
}
