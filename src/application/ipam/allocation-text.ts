import { placeText } from '../../core/ipam/allocation.js';
import { formatIp } from '../../core/net/ip.js';
import type { AllocationRecord } from './allocation-record.js';
import type { AllocationOutcome } from './allocation-store.js';

/** An allocation as both doors show it: its address is text. */
export interface AllocationText extends Omit<AllocationRecord, 'ip' | 'prefixLength' | 'terms' | 'sequence' | 'allocatedAt'> {
  /** Of a prefix the first. */
  readonly address: string;
  /** What was handed out as a whole; null: the one address. */
  readonly prefix: string | null;
  /** Null in a preview, where nothing was handed out. */
  readonly sequence: number | null;
  /** RFC 3339; null in a preview. */
  readonly allocatedAt: string | null;
  /** RFC 3339; null: it does not end by itself. */
  readonly leaseUntil: string | null;
  /** For so long after its end nobody gets the address. */
  readonly cooldownSeconds: number;
}

/** The text form, its members in the order in which people read them. */
export function allocationText(record: AllocationRecord): AllocationText {
  const { pool, plane, ip, prefixLength, identifier, owner, byName, sequence, allocatedAt, allocatedBy } = record;
  const { releasedSequence, releasedAt, releasedBy, terms } = record;
  return {
    address: formatIp(ip),
    prefix: prefixLength === undefined ? null : placeText(record),
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

/** What a request came to: of a preview, what would be handed out. */
export function outcomeTexts({ records, changed }: AllocationOutcome, dryRun: boolean): readonly AllocationText[] {
  const texts = records.map(allocationText);
  return dryRun && changed ? texts.map((text) => ({ ...text, sequence: null, allocatedAt: null, leaseUntil: null })) : texts;
}
