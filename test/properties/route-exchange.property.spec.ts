import { type Arbitrary, array, assert, boolean, constantFrom, integer, property, record, tuple, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RouteCandidate, RouteResult } from '../../src/core/ingress/route-result.js';
import type { JsonObject } from '../../src/core/kernel/json.js';
import { askRoute } from '../support/ask-route.js';
import { askGateway, backend, gateway, httpRoute, listener, rule } from '../support/gateway-cluster.js';
import { ingressCluster } from '../support/ingress-cluster.js';
import { modelOf } from '../support/model.js';

/**
 * Reference `ingress.md` §12: "for each loser, exchanging the values of the reported key flips the winner". The winner and one loser are looked at alone, for of several others
 * one may be between them. Who is who is told by the backend, which stays where it is.
 */

const serviceOf = ({ backend: text }: RouteCandidate) => Number(/service s(\d+):80/.exec(text)?.[1]);
const DAYS = ['2026-01-01', '2026-01-02'] as const;

interface Flip<Cluster> {
  readonly ask: (cluster: Cluster) => RouteResult;
  /** The cluster with these two candidates alone. */
  readonly pair: (cluster: Cluster, winner: number, loser: number) => Cluster;
  /** The same with what the key is about exchanged; undefined: the key is about the rules themselves. */
  readonly exchange: (pair: Cluster, candidate: RouteCandidate, winner: RouteCandidate) => Cluster | undefined;
}

const selectedOf = (result: RouteResult) => result.candidates.filter(({ outcome }) => outcome === 'selected');

/** Whether a loser had to leave its path to the winner; with the same path it would have served the request. */
function isTakenBy(winner: RouteCandidate, { reason, path, pathType }: RouteCandidate): boolean {
  return reason === 'PATH_TAKEN' && path === winner.path && pathType === winner.pathType;
}

/** Flips every loser of an answer with one winner, and notes by which keys. */
function flipAll<Cluster>(cluster: Cluster, { ask, pair, exchange }: Flip<Cluster>, keys: Set<string>): void {
  const [winner, ...more] = selectedOf(ask(cluster));
  if (!winner || more.length > 0) return;
  for (const loser of ask(cluster).candidates) {
    if (loser.outcome !== 'lost' && !isTakenBy(winner, loser)) continue;
    const two = pair(cluster, serviceOf(winner), serviceOf(loser));
    const exchanged = exchange(two, loser, winner);
    if (!exchanged) continue;
    expect(selectedOf(ask(two)).map(serviceOf), 'the winner beside one loser').toEqual([serviceOf(winner)]);
    expect(selectedOf(ask(exchanged)).map(serviceOf), `${loser.key}: ${loser.own} against ${loser.other}`).toEqual([serviceOf(loser)]);
    keys.add(String(loser.key));
  }
}

/** Both with the named members of the other. */
function swap<T extends object>([a, b]: readonly [T, T], ...members: readonly (keyof T)[]): readonly [T, T] {
  const of = (from: T) => Object.fromEntries(members.map((member) => [member, from[member]]));
  return [
    { ...a, ...of(b) },
    { ...b, ...of(a) },
  ];
}

interface Path {
  readonly name: string;
  readonly day: string;
  readonly host: string;
  readonly type: 'Exact' | 'Prefix';
  readonly path: string;
  readonly service: number;
  readonly priority?: string;
}

const PATHS = ['/', '/a', '/a/b'] as const;
/** Each path in an Ingress of its own, so that everything about it can be exchanged; in half of the cases of one host, so that later keys decide. */
const paths: Arbitrary<readonly Path[]> = tuple(
  array(
    record({
      day: constantFrom(...DAYS),
      host: constantFrom('x.foo.com', '*.foo.com', 'any'),
      type: constantFrom<Path['type'][]>('Exact', 'Prefix'),
      path: constantFrom(...PATHS),
    }),
    { minLength: 2, maxLength: 6 },
  ),
  boolean(),
).map(([list, oneHost]) =>
  list.map((one, index) => ({ ...one, ...(oneHost && { host: 'x.foo.com' }), name: `i${index}`, service: index })),
);

function ingresses(list: readonly Path[]) {
  const lines = list.map(({ name, day, host, type, path, service }) => `${name}@${day} : ${host} ${type} ${path} -> s${service}`);
  const priorities = new Map(list.map(({ name, priority }) => [name, priority]));
  return ingressCluster(lines.join('\n')).map((object) => {
    const priority = object.kind === 'Ingress' ? priorities.get(object.metadata.name ?? '') : undefined;
    if (priority === undefined) return object;
    return { ...object, metadata: { ...object.metadata, annotations: { 'traefik.ingress.kubernetes.io/router.priority': priority } } };
  });
}

const MEMBERS: Readonly<Record<string, readonly (keyof Path)[]>> = {
  'host-precedence': ['host'],
  'path-length': ['path', 'type'],
  'path-type': ['path', 'type'],
  'path-text': ['path', 'type'],
  // of one age the name decides
  age: ['day', 'name'],
};

