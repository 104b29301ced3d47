import { ChildCidrs } from '../../net/child-cidrs.js';
import { type Cidr, formatCidr, parseCidr } from '../../net/cidr.js';
import type { IpRange } from '../../net/ip-set.js';
import { rangeToCidrs, rangeOfCidr, subtractRanges } from '../../net/ip-set.js';
import type { FlannelSubnets } from '../flannel-subnets.js';
import type { AllocatorOperation, Outcome, SimulatedAllocator, SimulatedValue } from '../simulation.js';

/** Leases of a flannel that keeps them itself. Which of the free subnets a host gets is drawn at random there; here it is the next one. */
export class SimulatedFlannel implements SimulatedAllocator {
  readonly attempts = 0;
  private readonly children: ChildCidrs;
  private readonly outside: number;
  /** Of a prefix that is taken or given back: it touches 2^20 subnets at most. */
  private readonly shortest: number;

  constructor(network: Cidr, { subnetLen, subnetMin, subnetMax }: FlannelSubnets) {
    this.children = new ChildCidrs(network, subnetLen);
    this.shortest = subnetLen - 20;
    const last = rangeOfCidr({ family: network.family, base: subnetMax.value, prefix: subnetLen }).last;
    const leased: IpRange = { family: network.family, first: subnetMin.value, last };
    for (const range of subtractRanges([rangeOfCidr(network)], [leased]))
      for (const cidr of rangeToCidrs(range)) this.children.occupy(cidr);
    this.outside = this.children.used;
  }

  run(op: AllocatorOperation['op'], value: SimulatedValue | undefined): Outcome | undefined {
    if (op === 'status') return {};
    if (op === 'allocate' && value === undefined) {
      const child = this.children.allocate();
      return child ? { result: formatCidr(child) } : { error: 'POOL_EXHAUSTED', message: 'out of subnets' };
    }
    const cidr = typeof value === 'string' ? parseCidr(value) : undefined;
    if (!cidr || (op !== 'release' && op !== 'occupy') || cidr.prefix < this.shortest) return undefined;
    const isTouched = op === 'release' ? this.children.release(cidr) : this.children.occupy(cidr);
    return isTouched ? {} : { error: 'NOT_IN_RANGE', message: `\`${formatCidr(cidr)}\` is outside the network` };
  }

  state(): Readonly<Record<string, string>> {
    return { leased: String(this.children.used - this.outside) };
  }
}
