import type { IpFamily } from '../net/ip.js';
import type { AddressPlane } from './address-plane.js';
import type { AllocationEvent } from './allocation-book.js';
import { ReleaseQueue } from './release-queue.js';

/** What strategies remember of the past: which address or prefix a pool handed out last, and in which order addresses were given back. */
export class AllocationMemory {
  private readonly last = new Map<string, bigint>();
  private readonly queues = new Map<string, ReleaseQueue>();

  /** A change that comes in the order of its sequence; the same changes once more leave the memory as it is. */
  enter({ type, allocation: { pool, plane, ip, prefixLength }, restsUntil }: AllocationEvent): void {
    if (type === 'allocated') this.last.set(pool, ip.value);
    if (prefixLength !== undefined) return;
    const queue = this.released(plane, ip.family);
    if (type === 'allocated') queue.remove(ip.value);
    else if (restsUntil === undefined || type === 'freed') queue.push(ip.value);
  }

  /** The address that the pool handed out last, of a prefix the first (`roundRobin`). */
  cursor(pool: string): bigint | undefined {
    return this.last.get(pool);
  }

  /** The addresses of a plane that were given back and that nobody has again, the longest free first (`fifo`). */
  released(plane: AddressPlane, family: IpFamily): ReleaseQueue {
    const key = `${plane} ${family}`;
    const known = this.queues.get(key);
    if (known) return known;
    const made = new ReleaseQueue();
    this.queues.set(key, made);
    return made;
  }
}
