import { describe, expect, it } from 'vitest';
import { requestFor } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { normaliseObject } from '../resources/normalise-object.js';
import { route } from './route.js';
import type { RouteRequest } from './route-request.js';

const object = (kind: string, name: string, spec: JsonObject, namespace = 't'): KubernetesObject => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind,
  metadata: { name, namespace },
  spec,
});
const ingressRoute = (name: string, ...routes: JsonObject[]) => object('IngressRoute', name, { routes });
const to = (match: string, service: string, more: JsonObject = {}): JsonObject => ({
  match,
  kind: 'Rule',
  services: [{ name: service, port: 80 }],
  ...more,
});
/** Services `a`, `b`, `empty` (without ready endpoint) in namespace `t`; the Ingress that brings them is of another controller. */
const SERVICES = ingressCluster('z#other : any Exact /a -> a\nz#other : any Exact /b -> b\nz#other : any Exact /c -> empty').filter(
  ({ kind }) => kind !== 'Ingress' && kind !== 'IngressClass',
);

function ask(objects: readonly KubernetesObject[], url: string, more: Partial<RouteRequest> = {}) {
  const model = modelOf([...SERVICES, ...objects]);
  const answer = route(model, { request: { ...requestFor(url), ...more }, class: undefined, dialect: undefined });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}
const line = (...asked: Parameters<typeof ask>) => {
  const { verdict, result } = ask(...asked);
  const ends = result.redirect
    ? [result.redirect.status, result.redirect.location]
    : result.backends.map(({ service, share }) => `${service}=${share}`);
  return [verdict, ...ends, ...(result.status !== null && !result.redirect ? [result.status] : [])].join(' ');
};

/** traefik/traefik `pkg/provider/kubernetes/crd/kubernetes_http.go`, `loadIngressRouteConfiguration`; priorities by `pkg/muxer/http/mux.go`. */
describe('IngressRoutes', () => {
  const two = ingressRoute('r', to('Host(`foo.com`)', 'a'), to('Host(`foo.com`) && PathPrefix(`/b`)', 'b'));

  it('go by the length of the rule, with both values for the loser', () => {
    const answer = ask([two], 'http://foo.com/b');
    expect(answer.verdict).toBe('ROUTED');
    expect(answer.result.dialect).toBe('traefik');
    expect(answer.result.candidates).toMatchObject([
      { pointer: '/spec/routes/1', outcome: 'selected' },
      { pointer: '/spec/routes/0', outcome: 'lost', reason: 'LOWER_PRIORITY', key: 'priority', own: '15', other: '35' },
    ]);
  });

  // doc.traefik.io "Multi-Layer Routing": a parent has no services of its own, its children are asked behind its middlewares.
  it('do not guess what lies behind a parent', () => {
    const parent = object('IngressRoute', 'parent', { routes: [{ match: 'Host(`foo.com`)', kind: 'Rule' }] });
    const child = object('IngressRoute', 'child', { parentRefs: [{ name: 'parent' }], routes: [to('PathPrefix(`/`)', 'a')] });
    expect(line([parent, child], 'http://foo.com/')).toBe('UNDEFINED');
    expect(line([parent, child], 'http://bar.com/')).toBe('NOT_FOUND 404');
  });

  it('go by a priority that is told', () => {
    const told = ingressRoute('r', to('Host(`foo.com`)', 'a', { priority: 100 }), to('Host(`foo.com`) && PathPrefix(`/b`)', 'b'));
    expect(line([told], 'http://foo.com/b')).toBe('ROUTED a=1');
  });

  it('are dropped without Service, port, endpoints or Middleware', () => {
    for (const one of [
      to('Host(`foo.com`)', 'gone'),
      to('Host(`foo.com`)', 'empty'),
      { match: 'Host(`foo.com`)', services: [{ name: 'a', port: 81 }] },
      { match: 'Host(`foo.com`)', services: [{ name: 'a' }] },
      to('Host(`foo.com`)', 'a', { middlewares: [{ name: 'gone' }] }),
      { match: 'Host(`foo.com`)', services: [{ name: 'a', port: 80, namespace: 'other' }] },
    ])
      expect(line([ingressRoute('r', one)], 'http://foo.com/')).toBe('NOT_FOUND 404');
  });

  it('name the one part that keeps a rule from holding', () => {
    const [near] = ask([ingressRoute('r', to('Host(`foo.com`) && Path(`/x`)', 'a'))], 'http://foo.com/y').result.nearMisses;
    expect(near).toMatchObject({ reason: 'RULE_PART_FAILS', pointer: '/spec/routes/0', fix: 'request path `/x`' });
  });

  it('share requests by weight, and by TraefikServices behind one another', () => {
    const weighted = {
      services: [
        { name: 'a', port: 80, weight: 3 },
        { name: 'b', port: 80 },
      ],
    };
    const named = { match: 'Host(`foo.com`)', services: [{ name: 'w', kind: 'TraefikService' }] };
    expect(line([ingressRoute('r', { match: 'Host(`foo.com`)', ...weighted })], 'http://foo.com/')).toBe('ROUTED a=0.75 b=0.25');
    expect(line([ingressRoute('r', named), object('TraefikService', 'w', { weighted })], 'http://foo.com/')).toBe('ROUTED a=0.75 b=0.25');
    const mirror = object('TraefikService', 'w', { mirroring: { name: 'a', port: 80, mirrors: [{ name: 'b', port: 80, percent: 20 }] } });
    expect(ask([ingressRoute('r', named), mirror], 'http://foo.com/').result.mirrors).toMatchObject([{ service: 'b', percent: 20 }]);
  });
});

