import type { JsonObject, Json } from '../kernel/json.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';

/** Runs of all steps of one simulation together. */
export const MOST_SIMULATED_RUNS = 200_000;

/** What one step came to. */
export interface SimulatedStep {
  /** What was handed out, listed or found, in order; of all repeats. */
  readonly results: readonly Json[];
  /** Of the last run; null when it succeeded. A failure may still have results. */
  readonly error: { readonly code: string; readonly message: string } | null;
  /** How many runs failed. */
  readonly failures: number;
  /** How often the store was asked. */
  readonly attempts: number;
  /** Counters after the step, as decimal text. */
  readonly state: JsonObject;
}

/** What one run of an operation came to. */
export interface Ran {
  readonly results: readonly Json[];
  readonly error: SimulatedStep['error'];
  readonly failures: number;
}

/** An allocator that operations are run on. */
export interface Simulator<Operation> {
  /** How often its store was asked so far. */
  readonly attempts: number;
  /** Undefined where the operation makes no sense to it. */
  run(operation: Operation): Ran | undefined;
  /** How many runs the operation counts for: the work that one costs. */
  cost(operation: Operation): number;
  state(): JsonObject;
}

/** Runs operations one after the other. Fails with `invalid-request` where one makes no sense, and with `limit-too-large`. */
export function runSimulation<Operation extends { readonly op: string; readonly repeat: number }>(
  simulator: Simulator<Operation>,
  operations: readonly Operation[],
): Result<readonly SimulatedStep[], Problem> {
  const steps: SimulatedStep[] = [];
  let runs = 0;
  for (const [index, operation] of operations.entries()) {
    runs += simulator.cost(operation) * operation.repeat;
    if (runs > MOST_SIMULATED_RUNS) return err(tooMuch());
    const step = runStep(simulator, operation);
    if (!step) return err(invalidIn(`/operations/${index}`, `\`${operation.op}\` of this allocator does not take these values`));
    steps.push(step);
  }
  return ok(steps);
}

/** A run that succeeded. */
export function done(...results: readonly Json[]): Ran {
  return { results, error: null, failures: 0 };
}

/** A run that failed; it may have given something all the same. */
export function refused(code: string, message: string, ...results: readonly Json[]): Ran {
  return { results, error: { code, message }, failures: 1 };
}

/** A problem with one member of a simulation. */
export function invalidIn(pointer: string, message: string): Problem {
  return problem('invalid-request', message, { errors: [{ pointer, code: 'invalid-value', message }] });
}

function runStep<Operation extends { readonly repeat: number }>(
  simulator: Simulator<Operation>,
  operation: Operation,
): SimulatedStep | undefined {
  const results: Json[] = [];
  const asked = simulator.attempts;
  let failures = 0;
  let error: SimulatedStep['error'] = null;
  for (let run = 0; run < operation.repeat; run++) {
    const ran = simulator.run(operation);
    if (!ran) return undefined;
    for (const result of ran.results) results.push(result);
    failures += ran.failures;
    error = ran.error;
  }
  return { results, error, failures, attempts: simulator.attempts - asked, state: simulator.state() };
}

function tooMuch(): Problem {
  return problem('limit-too-large', `a simulation runs at most ${MOST_SIMULATED_RUNS} operations, repeats and ranges written out`, {
    extra: { maximum: MOST_SIMULATED_RUNS },
  });
}
