import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import { simulateAllocator } from '../../core/ipam/simulate-allocator.js';
import type { AllocatorOperation, AllocatorStep, AllocatorWorld } from '../../core/ipam/simulation.js';

/** Runs operations on an allocator that is made for them and thrown away: no cluster is asked, and nothing is written. */
export class SimulateAllocator {
  /** One step for each operation. Fails with `invalid-request` and `limit-too-large`. */
  run(world: AllocatorWorld, operations: readonly AllocatorOperation[]): Result<readonly AllocatorStep[], Problem> {
    return simulateAllocator(world, operations);
  }
}
