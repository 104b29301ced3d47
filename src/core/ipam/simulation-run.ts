import type { JsonObject, Json } from '../kernel/json.js';
import type { Problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { invalidIn, MOST_SIMULATED_RUNS, MOST_SIMULATED_VALUES, tooMuch } from './simulation-problems.js';

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

/** An operation that was read: what it costs and does, each time that it is run. */
export interface Plan {
  /** How many runs it counts for: the work that one costs. */
  cost(): number;
  /** Undefined where the operation makes no sense to the allocator. */
  run(): Ran | undefined;
}

/** An allocator that operations are run on. */
export interface Simulator<Operation> {
  /** How often its store was asked so far. */
  readonly attempts: number;
  /** Reads an operation, once, whose text stands at `at`. What cannot be read is the reader's problem, and nothing is run then. */
  plan(operation: Operation, reader: SimulationReader, at: string): Plan;
  state(): JsonObject;
}

/** Reads all operations, and runs them one after the other. Fails with `invalid-request` where one makes no sense, and with `limit-too-large`. */
export function* runSimulation<Operation extends { readonly op: string; readonly repeat: number }>(
  simulator: Simulator<Operation>,
  operations: readonly Operation[],
  reader = new SimulationReader(),
): SimulationSteps {
  const plans: Plan[] = [];
  for (const [index, operation] of operations.entries()) {
    plans.push(simulator.plan(operation, reader, `/operations/${index}`));
    if (reader.problem) return err(reader.problem);
    yield;
  }
  const steps: SimulatedStep[] = [];
  const budget: Budget = { runs: MOST_SIMULATED_RUNS, values: MOST_SIMULATED_VALUES };
  for (const [index, operation] of operations.entries()) {
    const plan = plans[index];
    const step = plan && (yield* runStep(simulator, operation, plan, budget));
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

function* runStep<Operation extends { readonly repeat: number }>(
  simulator: Simulator<Operation>,
  operation: Operation,
  plan: Plan,
  budget: Budget,
): Steps<SimulatedStep | 'too much' | undefined> {
  const results: Json[] = [];
  const asked = simulator.attempts;
  let failures = 0;
  let error: SimulatedStep['error'] = null;
  const lists = valuesIn(operation) / LISTED_FOR_ONE_RUN;
  for (let run = 0; run < operation.repeat; run++) {
    budget.runs -= Math.max(plan.cost(), lists);
    if (budget.runs < 0 || budget.values < 0 || operation.repeat - run > MOST_SIMULATED_RUNS) return 'too much';
    yield;
    const ran = plan.run();
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
