import { SparseBitmap } from '../net/sparse-bitmap.js';

/** Addresses that were used and given back, in the order of their release: what the strategy `fifo` hands out when every address has been used once. */
export class ReleaseQueue {
  private readonly order = new Set<bigint>();
  private readonly members = new SparseBitmap();

  /** Puts an address at the end, wherever it was. */
  push(value: bigint): void {
    this.order.delete(value);
    this.order.add(value);
    this.members.add(value);
  }

  /** Takes an address out, wherever it is. */
  remove(value: bigint): void {
    if (this.order.delete(value)) this.members.delete(value);
  }

  /** The address that has waited longest among those that `admits` lets through; the others keep their place. */
  first(admits: (value: bigint) => boolean): bigint | undefined {
    for (const value of this.order) if (admits(value)) return value;
    return undefined;
  }

  /** The first address from `from` on that does not wait here. */
  nextOutside(from: bigint): bigint {
    return this.members.nextAbsent(from);
  }
}
