import type { AllocationPast } from '../../core/ipam/allocation-memory.js';
import type { AllocationBook } from '../../core/ipam/allocation-book.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { Coordinate } from '../clusters/coordinate.js';
import { AllocationStore } from './allocation-store.js';

/**
 * Finds what was handed out at a coordinate: after the change that is named, at the time that is asked for, or now. A revision says nothing about allocations, which are no part
 * of it.
 */
export class AllocationsAt {
  constructor(private readonly store: AllocationStore) {}

  /** The newest book moves on: read it at once. `sequence`: as a question's input has it. Fails with `invalid-request`. */
  async book(at: Coordinate, sequence?: unknown): Promise<Result<AllocationBook, Problem>> {
    const number = await this.numberOf(at, sequence);
    const newest = await this.store.book(at.cluster);
    if (number === undefined) return ok(newest);
    return number <= newest.sequence ? ok(await this.store.book(at.cluster, number)) : err(notYet(number, newest.sequence));
  }

  /** The same with what strategies remember of the changes up to it. Fails with `invalid-request`. */
  async past(at: Coordinate, sequence?: unknown): Promise<Result<AllocationPast, Problem>> {
    const number = await this.numberOf(at, sequence);
    if (number === undefined) return ok(await this.store.past(at.cluster));
    const newest = await this.store.book(at.cluster);
    return number <= newest.sequence ? ok(await this.store.past(at.cluster, number)) : err(notYet(number, newest.sequence));
  }

  private async numberOf({ cluster, time }: Coordinate, sequence: unknown): Promise<number | undefined> {
    if (typeof sequence === 'number') return sequence;
    return time && this.store.sequenceAt(cluster, time);
  }
}

function notYet(number: number, newest: number): Problem {
  const message = `there is no change ${number} of the allocations: the newest is ${newest}`;
  return problem('invalid-request', message, { errors: [{ pointer: '/allocationSequence', code: 'too-large', message }] });
}
