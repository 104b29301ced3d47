import type { Assertion, AssertionSummary } from '../../application/assertions/assertion.js';
import type { AssertionRun, CaseOutcome } from '../../application/assertions/assertion-run.js';
import { problemDocument } from '../http/problem-document.js';

/** An assertion in the order in which people read it. */
export function assertionBody({ name, question, description, requiredCoverage, cases, ...rest }: Assertion): object {
  return { name, question, description, requiredCoverage, ...rest, cases };
}

/** The same without cases. */
export function summaryBody({ name, question, description, requiredCoverage, ...rest }: AssertionSummary): object {
  return { name, question, description, requiredCoverage, ...rest };
}

/** A run as it is sent. */
export function runBody({ cases, coverage, ...run }: AssertionRun): object {
  return { ...run, cases: cases.map(outcomeBody), coverage };
}

/** A run among many: what failed, and how much is covered. */
export function runSummaryBody({ cases, coverage, ...run }: AssertionRun): object {
  const failures = cases.filter(({ outcome }) => outcome === 'FAILED').map(outcomeBody);
  return { ...run, failures, coverage: coverage && { rules: coverage.rules, covered: coverage.covered, share: coverage.share } };
}

function outcomeBody({ problem, ...outcome }: CaseOutcome): object {
  if (!problem) return { ...outcome, problem };
  const { requestId: _, ...document } = problemDocument(problem, ''); // a run is the same whoever asks for it
  return { ...outcome, problem: document };
}
