import type { RuleCoverage } from '../../core/kernel/rule-coverage.js';
import type { Problem } from '../../core/kernel/problem.js';
import type { Mismatch } from './mismatches.js';

/** The meaning of each verdict of a run. */
export const RUN_VERDICTS = {
  PASSED: 'every answer is as it has to be, and as many rules are gone by as are required',
  FAILED: 'an answer is not as it has to be, a question has none, or too few rules are gone by',
} as const;

/** What came of a run, or of one case. */
export type RunVerdict = keyof typeof RUN_VERDICTS;

/** What came of one case. */
export interface CaseOutcome {
  /** Its place in the assertion. */
  readonly index: number;
  readonly name: string | null;
  readonly outcome: RunVerdict;
  /** Of the answer; null where there is none. */
  readonly verdict: string | null;
  readonly summary: string | null;
  /** Where the answer is not as it has to be, the first twenty places. */
  readonly mismatches: readonly Mismatch[];
  /** How many more places there are. */
  readonly omitted: number;
  /** Why there is no answer at this coordinate. */
  readonly problem: Problem | null;
}

/** An assertion at a revision: a pure function of both. */
export interface AssertionRun {
  /** Null for a draft. */
  readonly assertion: string | null;
  readonly version: number | null;
  readonly question: string;
  readonly revision: number;
  readonly verdict: RunVerdict;
  readonly summary: string;
  readonly passed: number;
  readonly failed: number;
  readonly cases: readonly CaseOutcome[];
  /** Null for a question that does not go by rules of objects. */
  readonly coverage: RuleCoverage | null;
  readonly requiredCoverage: number | null;
}
