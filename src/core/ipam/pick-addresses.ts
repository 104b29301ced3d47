import type { AllocationStrategy } from './allocation-strategy.js';
import { chooseAddress, type ChoiceState } from './choose-address.js';
import type { FreeSpace } from './free-space.js';

/** The addresses that the strategy takes next, as many as there are up to `count`; the space is left as it was. `wanted`: taken first where it is free. */
export function pickAddresses(
  space: FreeSpace,
  strategy: AllocationStrategy,
  count: number,
  state: ChoiceState,
  wanted?: bigint,
): readonly bigint[] {
  const first = next(space, strategy, count, state, wanted, undefined);
  if (first === undefined || count === 1) return first === undefined ? [] : [first];
  const picked = [first];
  space.take(first);
  try {
    while (picked.length < count) {
      const value = next(space, strategy, count - picked.length, state, undefined, picked.at(-1));
      if (value === undefined) break;
      space.take(value);
      picked.push(value);
    }
  } finally {
    for (const value of picked) space.giveBack(value);
  }
  return picked;
}

/** The same of spaces that are looked at one after the other. */
export function pickInTurns(
  spaces: readonly FreeSpace[],
  strategy: AllocationStrategy,
  count: number,
  state: ChoiceState,
): readonly bigint[] {
  const picked: bigint[] = [];
  for (const space of spaces) {
    if (picked.length < count) picked.push(...pickAddresses(space, strategy, count - picked.length, state));
  }
  return picked;
}

function next(
  space: FreeSpace,
  strategy: AllocationStrategy,
  wanted: number,
  state: ChoiceState,
  preferred: bigint | undefined,
  before: bigint | undefined,
): bigint | undefined {
  if (preferred !== undefined && space.isFree(preferred)) return preferred;
  // What shares a run stays together.
  if (strategy === 'bestFit' && before !== undefined && space.isFree(before + 1n)) return before + 1n;
  if (wanted === 1 && before === undefined) return chooseAddress(space, strategy, state);
  return chooseAddress(space, strategy, { ...state, cursor: before ?? state.cursor, wanted });
}
