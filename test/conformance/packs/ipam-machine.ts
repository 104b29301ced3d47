import type { Actual, Earlier, Json, Sequence, Step } from './ipam-vector.js';

/** How a model of the pack is asked of one of the product's simulated allocators. */
export interface Machine {
  /** Below `/ipam/simulate/`. */
  readonly path: string;
  readonly world: (world: Sequence['world']) => object;
  /** A step as operations; their results are joined. */
  readonly operations: (step: Step, earlier: Earlier, index: number) => readonly object[];
  readonly view?: (step: Step, answers: readonly Answered[], earlier: Earlier, world: Sequence['world']) => Partial<Actual>;
}

export interface Answered {
  readonly results: readonly Json[];
  readonly error: Actual['error'];
  readonly failures: number;
  readonly attempts: number;
  readonly state: NonNullable<Actual['state']>;
}

/** One operation for each repeat. */
export function each(step: Step, operation: (rest: Record<string, unknown>, run: number) => object): readonly object[] {
  const { expect: _expect, as: _as, note: _note, repeat = 1, ...rest } = step;
  return Array.from({ length: repeat }, (_, run) => operation(rest, run));
}
