import { childCount } from '../../../net/child-cidrs.js';
import type { CalicoPool } from '../../calico-pool-choice.js';
import { GoRandom } from './go-random.js';

/** Nodes are named in UTF-8. */
const UTF_8 = new TextEncoder();
/** What the names of hosts that are no nodes begin with; Calico seeds with the rest. */
const VIRTUAL = /^virtual:/;

/**
 * Where nodes begin their search for a block of a pool: at a number that is drawn with the hash of the node's name as the seed, so that nodes do not meet at the first block
 * (projectcalico/calico `libcalico-go/lib/ipam/ipam_block_reader_writer.go`, determineSeed, randomBlockGenerator). It is no chance: a node of that name begins there in every cluster.
 */
export class BlockStarts {
  /** By node and number of blocks. */
  private readonly known = new Map<string, bigint>();

  of(pool: CalicoPool, node: string): bigint {
    const count = childCount(pool.cidr, pool.blockSize);
    const key = `${count} ${node}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const start = new GoRandom(fnv1(node.replace(VIRTUAL, ''))).below(count);
    this.known.set(key, start);
    return start;
  }
}

/** FNV-1, 32 bits. */
function fnv1(text: string): number {
  let state = 0x811c_9dc5;
  for (const byte of UTF_8.encode(text)) state = Math.imul(state, 0x0100_0193) ^ byte;
  return state >>> 0;
}
