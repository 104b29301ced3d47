import type { Steps } from '../../../kernel/steps.js';
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  intersectConnections,
  NO_CONNECTIONS,
  sameConnections,
  subtractConnections,
  unionConnections,
  unionOfConnections,
} from '../connection-set.js';
import { allowedOf, type Ending, type Hit, type Mark, marksOf, openAfter, type Run, sharesOf } from './outcome.js';

/** What is decided between two endpoints. */
export interface Decided {
  readonly layers: readonly Ending[];
  readonly runs: readonly Run[];
  readonly allowed: ConnectionSet;
}

/** Layers that end otherwise without a thing: open instead of with Deny. */
type Opened<T> = ReadonlyMap<T, ReadonlySet<number>>;

/**
 * The things without which something else would be allowed: rules, policies or sets of them, each the hits that `thingOf` gives it. Not each of them is taken away by
 * itself: within a run a thing is missed only for what no other of the run matches, and only that is decided anew, up to where nothing is otherwise. Yields often.
 */
export function* missedThings<T>(
  decided: Decided,
  thingOf: (hit: Hit) => T | undefined,
  opened: Opened<T> = new Map<T, never>(),
): Steps<ReadonlySet<T>> {
  const { layers, runs } = decided;
  const lost = yield* ownOf(runs, thingOf);
  const missed = new Set<T>();
  if (lost.size + opened.size === 0) return missed;
  const way: Way = { ...decided, shares: sharesOf(layers, runs), marks: marksOf(layers, runs) };
  for (const [thing, parts] of lost) {
    yield;
    if (!opened.has(thing) && differs(way, parts)) missed.add(thing);
  }
  if (opened.size > 0) yield* addOpening(missed, way, lost, opened);
  return missed;
}

interface Way extends Decided {
  /** By position: what each run is the first to match. */
  readonly shares: readonly ConnectionSet[];
  readonly marks: readonly Mark[];
}

/** Adds those without which layers end otherwise, one layer after the other: what stands open at its end is known then. */
function* addOpening<T>(missed: Set<T>, way: Way, lost: ReadonlyMap<T, Parts>, opened: Opened<T>): Steps<void> {
  const { layers, runs, shares } = way;
  const byLayer = new Map<number, T[]>();
  for (const [thing, opens] of opened) {
    const [only, ...others] = new Set([...opens, ...[...(lost.get(thing) ?? []).keys()].flatMap((at) => runs[at]?.layer ?? [])]);
    if (only !== undefined && others.length === 0) byLayer.set(only, [...(byLayer.get(only) ?? []), thing]);
    else if (differsWholly(way, lost.get(thing) ?? NOTHING, opens)) missed.add(thing);
  }
  let [position, open] = [0, ALL_CONNECTIONS];
  for (const [layer, ending] of layers.entries()) {
    if (open === NO_CONNECTIONS) return;
    yield;
    const start = position;
    let passed = NO_CONNECTIONS;
    for (let run = runs[position]; run?.layer === layer; run = runs[++position]) {
      const share = shares[position] ?? NO_CONNECTIONS;
      open = subtractConnections(open, share);
      if (run.rule.action === 'Pass') passed = unionConnections(passed, share);
    }
    for (const thing of byLayer.get(layer) ?? []) {
      yield;
      if (differs(way, lost.get(thing) ?? NOTHING, { layer, start, rest: open })) missed.add(thing);
    }
    open = openAfter(ending, open, passed);
  }
}

const NOTHING: Parts = new Map();

/** The same where layers end otherwise that are not one: all is decided anew. */
function differsWholly({ layers, runs, allowed }: Way, parts: Parts, opens: ReadonlySet<number>): boolean {
  const left = runs.map((run, at) => ({ ...run, matched: subtractConnections(run.matched, parts.get(at) ?? NO_CONNECTIONS) }));
  const endings = layers.map(({ end }, layer): Ending => ({ end: opens.has(layer) ? 'open' : end }));
  return !sameConnections(allowedOf(endings, left, ALL_CONNECTIONS), allowed);
}

