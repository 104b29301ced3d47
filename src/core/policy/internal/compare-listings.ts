import { compareBy } from '../../kernel/compare.js';
import type { Steps } from '../../kernel/steps.js';
import type { IpRange } from '../../net/ip-set.js';
import { type ConnectionSet, formatConnections, NO_CONNECTIONS } from './connection-set.js';

/** An end of a listed connection: a name, or addresses. */
export type ListedEnd = string | IpRange;

/** A connection of one of the listings. */
export interface ListedEdge {
  readonly from: ListedEnd;
  readonly to: ListedEnd;
  readonly connections: ConnectionSet;
}

/** Where two listings do not agree. */
export interface ListedDifference {
  readonly from: ListedEnd;
  readonly to: ListedEnd;
  readonly before: ConnectionSet;
  readonly after: ConnectionSet;
}

/** The edges of both listings with the same names; ends that are addresses differ. */
interface Meeting {
  readonly before: ListedEdge[];
  readonly after: ListedEdge[];
}

/**
 * Compares two listings. Ranges of both are cut to common boundaries, sources and destinations apart; neighbours with the same other end and the same two sets
 * are one row again; rows whose sides are equal are left out. Yields often.
 */
export function* compareListings(before: readonly ListedEdge[], after: readonly ListedEdge[]): Steps<readonly ListedDifference[]> {
  const meetings = new Map<string, Meeting>();
  for (const [side, edges] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const edge of edges) {
      yield;
      const key = `${nameOf(edge.from)}\n${nameOf(edge.to)}`;
      let meeting = meetings.get(key);
      if (!meeting) meetings.set(key, (meeting = { before: [], after: [] }));
      meeting[side].push(edge);
    }
  }
  const rows: ListedDifference[] = [];
  for (const meeting of meetings.values()) {
    yield;
    for (const row of differencesOf(meeting)) if (!same(row.before, row.after)) rows.push(row);
  }
  return rows;
}

function nameOf(end: ListedEnd): string {
  return typeof end === 'string' ? end : '';
}

/** Equal sets have equal texts. */
function same(a: ConnectionSet, b: ConnectionSet): boolean {
  return a === b || formatConnections(a) === formatConnections(b);
}

function differencesOf({ before, after }: Meeting): readonly ListedDifference[] {
  const [any] = before.length > 0 ? before : after;
  if (!any) return [];
  const ranged = (['from', 'to'] as const).find((end) => typeof any[end] !== 'string');
  if (ranged === undefined) return [differenceBetween(any.from, any.to, [before[0], after[0]])];
  const rows: ListedDifference[] = [];
  for (const { range, edges } of overlay(rangesOf(before, ranged), rangesOf(after, ranged))) {
    const row = ranged === 'from' ? differenceBetween(range, any.to, edges) : differenceBetween(any.from, range, edges);
    const last = rows.at(-1);
    const joined = last && same(last.before, row.before) && same(last.after, row.after) ? touching(last[ranged], range) : undefined;
    if (last && joined) rows[rows.length - 1] = { ...last, [ranged]: joined };
    else rows.push(row);
  }
  return rows;
}

function differenceBetween(from: ListedEnd, to: ListedEnd, [before, after]: Stretch['edges']): ListedDifference {
  const connectionsOf = (edge: ListedEdge | undefined) => edge?.connections ?? NO_CONNECTIONS;
  return { from, to, before: connectionsOf(before), after: connectionsOf(after) };
}

/** Both ranges as one, where the second follows the first at once. */
function touching(first: ListedEnd, { family, first: start, last }: IpRange): IpRange | undefined {
  if (typeof first === 'string' || first.family !== family || first.last + 1n !== start) return undefined;
  return { family, first: first.first, last };
}

interface RangedEdge {
  readonly range: IpRange;
  readonly edge: ListedEdge;
}

const ASCENDING = compareBy<RangedEdge>(
  ({ range }) => range.family,
  // Addresses of one family that are sorted as text of equal length are sorted by value.
  ({ range }) => range.first.toString(16).padStart(32, '0'),
);

function rangesOf(edges: readonly ListedEdge[], end: 'from' | 'to'): readonly RangedEdge[] {
  return edges.flatMap((edge) => (typeof edge[end] === 'string' ? [] : [{ range: edge[end], edge }])).sort(ASCENDING);
}

interface Stretch {
  readonly range: IpRange;
  readonly edges: readonly [before: ListedEdge | undefined, after: ListedEdge | undefined];
}

/** Stretches of addresses that lie in one range of each side, or of one side alone, lowest first. The ranges of a side do not overlap. */
function* overlay(before: readonly RangedEdge[], after: readonly RangedEdge[]): Generator<Stretch> {
  let [i, j] = [0, 0];
  let at: { readonly family: IpRange['family']; readonly value: bigint } | undefined;
  for (;;) {
    const [a, b] = [rest(before[i], at), rest(after[j], at)];
    const lower = !a ? b : !b || isBelow(a.range, b.range) ? a : b;
    if (!lower) return;
    const { family, first } = lower.range;
    const startsHere = (one: RangedEdge | undefined) => one?.range.family === family && one.range.first === first;
    const ends = [a, b].flatMap((one) => {
      if (!one || one.range.family !== family) return [];
      return startsHere(one) ? [one.range.last] : [one.range.first - 1n];
    });
    const last = ends.reduce((least, end) => (end < least ? end : least));
    yield { range: { family, first, last }, edges: [startsHere(a) ? a?.edge : undefined, startsHere(b) ? b?.edge : undefined] };
    at = { family, value: last + 1n };
    if (a && startsHere(a) && a.range.last === last) i++;
    if (b && startsHere(b) && b.range.last === last) j++;
  }
}

/** What of the range lies at or behind a place. */
function rest(one: RangedEdge | undefined, at: { readonly family: number; readonly value: bigint } | undefined): RangedEdge | undefined {
  if (!one || !at || one.range.family !== at.family || one.range.first >= at.value) return one;
  return { edge: one.edge, range: { ...one.range, first: at.value } };
}

function isBelow(a: IpRange, b: IpRange): boolean {
  return a.family === b.family ? a.first <= b.first : a.family < b.family;
}
