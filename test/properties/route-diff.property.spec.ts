import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IngressDialectName } from '../../src/core/ingress/route-request.js';
import { route } from '../../src/core/ingress/route.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { requestFor } from '../support/ask-route.js';
import { ingressCluster } from '../support/ingress-cluster.js';
import { modelOf } from '../support/model.js';
import { classSide, diffRoutes } from '../support/route-diff.js';
import { withNginx } from '../support/route-lint.js';

const HOSTS = ['foo.com', 'a.foo.com', '*.foo.com', 'any'];
const PATHS = ['/', '/x', '/x/', '/x/y', '/X', '/y'];
const DIALECTS: readonly IngressDialectName[] = [
  'ingress-v1',
  'ingress-nginx',
  'nginx-f5',
  'traefik',
  'traefik-strict',
  'traefik-ingress-nginx',
];

const line = fc
  .record({
    name: fc.constantFrom('a@2026-01-01', 'b@2026-01-02', 'c@2026-01-03'),
    host: fc.constantFrom(...HOSTS),
    type: fc.constantFrom('Exact', 'Prefix', 'Impl'),
    path: fc.constantFrom(...PATHS),
    service: fc.constantFrom('v', 'w'),
  })
  .map(({ name, host, type, path, service }) => `${name} : ${host} ${type} ${path} -> ${service}`);
const lines = fc.array(line, { minLength: 1, maxLength: 4 });
const annotations = fc.dictionary(
  fc.constantFrom('a', 'b'),
  fc.constantFrom<Readonly<Record<string, string>>[]>(
    { 'use-regex': 'true' },
    { 'rewrite-target': '/z' },
    { 'permanent-redirect': 'http://elsewhere.com/' },
  ),
);

/** Plain requests, which nobody made with the rules in mind: any of a few hosts, and elements that begin and end as those of rules do. */
const request = fc
  .record({
    scheme: fc.constantFrom('http', 'https'),
    host: fc.constantFrom('foo.com', 'a.foo.com', 'b.foo.com', 'a.b.foo.com', 'com', 'other.org'),
    elements: fc.array(fc.constantFrom('x', 'X', 'y', 'xy', 'x.', 'z', '1'), { maxLength: 3 }),
    slash: fc.boolean(),
  })
  .map(({ scheme, host, elements, slash }) => `${scheme}://${host}/${elements.join('/')}${slash && elements.length > 0 ? '/' : ''}`);

/** What a client and a backend see of an answer; undefined: it is left open. */
function seen(model: NetworkModel, dialect: IngressDialectName, url: string): string | undefined {
  const answer = route(model, { request: requestFor(url), class: 'c', dialect });
  if (!answer.ok) throw new Error(answer.error.message);
  const { verdict, result } = answer.value;
  if (verdict === 'UNDEFINED') return undefined;
  const backends = result.backends.map(({ namespace, service, port, share }) => `${namespace}/${service}:${port} ${share}`);
  return JSON.stringify([
    result.status,
    backends,
    result.redirect?.location ?? null,
    backends.length === 0 ? null : result.forwarded?.path,
  ]);
}

interface Side {
  readonly model: NetworkModel;
  readonly dialect: IngressDialectName;
}

const side = fc.tuple(fc.constantFrom(...DIALECTS), annotations);
const sideOf = (text: readonly string[], [dialect, asked]: readonly [IngressDialectName, Parameters<typeof withNginx>[1]]): Side => ({
  model: modelOf(withNginx(ingressCluster(text.join('\n')), asked)),
  dialect,
});

describe('route-diff', () => {
  it('says EQUIVALENT of no two sides of which a request gets two answers', () => {
    let equivalent = 0;
    fc.assert(
      fc.property(
        lines,
        fc.option(lines),
        side,
        side,
        fc.array(request, { minLength: 10, maxLength: 30 }),
        (own, others, first, second, urls) => {
          const [a, b] = [sideOf(own, first), sideOf(others ?? own, second)];
          const { verdict } = diffRoutes({ a: a.model, b: b.model }, { a: classSide(a.dialect), b: classSide(b.dialect) });
          if (verdict !== 'EQUIVALENT') return;
          equivalent++;
          for (const url of urls) {
            const [left, right] = [seen(a.model, a.dialect, url), seen(b.model, b.dialect, url)];
            expect([url, left]).toEqual([url, right]);
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(equivalent).toBeGreaterThan(0);
  });
});