describe.each([
  ['ingress-v1', ['host-precedence', 'path-length', 'path-type']],
  ['ingress-nginx', ['age', 'path-length', 'path-type']],
  ['traefik', ['priority']],
] as const)('%s', (dialect, expected) => {
  it('exchanging the values of the key flips the winner', () => {
    const keys = new Set<string>();
    assert(
      property(paths, constantFrom('/a', '/a/b'), (list, path) => {
        const url = `http://x.foo.com${path}`;
        const flip: Flip<readonly Path[]> = {
          ask: (cluster) => askRoute(modelOf(ingresses(cluster)), url, { class: 'c', dialect }).result,
          pair: (cluster, ...two) => two.map((service) => cluster.find((one) => one.service === service)!),
          exchange: (two, loser) => {
            const pair = two as readonly [Path, Path];
            const { key, own, other } = loser;
            if (key === 'priority')
              return [
                { ...pair[0], priority: String(own) },
                { ...pair[1], priority: String(other) },
              ];
            const members = MEMBERS[String(key)];
            if (!members) throw new Error(`a key that nothing is known about: ${key}`);
            return swap(pair, ...members);
          },
        };
        flipAll(list, flip, keys);
      }),
      { numRuns: 60 },
    );
    expect(
      expected.filter((key) => !keys.has(key)),
      'keys that decided nothing',
    ).toEqual([]);
  });
});

interface Match {
  readonly route: number;
  readonly type: 'Exact' | 'PathPrefix';
  readonly path: string;
  readonly method: string | undefined;
  readonly headers: number;
  readonly query: number;
  readonly service: number;
}

interface Route {
  readonly name: string;
  readonly day: string;
  readonly hostname: string;
}

interface Routes {
  readonly routes: readonly Route[];
  readonly matches: readonly Match[];
}

const HOSTNAMES = ['x.foo.com', '*.foo.com', '*.com'] as const;
const anyRoutes: Arbitrary<Routes> = record({
  routes: uniqueArray(constantFrom('a', 'b', 'c', 'd'), { minLength: 3, maxLength: 3 }).chain((names) =>
    array(record({ day: constantFrom(...DAYS), hostname: constantFrom(...HOSTNAMES) }), { minLength: 3, maxLength: 3 }).map((list) =>
      list.map((one, index) => ({ ...one, name: names[index]! })),
    ),
  ),
  matches: array(
    record({
      route: integer({ min: 0, max: 2 }),
      type: constantFrom<Match['type'][]>('Exact', 'PathPrefix'),
      path: constantFrom('/a', '/a/b'),
      method: constantFrom('GET', undefined),
      headers: integer({ min: 0, max: 2 }),
      query: integer({ min: 0, max: 1 }),
    }),
    { minLength: 2, maxLength: 4 },
  ).map((list) => list.map((one, service) => ({ ...one, service }))),
});

/** In half of the cases hostnames and matches are alike but for queries, so that these, age, name and place decide. */
const gatewayRoutes = tuple(anyRoutes, boolean()).map(([{ routes, matches }, alike]): Routes => {
  const [hostname, first] = [routes[0]!.hostname, matches[0]!];
  if (!alike) return { routes, matches };
  return {
    routes: routes.map((one) => ({ ...one, hostname })),
    matches: matches.map(({ route, query, service }) => ({ ...first, route, query, service })),
  };
});

const named = (count: number): JsonObject[] => ['one', 'two'].slice(0, count).map((name) => ({ name, value: '1' }));
const matchOf = ({ type, path, method, headers, query }: Match): JsonObject => ({
  path: { type, value: path },
  ...(method === undefined ? {} : { method }),
  headers: named(headers),
  queryParams: named(query),
});

function gatewayModel({ routes, matches }: Routes) {
  return modelOf([
    ...gateway([listener('http')]),
    ...matches.flatMap(({ service }) => backend(`s${service}`)),
    ...routes.flatMap(({ name, day, hostname }, index) => {
      const own = matches.filter(({ route }) => route === index);
      if (own.length === 0) return [];
      const rules = own.map((one) => rule(matchOf(one), `s${one.service}`));
      return [httpRoute(name, rules, { hostnames: [hostname] }, `${day}T00:00:00Z`)];
    }),
  ]);
}

const OF_ROUTE: Readonly<Record<string, keyof Route>> = { hostname: 'hostname', 'hostname-length': 'hostname', age: 'day', name: 'name' };
const OF_MATCH: Readonly<Record<string, readonly (keyof Match)[]>> = {
  'path-type': ['type', 'path'],
  'path-length': ['type', 'path'],
  method: ['method'],
  headers: ['headers'],
  query: ['query'],
};

it('gateway-api: exchanging the values of the key flips the winner', () => {
  const keys = new Set<string>();
  const headers = ['one', 'two'].map((name) => [name, '1'] as const);
  const flip: Flip<Routes> = {
    ask: (cluster) => askGateway(gatewayModel(cluster), 'http://x.foo.com/a/b?one=1&two=1', { headers }).result,
    pair: ({ routes, matches }, ...two) => ({ routes, matches: matches.filter(({ service }) => two.includes(service)) }),
    exchange: ({ routes, matches }, loser, winner) => {
      const key = String(loser.key);
      const by = (candidate: RouteCandidate) => matches.find(({ service }) => service === serviceOf(candidate))!;
      const [won, lost] = [by(winner), by(loser)];
      if (key === 'rule') return { routes, matches: matches.toReversed() };
      const ofMatch = OF_MATCH[key];
      if (ofMatch) return { routes, matches: matches[0] === won ? swap([won, lost], ...ofMatch) : swap([lost, won], ...ofMatch) };
      const ofRoute = OF_ROUTE[key];
      if (!ofRoute) throw new Error(`a key that nothing is known about: ${key}`);
      const [a, b] = swap([routes[won.route]!, routes[lost.route]!], ofRoute);
      return { matches, routes: routes.map((one, index) => (index === won.route ? a : index === lost.route ? b : one)) };
    },
  };
  assert(
    property(gatewayRoutes, (cluster) => flipAll(cluster, flip, keys)),
    { numRuns: 120 },
  );
  const expected = [...Object.keys(OF_ROUTE), ...Object.keys(OF_MATCH), 'rule'];
  expect(
    expected.filter((key) => !keys.has(key)),
    'keys that decided nothing',
  ).toEqual([]);
});
