import type { ObjectRef } from './object-ref.js';

/** How bad a diagnostic is: an `error` makes its document invalid or its field unusable, a `warning` is worth knowing. */
export type Severity = 'error' | 'warning' | 'info';

/** Something an import found. `pointer` names the field, `code` is stable kebab-case, `hint` the nearest right thing. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly pointer?: string;
  readonly hint?: string;
  readonly object?: ObjectRef;
}

/**
 * How far an imported document was understood: wholly; `partly` (kept, but a field was invalid or is not modelled); `unsupported` (kept, the
 * kind is not modelled); `invalid` (not kept); `skipped` (no manifest, or one that never runs, such as a Helm hook).
 */
export type Understanding = 'understood' | 'partly' | 'unsupported' | 'invalid' | 'skipped';
