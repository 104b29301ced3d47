import type { RouteRequest } from '../../route-request.js';
import { caseRequests } from './case-requests.js';
import type { HttpRouter } from './http-router.js';
import type { Layer } from './layer.js';
import type { Middlewares } from './middlewares.js';
import type { PlacedAction } from './placed-action.js';
import { casesOf, type RuleCase } from './rule-cases.js';

/** So many ways through the routers before it are tried for one router, and so many cases of theirs. */
const MOST_WAYS = 8;
/** Ways are not followed through more routers than these, nor looked for in more steps. */
const DEEPEST = 50;
const MOST_STEPS = 2000;
/** So many routers are named that stand before one. */
export const MOST_BEFORE = 200;
/** So many paths are tried for one that a router behind others is to see. */
const MOST_PATHS = 8;
const OF_PATHS: ReadonlySet<string> = new Set(['Path', 'PathPrefix', 'PathRegexp']);

/** How routers behind others (`parentRefs`) are reached: through one router of each layer before theirs, whose middlewares may change the path. */
export class LayerWays {
  private readonly parents = new Map<HttpRouter, HttpRouter[]>();

  constructor(
    routers: readonly HttpRouter[],
    private readonly middlewares: Middlewares,
  ) {
    for (const router of routers) {
      for (const child of router.parts.layer?.routers ?? []) {
        const known = this.parents.get(child);
        if (known) known.push(router);
        else this.parents.set(child, [router]);
      }
    }
  }

  /** Those that stand in every layer that a router stands in, so that they are tried wherever it is. One with a layer of its own may stand before both of them, and is left out. */
  siblingsOf(router: HttpRouter): readonly HttpRouter[] {
    const layers = new Set((this.parents.get(router) ?? []).flatMap(({ parts }) => parts.layer ?? []));
    const [first, ...others] = layers;
    const all = first?.routers ?? [];
    const isEverywhere = inAll(others);
    return all.filter((one) => one.parts.layer === undefined && isEverywhere(one));
  }

  /** What the client sends so that a router behind others may see a request of a case: those before it have to hold as well. */
  *requestsFor(router: HttpRouter, known: RuleCase, isTaken: (host: string) => boolean): Iterable<RouteRequest> {
    let ways = 0;
    for (const before of this.waysTo(router)) {
      if (++ways > MOST_WAYS) return;
      for (const cases of casesBefore(before)) {
        const asked = cases.map(withoutPaths);
        const whole: RuleCase = {
          holding: [...known.holding, ...asked.flatMap(({ holding }) => holding)],
          failing: [...known.failing, ...asked.flatMap(({ failing }) => failing)],
        };
        for (const request of caseRequests(whole, isTaken))
          for (const path of this.pathsBefore(request.path, before, cases)) yield { ...request, path };
      }
    }
  }

  /** The routers that a request may go through before it comes to one; where there are more, {@link MOST_BEFORE} of them. */
  allBefore(router: HttpRouter): readonly HttpRouter[] {
    const found = new Set<HttpRouter>();
    const open = [router];
    for (let one = open.pop(); one; one = open.pop()) {
      for (const parent of this.parents.get(one) ?? []) {
        if (found.has(parent) || found.size === MOST_BEFORE) continue;
        found.add(parent);
        open.push(parent);
      }
    }
    return [...found];
  }

  /** Paths of clients of which one that is seen behind others may be made, as far as their middlewares tell. */
  *pathsTo(router: HttpRouter, seen: string): Iterable<string> {
    let ways = 0;
    for (const before of this.waysTo(router)) {
      if (++ways > MOST_WAYS) return;
      for (const cases of casesBefore(before)) yield* this.pathsBefore(seen, before, cases);
    }
  }

  /** The routers that a request goes through on its way to one behind them, the nearest first. */
  private *waysTo(
    router: HttpRouter,
    below: readonly HttpRouter[] = [router],
    steps = { left: MOST_STEPS },
  ): Iterable<readonly HttpRouter[]> {
    for (const parent of this.parents.get(router) ?? []) {
      if (below.includes(parent) || below.length > DEEPEST || steps.left-- <= 0) continue;
      if (!parent.parts.isBehind) yield [parent];
      else for (const above of this.waysTo(parent, [...below, parent], steps)) yield [parent, ...above];
    }
  }

  /** Paths that may be the one that is seen behind some routers, before their middlewares: the likeliest first. Whether they are has to be tried. */
  private pathsBefore(seen: string, before: readonly HttpRouter[], cases: readonly RuleCase[]): readonly string[] {
    let paths: readonly string[] = [seen];
    for (const [index, router] of before.entries()) {
      const chain = this.middlewares.chainOf(router);
      const actions = chain.ok ? chain.value.map(({ action }) => action) : [];
      const asked = (cases[index]?.holding ?? []).flatMap(({ name, values: [value = ''] }) =>
        name === 'Path' || name === 'PathPrefix' ? value : [],
      );
      const undone = paths.flatMap((path) => [
        ...actions.flatMap((action) => undo(action, path)),
        path,
        ...asked.flatMap((one) => [one + path, one]),
      ]);
      paths = [...new Set(undone)].slice(0, MOST_PATHS);
    }
    return paths;
  }
}

function inAll(layers: readonly Layer<HttpRouter>[]): (router: HttpRouter) => boolean {
  const sets = layers.map(({ routers }) => new Set(routers));
  return (router) => sets.every((one) => one.has(router));
}

/** One case of the rule of each router; not every combination of several, but every case once. */
function* casesBefore(before: readonly HttpRouter[]): Iterable<readonly RuleCase[]> {
  const all = before.map(({ compiled }) => (compiled.ok ? (casesOf(compiled.value.root) ?? []) : []));
  if (all.some((cases) => cases.length === 0)) return;
  const count = Math.min(MOST_WAYS, Math.max(...all.map((cases) => cases.length)));
  for (let number = 0; number < count; number++) yield all.flatMap((cases) => cases[number % cases.length] ?? []);
}

function withoutPaths({ holding, failing }: RuleCase): RuleCase {
  const isOther = ({ name }: RuleCase['holding'][number]) => !OF_PATHS.has(name);
  return { holding: holding.filter(isOther), failing: failing.filter(isOther) };
}

/** Paths of which a middleware may make this one. */
function undo(action: PlacedAction['action'], path: string): readonly string[] {
  if (action.type === 'stripPrefix') return action.prefixes.map((prefix) => prefix + path);
  if (action.type === 'addPrefix' && path.startsWith(action.prefix)) return [path.slice(action.prefix.length) || '/'];
  return [];
}
