import { formatCidr } from '../net/cidr.js';
import { formatIp, type IpFamily } from '../net/ip.js';
import { type IpRange, rangeOfCidr } from '../net/ip-set.js';
import type { AddressPlane } from './address-plane.js';
import type { Band } from './bands.js';
import { clipRanges } from './clip-ranges.js';
import type { IpPool, PoolBlock } from './ip-pool.js';
import { fragmentationOf, type PoolUtilization, utilizationOf } from './pool-utilization.js';

/** Both ends of a band, included. */
export interface BandView {
  readonly first: string;
  readonly last: string;
}

/** One block and how full it is. */
export interface BlockView {
  readonly cidr: string;
  readonly node: string | null;
  readonly provenance: string;
  readonly capacity: string;
  readonly used: string;
  readonly reserved: string;
  readonly available: string;
}

/** How a pool is cut for nodes. */
export interface LayoutView {
  readonly blockPrefix: number;
  readonly total: string;
  readonly assigned: number;
  readonly free: string;
}

/** INVARIANT INV-IPAM-6: numbers of addresses leave as decimal text, whatever their size: an IPv6 prefix has more than a JSON number can say. */
export interface UtilizationView {
  readonly capacity: string;
  readonly used: string;
  readonly reserved: string;
  readonly available: string;
  /** Used part of the capacity in percent, rounded to two digits. */
  readonly usedPercent: number;
  readonly unusableInUse: string;
  readonly fragments: number;
  readonly largestFree: string;
  /** See {@link fragmentationOf}. */
  readonly fragmentationPercent: number;
}

/** A pool as it is shown. */
export interface PoolView extends UtilizationView {
  readonly name: string;
  readonly plane: AddressPlane;
  readonly family: IpFamily;
  readonly ranges: readonly string[];
  readonly reservations: readonly string[];
  readonly usableRule: string | null;
  readonly strategy: string | null;
  readonly provenance: string;
  readonly why: string;
  readonly staticBand: BandView | null;
  readonly dynamicBand: BandView | null;
  readonly layout: LayoutView | null;
  /** Null where they were not asked for. */
  readonly blocks: readonly BlockView[] | null;
}

/** A pool with its utilisation. `taken`: every address of it that somebody has, in canonical form, for its blocks; null: they are not wanted. */
export function poolView(pool: IpPool, utilization: PoolUtilization, taken: readonly IpRange[] | null): PoolView {
  const { name, plane, family, declared, usableRule, strategy, provenance, why, layout, bands } = pool;
  return {
    name,
    plane,
    family,
    ranges: declared,
    reservations: pool.reserved.map(rangeText),
    usableRule,
    strategy,
    provenance,
    why,
    ...utilizationView(utilization),
    staticBand: bandView(bands?.static, family),
    dynamicBand: bandView(bands?.dynamic, family),
    layout: layout && {
      blockPrefix: layout.prefix,
      total: String(layout.total),
      assigned: layout.blocks.length,
      free: String(layout.total - BigInt(layout.blocks.length)),
    },
    blocks: taken && (layout?.blocks ?? []).map((block) => blockView(pool, block, taken)),
  };
}

/** Numbers as they are shown. */
export function utilizationView(utilization: PoolUtilization): UtilizationView {
  const { capacity, used, reserved, available, unusableInUse, fragments, largestFree } = utilization;
  return {
    capacity: String(capacity),
    used: String(used),
    reserved: String(reserved),
    available: String(available),
    usedPercent: capacity === 0n ? 0 : Number((used * 10_000n) / capacity) / 100,
    unusableInUse: String(unusableInUse),
    fragments,
    largestFree: String(largestFree),
    fragmentationPercent: fragmentationOf(available, largestFree),
  };
}

/** `10.0.0.1`, or `10.0.0.1-10.0.0.9`. */
export function rangeText({ family, first, last }: IpRange): string {
  const from = formatIp({ family, value: first });
  return first === last ? from : `${from}-${formatIp({ family, value: last })}`;
}

function bandView(band: Band<bigint> | null | undefined, family: IpFamily): BandView | null {
  return band ? { first: formatIp({ family, value: band[0] }), last: formatIp({ family, value: band[1] }) } : null;
}

function blockView({ reserved: held }: IpPool, block: PoolBlock, taken: readonly IpRange[]): BlockView {
  const span = rangeOfCidr(block.cidr);
  const { capacity, used, reserved, available } = utilizationOf(
    { usable: block.usable, reserved: clipRanges(held, span), span: [span] },
    clipRanges(taken, span),
  );
  const { cidr, node, provenance } = block;
  return {
    cidr: formatCidr(cidr),
    node,
    provenance,
    capacity: String(capacity),
    used: String(used),
    reserved: String(reserved),
    available: String(available),
  };
}
