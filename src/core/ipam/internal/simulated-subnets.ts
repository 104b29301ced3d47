import type { Problem } from '../../kernel/problem.js';
import { ok, type Result } from '../../kernel/result.js';
import { ChildCidrs } from '../../net/child-cidrs.js';
import { type Cidr, formatCidr, parseCidr } from '../../net/cidr.js';
import type { AllocatorOperation, Outcome, SimulatedAllocator, SimulatedValue } from '../simulation.js';

/** Node CIDRs (reference: kubernetes `cidr_set.go`). */
export class SimulatedSubnets implements SimulatedAllocator {
  readonly attempts = 0;

  private constructor(
    private readonly network: Cidr,
    private readonly children: ChildCidrs,
  ) {}

  /** Fails with `invalid-request`. */
  static of(network: Cidr, childPrefixLength: number): Result<SimulatedSubnets, Problem> {
    const children = ChildCidrs.of(network, childPrefixLength);
    return children.ok ? ok(new SimulatedSubnets(network, children.value)) : children;
  }

  run(op: AllocatorOperation['op'], value: SimulatedValue | undefined): Outcome | undefined {
    if (op === 'status') return {};
    if (op === 'allocate') return value === undefined ? this.allocate() : undefined;
    if (op === 'occupy') return this.touch(value, (cidr) => this.children.occupy(cidr));
    return op === 'release' ? this.touch(value, (cidr) => this.children.release(cidr)) : undefined;
  }

  state(): ReturnType<SimulatedAllocator['state']> {
    const { allocations, releases, tries } = this.children.counters;
    return {
      used: String(this.children.used),
      allocations: String(allocations),
      releases: String(releases),
      tries: String(tries),
      usedIndexes: this.children.takenIndexes().map(([first, last]) => `${first}-${last}`),
    };
  }

  private allocate(): Outcome {
    const child = this.children.allocate();
    return child
      ? { result: formatCidr(child) }
      : { error: 'POOL_EXHAUSTED', message: `every child of \`${formatCidr(this.network)}\` is taken` };
  }

  private touch(value: SimulatedValue | undefined, change: (cidr: Cidr) => boolean): Outcome | undefined {
    const cidr = typeof value === 'string' ? parseCidr(value) : undefined;
    if (!cidr) return undefined;
    if (change(cidr)) return {};
    return { error: 'NOT_IN_RANGE', message: `\`${formatCidr(cidr)}\` is outside \`${formatCidr(this.network)}\`` };
  }
}
