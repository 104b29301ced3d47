import { inMap } from '../../kernel/in-map.js';
import { sortedInSteps } from '../../kernel/sorted-in-steps.js';
import type { Steps } from '../../kernel/steps.js';
import { compareStarts, type IpRange, mergeRanges } from '../../net/ip-set.js';
import type { AddressPlane } from '../address-plane.js';
import type { IpPool } from '../ip-pool.js';
import { SeededNumbers } from '../seeded-numbers.js';

/** A pool of a cluster. */
export interface Holder {
  readonly cluster: string;
  readonly pool: IpPool;
}

/** Pools of several clusters that hold the same addresses. */
export interface Meeting {
  /** The first ones, of every cluster one before a second of any. */
  readonly holders: readonly Holder[];
  readonly holderCount: number;
  /** The first clusters with what their addresses are for, and how many such pairs there are. */
  readonly parts: readonly (readonly [cluster: string, plane: AddressPlane])[];
  readonly partCount: number;
  readonly planes: ReadonlySet<AddressPlane>;
  /** The first of the ranges that all of them hold and nobody else does, and how many there are. */
  readonly places: readonly IpRange[];
  readonly placeCount: number;
}

/** How much of a meeting is kept. */
export interface MostOfMeeting {
  readonly holders: number;
  readonly parts: number;
  readonly places: number;
}

interface MarkedHolder extends Holder {
  readonly mark: bigint;
}

interface Span {
  readonly range: IpRange;
  readonly holder: MarkedHolder;
}

/** Marks have so many bits that no two sets of holders that occur have the same sum. */
const MARKS = 1n << 96n;
const EVENTS_A_STEP = 500;

/**
 * Where addresses of several clusters meet: each set of pools that hold some addresses together is one meeting, in the order of its first address. One pass over the ends of
 * all ranges, with work that does not grow with how many ranges lie on one another. Yields often.
 */
export function* meetingsOf(holders: readonly Holder[], most: MostOfMeeting): Steps<readonly Meeting[]> {
  const numbers = new SeededNumbers('meetings');
  const spans: Span[] = [];
  for (const { cluster, pool } of holders) {
    yield;
    const holder = { cluster, pool, mark: numbers.below(MARKS) };
    for (const range of mergeRanges(pool.span)) spans.push({ range, holder });
  }
  const starts = yield* sortedInSteps(spans, (a, b) => compareStarts(a.range, b.range));
  const ends = yield* sortedInSteps(spans, (a, b) => compareEnds(a.range, b.range));
  const present = new Present();
  const found = new Map<bigint, OpenMeeting>();
  let started = 0;
  for (const [index, { range, holder }] of ends.entries()) {
    if (index % EVENTS_A_STEP === 0) yield;
    for (let next = starts[started]; next && compareToEnd(next.range, range) <= 0; next = starts[started]) {
      if (started % EVENTS_A_STEP === 0) yield;
      present.moveTo(next.range.family, next.range.first, found, most);
      present.add(next.holder);
      started++;
    }
    present.moveTo(range.family, range.last + 1n, found, most);
    present.remove(holder);
  }
  return [...found.values()];
}

function compareEnds(a: IpRange, b: IpRange): number {
  return a.family - b.family || (a.last < b.last ? -1 : a.last > b.last ? 1 : 0);
}

/** Whether a range starts up to the end of another one. */
function compareToEnd(start: IpRange, end: IpRange): number {
  return start.family - end.family || (start.first <= end.last ? -1 : 1);
}

/** The holders of the address that the pass has come to. */
class Present {
  private readonly clusters = new Map<string, Set<MarkedHolder>>();
  private readonly planes = new Map<AddressPlane, number>();
  private readonly parts = new Map<string, readonly [cluster: string, plane: AddressPlane, count: number]>();
  private mark = 0n;
  private count = 0;
  private family: IpRange['family'] = 4;
  private at = 0n;

  add(holder: MarkedHolder): void {
    inMap(this.clusters, holder.cluster, () => new Set()).add(holder);
    this.reckon(holder, 1);
  }

  remove(holder: MarkedHolder): void {
    const own = this.clusters.get(holder.cluster);
    own?.delete(holder);
    if (own?.size === 0) this.clusters.delete(holder.cluster);
    this.reckon(holder, -1);
  }

  private reckon({ cluster, pool: { plane }, mark }: MarkedHolder, by: 1 | -1): void {
    this.mark ^= mark;
    this.count += by;
    const ofPlane = (this.planes.get(plane) ?? 0) + by;
    if (ofPlane > 0) this.planes.set(plane, ofPlane);
    else this.planes.delete(plane);
    const key = `${plane} ${cluster}`;
    const ofPart = (this.parts.get(key)?.[2] ?? 0) + by;
    if (ofPart > 0) this.parts.set(key, [cluster, plane, ofPart]);
    else this.parts.delete(key);
  }

  /** Notes what lies between the last place and this one, where clusters meet there. */
  moveTo(family: IpRange['family'], at: bigint, found: Map<bigint, OpenMeeting>, most: MostOfMeeting): void {
    const range = { family: this.family, first: this.at, last: at - 1n };
    const isAcross = family !== this.family;
    [this.family, this.at] = [family, at];
    if (isAcross || range.last < range.first || this.clusters.size < 2) return;
    const meeting = found.get(this.mark) ?? this.open(most);
    found.set(this.mark, meeting);
    meeting.meet(range);
  }

  private open(most: MostOfMeeting): OpenMeeting {
    const parts = [...firstOf(this.parts.values(), most.parts)].map(([cluster, plane]) => [cluster, plane] as const);
    return new OpenMeeting(
      {
        holders: [...firstOf(this.inTurn(), most.holders)].map(({ cluster, pool }) => ({ cluster, pool })),
        holderCount: this.count,
        parts,
        partCount: this.parts.size,
        planes: new Set(this.planes.keys()),
      },
      most.places,
    );
  }

  /** One of every cluster, then the others. */
  private *inTurn(): Iterable<MarkedHolder> {
    for (const own of this.clusters.values()) yield* firstOf(own, 1);
    for (const own of this.clusters.values()) {
      let isFirst = true;
      for (const holder of own) {
        if (!isFirst) yield holder;
        isFirst = false;
      }
    }
  }
}

class OpenMeeting implements Meeting {
  readonly holders: readonly Holder[];
  readonly holderCount: number;
  readonly parts: Meeting['parts'];
  readonly partCount: number;
  readonly planes: Meeting['planes'];
  readonly places: IpRange[] = [];
  placeCount = 0;

  constructor(
    { holders, holderCount, parts, partCount, planes }: Omit<Meeting, 'places' | 'placeCount'>,
    private readonly mostPlaces: number,
  ) {
    this.holders = holders;
    this.holderCount = holderCount;
    this.parts = parts;
    this.partCount = partCount;
    this.planes = planes;
  }

  meet(range: IpRange): void {
    this.placeCount++;
    if (this.placeCount <= this.mostPlaces) this.places.push(range);
  }
}

function* firstOf<T>(items: Iterable<T>, most: number): Iterable<T> {
  let left = most;
  if (left === 0) return;
  for (const item of items) {
    yield item;
    if (--left === 0) return;
  }
}
