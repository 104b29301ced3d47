/**
 * Every way in which a request can fail, with the HTTP status both doors report. The kinds are public and never change once published; add, do not rename.
 * Every server explains them at `/docs/problems/<kind>`, from this list.
 */
export const PROBLEM_KINDS = {
  'invalid-request': 400,
  'unknown-parameter': 400,
  'invalid-selector': 400,
  'limit-too-large': 400,
  'query-too-complex': 400,
  'missing-token': 401,
  'invalid-token': 401,
  'insufficient-role': 403,
  'unknown-route': 404,
  'unknown-cluster': 404,
  'unknown-revision': 404,
  'unknown-tag': 404,
  'unknown-object': 404,
  'unknown-namespace': 404,
  'unknown-pod': 404,
  'unknown-workload': 404,
  'unknown-service': 404,
  'unknown-node': 404,
  'unknown-pool': 404,
  'unknown-allocation': 404,
  'unknown-space': 404,
  'unknown-operation': 404,
  'unknown-token': 404,
  'unknown-question': 404,
  'unknown-assertion': 404,
  'empty-selection': 404,
  'method-not-allowed': 405,
  'cluster-exists': 409,
  'space-exists': 409,
  'space-in-use': 409,
  'ip-taken': 409,
  'pool-exhausted': 409,
  'block-limit': 409,
  'strict-affinity': 409,
  'stale-sequence': 409,
  'held-by-another': 409,
  'operation-cancelled': 409,
  'idempotency-key-in-use': 409,
  'precondition-failed': 412,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'import-rejected': 422,
  'idempotency-key-reused': 422,
  'identifier-reused': 422,
  'invalid-profile': 422,
  'unsupported-question': 422,
  'internal-error': 500,
  'database-unavailable': 503,
  'operation-interrupted': 503,
  'too-many-waiting': 503,
} as const satisfies Record<string, number>;

/** The stable name of a way to fail. */
export type ProblemKind = keyof typeof PROBLEM_KINDS;

/** Every kind, in the order of the table. */
export const PROBLEM_KIND_NAMES: readonly ProblemKind[] = Object.keys(PROBLEM_KINDS).filter(isProblemKind);

function isProblemKind(name: string): name is ProblemKind {
  return Object.hasOwn(PROBLEM_KINDS, name);
}

/** One thing that is wrong, at one place of the input. */
export interface ProblemDetail {
  /** JSON pointer into the request (`/items/3/from`) or the name of a query parameter with a leading slash. */
  readonly pointer: string;
  /** A stable, machine-readable reason in kebab-case. */
  readonly code: string;
  readonly message: string;
  /** The nearest right thing, when there is one. */
  readonly hint?: string;
}

/** A failure as a value. One mapper at the edge turns it into RFC 9457 problem+json and into GraphQL `extensions`. */
export interface Problem {
  readonly kind: ProblemKind;
  /** What is wrong, in lower case, with the user's own text in backticks. */
  readonly message: string;
  readonly hint?: string;
  readonly errors?: readonly ProblemDetail[];
  /** Further members of the problem document, documented with the kind (`available`, `maximum` …). */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** So much of a message is told: it repeats names that strangers send. */
const LONGEST_MESSAGE = 4_000;

/** Builds a problem; undefined members are left out so that documents stay small. */
export function problem(kind: ProblemKind, message: string, more: Omit<Problem, 'kind' | 'message'> = {}): Problem {
  return { kind, message: message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE)}…`, ...more };
}

/** Carries a problem through code that can only throw (framework callbacks, deep call chains in `application`). */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
    this.name = 'ProblemError';
  }
}
