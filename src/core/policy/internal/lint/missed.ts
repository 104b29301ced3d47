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
import { allowedOf, type Ending, type Hit, type Run, sharesOf } from './outcome.js';

/** What is decided between two endpoints. */
export interface Decided {
  readonly layers: readonly Ending[];
  readonly runs: readonly Run[];
  readonly allowed: ConnectionSet;
}

/**
 * The things without which something else would be allowed: rules, policies or sets of them, each the hits that `thingOf` gives it. Not each of them is taken away by
 * itself: within a run a thing is missed only for what no other of the run matches, and only that is decided anew. Yields often.
 */
export function* missedThings<T>({ layers, runs, allowed }: Decided, thingOf: (hit: Hit) => T | undefined): Steps<ReadonlySet<T>> {
  const lost = yield* ownOf(runs, thingOf);
  const missed = new Set<T>();
  if (lost.size === 0) return missed;
  const shares = sharesOf(layers, runs);
  for (const [thing, parts] of lost) {
    yield;
    if (differs({ layers, runs, allowed }, shares, parts)) missed.add(thing);
  }
  return missed;
}

/** Whether something else is allowed without a thing where layers end otherwise without it. */
export function* differsWithout(decided: Decided, layers: readonly Ending[], goes: (hit: Hit) => boolean): Steps<boolean> {
  const own = (yield* ownOf(decided.runs, (hit) => (goes(hit) ? true : undefined))).get(true);
  const left = decided.runs.map((run, position) => ({
    ...run,
    matched: subtractConnections(run.matched, own?.get(position) ?? NO_CONNECTIONS),
  }));
  return !sameConnections(allowedOf(layers, left, ALL_CONNECTIONS), decided.allowed);
}

type Parts = Map<number, ConnectionSet>;

/** By thing, and by position of the run, what it alone matches there. */
function* ownOf<T>(runs: readonly Run[], thingOf: (hit: Hit) => T | undefined): Steps<ReadonlyMap<T, Parts>> {
  const found = new Map<T, Parts>();
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

/** Whether what the runs lose is decided otherwise without it. Only what a run is the first to match matters, and nothing that stands before it. */
function differs({ layers, runs, allowed }: Decided, shares: readonly ConnectionSet[], lost: Parts): boolean {
  const touched = unionOfConnections([...lost].map(([at, part]) => intersectConnections(part, shares[at] ?? NO_CONNECTIONS)));
  if (touched === NO_CONNECTIONS) return false;
  const positions = [...lost.keys()];
  const [first = 0, last = 0] = [positions[0], positions.at(-1)];
  const layer = runs[first]?.layer ?? 0;
  // What a later layer is the first to match may have passed this one before the run.
  const start = runs[last]?.layer === layer ? first : runs.findIndex((run) => run.layer === layer);
  const left = runs.slice(start).map((run, at) => {
    const matched = intersectConnections(run.matched, touched);
    return { ...run, matched: subtractConnections(matched, lost.get(start + at) ?? NO_CONNECTIONS) };
  });
  return !sameConnections(allowedOf(layers, left, touched, layer), intersectConnections(allowed, touched));
}
