import type { Severity } from '../kernel/diagnostic.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import type { PatchStep } from '../kernel/patch-step.js';
import type { Direction } from './internal/direction.js';
import type { LintCodeName } from './lint-codes.js';

/** The meaning of each verdict. */
export const LINT_VERDICTS = {
  CLEAN: 'nothing was found',
  NOTES: 'only things worth knowing were found',
  WARNINGS: 'something was found that probably is not meant',
  ERRORS: 'something was found that cannot work',
} as const;

/** The gravest finding. */
export type LintVerdict = keyof typeof LINT_VERDICTS;

/** A change of one object that makes the finding go away. */
export interface LintFix {
  readonly message: string;
  /** To be applied to the object of the finding. */
  readonly patch: readonly PatchStep[];
}

/** Another object that has to do with a finding. */
export interface RelatedRule {
  readonly object: ObjectRef;
  /** Empty: the object as a whole. */
  readonly pointer: string;
}

/** Something wrong or suspicious. */
export interface LintFinding {
  readonly code: LintCodeName;
  readonly severity: Severity;
  readonly object: ObjectRef;
  /** JSON pointer into the object; empty: the object as a whole. */
  readonly pointer: string;
  /** Position of the rule in its direction. */
  readonly rule: number | null;
  readonly direction: Direction | null;
  readonly message: string;
  /** What it rests on: the rules that cover a redundant one, the other policy of the same priority, the service of a port. */
  readonly related: readonly RelatedRule[];
  readonly fix: LintFix | null;
  /** Stays the same while object, place and code do. */
  readonly fingerprint: string;
}

/** How often a code was found. */
export interface LintCount {
  readonly code: LintCodeName;
  readonly severity: Severity;
  readonly count: number;
}

/** What `policy-lint` finds out beside the verdict. */
export interface LintResult {
  /** How many policies were looked at. */
  readonly policies: number;
  readonly findings: readonly LintFinding[];
  /** Every code that was found, before `limit` cuts the list. */
  readonly counts: readonly LintCount[];
  /** How many findings `limit` left out. */
  readonly omitted: number;
}

/** What is looked at and what is told; what is left out is everything. */
export interface LintQuestion {
  readonly namespace: string | undefined;
  /** A policy by `kind/name` or `namespace/name`. */
  readonly policy: ObjectRef | undefined;
  readonly codes: readonly LintCodeName[] | undefined;
  readonly severity: Severity;
  readonly limit: number;
}
