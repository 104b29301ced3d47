import type { AllocationBook } from './allocation-book.js';
import type { AllocationMemory } from './allocation-memory.js';
import type { AllocationStrategy } from './allocation-strategy.js';
import type { ChoiceState } from './choose-address.js';
import type { IpPool } from './ip-pool.js';
import { SeededNumbers } from './seeded-numbers.js';

/** How the units of a pool are chosen: those of so many host bits, by a strategy, from a seed that a caller may give. */
export interface Choosing {
  readonly strategy: AllocationStrategy;
  readonly hostBits: number;
  readonly seed: string | undefined;
}

/** What a choice goes by besides what is free: the past, and numbers that the seed gives; without one the change that comes next does, so that the same state is answered in the same way (INV-IPAM-5). */
export function choiceState(
  { name, plane, family, bands }: IpPool,
  { strategy, hostBits, seed }: Choosing,
  book: AllocationBook,
  memory: AllocationMemory,
): ChoiceState {
  const last = strategy === 'roundRobin' ? memory.cursor(name) : undefined;
  return {
    cursor: last === undefined ? undefined : last >> BigInt(hostBits),
    released: memory.released(plane, family),
    upperBand: bands?.dynamic?.[0],
    numbers: new SeededNumbers(seed ?? String(book.sequence)),
  };
}
