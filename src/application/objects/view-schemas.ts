import { z } from 'zod';
import type { Provenance, Sourced } from '../../core/kernel/provenance.js';

/** Where a value comes from. */
export const PROVENANCE = z
  .enum(['observed', 'derived', 'defaulted', 'assumed'])
  .describe(
    '`observed`: in an imported object; `derived`: by a controller’s rule; `defaulted`: by the API server’s; `assumed`: the input does not tell',
  )
  .meta({ id: 'Provenance' });

/** Labels or annotations. */
export const LABELS = z.record(z.string(), z.string());

/** Text that knows its provenance. */
export const SOURCED_TEXT = z.object({ value: z.string(), provenance: PROVENANCE }).meta({ id: 'SourcedText' });

/** A number that knows its provenance. */
export const SOURCED_NUMBER = z.object({ value: z.int(), provenance: PROVENANCE }).meta({ id: 'SourcedNumber' });

/** A yes or no that knows its provenance. */
export const SOURCED_FLAG = z.object({ value: z.boolean(), provenance: PROVENANCE }).meta({ id: 'SourcedFlag' });

/** A sourced value of the model as its text. */
export function sourcedText<T>(sourced: Sourced<T>, format: (value: T) => string): { value: string; provenance: Provenance } {
  return { value: format(sourced.value), provenance: sourced.provenance };
}