/** What a middleware makes of a request, as the tests beside each of them in traefik/traefik `pkg/middlewares` have it. */
describe('Middlewares', () => {
  const through = (spec: JsonObject, url: string, more: Partial<RouteRequest> = {}) => {
    const rule = to('PathPrefix(`/`)', 'a', { middlewares: [{ name: 'm' }] });
    return ask([ingressRoute('r', rule), object('Middleware', 'm', spec)], url, more);
  };
  const path = (spec: JsonObject, url: string) => through(spec, url).result.forwarded?.path;

  it('change the path', () => {
    expect(path({ stripPrefix: { prefixes: ['/stat'] } }, 'http://foo.com/stat/x?q=1')).toBe('/x?q=1');
    expect(path({ stripPrefix: { prefixes: ['/stat'] } }, 'http://foo.com/stat')).toBe('/');
    expect(path({ stripPrefix: { prefixes: ['/stat'] } }, 'http://foo.com/status')).toBe('/us');
    expect(path({ stripPrefix: { prefixes: ['/stat'] } }, 'http://foo.com/stat/a%2Fb')).toBe('/a%2Fb');
    expect(path({ stripPrefixRegex: { regex: ['/b/([a-z0-9]+)/'] } }, 'http://foo.com/b/api/test')).toBe('/test');
    expect(path({ addPrefix: { prefix: '/a' } }, 'http://foo.com/b')).toBe('/a/b');
    expect(path({ replacePath: { path: '/replacement' } }, 'http://foo.com/b?q=1')).toBe('/replacement?q=1');
    const regex = { regex: '^/whoami/(.*)', replacement: '/who-am-i/$1' };
    expect(path({ replacePathRegex: regex }, 'http://foo.com/whoami/and/whoami')).toBe('/who-am-i/and/whoami');
  });

  it('redirect', () => {
    const where = (spec: JsonObject, url: string, method = 'GET') => {
      const { redirect } = through(spec, url, { method }).result;
      return redirect && `${redirect.status} ${redirect.location}`;
    };
    const https = { redirectScheme: { scheme: 'https' } };
    expect(where(https, 'http://foo.com:80/x?y')).toBe('302 https://foo.com/x?y');
    expect(where(https, 'http://foo.com/', 'POST')).toBe('307 https://foo.com/');
    expect(where({ redirectScheme: { scheme: 'https', port: '8443', permanent: true } }, 'http://foo.com/')).toBe(
      '301 https://foo.com:8443/',
    );
    expect(where(https, 'https://foo.com/')).toBeNull();
    const regex = { regex: '^http://(.*)$', replacement: 'https://www.$1' };
    expect(where({ redirectRegex: regex }, 'http://foo.com/a')).toBe('302 https://www.foo.com/a');
  });

  it('set headers, and answer a preflight', () => {
    const headers = { customRequestHeaders: { 'X-A': '1', 'X-Gone': '' }, customResponseHeaders: { Server: '' }, frameDeny: true };
    const { result } = through({ headers }, 'http://foo.com/', { headers: [['x-gone', 'yes']] });
    expect(result.forwarded?.headers).toEqual(['X-A: 1']);
    expect(result.responseHeaders).toEqual([
      { action: 'set', name: 'X-Frame-Options', value: 'DENY' },
      { action: 'remove', name: 'Server', value: null },
    ]);
    const cors = { accessControlAllowOriginList: ['https://a.b'], accessControlAllowMethods: ['GET', 'PUT'], accessControlMaxAge: 600 };
    const asked = {
      method: 'OPTIONS',
      headers: [
        ['Origin', 'https://a.b'],
        ['Access-Control-Request-Method', 'GET'],
      ],
    } as const;
    const preflight = through({ headers: cors }, 'http://foo.com/', asked);
    expect(preflight.verdict).toBe('PREFLIGHT');
    expect(preflight.result.responseHeaders.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Access-Control-Allow-Methods: GET,PUT',
      'Access-Control-Allow-Origin: https://a.b',
      'Access-Control-Max-Age: 600',
    ]);
  });

  it('leave open what they do not tell', () => {
    expect(through({ plugin: { x: {} } }, 'http://foo.com/').verdict).toBe('UNDEFINED');
    expect(through({ ipAllowList: { sourceRange: ['10.0.0.0/8'] } }, 'http://foo.com/').verdict).toBe('UNDEFINED');
    expect(through({ rateLimit: { average: 1 } }, 'http://foo.com/').assumptions.map(({ code }) => code)).toContain('MIDDLEWARE_CONDITION');
  });
});

describe('what is wrong about an IngressRoute', () => {
  const faults = (match: string) =>
    normaliseObject(ingressRoute('r', to(match, 'a'))).diagnostics.map(({ code, pointer, message }) => [
      code,
      pointer,
      message.slice(0, 24),
    ]);

  it('is told where its rule stands', () => {
    expect(faults('Host(`a`')).toEqual([['invalid-rule', '/spec/routes/0/match', 'error while parsing rule']]);
    expect(faults('')).toMatchObject([['missing-field', '/spec/routes/0/match', expect.any(String)]]);
    expect(faults('Host(`a`)')).toEqual([]);
  });
});
