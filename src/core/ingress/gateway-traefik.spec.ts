import { describe, expect, it } from 'vitest';
import {
  type Asked,
  askGateway,
  backend,
  gateway,
  gatewayLine,
  gatewayObject,
  httpRoute,
  listener,
  rule,
  tlsSecret,
} from '../../../test/support/gateway-cluster.js';
import { AUTHORITIES } from '../../../test/support/certificates.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { GatewayDialectName } from './route-request.js';

const URL = 'http://foo.com/x';
const prefix = (value: string, more: JsonObject = {}) => ({ path: { type: 'PathPrefix', value }, ...more });
const exact = (value: string, more: JsonObject = {}) => ({ path: { type: 'Exact', value }, ...more });
const named = (name: string, value = 'v') => [{ name, value }];

/** The answer of Gateway `gw` by Traefik, with backends `a`, `b` and `c`. */
function ask(objects: readonly KubernetesObject[], url = URL, asked: Asked = {}, dialect: GatewayDialectName = 'traefik-gateway') {
  const model = modelOf([...gateway([listener('http')]), ...['a', 'b', 'c'].flatMap((name) => backend(name)), ...objects]);
  return askGateway(model, url, { ...asked, dialect });
}
const line = (...asked: Parameters<typeof ask>) => gatewayLine(ask(...asked));

/**
 * traefik/traefik `pkg/provider/kubernetes/gateway/httproute_test.go`, Test_buildMatchRule and Test_buildHostRule: the priority of each match, and `loadHTTPRouteConfiguration`, which adds one for
 * each rule of the route that does not stand before its own. A match stands beside one of a route without host whose priority is told.
 */
describe('the priority of a match in Traefik', () => {
  const beside = (own: JsonObject, other: JsonObject, hostnames: readonly string[] = []) => {
    const routes = [httpRoute('own', [rule(own, 'a')], { hostnames: [...hostnames] }), httpRoute('other', [rule(other, 'b')])];
    return line(routes, 'http://foo.com/foo/', {
      headers: [
        ['my-header', 'foo'],
        ['h', 'v'],
      ],
      method: 'GET',
    });
  };

  it.each<[what: string, own: JsonObject, other: JsonObject, hostnames: readonly string[], expected: string]>([
    ['`/` is 1', prefix('/'), prefix('/'), [], 'UNDEFINED PRIORITY_TIE'],
    ['a match of nothing is as `/`', {}, prefix('/'), [], 'UNDEFINED PRIORITY_TIE'],
    ['`/` of a host is 8, one of none 1', prefix('/'), prefix('/'), ['foo.com'], 'ROUTED a'],
    ['`/` and a header is 101', prefix('/', { headers: named('my-header', 'foo') }), prefix('/'), [], 'ROUTED a'],
    [
      '`/` and a header is less than a method',
      prefix('/', { headers: named('my-header', 'foo') }),
      prefix('/', { method: 'GET' }),
      [],
      'ROUTED b',
    ],
    ['/foo/ is 10500', prefix('/foo/'), prefix('/foo', { headers: named('my-header', 'foo') }), [], 'UNDEFINED PRIORITY_TIE'],
    ['Exact is 100000', exact('/foo/'), prefix('/foo/', { method: 'GET', headers: named('my-header', 'foo') }), [], 'ROUTED a'],
    ['an exact one with a header is 100100', exact('/foo/', { headers: named('my-header', 'foo') }), exact('/foo/'), [], 'ROUTED a'],
    [
      'of a host and with a header 100107',
      exact('/foo/', { headers: named('my-header', 'foo') }),
      exact('/foo/', { headers: named('h') }),
      ['foo.com'],
      'ROUTED a',
    ],
    [
      'an expression as a prefix',
      { path: { type: 'RegularExpression', value: '/foo.' } },
      prefix('/foo', { headers: named('h') }),
      [],
      'UNDEFINED PRIORITY_TIE',
    ],
  ])('%s', (_what, own, other, hostnames, expected) => {
    expect(beside(own, other, hostnames)).toBe(expected);
  });

  // Test_buildHostRule, "Several Host and wildcard": the longest counts, 9
  it('has the characters of the longest hostname', () => {
    const of = (name: string, service: string, hostnames: readonly string[]) =>
      httpRoute(name, [rule(prefix('/'), service)], { hostnames: [...hostnames] });
    const three = of('three', 'a', ['*.bar.foo', 'bar.foo', 'foo.foo']);
    expect(line([three, of('one', 'b', ['bar.foo'])], 'http://bar.foo/')).toBe('ROUTED a');
    expect(line([three, of('one', 'b', ['x.bar.foo'])], 'http://x.bar.foo/')).toBe('UNDEFINED PRIORITY_TIE');
  });

  it('is larger for the earlier of two rules of one route that match alike', () => {
    expect(line([httpRoute('r', [rule(prefix('/x'), 'a'), rule(prefix('/x'), 'b')])])).toBe('ROUTED a');
    // 10200 + 2 of two rules against 10200 + 1 of one
    expect(line([httpRoute('q', [rule(prefix('/x'), 'a')]), httpRoute('r', [rule(prefix('/x'), 'b'), rule(prefix('/y'), 'c')])])).toBe(
      'ROUTED b',
    );
    expect(line([httpRoute('q', [rule(prefix('/x'), 'a')]), httpRoute('r', [rule(prefix('/y'), 'c'), rule(prefix('/x'), 'b')])])).toBe(
      'UNDEFINED PRIORITY_TIE',
    );
  });
});

