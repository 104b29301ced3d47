import type { Diagnostic, Severity } from '../../kernel/diagnostic.js';
import type { ObjectRef } from '../../kernel/object-ref.js';

/** Gathers what is said about one object while it is read: diagnostics, and the pointers of fields that defaults filled in. */
export class Findings {
  readonly diagnostics: Diagnostic[] = [];
  readonly defaulted: string[] = [];
  private count = 0;

  constructor(private readonly object: ObjectRef) {}

  /** How many of the diagnostics are errors: whoever reads a part that fails closed looks at it before and after. */
  get errors(): number {
    return this.count;
  }

  /** What the first error behind `before` others says; undefined: there is none. */
  errorAfter(before: number): string | undefined {
    return this.diagnostics.filter(({ severity }) => severity === 'error')[before]?.message;
  }

  /** Adds one diagnostic. `code` is stable kebab-case. */
  report(severity: Severity, code: string, pointer: string, message: string, hint?: string): void {
    if (severity === 'error') this.count++;
    this.diagnostics.push({ severity, code, message, pointer, object: this.object, ...(hint === undefined ? {} : { hint }) });
  }
}
