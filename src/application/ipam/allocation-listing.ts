import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import { labelsOf } from '../objects/list-plan.js';
import type { AllocationState } from './allocation-record.js';
import type { AllocationFilter } from './allocation-store.js';
import { type PrefixFilterText, readPrefixFilter } from './prefix-filter.js';

/** Which allocations of a pool to list; absent members admit all. */
export interface AllocationListing extends PrefixFilterText {
  readonly pool: string;
  /** Of this one only. */
  readonly identifier?: string | undefined;
  /** Left out: those that live. */
  readonly state?: AllocationState | undefined;
  /** A part of whom it is for. */
  readonly owner?: string | undefined;
  readonly ownerKind?: string | undefined;
  readonly ownerNamespace?: string | undefined;
  readonly ownerName?: string | undefined;
  readonly ownerUid?: string | undefined;
  /** As kubectl takes it. */
  readonly labelSelector?: string | undefined;
  readonly limit: number;
  /** What the page before gave. */
  readonly continue?: string | undefined;
}

/** Reads the labels and the prefixes. Fails with `invalid-request`. */
export function readListing(listing: AllocationListing): Result<AllocationFilter, Problem> {
  const { pool, identifier, owner, ownerKind: kind, ownerNamespace: namespace, ownerName: name, ownerUid: uid } = listing;
  const labels = labelsOf(listing.labelSelector);
  if (!labels.ok) return labels;
  const place = readPrefixFilter(listing);
  if (!place.ok) return place;
  return ok({
    ...place.value,
    pool,
    identifier,
    owner,
    ownerObject: { kind, namespace, name, uid },
    labels: labels.value,
  });
}
