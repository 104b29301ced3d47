import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { type Cidr, cidrContains, cidrOf, cidrSize, cidrsOverlap, firstIp, formatCidr } from './cidr.js';
import { familyBits, type Ip } from './ip.js';
import { SparseBitmap } from './sparse-bitmap.js';

/** An IPv6 network may be cut into this many children at most (`clusterSubnetMaxDiff` of `cidr_set.go`). */
export const MOST_V6_CHILDREN_BITS = 16;

/** How many children of that length the network has. */
export function childCount(network: Cidr, childPrefix: number): bigint {
  return 1n << BigInt(childPrefix - network.prefix);
}

/** The child by index: network | index << (bits − child prefix). Undefined beyond the last. */
export function childAt(network: Cidr, childPrefix: number, index: bigint): Cidr | undefined {
  if (index < 0n || index >= childCount(network, childPrefix)) return undefined;
  return { family: network.family, base: network.base + (index << BigInt(familyBits(network.family) - childPrefix)), prefix: childPrefix };
}

/** Index of the child that holds the first address of a prefix; undefined where the network does not. */
export function childIndexOf(network: Cidr, childPrefix: number, cidr: Cidr): bigint | undefined {
  if (!cidrContains(network, firstIp(cidr))) return undefined;
  return (cidr.base - network.base) >> BigInt(familyBits(network.family) - childPrefix);
}

/** What has happened so far; `allocations` and `releases` only grow, `tries` counts the used children that searches passed over. */
export interface ChildCidrCounters {
  readonly allocations: number;
  readonly releases: number;
  readonly tries: number;
}

/**
 * The equal children of a network, handed out round robin as kube-controller-manager does for nodes (kubernetes `pkg/controller/nodeipam/ipam/cidrset/cidr_set.go`):
 * the search begins after the child that was handed out last, and wraps.
 */
export class ChildCidrs {
  private readonly taken = new SparseBitmap();
  private readonly count: bigint;
  private next = 0n;
  private done = { allocations: 0, releases: 0, tries: 0 };

  /** `childPrefix` shorter than the network's own gives one child, the whole. */
  constructor(
    private readonly network: Cidr,
    private readonly childPrefix: number,
  ) {
    this.childPrefix = Math.max(childPrefix, network.prefix);
    this.count = childCount(network, this.childPrefix);
  }

  /** The same, refusing what kube-controller-manager refuses: children larger than the network, and more than 2^16 of IPv6. Fails with `invalid-request`. */
  static of(network: Cidr, childPrefix: number): Result<ChildCidrs, Problem> {
    if (childPrefix < network.prefix || childPrefix > familyBits(network.family))
      return err(problem('invalid-request', `\`${formatCidr(network)}\` has no children of /${childPrefix}`));
    if (network.family === 6 && childPrefix - network.prefix > MOST_V6_CHILDREN_BITS) {
      const hint = `at most /${network.prefix + MOST_V6_CHILDREN_BITS}`;
      return err(problem('invalid-request', `\`${formatCidr(network)}\` would have more than 2^16 children of /${childPrefix}`, { hint }));
    }
    return ok(new ChildCidrs(network, childPrefix));
  }

  get used(): number {
    return this.taken.size;
  }

  get counters(): ChildCidrCounters {
    return this.done;
  }

  /** Indexes of the taken children, as ascending ranges. */
  takenIndexes(): readonly (readonly [first: bigint, last: bigint])[] {
    return [...this.taken.ranges(0n, this.count - 1n)];
  }

  /** Takes every child that the prefix touches, whatever its size. Idempotent; false where it touches none. */
  occupy(cidr: Cidr): boolean {
    const touched = this.touchedBy(cidr);
    if (touched) this.done.allocations += this.taken.add(...touched);
    return touched !== undefined;
  }

  /** Whether a child is taken that the prefix touches. */
  isTaken(cidr: Cidr): boolean {
    const touched = this.touchedBy(cidr);
    const next = touched && this.taken.nextPresent(touched[0]);
    return touched !== undefined && next !== undefined && next <= touched[1];
  }

  /** Whether every child is taken that the prefix touches. */
  areAllTaken(cidr: Cidr): boolean {
    const touched = this.touchedBy(cidr);
    return touched !== undefined && this.taken.nextAbsent(touched[0]) > touched[1];
  }

  /** The child that an address lies in. */
  childOf(ip: Ip): Cidr | undefined {
    return cidrContains(this.network, ip) ? cidrOf(ip, this.childPrefix) : undefined;
  }

  /** Gives every child back that the prefix touches. Idempotent; false where it touches none. */
  release(cidr: Cidr): boolean {
    const touched = this.touchedBy(cidr);
    if (touched) this.done.releases += this.taken.delete(...touched);
    return touched !== undefined;
  }

  /** Lets the search begin after the children that the prefix touches, as if the last of them had been handed out last. */
  startAfter(cidr: Cidr): void {
    const touched = this.touchedBy(cidr);
    if (touched) this.next = (touched[1] + 1n) % this.count;
  }

  /** The next free child; undefined when all are taken. */
  allocate(): Cidr | undefined {
    const index = this.nextFree();
    if (index === undefined) return undefined;
    this.done.tries += Number((index - this.next + this.count) % this.count);
    this.done.allocations += this.taken.add(index);
    this.next = (index + 1n) % this.count;
    return childAt(this.network, this.childPrefix, index);
  }

  private nextFree(): bigint | undefined {
    if (BigInt(this.taken.size) === this.count) return undefined;
    const after = this.taken.nextAbsent(this.next);
    return after < this.count ? after : this.taken.nextAbsent(0n);
  }

  private touchedBy(cidr: Cidr): readonly [first: bigint, last: bigint] | undefined {
    if (!cidrsOverlap(this.network, cidr)) return undefined;
    if (cidr.prefix <= this.network.prefix) return [0n, this.count - 1n];
    const childBits = BigInt(familyBits(this.network.family) - this.childPrefix);
    const start = cidr.base - this.network.base;
    return [start >> childBits, (start + cidrSize(cidr) - 1n) >> childBits];
  }
}
