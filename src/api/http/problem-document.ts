import { type Problem, PROBLEM_KINDS, type ProblemDetail } from '../../core/kernel/problem.js';
import { PROBLEM_TITLES } from './problem-titles.js';

/** RFC 9457 problem details: the body of a refused request, and the `extensions` of a GraphQL error. */
export interface ProblemDocument {
  /** Path of the page that explains the kind. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The kind, stable for ever. */
  readonly code: string;
  readonly hint?: string;
  readonly errors?: readonly ProblemDetail[];
  readonly requestId: string;
  readonly [extra: string]: unknown;
}

/** The one mapper from a problem to what both doors send. Members of `extra` never hide the standard ones. */
export function problemDocument(problem: Problem, requestId: string): ProblemDocument {
  const { kind, message, hint, errors, extra } = problem;
  return {
    ...extra,
    type: `/docs/problems/${kind}`,
    title: PROBLEM_TITLES[kind],
    status: PROBLEM_KINDS[kind],
    detail: message,
    code: kind,
    ...(hint === undefined ? {} : { hint }),
    ...(errors === undefined ? {} : { errors }),
    requestId,
  };
}