/** `withRoutingPath` of `pkg/muxer/http/mux.go` (rule T5); the text of the Gateway API says nothing about encodings, and they are left alone. */
describe('paths by Traefik', () => {
  it.each([
    ['/a%62c', 'ROUTED a'],
    ['/a b', 'NOT_FOUND 404'],
    ['/abc%2Fd', 'NOT_FOUND 404'],
    ['/abc%64', 'NOT_FOUND 404'],
  ])('%s is compared with /abc decoded, but for reserved characters', (path, expected) => {
    expect(line([httpRoute('r', [rule(exact('/abc'), 'a')])], `http://foo.com${path}`)).toBe(expected);
  });

  it('are sent on as they were written', () => {
    expect(ask([httpRoute('r', [rule(prefix('/abc'), 'a')])], 'http://foo.com/a%62c/d').result.forwarded?.path).toBe('/a%62c/d');
  });
});

/** `loadMiddlewares` of `httproute.go`, `loadGRPCMiddlewares` of `grpcroute.go`: a filter that is none of theirs makes the router one that answers 500, or UNAVAILABLE. */
describe('filters that Traefik does not have', () => {
  const mirror = { type: 'RequestMirror', requestMirror: { backendRef: { name: 'b', port: 80 } } };
  const headers = { type: 'RequestHeaderModifier', requestHeaderModifier: { set: named('x') } };

  it('make a rule answer 500, its other filters notwithstanding', () => {
    const route = httpRoute('r', [rule(prefix('/'), 'a', { filters: [headers, mirror] })]);
    expect(line([route], URL, {}, 'gateway-api')).toBe('ROUTED a');
    const { verdict, result, evidence } = ask([route]);
    expect([verdict, result.status, result.mirrors]).toEqual(['FILTER_FAILED', 500, []]);
    expect(evidence.find(({ reason }) => reason === 'FILTER_UNSUPPORTED')).toMatchObject({ pointer: '/spec/rules/0/filters/1' });
  });

  it('leave nothing of the other filters of the rule', () => {
    const answers = { type: 'ResponseHeaderModifier', responseHeaderModifier: { set: named('x') } };
    expect(ask([httpRoute('r', [rule(prefix('/'), 'a', { filters: [answers, mirror] })])]).result.responseHeaders).toEqual([]);
  });

  it('make a backend answer 500 for its share', () => {
    const backendRefs = [
      { name: 'a', port: 80, weight: 3 },
      { name: 'b', port: 80, weight: 1, filters: [mirror] },
    ];
    const { result } = ask([httpRoute('r', [{ matches: [prefix('/')], backendRefs }])]);
    expect([result.backends.map(({ service, share }) => [service, share]), result.errorShare]).toEqual([[['a', 0.75]], 0.25]);
  });

  it('make calls UNAVAILABLE, those of an answer’s headers as well', () => {
    const filters = [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { set: named('x') } }];
    const route = gatewayObject('GRPCRoute', 'r', {
      parentRefs: [{ name: 'gw' }],
      rules: [{ filters, backendRefs: [{ name: 'a', port: 80 }] }],
    });
    const call: Asked = { method: 'POST', headers: [['content-type', 'application/grpc']] };
    expect(ask([route], 'http://foo.com/s/M', call)).toMatchObject({ verdict: 'FILTER_FAILED', result: { status: 200, grpcStatus: 14 } });
  });

  // `pkg/middlewares/headers/headers.go`, `ServeHTTP`
  it('are told from CORS, which answers a preflight with 200', () => {
    const cors = { type: 'CORS', cors: { allowOrigins: ['https://a.com'] } };
    const asked: Asked = {
      method: 'OPTIONS',
      headers: [
        ['origin', 'https://a.com'],
        ['access-control-request-method', 'GET'],
      ],
    };
    expect(line([httpRoute('r', [rule(prefix('/'), 'a', { filters: [cors] })])], URL, asked)).toBe('PREFLIGHT 200');
  });

  // None of `features.go` and of what `loadHTTPRouteConfiguration` reads
  it('time out nobody', () => {
    const route = httpRoute('r', [rule(prefix('/'), 'a', { timeouts: { request: '1s' } })]);
    const slow: Asked = { backendBehaviour: { failure: undefined, failures: 1, delay: 2000 } };
    expect([line([route], URL, slow, 'gateway-api'), line([route], URL, slow)]).toEqual(['TIMED_OUT 504', 'ROUTED a']);
    expect(ask([route]).result.limits).toBeNull();
  });
});

