import type { Resource } from './resource.js';

/** Tier: a stage of evaluation. */
export interface CalicoTier extends Resource {
  readonly kind: 'Tier';
  /** Lower acts first; undefined: last. */
  readonly order: number | undefined;
  /** What becomes of traffic that a policy of the tier applies to and none of its rules matches. */
  readonly defaultAction: 'Deny' | 'Pass';
}
