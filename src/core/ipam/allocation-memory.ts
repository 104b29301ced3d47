import type { IpFamily } from '../net/ip.js';
import type { AddressPlane } from './address-plane.js';
import type { AllocationBook, AllocationEvent } from './allocation-book.js';
import { KeptParts } from './internal/kept-parts.js';
import { ReleaseQueue } from './release-queue.js';

/** What is handed out after a change, and what strategies remember of the changes up to it. */
export interface AllocationPast {
  readonly book: AllocationBook;
  readonly memory: AllocationMemory;
}

/** What strategies remember of the past: which address or prefix a pool handed out last, in which order addresses were given back, and which parts of pools nodes have got. */
export class AllocationMemory {
  /** Calico's blocks stay with their nodes when nothing of them is handed out any more. */
  readonly parts = new KeptParts();
  private readonly last = new Map<string, bigint>();
  private readonly queues = new Map<string, ReleaseQueue>();

  /** A change that comes in the order of its sequence; the same changes once more leave the memory as it is. */
  enter({ type, allocation, restsUntil }: AllocationEvent): void {
    const { pool, plane, ip, prefixLength, part } = allocation;
    if (type === 'allocated') this.last.set(pool, ip.value);
    if (type === 'allocated' && part) this.parts.note(part);
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