type Parts = ReadonlyMap<number, ConnectionSet>;

/** By thing, and by position of the run, what it alone matches there. */
function* ownOf<T>(runs: readonly Run[], thingOf: (hit: Hit) => T | undefined): Steps<ReadonlyMap<T, Parts>> {
  const found = new Map<T, Map<number, ConnectionSet>>();
  for (const [position, { hits }] of runs.entries()) {
    const matched = new Map<T, ConnectionSet[]>();
    const rest: ConnectionSet[] = [];
    for (const hit of hits) {
      const thing = thingOf(hit);
      const known = thing === undefined ? rest : matched.get(thing);
      if (known) known.push(hit.matched);
      else if (thing !== undefined) matched.set(thing, [hit.matched]);
    }
    if (matched.size === 0) continue;
    const own = yield* ownParts([...matched.values()].map(unionOfConnections), unionOfConnections(rest));
    for (const [at, thing] of [...matched.keys()].entries()) {
      const part = own[at] ?? NO_CONNECTIONS;
      if (part === NO_CONNECTIONS) continue;
      const parts = found.get(thing) ?? new Map<number, ConnectionSet>();
      found.set(thing, parts);
      parts.set(position, part);
    }
  }
  return found;
}

/** What each of the sets has that neither another one nor `outside` has, halving the list: what stands outside of a half is cut to what the half has. */
export function* ownParts(sets: readonly ConnectionSet[], outside: ConnectionSet): Steps<readonly ConnectionSet[]> {
  yield;
  const [only] = sets;
  if (!only) return [];
  if (sets.length === 1) return [subtractConnections(only, outside)];
  const middle = sets.length >>> 1;
  const halves = [sets.slice(0, middle), sets.slice(middle)] as const;
  const [left, right] = [unionOfConnections(halves[0]), unionOfConnections(halves[1])];
  const beside = (own: ConnectionSet, other: ConnectionSet) =>
    unionConnections(intersectConnections(outside, own), intersectConnections(other, own));
  return [...(yield* ownParts(halves[0], beside(left, right))), ...(yield* ownParts(halves[1], beside(right, left)))];
}

/** A layer that is open instead of ending with Deny: where its runs start, and what none of them matches. */
interface OpenLayer {
  readonly layer: number;
  readonly start: number;
  readonly rest: ConnectionSet;
}

/** Whether what the runs lose is decided otherwise without it. Only what a run is the first to match matters, and nothing that stands before it. */
function differs({ layers, runs, allowed, shares, marks }: Way, lost: Parts, opened?: OpenLayer): boolean {
  const parts = [...lost].map(([at, part]) => intersectConnections(part, shares[at] ?? NO_CONNECTIONS));
  const touched = unionOfConnections(opened ? [...parts, opened.rest] : parts);
  if (touched === NO_CONNECTIONS) return false;
  const positions = [...lost.keys()];
  const [first = 0, last = 0] = [positions[0], positions.at(-1)];
  const layer = opened?.layer ?? runs[first]?.layer ?? 0;
  // What a later layer is the first to match may have passed this one before the run, and what stands open at the end has passed all of its runs.
  const start = opened?.start ?? (runs[last]?.layer === layer ? first : firstOf(runs, layer));
  const mark = opened ? marks.find((one) => one.layer > layer) : marks.find(({ position }) => position > last);
  const left = runs.slice(start, mark?.position).map((run, at) => {
    const matched = intersectConnections(run.matched, touched);
    return { ...run, matched: subtractConnections(matched, lost.get(start + at) ?? NO_CONNECTIONS) };
  });
  const endings = opened ? layers.with(layer, { end: 'open' }) : layers;
  return !sameConnections(allowedOf(endings, left, touched, layer, mark), intersectConnections(allowed, touched));
}

function firstOf(runs: readonly Run[], layer: number): number {
  return runs.findIndex((run) => run.layer === layer);
}
