import { SparseBitmap } from '../net/sparse-bitmap.js';

/** Addresses that were used and given back, in the order of their release: what the strategy `fifo` hands out when every address has been used once. */
export class ReleaseQueue {
  /** By address: the place in the order, which only grows. */
  private readonly order = new Map<bigint, number>();
  private pushed = 0;
  private readonly members = new SparseBitmap();

  /** Puts an address at the end, wherever it was. */
  push(value: bigint): void {
    this.order.delete(value);
    this.order.set(value, ++this.pushed);
    this.members.add(value);
  }

  /** Takes an address out, wherever it is. */
  remove(value: bigint): void {
    if (this.order.delete(value)) this.members.delete(value);
  }

  /** The address that has waited longest among those that `admits` lets through; the others keep their place. */
  first(admits: (value: bigint) => boolean): bigint | undefined {
    for (const value of this.order.keys()) if (admits(value)) return value;
    return undefined;
  }

  /** Those of a range that wait here, the longest first. */
  within(first: bigint, last: bigint): readonly bigint[] {
    const waiting: bigint[] = [];
    for (const [start, end] of this.members.ranges(first, last)) for (let value = start; value <= end; value++) waiting.push(value);
    return waiting.sort((a, b) => (this.order.get(a) ?? 0) - (this.order.get(b) ?? 0));
  }

  /** The first address from `from` on that does not wait here. */
  nextOutside(from: bigint): bigint {
    return this.members.nextAbsent(from);
  }
}
