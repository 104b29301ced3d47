import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { route } from '../../src/core/ingress/route.js';
import { routeThroughGateway } from '../../src/core/ingress/route-through-gateway.js';
import type { LintedRule, RequestLine, RulePlace } from '../../src/core/ingress/route-lint-result.js';
import type { IngressDialectName } from '../../src/core/ingress/route-request.js';
import type { RouteResult } from '../../src/core/ingress/route-result.js';
import { RouteRuleCount } from '../../src/core/ingress/rule-coverage.js';
import { compareText } from '../../src/core/kernel/compare.js';
import { describeRef } from '../../src/core/kernel/object-ref.js';
import { finished } from '../../src/core/kernel/steps.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { requestFor } from '../support/ask-route.js';
import { backend, gateway, httpRoute, listener, rule } from '../support/gateway-cluster.js';
import { ingressCluster } from '../support/ingress-cluster.js';
import { modelOf } from '../support/model.js';
import { lintRoutes, withNginx } from '../support/route-lint.js';

const HOSTS = ['foo.com', 'a.foo.com', '*.foo.com', 'any'];
const PATHS = ['/', '/x', '/x/', '/x/y', '/X', '/x.*', '/x/(.*)', '/x(/|$)(y)?', '/[a-z]+/y'];
const URLS = ['foo.com', 'a.foo.com', 'b.foo.com', 'c.com'].flatMap((host) =>
  ['/', '/x', '/x/', '/x/y', '/x/y/z', '/X', '/xx', '/a/y', '/x/(.*)', '/x.*'].map((path) => `http://${host}${path}`),
);

const ingressRule = fc
  .record({
    name: fc.constantFrom('a@2026-01-01', 'b@2026-01-02', 'c@2026-01-02'),
    host: fc.constantFrom(...HOSTS),
    type: fc.constantFrom('Exact', 'Prefix', 'Impl'),
    path: fc.constantFrom(...PATHS),
  })
  .map(
    ({ name, host, type, path }) => `${name} : ${host} ${type} ${path} -> ${name.slice(0, 1)}${HOSTS.indexOf(host)}${PATHS.indexOf(path)}`,
  );

const annotations = fc.dictionary(
  fc.constantFrom('a', 'b'),
  fc.constantFrom<Readonly<Record<string, string>>[]>({ 'use-regex': 'true' }, { 'app-root': '/x' }),
);

const isOf = ({ object, pointer }: LintedRule, result: RouteResult) =>
  result.candidates.some((one) => one.outcome === 'selected' && one.object === describeRef(object) && one.pointer === pointer);

const sent = ({ method, url, headers }: RequestLine) => ({
  ...requestFor(url),
  method,
  headers: headers.map((line) => [line.split(': ')[0] ?? '', line.split(': ')[1] ?? ''] as const),
});

function answerOf(model: NetworkModel, line: RequestLine, dialect: IngressDialectName | undefined): RouteResult {
  const answer = dialect
    ? route(model, { request: sent(line), class: 'c', dialect })
    : routeThroughGateway(model, { request: sent(line), gateway: 'shop/gw', port: 80 });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value.result;
}

/** A suite of the witnesses goes by the rules that have one, and by no others; the rules that are counted are those that are linted. */
function countsWitnesses(model: NetworkModel, rules: readonly LintedRule[], dialect: IngressDialectName | undefined): void {
  const count = new RouteRuleCount(model);
  const witnessed = rules.flatMap((one) => (one.witness ? [{ ...one, witness: one.witness }] : []));
  if (witnessed.length === 0) return; // nothing can be asked
  for (const { witness } of witnessed) {
    const asked = { class: 'c', dialect, host: sent(witness).host };
    finished(count.add(asked, answerOf(model, witness, dialect), true));
  }
  const { tried, untried } = finished(count.coverage());
  const placeOf = ({ object, pointer }: RulePlace) => `${describeRef(object)} ${pointer}`;
  const places = (list: readonly RulePlace[]) => list.map(placeOf).toSorted(compareText);
  expect(places(tried)).toEqual(places(witnessed));
  expect(places([...tried, ...untried])).toEqual(places(rules));
}

/** Every witness reaches its rule, and nothing that is shadowed or unreachable takes any of the requests. */
function holds(model: NetworkModel, requests: readonly RequestLine[], dialect: IngressDialectName | undefined): void {
  const { rules } = lintRoutes(model, dialect ? { class: 'c', dialect } : { gateway: 'shop/gw' });
  for (const linted of rules) if (linted.witness) expect(isOf(linted, answerOf(model, linted.witness, dialect))).toBe(true);
  countsWitnesses(model, rules, dialect);
  const dead = rules.filter(({ state }) => state === 'shadowed' || state === 'unreachable');
  if (dead.length === 0) return;
  for (const request of requests) {
    const result = answerOf(model, request, dialect);
    for (const linted of dead)
      expect(`${request.url} ${linted.pointer} ${isOf(linted, result)}`).toBe(`${request.url} ${linted.pointer} false`);
  }
}

const plain = URLS.map((url): RequestLine => ({ method: 'GET', url, headers: [], clientAddress: null }));

describe('INV-ING-7 and INV-ING-9: what route-lint says of rules is what route does, and what is counted', () => {
  it.each(['ingress-v1', 'ingress-nginx', 'nginx-f5', 'traefik', 'traefik-strict', 'traefik-ingress-nginx'] as const)(
    'of Ingresses by %s',
    (dialect) => {
      fc.assert(
        fc.property(fc.array(ingressRule, { minLength: 1, maxLength: 8 }), annotations, (rules, asked) => {
          // `app-root` answers `/` by itself, whatever the path that carries it (rule B14)
          const requests = Object.values(asked).some((one) => 'app-root' in one) ? plain.filter(({ url }) => !/[^/]\/$/.test(url)) : plain;
          holds(modelOf(withNginx(ingressCluster(rules.join('\n')), asked)), requests, dialect);
        }),
        { numRuns: 150 },
      );
    },
  );

  it('of HTTPRoutes on a Gateway', () => {
    const match = fc.record(
      {
        path: fc.record({ type: fc.constantFrom('Exact', 'PathPrefix'), value: fc.constantFrom('/', '/x', '/x/', '/x/y') }),
        method: fc.constantFrom('GET', 'PUT'),
        headers: fc.constantFrom([{ name: 'x-a', value: '1' }], [{ name: 'x-b', value: '2' }]),
      },
      { requiredKeys: ['path'] },
    );
    const hostnames = fc.constantFrom([], ['foo.com'], ['*.foo.com'], ['a.foo.com', 'foo.com']);
    const created = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z');
    const made = fc.tuple(fc.array(match, { minLength: 1, maxLength: 4 }), hostnames, created);
    const requests = plain.flatMap((one) =>
      [[], ['x-a: 1'], ['x-a: 1', 'x-b: 2']].flatMap((headers) => ['GET', 'PUT'].map((method) => ({ ...one, method, headers }))),
    );
    fc.assert(
      fc.property(fc.array(made, { minLength: 1, maxLength: 4 }), (routes) => {
        const objects = routes.map(([matches, names, age], index) =>
          httpRoute(
            `r${index}`,
            matches.map((one) => rule(one, 's')),
            names.length === 0 ? {} : { hostnames: names },
            age,
          ),
        );
        holds(modelOf([...gateway([listener('http')]), ...backend('s'), ...objects]), requests, undefined);
      }),
      { numRuns: 60 },
    );
  });
});
