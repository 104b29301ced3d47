import { compareBy } from '../kernel/compare.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import type { Provenance } from '../kernel/provenance.js';
import { sortedInSteps } from '../kernel/sorted-in-steps.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { type Cidr, cidrContains, cidrCovers, cidrOf, cidrsOverlap, compareCidrs, formatCidr, parseCidr } from '../net/cidr.js';
import { familyBits, type Ip } from '../net/ip.js';
import { rangeOfCidr } from '../net/ip-set.js';
import type { AddressPlane } from './address-plane.js';
import { poolsMeeting } from './all-pools.js';
import { spanOf } from './allocation.js';
import type { AllocationBook } from './allocation-book.js';
import { blocksAround } from './blocks-around.js';
import type { IpPool, PoolBlock } from './ip-pool.js';

/** What a prefix is to the cluster: a pool, a node's range or a block, one that was handed out, one that is reserved, a subnet of the nodes. */
export const PREFIX_KINDS = ['pool', 'nodeRange', 'allocation', 'reservation', 'subnet'] as const;

/** One of them. */
export type PrefixKind = (typeof PREFIX_KINDS)[number];

/** A prefix that the cluster knows. */
export interface KnownPrefix {
  readonly cidr: Cidr;
  readonly kind: PrefixKind;
  /** Of the pool; the node of a range; whom the allocation is for; the object of a reservation. */
  readonly name: string;
  readonly plane: AddressPlane;
  readonly object: ObjectRef | null;
  readonly provenance: Provenance;
}

/** As it is shown. */
export interface KnownPrefixView extends Omit<KnownPrefix, 'cidr'> {
  readonly prefix: string;
}

/** One that lies in the prefix that was asked for. */
export interface InnerPrefix extends KnownPrefix {
  /** The smallest known prefix around it; the one that was asked for where there is none. */
  readonly parent: Cidr;
  /** 1: directly below the one that was asked for. */
  readonly depth: number;
}

/** Where a prefix stands among those that the cluster knows. */
export interface PrefixPlace {
  /** Known under the same prefix. */
  readonly same: readonly KnownPrefix[];
  /** Around it, the smallest first. */
  readonly around: readonly KnownPrefix[];
  /** In it, by address. */
  readonly inside: readonly InnerPrefix[];
  /** More were handed out in it than are looked at: those above the last of them are not in `inside`. */
  readonly hasMore: boolean;
}

/** So many of the prefixes that were handed out in one are looked at, the lowest ones. */
export const MOST_HANDED_OUT = 5_000;

const LOOKS_A_STEP = 2_000;

/** Looks the prefix up among all that the cluster knows, or all of one plane. `given`: what was handed out near it. Yields often. */
export function* placeOfPrefix(model: NetworkModel, given: readonly KnownPrefix[], cidr: Cidr, plane?: AddressPlane): Steps<PrefixPlace> {
  const isNear = (known: KnownPrefix) => cidrsOverlap(known.cidr, cidr) && (plane === undefined || known.plane === plane);
  const isSame = (known: KnownPrefix) => known.cidr.prefix === cidr.prefix;
  const isIn = (known: KnownPrefix) => !isSame(known) && cidrCovers(cidr, known.cidr);
  const givenNear = given.filter(isNear);
  const givenIn = yield* sortedInSteps(givenNear.filter(isIn), inOrder);
  const near: KnownPrefix[] = [];
  let looks = 0;
  for (const known of knownPrefixes(model, poolsMeeting(model, rangeOfCidr(cidr)), ({ layout }) => layout?.blocks ?? [])) {
    if (++looks % LOOKS_A_STEP === 0) yield;
    if (isNear(known)) near.push(known);
  }
  near.push(...givenNear.filter((known) => !isIn(known)));
  const inside = yield* sortedInSteps([...near.filter(isIn), ...givenIn.slice(0, MOST_HANDED_OUT)], inOrder);
  return {
    same: yield* sortedInSteps(near.filter(isSame), inOrder),
    around: yield* sortedInSteps(
      near.filter((known) => !isSame(known) && cidrCovers(known.cidr, cidr)),
      smallestFirst,
    ),
    inside: yield* nested(inside, cidr),
    hasMore: givenIn.length > MOST_HANDED_OUT,
  };
}