/** `getBackendAddresses` of `pkg/provider/kubernetes/gateway/kubernetes.go`. */
describe('Services by Traefik’s provider for the Gateway API', () => {
  const toS = httpRoute('r', [rule(prefix('/'), 's')]);
  const service = (spec: JsonObject, nativeLB?: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 's',
      namespace: 'shop',
      ...(nativeLB === undefined ? {} : { annotations: { 'traefik.io/service.nativelb': nativeLB } }),
    },
    spec: { ports: [{ port: 80 }], ...spec },
  });
  const slice: KubernetesObject = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 's-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 's' } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080 }],
    endpoints: [{ addresses: ['10.244.0.1', '10.244.0.2'] }],
  };
  const IP = { clusterIP: '10.96.0.7' };

  it.each<[what: string, objects: readonly KubernetesObject[], expected: string]>([
    ['at every address of its endpoints', [service(IP), slice], '10.244.0.1:8080 10.244.0.2:8080'],
    ['at its own address', [service(IP, 'true'), slice], '10.96.0.7:80'],
    ['at its own address without endpoints', [service({ ...IP, selector: { app: 's' } }, 'true')], '10.96.0.7:80'],
    ['at its endpoints where it says so', [service(IP, 'false'), slice], '10.244.0.1:8080 10.244.0.2:8080'],
    ['not at an address that it has not', [service({ clusterIP: 'None' }, 'true'), slice], 'NO_BACKEND 500'],
    ['not where the annotation cannot be read', [service(IP, 'yes'), slice], 'NO_BACKEND 500'],
    ['not by another name', [service({ type: 'ExternalName', externalName: 'a.org' })], 'NO_BACKEND 500'],
    ['not without a slice', [service(IP)], 'NO_BACKEND 500'],
    ['with slices that hold nobody', [service({ ...IP, selector: { app: 's' } })], 'NO_ENDPOINTS 503'],
  ])('%s', (_what, objects, expected) => {
    const { verdict, result } = ask([toS, ...objects]);
    const at = result.backends.flatMap(({ endpoints }) => endpoints.map(({ address, port }) => `${address}:${port}`));
    expect(verdict === 'ROUTED' ? at.join(' ') : `${verdict} ${result.status ?? ''}`).toBe(expected);
  });

  // `NativeLBByDefault` of the provider
  it('by default as the provider is set', () => {
    const at = (kubernetesGateway: boolean | undefined, annotation?: string) => {
      const options = kubernetesGateway === undefined ? {} : { 'kubernetesGateway.nativeLBByDefault': kubernetesGateway };
      const profile = { ingress: { controllers: [{ class: 'traefik', dialect: 'traefik', options }] } };
      const model = modelOf([...gateway([listener('http')]), service(IP, annotation), slice, toS], profile);
      const { result } = askGateway(model, URL, { dialect: 'traefik-gateway' });
      return result.backends.flatMap(({ endpoints }) => endpoints.map(({ address }) => address));
    };
    const [own, ends] = [['10.96.0.7'], ['10.244.0.1', '10.244.0.2']];
    expect([at(undefined), at(false), at(true), at(true, 'false')]).toEqual([ends, ends, own, ends]);
  });

  // `pkg/server/service/loadbalancer/wrr/wrr.go` of v3: `AddService` leaves out a weight of 0, and where nobody is left `ServeHTTP` answers 503; `loadService` makes an empty one of no backends
  it.each<[what: string, backendRefs: readonly JsonObject[]]>([
    [
      'all of the weight 0',
      [
        { name: 'a', port: 80, weight: 0 },
        { name: 'b', port: 80, weight: 0 },
      ],
    ],
    ['one of the weight 0 that is not there', [{ name: 'gone', port: 80, weight: 0 }]],
    ['none', []],
  ])('%s answer 503 instead of 500', (_what, backendRefs) => {
    const route = httpRoute('r', [{ matches: [prefix('/')], backendRefs: [...backendRefs] }]);
    expect([line([route], URL, {}, 'gateway-api'), line([route])]).toEqual(['NO_BACKEND 500', 'NO_BACKEND 503']);
  });

  // `loadHTTPBackendRef`: a name with `@` is one of another provider, without a namespace
  it('may be those of another provider, of which nothing is known', () => {
    const internal = (more: JsonObject = {}) =>
      httpRoute('r', [
        { matches: [prefix('/')], backendRefs: [{ group: 'traefik.io', kind: 'TraefikService', name: 'api@internal', ...more }] },
      ]);
    expect([line([internal()], URL, {}, 'gateway-api'), line([internal()])]).toEqual(['NO_BACKEND 500', 'UNDEFINED SERVICE_NOT_KNOWN']);
    expect(line([internal({ namespace: 'shop' })])).toBe('NO_BACKEND 500');
    expect(line([internal({ name: 'web' })])).toBe('NO_BACKEND 500');
  });
});

