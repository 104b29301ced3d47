import { assertNever } from '../kernel/assert-never.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { err } from '../kernel/result.js';
import { SparseBitmap } from '../net/sparse-bitmap.js';
import { FreeSpace } from './free-space.js';
import { invalidIn } from './simulation-problems.js';
import { done, listed, type Plan, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';

/** A range of numbers, such as the VLAN ids 1 to 4094 of a site, and which are taken. */
export interface NumberWorld {
  readonly first: number;
  readonly last: number;
  readonly used: readonly number[];
}

/** One step. As many numbers as are asked for are given, or none. */
export type NumberOperation = { readonly repeat: number } & (
  { readonly op: 'allocate'; readonly count: number } | { readonly op: 'release'; readonly number: number } | { readonly op: 'free' }
);

/** How VLAN ids and AS numbers are given out: the lowest that are free (netbox-community/netbox `netbox/ipam/api/views.py`). Fails with `invalid-request` and `limit-too-large`. */
export function* simulateNumbers(world: NumberWorld, operations: readonly NumberOperation[]): SimulationSteps {
  if (world.first > world.last) return err(invalidIn('/world/last', `\`last\` is ${world.first} or more, got ${world.last}`));
  return yield* runSimulation(new NumberSimulator(world), operations);
}

class NumberSimulator implements Simulator<NumberOperation> {
  readonly attempts = 0;
  private readonly space: FreeSpace;

  constructor({ first, last, used }: NumberWorld) {
    const taken = new SparseBitmap();
    for (const number of used) taken.add(BigInt(number));
    this.space = new FreeSpace([{ family: 6, first: BigInt(first), last: BigInt(last) }], taken);
  }

  plan(operation: NumberOperation): Plan {
    switch (operation.op) {
      case 'allocate':
        return { cost: () => 1 + operation.count / 10, run: () => this.allocate(operation.count) };
      case 'release':
        return { cost: () => 1, run: () => this.release(operation.number) };
      case 'free':
        return { cost: () => 1, run: () => listed([...this.space.ranges()].map(({ first, last }) => `${first}-${last}`)) };
      default:
        return assertNever(operation);
    }
  }

  state(): JsonObject {
    return { free: String(this.space.free) };
  }

  private release(number: number): Ran {
    return this.space.giveBack(BigInt(number)) ? done() : refused('NOT_ALLOCATED', `nobody holds ${number}`);
  }

  private allocate(count: number): Ran {
    if (BigInt(count) > this.space.free) {
      return refused('POOL_EXHAUSTED', `${count} numbers are asked for, and ${this.space.free} are free`);
    }
    const given: Json[] = [];
    for (const { first, last } of this.space.ranges()) {
      for (let value = first; value <= last && given.length < count; value++) given.push(Number(value));
      if (given.length === count) break;
    }
    for (const value of given) this.space.take(BigInt(Number(value)));
    return listed(given);
  }
}
