import type { Diagnostic, Severity } from '../../kernel/diagnostic.js';
import type { ObjectRef } from '../../kernel/object-ref.js';
import type { Refusal } from '../resource.js';

/** Gathers what is said about one object while it is read: diagnostics, and the pointers of fields that defaults filled in. */
export class Findings {
  readonly diagnostics: Diagnostic[] = [];
  readonly defaulted: string[] = [];
  readonly refused: Refusal[] = [];
  private readonly faulty = new Set<string>();
  private count = 0;

  constructor(private readonly object: ObjectRef) {}

  /** How many of the diagnostics are errors: whoever reads a part that fails closed looks at it before and after. */
  get errors(): number {
    return this.count;
  }

  /** Whether an error was reported at a pointer. */
  isFaulty(pointer: string): boolean {
    return this.faulty.has(pointer);
  }

  /** What the first error behind `before` others says; undefined: there is none. */
  errorAfter(before: number): string | undefined {
    return this.diagnostics.filter(({ severity }) => severity === 'error')[before]?.message;
  }

  /** Adds one diagnostic. `code` is stable kebab-case. */
  report(severity: Severity, code: string, pointer: string, message: string, hint?: string): void {
    if (severity === 'error') {
      this.count++;
      this.faulty.add(pointer);
    }
    this.diagnostics.push({ severity, code, message, pointer, object: this.object, ...(hint === undefined ? {} : { hint }) });
  }
}
