import { type Problem, problem } from '../kernel/problem.js';

/** Runs of all steps of one simulation together. */
export const MOST_SIMULATED_RUNS = 200_000;

/** Values that the answer of one simulation has at most, those inside of others too. */
export const MOST_SIMULATED_VALUES = 1_000_000;

/** A problem with one member of a simulation. */
export function invalidIn(pointer: string, message: string): Problem {
  return problem('invalid-request', message, { errors: [{ pointer, code: 'invalid-value', message }] });
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
