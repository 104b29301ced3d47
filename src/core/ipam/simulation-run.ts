import type { JsonObject, Json } from '../kernel/json.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';

/** Runs of all steps of one simulation together. */
export const MOST_SIMULATED_RUNS = 200_000;

/** Values that the answer of one simulation has at most, those inside of others too. */
const MOST_SIMULATED_VALUES = 1_000_000;

/** Members of an operation's lists that count for one run. */
const LISTED_FOR_ONE_RUN = 5;

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

/** A simulation on its way: a step for each run of an operation, between which others may be served. */
export type SimulationSteps = Steps<Result<readonly SimulatedStep[], Problem>>;

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
export function* runSimulation<Operation extends { readonly op: string; readonly repeat: number }>(
  simulator: Simulator<Operation>,
  operations: readonly Operation[],
): SimulationSteps {
  const steps: SimulatedStep[] = [];
  const budget: Budget = { runs: MOST_SIMULATED_RUNS, values: MOST_SIMULATED_VALUES };
  for (const [index, operation] of operations.entries()) {
    const step = yield* runStep(simulator, operation, budget);
    if (step === 'too much') return err(tooMuch());
    if (!step) return err(invalidIn(`/operations/${index}`, `\`${operation.op}\` of this allocator does not take these values`));
    steps.push(step);
  }
  return ok(steps);
}

/** What a simulation may still do: one run grows what the next one looks at, so each is paid for when it comes. */
interface Budget {
  runs: number;
  values: number;
}

/** How many values there are inside. */
function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, member) => sum + valuesIn(member), 1);
}

/** A run that succeeded. */
export function done(...results: readonly Json[]): Ran {
  return { results, error: null, failures: 0 };
}

/** A run that succeeded with a list, which may be long. */
export function listed(results: readonly Json[]): Ran {
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

function* runStep<Operation extends { readonly repeat: number }>(
  simulator: Simulator<Operation>,
  operation: Operation,
  budget: Budget,
): Steps<SimulatedStep | 'too much' | undefined> {
  const results: Json[] = [];
  const asked = simulator.attempts;
  let failures = 0;
  let error: SimulatedStep['error'] = null;
  const lists = valuesIn(operation) / LISTED_FOR_ONE_RUN;
  for (let run = 0; run < operation.repeat; run++) {
    budget.runs -= Math.max(simulator.cost(operation), lists);
    if (budget.runs < 0 || budget.values < 0 || operation.repeat - run > MOST_SIMULATED_RUNS) return 'too much';
    yield;
    const ran = simulator.run(operation);
    if (!ran) return undefined;
    for (const result of ran.results) results.push(result);
    budget.values -= valuesIn(ran.results);
    failures += ran.failures;
    error = ran.error;
  }
  const state = simulator.state();
  budget.values -= valuesIn(state);
  return budget.values < 0 ? 'too much' : { results, error, failures, attempts: simulator.attempts - asked, state };
}

/** A simulation that is too long. */
export function tooMuch(): Problem {
  return problem(
    'limit-too-large',
    `a simulation runs at most ${MOST_SIMULATED_RUNS} operations, repeats and ranges written out, and gives ${MOST_SIMULATED_VALUES} values`,
    {
      extra: { maximum: MOST_SIMULATED_RUNS },
    },
  );
}