/**
 * traefik/traefik#13738 (merged in September 2026): "The routes of a listener were served for host names another listener of the Gateway is a more specific match for". Before, `buildHostRule` of
 * `httproute.go` wrote the hostnames of the route on its own listener, and nothing of others.
 */
describe('several listeners of one port by Traefik', () => {
  const LISTENERS = [listener('wide', { hostname: '*.foo.com' }), listener('own', { hostname: 'a.foo.com' })];
  const on = (name: string, section: string, match: JsonObject, more: JsonObject = {}) =>
    httpRoute(name, [rule(match, name)], { parentRefs: [{ name: 'gw', sectionName: section }], ...more });
  const both = (url: string, ...routes: readonly KubernetesObject[]) => {
    const model = modelOf([...gateway(LISTENERS), ...['a', 'b'].flatMap((name) => backend(name)), ...routes]);
    return (['gateway-api', 'traefik-gateway'] as const).map((dialect) => askGateway(model, url, { dialect }));
  };
  const lines = (...asked: Parameters<typeof both>) => both(...asked).map(gatewayLine);
  const OPEN = 'UNDEFINED LISTENERS_NOT_ISOLATED';

  it('leave open which routes a request meets', () => {
    const routes = [on('a', 'wide', prefix('/')), on('b', 'own', prefix('/b'))];
    expect(lines('http://a.foo.com/x', ...routes)).toEqual(['NOT_FOUND 404', OPEN]);
    expect(lines('http://a.foo.com/b', ...routes)).toEqual(['ROUTED b', 'ROUTED b']);
    expect(lines('http://x.foo.com/b', ...routes)).toEqual(['ROUTED a', 'ROUTED a']);
    expect(both('http://a.foo.com/x', ...routes)[1]?.result.possibilities.map(({ verdict, object }) => [verdict, object])).toEqual([
      ['NOT_FOUND', null],
      ['ROUTED', 'HTTPRoute shop/a'],
    ]);
  });

  // 10000 + 400 + 9 + 1 against 10000 + 200 + 9 + 1, and of equals none goes first: `*.foo.com` is as long as `a.foo.com`
  it('rank what they have together', () => {
    const url = 'http://a.foo.com/x/y';
    expect(lines(url, on('a', 'wide', prefix('/x/y')), on('b', 'own', prefix('/x')))).toEqual(['ROUTED b', OPEN]);
    expect(lines(url, on('a', 'wide', prefix('/x')), on('b', 'own', prefix('/x/y')))).toEqual(['ROUTED b', 'ROUTED b']);
    expect(lines(url, on('a', 'wide', prefix('/x')), on('b', 'own', prefix('/x')))).toEqual(['ROUTED b', OPEN]);
  });

  it('know a route that is on several of them once', () => {
    const everywhere = httpRoute('a', [rule(prefix('/'), 'a')]);
    expect(lines('http://a.foo.com/x', everywhere)).toEqual(['ROUTED a', 'ROUTED a']);
    const open = both('http://a.foo.com/y', httpRoute('b', [rule(prefix('/x'), 'b')]), on('a', 'wide', prefix('/')))[1];
    expect(open?.result.candidates.map(({ object, host }) => [object, host])).toEqual([
      ['HTTPRoute shop/b', 'a.foo.com'],
      ['HTTPRoute shop/a', '*.foo.com'],
    ]);
  });

  it('have nothing to do with those of other ports', () => {
    const listeners = [{ ...LISTENERS[0]!, port: 8080 }, LISTENERS[1]!];
    const routes = [on('a', 'wide', prefix('/')), on('b', 'own', prefix('/b'))];
    const model = modelOf([...gateway(listeners), ...['a', 'b'].flatMap((name) => backend(name)), ...routes]);
    expect(gatewayLine(askGateway(model, 'http://a.foo.com/x', { dialect: 'traefik-gateway' }))).toBe('NOT_FOUND 404');
  });

  it('may answer 421 or not where a connection was opened for another of them', () => {
    const https = LISTENERS.map((one) => ({ ...one, port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'cert' }] } }));
    const objects = [tlsSecret('cert', AUTHORITIES.issuedByFirst), on('a', 'wide', prefix('/')), on('b', 'own', prefix('/b'))];
    const model = modelOf([...gateway(https), ...['a', 'b'].flatMap((name) => backend(name)), ...objects]);
    const ask = (sni: string, dialect: GatewayDialectName) => gatewayLine(askGateway(model, 'https://a.foo.com/b', { sni, dialect }));
    expect([ask('x.foo.com', 'gateway-api'), ask('x.foo.com', 'traefik-gateway')]).toEqual(['MISDIRECTED 421', OPEN]);
    expect([ask('a.foo.com', 'gateway-api'), ask('a.foo.com', 'traefik-gateway')]).toEqual(['ROUTED b', 'ROUTED b']);
  });
});
