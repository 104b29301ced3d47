import { sortedInSteps } from '../kernel/sorted-in-steps.js';
import type { Steps } from '../kernel/steps.js';
import { type Cidr, cidrSize, compareCidrs } from './cidr.js';

interface Entry<T> {
  readonly cidr: Cidr;
  readonly thing: T;
  readonly place: number;
}

/** Things at networks, found by a wider network that holds them, in a time that goes with those found. It never changes. */
export class InnerCidrs<T> {
  private constructor(private readonly sorted: readonly Entry<T>[]) {}

  /** Yields every few thousand networks. */
  static *inSteps<T>(entries: readonly (readonly [Cidr, T])[]): Steps<InnerCidrs<T>> {
    const placed = entries.map(([cidr, thing], place): Entry<T> => ({ cidr, thing, place }));
    return new InnerCidrs(yield* sortedInSteps(placed, (a, b) => compareCidrs(a.cidr, b.cidr)));
  }

  /** What is at networks in this one, or at itself, as it was given. */
  within(outer: Cidr): readonly T[] {
    const last = outer.base + cidrSize(outer) - 1n;
    const found: Entry<T>[] = [];
    // Wider ones of the same base come before; what begins inside lies inside.
    for (let index = this.firstFrom(outer); ; index++) {
      const entry = this.sorted[index];
      if (!entry || entry.cidr.family !== outer.family || entry.cidr.base > last) break;
      found.push(entry);
    }
    return found.sort((a, b) => a.place - b.place).map(({ thing }) => thing);
  }

  private firstFrom(cidr: Cidr): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.sorted[middle];
      if (entry && compareCidrs(entry.cidr, cidr) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
