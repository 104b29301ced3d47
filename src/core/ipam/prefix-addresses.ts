import type { NetworkModel } from '../model/network-model.js';
import { formatIp, type Ip } from '../net/ip.js';
import type { IpRange } from '../net/ip-set.js';
import { ADDRESS_PLANES, type AddressPlane } from './address-plane.js';
import { type OwnerView, ownersIn } from './address-owners.js';
import type { AllocationBook } from './allocation-book.js';
import { clippedRanges } from './clip-ranges.js';
import { heldAddresses } from './held-addresses.js';

/** Who has a taken address: somebody in the cluster; an allocation through the API, and nobody is seen with it; nobody, and it rests. */
export const ADDRESS_STATES = ['used', 'allocated', 'resting'] as const;

/** One of them. */
export type AddressState = (typeof ADDRESS_STATES)[number];

/** A taken address. */
export interface TakenAddress {
  readonly ip: Ip;
  readonly state: AddressState;
  readonly owners: readonly OwnerView[];
}

/** Which of the taken addresses. Absent members admit all. */
export interface TakenFilter {
  readonly plane?: AddressPlane | undefined;
  readonly state?: AddressState | undefined;
  /** A part of an owner's name. */
  readonly owner?: string | undefined;
  /** Only those above this one. */
  readonly after?: Ip | undefined;
  readonly limit: number;
}

/** A part of the taken addresses of a range, ascending. */
export interface TakenPage {
  readonly addresses: readonly TakenAddress[];
  /** Go on after this one; undefined: that was all. */
  readonly next: Ip | undefined;
}

/** So many addresses are looked at for one page, whether the filter admits them or not. */
const MOST_LOOKS = 2_000;

/** The taken addresses of a range. */
export function takenAddresses(model: NetworkModel, book: AllocationBook, range: IpRange, filter: TakenFilter): TakenPage {
  const { family } = range;
  const first = filter.after && filter.after.value >= range.first ? filter.after.value + 1n : range.first;
  const addresses: TakenAddress[] = [];
  let looks = 0;
  let last: Ip | undefined;
  for (const value of candidates(model, book, { family, first, last: range.last })) {
    if (addresses.length === filter.limit || looks++ === MOST_LOOKS) return { addresses, next: last };
    last = { family, value };
    const taken = takenAddress(model, book, last, filter.plane);
    if (taken && admits(filter, taken)) addresses.push(taken);
  }
  return { addresses, next: undefined };
}

/** Ascending: what is taken in the cluster, and in any plane through the API. */
function* candidates(model: NetworkModel, book: AllocationBook, range: IpRange): Generator<bigint> {
  const { family, first, last } = range;
  const sources = [
    valuesOf(endsOf(clippedRanges(heldAddresses(model), range))),
    ...ADDRESS_PLANES.map((plane) => valuesOf(book.takenOf(plane, family).addresses.ranges(first, last))),
  ];
  const heads = sources.map((source) => source.next().value);
  for (;;) {
    const lowest = heads.reduce((least, head) => (head !== undefined && (least === undefined || head < least) ? head : least), undefined);
    if (lowest === undefined) return;
    yield lowest;
    for (const [index, source] of sources.entries()) if (heads[index] === lowest) heads[index] = source.next().value;
  }
}

function* endsOf(ranges: Iterable<IpRange>): Generator<readonly [bigint, bigint]> {
  for (const { first, last } of ranges) yield [first, last];
}

function* valuesOf(ranges: Iterable<readonly [bigint, bigint]>): Generator<bigint, undefined> {
  for (const [first, last] of ranges) for (let value = first; value <= last; value++) yield value;
  return undefined;
}

/** The address in one plane, or in any; undefined: nobody has it there, and it does not rest. */
function takenAddress(model: NetworkModel, book: AllocationBook, ip: Ip, plane: AddressPlane | undefined): TakenAddress | undefined {
  const planes = plane === undefined ? ADDRESS_PLANES : [plane];
  const seen = ownersIn(model, ip).filter((owner) => planes.includes(owner.plane));
  const given = planes
    .flatMap((one) => book.holder(one, ip) ?? [])
    .map(({ plane: of, owner, identifier }): OwnerView => {
      return { type: 'allocation', plane: of, object: null, name: owner ?? identifier, node: null, provenance: 'observed' };
    });
  const owners = [...seen, ...given];
  if (owners.length === 0) return planes.some((one) => book.restOf(one, ip) !== undefined) ? { ip, state: 'resting', owners } : undefined;
  return { ip, state: seen.length > 0 ? 'used' : 'allocated', owners };
}

function admits({ state, owner }: TakenFilter, taken: TakenAddress): boolean {
  return (state === undefined || taken.state === state) && (owner === undefined || taken.owners.some(({ name }) => name.includes(owner)));
}

/** As it is shown. */
export interface TakenAddressView {
  readonly ip: string;
  readonly state: AddressState;
  readonly owners: readonly OwnerView[];
}

export function takenView({ ip, state, owners }: TakenAddress): TakenAddressView {
  return { ip: formatIp(ip), state, owners };
}
