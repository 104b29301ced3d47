import { afterEach, describe, expect, it, vi } from 'vitest';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes, withNginx } from '../../../test/support/route-lint.js';
import { askTraefik, to, TRAEFIK_SERVICES, traefikObject } from '../../../test/support/traefik.js';
import { OTHERS, server, subroutes, to as toUpstream } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import { Automaton } from '../regex/automaton.js';
import { NearNames } from './internal/near-names.js';
import { routerOf } from './internal/router-cache.js';
import { EntryPoints } from './internal/traefik/entry-points.js';
import { RouterFollower } from './internal/traefik/follow-routers.js';
import { HttpRouter } from './internal/traefik/http-router.js';
import { PathCandidates } from './internal/traefik/path-candidates.js';
import { PlainServices } from './internal/traefik/plain-services.js';
import { ByReference } from './internal/traefik/references.js';
import { witnessHosts } from './internal/lint/witness-requests.js';
import { routeLint } from './route-lint.js';

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const places = (count: number, from = 0) => numbers(count).map((number) => `place-${from + number}`);
const onPlaces = (kind: 'IngressRoute' | 'IngressRouteTCP', name: string, entryPoints: readonly string[], ...routes: JsonObject[]) =>
  traefikObject(kind, name, { entryPoints: [...entryPoints], routes });

afterEach(() => void vi.restoreAllMocks());

/** What is counted is work: how often something is looked at grows with the objects, not with their product. */
describe('entry points, of which an object may name thousands', () => {
  const COUNT = 150;
  const calls = (routes: readonly JsonObject[]) => {
    const has = vi.spyOn(EntryPoints.prototype, 'has');
    const { states } = lintRoutes(modelOf([...TRAEFIK_SERVICES, ...(routes as never[])]));
    return { states, calls: has.mock.calls.length };
  };

  it('are looked at once for all where the same routers listen', () => {
    const all = places(COUNT);
    const routes = numbers(COUNT).map((number) =>
      onPlaces('IngressRouteTCP', `r${number}`, all, to('HostSNI(`*`)', 'a', { priority: number })),
    );
    const told = calls(routes);
    expect(told.states).toMatchObject({ rules: COUNT, shadowed: COUNT - 1 });
    // Each route asks of its places in one list, and of one place who listens there; three times as much is sent to see who takes it.
    expect(told.calls).toBeLessThan(10 * COUNT * COUNT);
  });

  it('are told apart where other routers listen at each', () => {
    const own = (number: number) =>
      onPlaces('IngressRoute', `r${number}`, places(3, number), to('Path(`/`)', 'a', { priority: 1_000 - number }));
    // Each but the first has a place that none before it names: what takes its request there is not known to be another.
    expect(calls(numbers(5).map(own)).states).toMatchObject({ rules: 5, shadowed: 0 });
  });

  it('are given up where they are too many to compare', () => {
    const spent = numbers(20).map((number) =>
      onPlaces('IngressRoute', `r${number}`, places(12_000, number), to('Path(`/`)', 'a', { priority: 1_000 - number })),
    );
    const { findings, states } = lintRoutes(modelOf([...TRAEFIK_SERVICES, ...spent]));
    expect(states).toMatchObject({ rules: 20, shadowed: 0 });
    expect(findings.map(({ message }) => message)).toContain('there are too many rules to compare all of them');
  });

  it('are named in brief', () => {
    const answer = askTraefik([onPlaces('IngressRoute', 'r', places(5_000), to('Path(`/`)', 'a'))], 'http://foo.com/');
    for (const { message } of answer.evidence) expect(message.length).toBeLessThan(500);
  });
});

describe('routers of one rule', () => {
  const tied = (count: number) =>
    modelOf([
      ...TRAEFIK_SERVICES,
      ...numbers(count).map((number) => traefikObject('IngressRoute', `r${number}`, { routes: [to('Path(`/`)', 'a')] })),
    ]);

  it('are told of one another without comparing each with each', () => {
    const precedence = vi.spyOn(HttpRouter.prototype, 'precedence', 'get');
    const objects = numbers(400).map((number) => traefikObject('IngressRoute', `r${number}`, { routes: [to('Path(`/`)', 'a')] }));
    const { verdict, result } = askTraefik(objects, 'http://foo.com/');
    expect([verdict, result.candidates.filter(({ reason }) => reason === 'PRIORITY_TIE').length]).toEqual(['ROUTED', 400]);
    expect(precedence.mock.calls.length).toBeLessThan(40 * 400);
  });

  it('let others in between while they are tried', () => {
    const compiled = vi.spyOn(HttpRouter.prototype, 'compiled', 'get');
    const steps = routeLint(tied(600), { ...EVERYTHING, namespace: 't' });
    let most = 0;
    for (let step = 0; step < 30; step++) {
      expect(steps.next().done).toBe(false);
      most = Math.max(most, compiled.mock.calls.length);
      compiled.mockClear();
    }
    // The first step makes the table; then a request tries 600 routers, and 48 of them would be sent for one rule.
    expect(most).toBeGreaterThan(600);
    expect(most).toBeLessThan(12 * 600);
  });
});

