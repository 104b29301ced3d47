import type { Diagnostic, Severity } from '../../kernel/diagnostic.js';
import type { ObjectRef } from '../../kernel/object-ref.js';

/** Gathers what is said about one object while it is read: diagnostics, and the pointers of fields that defaults filled in. */
export class Findings {
  readonly diagnostics: Diagnostic[] = [];
  readonly defaulted: string[] = [];

  constructor(private readonly object: ObjectRef) {}

  /** Adds one diagnostic. `code` is stable kebab-case. */
  report(severity: Severity, code: string, pointer: string, message: string, hint?: string): void {
    this.diagnostics.push({ severity, code, message, pointer, object: this.object, ...(hint === undefined ? {} : { hint }) });
  }
}
