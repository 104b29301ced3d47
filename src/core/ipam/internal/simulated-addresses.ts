import { formatIp, parseIp } from '../../net/ip.js';
import { type IpRange, rangeContains } from '../../net/ip-set.js';
import { SparseBitmap } from '../../net/sparse-bitmap.js';
import { FreeSpace } from '../free-space.js';
import type { AllocatorOperation, Outcome, SimulatedAllocator, SimulatedValue } from '../simulation.js';
import { countAddresses } from '../usable-addresses.js';

/** Plain pools of addresses: the lowest free one is given, as Cluster API's in-cluster provider and whereabouts do. */
export class SimulatedAddresses implements SimulatedAllocator {
  readonly attempts = 0;
  private readonly spaces: readonly FreeSpace[];

  constructor(private readonly ranges: readonly IpRange[]) {
    this.spaces = ([4, 6] as const).map(
      (family) =>
        new FreeSpace(
          ranges.filter((range) => range.family === family),
          new SparseBitmap(),
        ),
    );
  }

  get looks(): number {
    return this.ranges.length;
  }

  run(op: AllocatorOperation['op'], value: SimulatedValue | undefined): Outcome | readonly Outcome[] | undefined {
    if (op === 'status') return {};
    if (op === 'list') return this.held().map((result) => ({ result }));
    if (op === 'allocate' && value === undefined) return this.lowest();
    const ip = typeof value === 'string' ? parseIp(value) : undefined;
    const space = ip && this.spaces[ip.family === 4 ? 0 : 1];
    if (!ip || !space) return undefined;
    if (op === 'has') return { result: space.taken.has(ip.value) };
    if (op === 'release') return space.giveBack(ip.value) ? {} : { error: 'NOT_IN_RANGE', message: `nobody holds \`${formatIp(ip)}\`` };
    if (op !== 'allocate' && op !== 'occupy') return undefined;
    if (!this.ranges.some((range) => rangeContains(range, ip))) {
      return { error: 'NOT_IN_RANGE', message: `\`${formatIp(ip)}\` is not given out` };
    }
    return space.take(ip.value) ? { result: formatIp(ip) } : { error: 'ALREADY_ALLOCATED', message: `\`${formatIp(ip)}\` is taken` };
  }

  state(): Readonly<Record<string, string>> {
    const free = this.spaces.reduce((sum, space) => sum + space.free, 0n);
    return { free: String(free), used: String(countAddresses(this.ranges) - free) };
  }

  private lowest(): Outcome {
    for (const [index, { family, first, last }] of this.ranges.entries()) {
      const space = this.spaces[family === 4 ? 0 : 1];
      const value = space?.next(first, last);
      if (value === undefined || this.ranges.findIndex((range) => rangeContains(range, { family, value })) !== index) continue;
      space?.take(value);
      return { result: formatIp({ family, value }) };
    }
    return { error: 'POOL_EXHAUSTED', message: 'no address available' };
  }

  private held(): readonly string[] {
    return this.ranges.flatMap(({ family, first, last }) => {
      const taken = [...(this.spaces[family === 4 ? 0 : 1]?.taken.ranges(first, last) ?? [])];
      return taken.map(([from, to]) =>
        from === to ? formatIp({ family, value: from }) : `${formatIp({ family, value: from })}-${formatIp({ family, value: to })}`,
      );
    });
  }
}