const EVERYTHING = {
  class: undefined,
  gateway: undefined,
  dialect: undefined,
  codes: undefined,
  severity: 'info',
  states: undefined,
  rules: 10,
  limit: 10,
} as const;

describe('what streams refer to', () => {
  it('is looked up once', () => {
    const targets = vi.spyOn(PlainServices.prototype, 'service');
    const actions = vi.spyOn(ByReference.prototype, 'find');
    const routes = numbers(50).map((number) =>
      onPlaces('IngressRouteTCP', `r${number}`, ['db'], to('HostSNI(`*`)', 'a', { middlewares: [{ name: `none-${number}` }] })),
    );
    expect(lintRoutes(modelOf([...TRAEFIK_SERVICES, ...routes])).states).toMatchObject({ rules: 50, unreachable: 50 });
    expect([targets.mock.calls.length, actions.mock.calls.length]).toEqual([50, 50]);
  });
});

describe('Ingresses of the controller of NGINX Inc. that claim one host', () => {
  it('are not judged once for each', () => {
    const model = modelOf(
      ingressCluster(
        numbers(200)
          .map((number) => `i${number} : foo.com Prefix /p${number} -> w`)
          .join('\n'),
      ),
    );
    const judge = vi.spyOn(routerOf(model, 'c', 'nginx-f5'), 'judge');
    // All are of one age, and have no UID: who has the host is not known.
    expect(lintRoutes(model, { class: 'c', dialect: 'nginx-f5' }).states).toMatchObject({ rules: 200, undecided: 200 });
    expect(judge.mock.calls.length).toBeLessThan(10);
  });
});

describe('VirtualServerRoutes that selectors hand paths to', () => {
  const [SELECTORS, ROUTES] = [60, 600];
  const part = (number: number) => `p${number % SELECTORS}`;

  it('are found by their labels, and the way of a request without a look at how all others fare', () => {
    const model = modelOf([
      ...OTHERS,
      server(
        's',
        numbers(SELECTORS).map((number) => ({ path: `/${part(number)}`, routeSelector: { matchLabels: { part: part(number) } } })),
      ),
      ...numbers(ROUTES).map((number) =>
        subroutes(`r${number}`, [toUpstream(`/${part(number)}/x${number}`, 'a')], {}, { labels: { part: part(number) } }),
      ),
    ]);
    let looks = 0;
    for (const one of model.virtualServers.routes) {
      const { labels } = one;
      Object.defineProperty(one, 'labels', { get: () => (looks++, labels) });
    }
    const judge = vi.spyOn(routerOf(model, 'f5', 'nginx-f5'), 'judge');
    expect(lintRoutes(model, { class: 'f5', dialect: 'nginx-f5' }).states).toMatchObject({ rules: ROUTES, live: ROUTES });
    expect(judge).not.toHaveBeenCalled();
    // For the index, where a selector means it, and where it is shown: not once for each selector.
    expect(looks).toBeLessThanOrEqual(5 * ROUTES);
  });
});

describe('names', () => {
  it('that nothing has are looked for once among those that are near, in a namespace of many as well, and not for ever', () => {
    const names = numbers(1_000).map((number) => `backend-${number}`);
    const near = new NearNames(names);
    const looked = vi.spyOn(names, Symbol.iterator);
    expect([near.hintFor('backend-7x'), near.hintFor('backend-7x')]).toEqual(Array(2).fill('did you mean `backend-7`?'));
    expect(looked).toHaveBeenCalledTimes(1);
    const ofMany = new NearNames(numbers(400_000).map((number) => `backend-${number}`));
    expect(ofMany.hintFor('backend-399999x')).toBe('did you mean `backend-399999`?');
    expect([ofMany.hintFor('backend-7x'), ofMany.hintFor('backend-8x')]).toEqual(['did you mean `backend-7`?', undefined]);
  });

  it('for a witness are counted once a host', () => {
    const taken = new Set(['witness.foo.com', ...numbers(100).map((number) => `witness${number + 1}.foo.com`)]);
    const isTaken = vi.fn((name: string) => taken.has(name));
    const witnessFor = witnessHosts(isTaken);
    expect(numbers(50).map(() => witnessFor('*.foo.com'))).toEqual(Array(50).fill('witness101.foo.com'));
    expect(isTaken).toHaveBeenCalledTimes(102);
  });
});

