import { type Cidr, formatCidr } from '../net/cidr.js';
import { formatIp, type Ip } from '../net/ip.js';
import type { AllocationStrategy } from './allocation-strategy.js';

/** What else a caller may ask; absent members leave the choice to the room. */
export interface AllocationOptions {
  /** Pools to try after the first one, in this order. */
  readonly otherPools?: readonly string[] | undefined;
  /** Whole prefixes of this length in place of addresses. */
  readonly prefixLength?: number | undefined;
  /** Taken where it is free, of a prefix its first address; otherwise the strategy chooses. */
  readonly preferred?: Ip | undefined;
  /** So many addresses or prefixes, all of one pool; 1 when absent. */
  readonly count?: number | undefined;
  /** `lowest` when absent. */
  readonly strategy?: AllocationStrategy | undefined;
  /** Moves the starting point of `banded` and `random`. */
  readonly seed?: string | undefined;
  /** Only addresses of the ranges of this node. */
  readonly node?: string | undefined;
  /** Only addresses of these prefixes. */
  readonly within?: readonly Cidr[] | undefined;
  /** No address of these prefixes. */
  readonly exclude?: readonly Cidr[] | undefined;
  /** The allocation ends by itself after so long. */
  readonly leaseSeconds?: number | undefined;
  /** After its end nobody gets the address for so long. */
  readonly cooldownSeconds?: number | undefined;
  /** Fewer addresses than were asked for are better than none. */
  readonly partial?: boolean | undefined;
}

/** The options as one text that is the same for the same ones, whatever the order of their members; empty when there are none. */
export function requestText(options: AllocationOptions): string {
  if (Object.values(options).every((value) => value === undefined)) return '';
  const { preferred, within, exclude, ...plain } = options;
  const members = {
    ...plain,
    preferred: preferred && formatIp(preferred),
    within: within?.map(formatCidr),
    exclude: exclude?.map(formatCidr),
  };
  const said = Object.entries(members).filter(([, value]) => value !== undefined);
  return said.length === 0 ? '' : JSON.stringify(Object.fromEntries(said.sort(([a], [b]) => (a < b ? -1 : 1))));
}
