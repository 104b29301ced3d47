import { assertNever } from '../kernel/assert-never.js';
import type { AllocationStrategy } from './allocation-strategy.js';
import type { FreeSpace } from './free-space.js';
import type { ReleaseQueue } from './release-queue.js';
import type { SeededNumbers } from './seeded-numbers.js';

/** What a choice depends on besides the free addresses. */
export interface ChoiceState {
  /** The address handed out last; undefined before the first. */
  readonly cursor: bigint | undefined;
  readonly released: ReleaseQueue;
  /** The first address of the upper band; undefined where there is one band only. */
  readonly upperBand: bigint | undefined;
  /** Seeded by the state. */
  readonly numbers: SeededNumbers;
  /** How many addresses are still asked for, this one included; absent: one. */
  readonly wanted?: number | undefined;
}

interface Bounds {
  readonly first: bigint;
  readonly last: bigint;
}

/** The address that the strategy takes next; undefined when nothing is free. */
export function chooseAddress(space: FreeSpace, strategy: AllocationStrategy, state: ChoiceState): bigint | undefined {
  const all = boundsOf(space);
  if (!all) return undefined;
  switch (strategy) {
    case 'lowest':
      return space.next(all.first, all.last);
    case 'roundRobin':
      return wrapping(space, all, (state.cursor ?? all.first - 1n) + 1n);
    case 'random':
      return fromSeed(space, all, state.numbers);
    case 'banded':
      return fromBands(space, all, state);
    case 'fifo':
      return longestFree(space, all, state.released);
    case 'bestFit':
      return smallestRun(space, state.wanted ?? 1);
    case 'sparse':
      return middleOfLongestRun(space);
    default:
      return assertNever(strategy);
  }
}

function boundsOf({ offered }: FreeSpace): Bounds | undefined {
  const [first] = offered;
  const last = offered.at(-1);
  return first && last && { first: first.first, last: last.last };
}

/** The first free one from `start` on, going round once. */
function wrapping(space: FreeSpace, { first, last }: Bounds, start: bigint): bigint | undefined {
  return space.next(start > first ? start : first, last) ?? space.next(first, start < last ? start : last);
}

function fromSeed(space: FreeSpace, bounds: Bounds, numbers: SeededNumbers): bigint | undefined {
  return wrapping(space, bounds, bounds.first + numbers.below(bounds.last - bounds.first + 1n));
}

/** KEP-3070 and KEP-3668: kubernetes `pkg/registry/core/service/ipallocator/ipallocator.go`, `allocateNextService`. */
function fromBands(space: FreeSpace, all: Bounds, { upperBand, numbers }: ChoiceState): bigint | undefined {
  if (upperBand === undefined || upperBand <= all.first) return fromSeed(space, all, numbers);
  const upper = upperBand <= all.last ? fromSeed(space, { first: upperBand, last: all.last }, numbers) : undefined;
  return upper ?? fromSeed(space, { first: all.first, last: upperBand - 1n }, numbers);
}

/** Never used ones have been free since the beginning. One that waits but may not be handed out now keeps its place (Calico `ipam_block.go`, `autoAssign`). */
function longestFree(space: FreeSpace, { first, last }: Bounds, released: ReleaseQueue): bigint | undefined {
  let candidate = space.next(first, last);
  while (candidate !== undefined) {
    const unused = released.nextOutside(candidate);
    if (unused === candidate) return candidate;
    candidate = space.next(unused, last);
  }
  return released.first((value) => space.isFree(value));
}

/** The first of the smallest runs that have room for all; where none has, the first of the longest. */
function smallestRun(space: FreeSpace, wanted: number): bigint | undefined {
  let best: Bounds | undefined;
  const length = ({ first, last }: Bounds): bigint => last - first + 1n;
  for (const run of space.firstRanges()) {
    const fits = length(run) >= wanted;
    if (!best || (fits ? length(best) < wanted || length(run) < length(best) : length(run) > length(best) && length(best) < wanted))
      best = run;
  }
  return best?.first;
}

/** The lower of two middles. */
function middleOfLongestRun(space: FreeSpace): bigint | undefined {
  let longest: Bounds | undefined;
  for (const run of space.firstRanges()) if (!longest || run.last - run.first > longest.last - longest.first) longest = run;
  return longest && (longest.first + longest.last) / 2n;
}