describe('routers of one rule, none of which is certain to go first', () => {
  // The order of equals is not stable (`Less` of `pkg/muxer/http/mux.go`), so that no request shows one of them.
  it('are all sent the same requests, each of which is followed once', () => {
    const COUNT = 40;
    const follow = vi.spyOn(RouterFollower.prototype, 'follow');
    const routes = numbers(COUNT).map((number) => onPlaces('IngressRoute', `r${number}`, ['web'], to('PathPrefix(`/x`)', 'a')));
    const { states } = lintRoutes(modelOf([...TRAEFIK_SERVICES, ...(routes as never[])]));
    expect(states).toMatchObject({ rules: COUNT, undecided: COUNT });
    expect(follow.mock.calls.length).toBeLessThanOrEqual(48); // what is tried for one rule
  });
});

describe('expressions of one host of ingress-nginx', () => {
  // nginx tries them one after the other: a request to the last is compared with all before it.
  it('let others run after some hundred comparisons', () => {
    const COUNT = 300;
    const paths = numbers(COUNT).map((number) => `a : foo.com Impl /p${number}/[a-z]+ -> w`);
    const model = modelOf(withNginx(ingressCluster(paths.join('\n')), { a: { 'use-regex': 'true' } }));
    const steps = routeLint(model, { ...EVERYTHING, namespace: undefined, class: 'c', dialect: 'ingress-nginx' });
    let count = 0;
    while (!steps.next().done) count++;
    expect(count).toBeGreaterThanOrEqual(COUNT / 3);
  });
});

/** Whoever is live is shown by a request; rules are compared, and expressions multiplied, for the others alone. */
describe('very many rules of one host of Traefik', () => {
  const linted = (matches: readonly string[], ...more: readonly JsonObject[]) => {
    const routes = [...matches.map((match) => to(`Host(\`foo.com\`) && ${match}`, 'a')), ...more];
    return lintRoutes(modelOf([...TRAEFIK_SERVICES, traefikObject('IngressRoute', 'r', { routes })]));
  };

  it('are live without comparing each with each', () => {
    const after = vi.spyOn(Automaton.prototype, 'follow');
    expect(linted(numbers(300).map((number) => `PathRegexp(\`/p${number}/[a-z]+x${number}\`)`)).states).toMatchObject({ live: 300 });
    // A text of some ten characters for each, each of which tells one from some ten others.
    expect(after.mock.calls.length).toBeLessThan(300 * 1_000);
  });

  it('are compared with those alone whose paths begin alike', () => {
    const asked = vi.spyOn(PathCandidates.prototype, 'for');
    const follow = vi.spyOn(RouterFollower.prototype, 'follow');
    expect(linted(numbers(1_000).map((number) => `PathPrefix(\`/p${number}/\`)`)).states).toMatchObject({ live: 1_000 });
    const found = asked.mock.results.map(({ value }) => (value as readonly unknown[]).length);
    expect(Math.max(...found)).toBe(1);
    // `/p1` is asked first and is nobody's: that is told without a look at how all of them fare.
    expect(follow).not.toHaveBeenCalled();
  });

  it('that others hide together are shown by those that take something, not by all there are', () => {
    const beside = numbers(200).map((number) => `PathRegexp(\`/never${number}/[a-z]+\`) && Header(\`n\`, \`${number}\`)`);
    const halves = ['Method(`GET`)', '!Method(`GET`)'].map((match) => to(`Host(\`foo.com\`) && ${match}`, 'a', { priority: 100 }));
    const { rules } = linted(beside, ...halves, to('Host(`foo.com`) && PathPrefix(`/own`)', 'b', { priority: 1 }));
    expect(rules.at(-1)).toMatchObject({ state: 'shadowed', by: [{ pointer: '/spec/routes/200' }, { pointer: '/spec/routes/201' }] });
  });
});
