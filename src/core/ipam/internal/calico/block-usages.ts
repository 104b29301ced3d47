import type { CalicoBlock } from './calico-block.js';
import type { ClaimedBlock } from './calico-blocks.js';

/** Addresses held. */
export interface Usage {
  readonly inUse: number;
  /** By another node than the block's. */
  readonly borrowed: number;
}

/** Counts what blocks hold; a block that did not change is not counted again. */
export class BlockUsages {
  private readonly known = new WeakMap<CalicoBlock, Usage & { readonly changes: number; readonly owner: string | undefined }>();

  of(blocks: readonly ClaimedBlock[]): Usage {
    let [inUse, borrowed] = [0, 0];
    for (const claimed of blocks) {
      const usage = this.ofOne(claimed);
      inUse += usage.inUse;
      borrowed += usage.borrowed;
    }
    return { inUse, borrowed };
  }

  private ofOne({ block, owner }: ClaimedBlock): Usage {
    const known = this.known.get(block);
    if (known?.changes === block.changes && known.owner === owner) return known;
    const inUse = block.addresses().length;
    const borrowed = block.addresses(({ node }) => node !== undefined && node !== owner).length;
    const usage = { inUse, borrowed, changes: block.changes, owner };
    this.known.set(block, usage);
    return usage;
  }
}
