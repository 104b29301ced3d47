import { type Cidr, cidrSize, cidrsOverlap } from '../../net/cidr.js';
import { familyBits } from '../../net/ip.js';

const MOST_CHILDREN = 1n << 16n;

/**
 * Cuts a cluster CIDR into equal children and hands them out round robin, as kube-controller-manager does for nodes (kubernetes
 * `pkg/controller/nodeipam/ipam/cidrset`): the search starts after the child that was handed out last, and wraps.
 */
export class ChildCidrs {
  private readonly taken = new Set<bigint>();
  private readonly count: bigint;
  private readonly childBits: bigint;
  private readonly prefix: number;
  private next = 0n;

  /** `mask` shorter than the cluster's own prefix gives one child, the whole. */
  constructor(
    private readonly cluster: Cidr,
    mask: number,
  ) {
    this.prefix = Math.max(mask, cluster.prefix);
    this.childBits = BigInt(familyBits(cluster.family) - this.prefix);
    const children = cidrSize(cluster) >> this.childBits;
    this.count = children > MOST_CHILDREN ? MOST_CHILDREN : children;
  }

  /** Takes every child that the range overlaps. Idempotent. */
  occupy(range: Cidr): void {
    if (!cidrsOverlap(this.cluster, range)) return;
    const first = range.base > this.cluster.base ? (range.base - this.cluster.base) >> this.childBits : 0n;
    const end = range.base + cidrSize(range) - 1n - this.cluster.base;
    const last = end >> this.childBits;
    for (let index = first; index <= last && index < this.count; index++) this.taken.add(index);
  }

  /** The next free child; undefined when all are taken. */
  allocate(): Cidr | undefined {
    for (let step = 0n; step < this.count; step++) {
      const index = (this.next + step) % this.count;
      if (this.taken.has(index)) continue;
      this.taken.add(index);
      this.next = (index + 1n) % this.count;
      return { family: this.cluster.family, base: this.cluster.base + (index << this.childBits), prefix: this.prefix };
    }
    return undefined;
  }
}
