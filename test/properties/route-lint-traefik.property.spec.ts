import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { route } from '../../src/core/ingress/route.js';
import { routeConnection } from '../../src/core/ingress/route-connection.js';
import type { LintedRule, RuleWitness } from '../../src/core/ingress/route-lint-result.js';
import type { RouteResult } from '../../src/core/ingress/route-result.js';
import { describeRef } from '../../src/core/kernel/object-ref.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { parseIp } from '../../src/core/net/ip.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { requestFor } from '../support/ask-route.js';
import { modelOf } from '../support/model.js';
import { lintRoutes } from '../support/route-lint.js';
import { ingressRoute, to, TRAEFIK_SERVICES, traefikObject } from '../support/traefik.js';

const HTTP = [
  'Host(`foo.com`)',
  'Host(`*.com`)',
  'Path(`/a`)',
  'PathPrefix(`/a`)',
  'PathPrefix(`/a/`)',
  'PathRegexp(`^/a[^/]`)',
  'Method(`GET`)',
  'ClientIP(`10.0.0.0/8`)',
];
const TCP = [
  'HostSNI(`foo.com`)',
  'HostSNI(`*.com`)',
  'HostSNI(`*`)',
  'HostSNIRegexp(`^[a-f]`)',
  'ALPN(`h2`)',
  'ClientIP(`10.0.0.0/8`)',
  'ClientIP(`10.1.0.0/16`)',
];

/** Rules of a few matchers, so that they cover one another often, each with a priority of its own. */
const rulesOf = (matchers: readonly string[]) => {
  const matcher = fc.tuple(fc.boolean(), fc.constantFrom(...matchers)).map(([denied, text]) => (denied ? `!${text}` : text));
  const rule = fc.array(matcher, { minLength: 1, maxLength: 3 }).chain((parts) => fc.constantFrom(parts.join(' && '), parts.join(' || ')));
  return fc.uniqueArray(rule, { minLength: 2, maxLength: 6 }).map((texts) => texts.map((text, index) => [text, 100 - index] as const));
};

const ADDRESSES = ['10.1.2.3', '10.2.2.3', '192.0.2.9'];
const REQUESTS = ['foo.com', 'bar.com', 'x.y.com'].flatMap((host) =>
  ['/', '/a', '/a/', '/a/b', '/aa', '/b'].flatMap((path) =>
    ['GET', 'PUT'].flatMap((method) =>
      ADDRESSES.map((clientAddress): RuleWitness => ({
        method,
        url: `http://${host}${path}`,
        headers: [],
        clientAddress,
        alpn: [],
        clientCertificate: null,
      })),
    ),
  ),
);
const CONNECTIONS = ['foo.com', 'bar.com', 'zoo.com', 'x.y.com'].flatMap((host) =>
  [['h2'], ['mqtt']].flatMap((alpn) =>
    ADDRESSES.map((clientAddress): RuleWitness => ({
      method: 'GET',
      url: `tls://${host}`,
      headers: [],
      clientAddress,
      alpn,
      clientCertificate: null,
    })),
  ),
);

function resultOf(model: NetworkModel, { method, url, clientAddress, alpn }: RuleWitness): RouteResult | undefined {
  const through = { class: undefined, dialect: undefined };
  const about = { clientAddress: clientAddress === null ? undefined : parseIp(clientAddress), alpn: alpn.length === 0 ? undefined : alpn };
  const host = url.replace('tls://', '');
  const answer = url.startsWith('tls:')
    ? routeConnection(model, { scheme: 'tls', host, sni: host, ...about }, 443, through)
    : route(model, { request: { ...requestFor(url), method, ...about }, ...through });
  return answer.ok ? answer.value.result : undefined;
}

const takes = ({ object, pointer }: LintedRule, result: RouteResult | undefined) =>
  result?.candidates.some((one) => one.outcome === 'selected' && one.object === describeRef(object) && one.pointer === pointer) ?? false;

/** Every witness reaches its rule, and none of the requests reaches one that is shadowed. */
function holds(objects: readonly KubernetesObject[], requests: readonly RuleWitness[]): void {
  const model = modelOf([...TRAEFIK_SERVICES, ...objects]);
  const rules = lintRoutes(model).rules.filter(({ object }) => object.kind !== 'Ingress');
  expect(rules.length).toBeGreaterThan(0);
  for (const linted of rules)
    if (linted.witness) expect([linted.path, takes(linted, resultOf(model, linted.witness))]).toEqual([linted.path, true]);
  const dead = rules.filter(({ state }) => state === 'shadowed');
  if (dead.length === 0) return;
  for (const request of requests) {
    const result = resultOf(model, request);
    for (const linted of dead) expect([request, linted.path, takes(linted, result)]).toEqual([request, linted.path, false]);
  }
}

describe('INV-ING-7: what route-lint says of Traefik’s own rules is what route does', () => {
  it('of requests', () => {
    fc.assert(
      fc.property(rulesOf(HTTP), (rules) => {
        holds([ingressRoute('r', ...rules.map(([match, priority]) => to(match, 'a', { priority })))], REQUESTS);
      }),
      { numRuns: 80 },
    );
  });

  it('of connections', () => {
    fc.assert(
      fc.property(rulesOf(TCP), (rules) => {
        const routes = rules.map(([match, priority]) => ({ match, priority, services: [{ name: 'a', port: 80 }] }));
        holds([traefikObject('IngressRouteTCP', 'r', { tls: { passthrough: true }, entryPoints: ['websecure'], routes })], CONNECTIONS);
      }),
      { numRuns: 80 },
    );
  });
});