/** Those that an address is in, the smallest first. `pools`: the pools that it is of. */
export function prefixesAround(model: NetworkModel, pools: readonly IpPool[], book: AllocationBook, ip: Ip): readonly KnownPrefix[] {
  const given = handedOutNear(book, cidrOf(ip, familyBits(ip.family)));
  const known = knownPrefixes(model, pools, (pool) => blocksAround(pool, ip));
  return [...known, ...given].filter(({ cidr }) => cidrContains(cidr, ip)).sort(smallestFirst);
}

/** A known prefix as it is shown. */
export function knownPrefixView({ cidr, kind, name, plane, object, provenance }: KnownPrefix): KnownPrefixView {
  return { prefix: formatCidr(cidr), kind, name, plane, object, provenance };
}

function* knownPrefixes(
  model: NetworkModel,
  pools: readonly IpPool[],
  blocksOf: (pool: IpPool) => readonly PoolBlock[],
): Generator<KnownPrefix> {
  for (const pool of pools) {
    const { name, plane, usableRule, declared, source, provenance } = pool;
    if (usableRule === null) continue;
    for (const text of declared) {
      const cidr = parseCidr(text);
      if (cidr) yield { cidr, kind: 'pool', name, plane, object: source, provenance };
    }
    for (const block of blocksOf(pool)) {
      const object = block.node === null ? null : (model.nodes.get(block.node)?.ref ?? null);
      yield { cidr: block.cidr, kind: 'nodeRange', name: block.node ?? '', plane, object, provenance: block.provenance };
    }
  }
  for (const { ref, cidrs } of model.calico.ipam.reservations) {
    for (const cidr of cidrs) yield { cidr, kind: 'reservation', name: ref.name, plane: 'pod', object: ref, provenance: 'observed' };
  }
  for (const { cidr } of model.profile.underlay.subnets) {
    yield { cidr, kind: 'subnet', name: '', plane: 'node', object: null, provenance: 'observed' };
  }
}

/** The prefixes that are handed out around a prefix and in it, those in it up to a bound. */
export function handedOutNear(book: AllocationBook, cidr: Cidr): readonly KnownPrefix[] {
  // One more than are shown, so that it is known whether there are more.
  return [...book.prefixesNear(cidr, MOST_HANDED_OUT + 1)].map((one) => {
    const name = one.owner ?? one.identifier;
    return { cidr: spanOf(one), kind: 'allocation', name, plane: one.plane, object: null, provenance: 'observed' };
  });
}

const inOrder = (a: KnownPrefix, b: KnownPrefix): number => compareCidrs(a.cidr, b.cidr) || byKind(a, b);
const smallestFirst = (a: KnownPrefix, b: KnownPrefix): number => b.cidr.prefix - a.cidr.prefix || inOrder(a, b);
const byKind = compareBy<KnownPrefix>(
  ({ kind }) => PREFIX_KINDS.indexOf(kind),
  ({ name }) => name,
);

/** `sorted`: by address, wider ones first. */
function* nested(sorted: readonly KnownPrefix[], root: Cidr): Steps<readonly InnerPrefix[]> {
  const open: Cidr[] = [root];
  const inner: InnerPrefix[] = [];
  for (const known of sorted) {
    if (inner.length % LOOKS_A_STEP === 0) yield;
    const { cidr } = known;
    const isAround = (outer: Cidr | undefined): outer is Cidr =>
      outer !== undefined && outer.prefix < cidr.prefix && cidrCovers(outer, cidr);
    while (open.length > 1 && !isAround(open.at(-1))) open.pop();
    const depth = open.length;
    const parent = open.at(-1) ?? root;
    open.push(cidr);
    inner.push({ ...known, parent, depth });
  }
  return inner;
}
