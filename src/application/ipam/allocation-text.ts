import { placeText } from '../../core/ipam/allocation.js';
import { askedIn, type OwnerObject } from '../../core/ipam/allocation-options.js';
import { formatCidr } from '../../core/net/cidr.js';
import { formatIp } from '../../core/net/ip.js';
import type { Labels } from '../../core/resources/resource.js';
import { type AllocationRecord, type AllocationState, stateOf } from './allocation-record.js';
import type { AllocationOutcome } from './allocation-store.js';

/** An allocation as both doors show it: its address is text. */
export interface AllocationText extends Omit<
  AllocationRecord,
  'ip' | 'prefixLength' | 'terms' | 'part' | 'sequence' | 'allocatedAt' | 'freedSequence'
> {
  /** Of a prefix the first. */
  readonly address: string;
  /** What was handed out as a whole; null: the one address. */
  readonly prefix: string | null;
  readonly state: AllocationState;
  /** The object that it is for, as the caller named it; null: it named none. */
  readonly ownerObject: OwnerObject | null;
  readonly labels: Labels;
  /** The node that it was asked for; null: for none. */
  readonly node: string | null;
  /** The block or prefix of a node that it is of, and whose that is; null: of none. */
  readonly part: { readonly cidr: string; readonly owner: string | null; readonly borrowed: boolean } | null;
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
  const { pool, plane, ip, prefixLength, identifier, owner, byName, sequence, allocatedAt, allocatedBy, part } = record;
  const { releasedSequence, releasedAt, releasedBy, terms } = record;
  const { node, labels, ownerObject } = askedIn(terms?.request ?? '');
  return {
    address: formatIp(ip),
    prefix: prefixLength === undefined ? null : placeText(record),
    state: stateOf(record),
    pool,
    plane,
    identifier,
    owner,
    ownerObject: ownerObject ?? null,
    labels: labels ?? {},
    node: node ?? null,
    part: part ? { cidr: formatCidr(part.cidr), owner: part.owner, borrowed: part.owner !== part.node } : null,
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
