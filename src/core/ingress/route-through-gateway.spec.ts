import { describe, expect, it } from 'vitest';
import {
  askGateway,
  type Asked,
  backend,
  gateway,
  gatewayLine,
  gatewayObject,
  httpRoute,
  listener,
  rule,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const BACKENDS = [...backend('win'), ...backend('lose')];

/** Asks in both orders of the objects: the answer must not depend on it. */
function ask(objects: readonly KubernetesObject[], url: string, asked: Asked = {}): string {
  const all = [...gateway([listener('http')]), ...BACKENDS, ...objects];
  const line = gatewayLine(askGateway(modelOf(all), url, asked));
  expect(gatewayLine(askGateway(modelOf(all.toReversed()), url, asked))).toBe(line);
  return line;
}

const path = (type: string, value: string) => ({ path: { type, value } });
const OLD = '2025-01-01T00:00:00Z';
const NEW = '2026-06-01T00:00:00Z';
const HEADERS = [
  ['X-A', '1'],
  ['X-B', '2'],
] as const;
const header = (name: string, value: string) => ({ name, value });

/**
 * Each row: the winner is worse in every later key and better in the one it is named for (kubernetes-sigs/gateway-api `apis/v1/httproute_types.go`, "Precedence" of
 * `HTTPRouteRule.Matches` and of `HTTPRouteSpec.Hostnames`). Dropping, swapping or reversing a key makes its row fail.
 */
describe('precedence of HTTPRoutes', () => {
  const better = {
    ...path('Exact', '/foo/bar'),
    method: 'GET',
    headers: [header('X-A', '1'), header('X-B', '2')],
    queryParams: [header('q', '1')],
  };
  const rows: readonly [key: string, winner: KubernetesObject, loser: KubernetesObject][] = [
    [
      'a precise hostname before a wildcard',
      httpRoute('zz', [rule(path('PathPrefix', '/'), 'win')], { hostnames: ['a.example.com'] }, NEW),
      httpRoute('aa', [rule(better, 'lose')], { hostnames: ['*.example.com'] }, OLD),
    ],
    [
      'the longer wildcard',
      httpRoute('zz', [rule(path('PathPrefix', '/'), 'win')], { hostnames: ['*.example.com'] }, NEW),
      httpRoute('aa', [rule(better, 'lose')], { hostnames: ['*.com'] }, OLD),
    ],
    [
      'any hostname before none',
      httpRoute('zz', [rule(path('PathPrefix', '/'), 'win')], { hostnames: ['*.com'] }, NEW),
      httpRoute('aa', [rule(better, 'lose')], {}, OLD),
    ],
    [
      'an exact path before a prefix',
      httpRoute('zz', [rule(path('Exact', '/foo/bar'), 'win')], {}, NEW),
      httpRoute('aa', [rule({ ...better, ...path('PathPrefix', '/foo/bar') }, 'lose')], {}, OLD),
    ],
    [
      'the longer prefix',
      httpRoute('zz', [rule(path('PathPrefix', '/foo/bar'), 'win')], {}, NEW),
      httpRoute('aa', [rule({ ...better, ...path('PathPrefix', '/foo') }, 'lose')], {}, OLD),
    ],
    [
      'a method',
      httpRoute('zz', [rule({ ...path('PathPrefix', '/foo'), method: 'GET' }, 'win')], {}, NEW),
      httpRoute('aa', [rule({ ...path('PathPrefix', '/foo'), headers: better.headers, queryParams: better.queryParams }, 'lose')], {}, OLD),
    ],
    [
      'more headers',
      httpRoute('zz', [rule({ ...path('PathPrefix', '/foo'), headers: better.headers }, 'win')], {}, NEW),
      httpRoute(
        'aa',
        [rule({ ...path('PathPrefix', '/foo'), headers: [header('X-A', '1')], queryParams: better.queryParams }, 'lose')],
        {},
        OLD,
      ),
    ],
    [
      'more query parameters',
      httpRoute('zz', [rule({ ...path('PathPrefix', '/foo'), queryParams: better.queryParams }, 'win')], {}, NEW),
      httpRoute('aa', [rule(path('PathPrefix', '/foo'), 'lose')], {}, OLD),
    ],
    [
      'the older route',
      httpRoute('zz', [rule(path('PathPrefix', '/foo'), 'win')], {}, OLD),
      httpRoute('aa', [rule(path('PathPrefix', '/foo'), 'lose')], {}, NEW),
    ],
    [
      'the first by name',
      httpRoute('aa', [rule(path('PathPrefix', '/other'), 'lose'), rule(path('PathPrefix', '/foo'), 'win')]),
      httpRoute('ab', [rule(path('PathPrefix', '/foo'), 'lose')]),
    ],
  ];
  it.each(rows)('%s', (_, winner, loser) => {
    expect(ask([winner, loser], 'http://a.example.com/foo/bar?q=1', { headers: HEADERS })).toBe('ROUTED win');
  });

  it('the first rule of one route', () => {
    const second = { ...rule({}, 'win'), matches: [path('PathPrefix', '/other'), path('PathPrefix', '/foo')] };
    const rules = [second, rule(path('PathPrefix', '/foo'), 'lose')];
    expect(ask([httpRoute('r', rules)], 'http://a.example.com/foo')).toBe('ROUTED win');
  });

  it('of several matchers with one name the first alone counts (HTTPRouteMatch.Headers)', () => {
    const match = { headers: [header('X-A', '1'), header('x-a', '9')] };
    expect(ask([httpRoute('r', [rule(match, 'win')])], 'http://a.example.com/', { headers: HEADERS })).toBe('ROUTED win');
  });

  it('says nothing where only a final slash of a prefix decides', () => {
    const routes = [httpRoute('a', [rule(path('PathPrefix', '/foo'), 'win')]), httpRoute('b', [rule(path('PathPrefix', '/foo/'), 'lose')])];
    expect(ask(routes, 'http://a.example.com/foo/x')).toBe('UNDEFINED PREFIX_SLASH_UNSPECIFIED');
  });

  it('says nothing where a regular expression matches too: its rank is up to the implementation', () => {
    const routes = [
      httpRoute('a', [rule(path('RegularExpression', '/f.*'), 'lose')]),
      httpRoute('b', [rule(path('PathPrefix', '/'), 'win')]),
    ];
    expect(ask(routes, 'http://a.example.com/foo')).toBe('UNDEFINED PATTERN_RANK_UNSPECIFIED');
  });
});

/** Reference G36; gateway-api GEP-1911 "Backend Protocol Selection": `appProtocol` of the Service port, by the names of KEP-3726. */
describe('the protocol of a backend', () => {
  const ofPort = (appProtocol: string) => [
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'shop' }, spec: { ports: [{ port: 80, appProtocol }] } },
  ];
  it.each([
    ['kubernetes.io/h2c', 'H2C'],
    ['kubernetes.io/ws', 'WS'],
    ['kubernetes.io/wss', 'WSS'],
    ['example.com/own', 'HTTP'],
  ])('is told by the port of its Service: %s', (appProtocol, protocol) => {
    const route = httpRoute('r', [rule({ path: { type: 'PathPrefix', value: '/' } }, 's')]);
    // Without a policy a port for WebSocket over TLS cannot be spoken with (GEP-1911, "Supporting Protocols").
    const policy = gatewayObject('BackendTLSPolicy', 'p', {
      targetRefs: [{ group: '', kind: 'Service', name: 's' }],
      validation: { hostname: 's.example.com', wellKnownCACertificates: 'System' },
    });
    const model = modelOf([...gateway([listener('web')]), ...ofPort(appProtocol), route, policy]);
    expect(askGateway(model, 'http://foo.com/').result.backends.map((one) => one.protocol)).toEqual([protocol]);
  });
});

describe('what a request meets on the way', () => {
  const filter = (type: string, field: string, body: JsonObject) => ({ filters: [{ type, [field]: body }] });
  const redirect = (body: JsonObject, match: JsonObject = path('PathPrefix', '/foo')) =>
    httpRoute('r', [{ matches: [match], ...filter('RequestRedirect', 'requestRedirect', body) }]);

  /** `HTTPRequestRedirectFilter`: scheme, hostname, path and port fall back to the request's; the port of the scheme is left out. */
  it.each<[body: JsonObject, location: string]>([
    [{}, '302 http://a.example.com/foo/x?q=1'],
    [{ scheme: 'https' }, '302 https://a.example.com/foo/x?q=1'],
    [{ scheme: 'https', port: 8443, statusCode: 301 }, '301 https://a.example.com:8443/foo/x?q=1'],
    [{ hostname: 'b.example.com', statusCode: 308 }, '308 http://b.example.com/foo/x?q=1'],
    [{ path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/bar/' } }, '302 http://a.example.com/bar/x?q=1'],
    [{ path: { type: 'ReplaceFullPath', replaceFullPath: '/all' } }, '302 http://a.example.com/all?q=1'],
  ])('a redirect %j sends to %s', (body, location) => {
    expect(ask([redirect(body)], 'http://a.example.com/foo/x?q=1')).toBe(`REDIRECTED ${location}`);
  });

  // "If redirect scheme is empty, the redirect port MUST be the Gateway Listener port" (`HTTPRequestRedirectFilter.Port`)
  it('a redirect without scheme and port keeps the port of the listener', () => {
    const model = modelOf([...gateway([listener('http', { port: 8080 })]), ...BACKENDS, redirect({})]);
    expect(gatewayLine(askGateway(model, 'http://a.example.com/foo', { port: 8080 }))).toBe('REDIRECTED 302 http://a.example.com:8080/foo');
  });

  /** The table of `HTTPPathModifier.ReplacePrefixMatch`; `/` is a prefix of no element. */
  it.each([
    ['/foo/bar', '/foo', '/xyz', '/xyz/bar'],
    ['/foo/bar', '/foo', '/xyz/', '/xyz/bar'],
    ['/foo/bar', '/foo/', '/xyz', '/xyz/bar'],
    ['/foo/bar', '/foo/', '/xyz/', '/xyz/bar'],
    ['/foo', '/foo', '/xyz', '/xyz'],
    ['/foo/', '/foo', '/xyz', '/xyz/'],
    ['/foo/bar', '/foo', '', '/bar'],
    ['/foo/', '/foo', '', '/'],
    ['/foo', '/foo', '', '/'],
    ['/foo/', '/foo', '/', '/'],
    ['/foo', '/foo', '/', '/'],
    ['/foo', '/', '/xyz', '/xyz/foo'],
  ])('%s with prefix %s replaced by %j is %s', (asked, prefix, replacement, expected) => {
    const rewrite = filter('URLRewrite', 'urlRewrite', { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: replacement } });
    const model = modelOf([
      ...gateway([listener('http')]),
      ...BACKENDS,
      httpRoute('r', [rule(path('PathPrefix', prefix), 'win', rewrite)]),
    ]);
    expect(askGateway(model, `http://a.example.com${asked}`).result.forwarded?.path).toBe(expected);
  });

  it('headers are set, then added, then removed (HTTPHeaderFilter)', () => {
    const body = { set: [header('X-Set', 'new')], add: [header('X-Add', 'more'), header('X-New', '1')], remove: ['x-gone'] };
    const changed = rule({}, 'win', filter('RequestHeaderModifier', 'requestHeaderModifier', body));
    const model = modelOf([...gateway([listener('http')]), ...BACKENDS, httpRoute('r', [changed])]);
    const headers = [['x-set', 'old'] as const, ['X-Add', 'one'] as const, ['X-Gone', 'x'] as const];
    expect(askGateway(model, 'http://a.example.com/', { headers }).result.forwarded?.headers).toEqual([
      'X-Add: one,more',
      'X-Set: new',
      'X-New: 1',
    ]);
  });

  it('what is added is removed by the same filter, and a backend’s filter acts behind that of the rule (rule G31)', () => {
    const headers = (body: JsonObject) => filter('RequestHeaderModifier', 'requestHeaderModifier', body);
    const forwarded = (ofRule: JsonObject, ofBackend: JsonObject = {}) => {
      const route = httpRoute('r', [{ ...headers(ofRule), backendRefs: [{ name: 'win', port: 80, ...ofBackend }] }]);
      const { result } = askGateway(modelOf([...gateway([listener('http')]), ...BACKENDS, route]), 'http://a.example.com/');
      return (result.backends[0]?.forwarded ?? result.forwarded)?.headers;
    };
    expect(forwarded({ add: [header('x-a', '1')], remove: ['x-a'] })).toEqual([]);
    expect(forwarded({ set: [header('x-a', 'rule')] }, headers({ set: [header('x-a', 'backend')] }))).toEqual(['x-a: backend']);
  });

  it('a mirror of a backend has a copy of what the backend gets (HTTPBackendRef.Filters)', () => {
    const mirror = filter('RequestMirror', 'requestMirror', { backendRef: { name: 'lose', port: 80 } });
    const backends = [
      { name: 'win', port: 80, weight: 1, ...mirror },
      { name: 'lose', port: 80, weight: 3 },
    ];
    const model = modelOf([...gateway([listener('http')]), ...BACKENDS, httpRoute('r', [{ backendRefs: backends }])]);
    expect(askGateway(model, 'http://a.example.com/').result.mirrors.map(({ percent }) => percent)).toEqual([25]);
  });

  it('weights are exact parts, and a backend that cannot be used keeps its part (BackendRef.Weight)', () => {
    const weighted = (names: readonly [string, number][]) =>
      httpRoute('r', [{ backendRefs: names.map(([name, weight]) => ({ name, port: 80, weight })) }]);
    expect(
      ask(
        [
          weighted([
            ['win', 3],
            ['lose', 1],
          ]),
        ],
        'http://a.example.com/',
      ),
    ).toBe('ROUTED win 0.75, lose 0.25');
    expect(
      ask(
        [
          weighted([
            ['win', 1],
            ['lose', 0],
          ]),
        ],
        'http://a.example.com/',
      ),
    ).toBe('ROUTED win');
    const model = modelOf([
      ...gateway([listener('http')]),
      ...BACKENDS,
      weighted([
        ['win', 1],
        ['gone', 3],
      ]),
    ]);
    expect(askGateway(model, 'http://a.example.com/').result.errorShare).toBe(0.75);
    expect(ask([weighted([['gone', 1]])], 'http://a.example.com/')).toBe('NO_BACKEND 500');
    expect(ask([weighted([['win', 0]])], 'http://a.example.com/')).toBe('NO_BACKEND 500');
  });

  it('a Service of another namespace needs a ReferenceGrant there', () => {
    const route = httpRoute('r', [{ backendRefs: [{ name: 'far', namespace: 'other', port: 80 }] }]);
    const grant = gatewayObject('ReferenceGrant', 'other/g', {
      from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'shop' }],
      to: [{ group: '', kind: 'Service' }],
    });
    expect(ask([route, ...backend('far', 'other')], 'http://a.example.com/')).toBe('NO_BACKEND 500');
    expect(ask([route, grant, ...backend('far', 'other')], 'http://a.example.com/')).toBe('ROUTED far');
  });

  it('a preflight is answered by the gateway, and only for an allowed origin with CORS headers (HTTPCORSFilter)', () => {
    const cors = rule({}, 'win', filter('CORS', 'cors', { allowOrigins: ['https://*.example.org'], allowMethods: ['PUT'] }));
    const model = modelOf([...gateway([listener('http')]), ...BACKENDS, httpRoute('r', [cors])]);
    const asked = (origin: string) => ({
      method: 'OPTIONS',
      headers: [['Origin', origin] as const, ['Access-Control-Request-Method', 'PUT'] as const],
    });
    const allowed = askGateway(model, 'http://a.example.com/', asked('https://x.y.example.org'));
    expect(gatewayLine(allowed)).toBe('PREFLIGHT 204');
    expect(allowed.result.responseHeaders).toContainEqual({
      action: 'set',
      name: 'access-control-allow-origin',
      value: 'https://x.y.example.org',
    });
    expect(askGateway(model, 'http://a.example.com/', asked('https://example.org')).result.responseHeaders).toEqual([]);
  });
});

describe('listeners', () => {
  const one = httpRoute('one', [rule({}, 'win')], { parentRefs: [{ name: 'gw', sectionName: 'precise' }] });
  const wide = httpRoute('wide', [rule({}, 'lose')], { parentRefs: [{ name: 'gw', sectionName: 'any' }] });
  const model = modelOf([
    ...gateway([listener('precise', { hostname: 'a.example.com' }), listener('wild', { hostname: '*.example.com' }), listener('any')]),
    ...BACKENDS,
    one,
    wide,
  ]);

  /** `Listener.Hostname`: the most specific one takes the request, and its routes alone are asked. */
  it.each([
    ['http://a.example.com/', 'ROUTED win'],
    ['http://b.example.com/', 'NOT_FOUND 404'],
    ['http://b.c.example.com/', 'NOT_FOUND 404'],
    ['http://example.com/', 'ROUTED lose'],
    ['http://192.0.2.1/', 'ROUTED lose'],
  ])('%s → %s', (url, expected) => {
    expect(gatewayLine(askGateway(model, url))).toBe(expected);
  });

  it('plain HTTP for a host that no listener covers is answered with 404: the port takes the connection', () => {
    const narrow = modelOf([...gateway([listener('precise', { hostname: 'a.example.com' })]), ...BACKENDS]);
    expect(gatewayLine(askGateway(narrow, 'http://b.example.com/'))).toBe('NOT_FOUND 404');
  });

  it('a port without a listener takes no connection, and the answer says where the Gateway listens', () => {
    const answer = askGateway(model, 'http://a.example.com:81/', { port: 81 });
    expect(answer.verdict).toBe('CONNECTION_REFUSED');
    expect(answer.summary).toContain('it listens on 80/HTTP');
  });

  it('each loser names the first key that decided, with both values', () => {
    const routes = [httpRoute('a', [rule(path('PathPrefix', '/foo'), 'win')]), httpRoute('b', [rule(path('PathPrefix', '/'), 'lose')])];
    const { result } = askGateway(modelOf([...gateway([listener('http')]), ...BACKENDS, ...routes]), 'http://a.example.com/foo');
    const loser = result.candidates.find(({ object }) => object === 'HTTPRoute shop/b');
    expect(loser).toMatchObject({ outcome: 'lost', reason: 'PATH_SHORTER', key: 'path-length', own: '1', other: '4' });
  });

  it('a host that no route covers hears the name that was probably meant', () => {
    const routes = [httpRoute('a', [rule({}, 'win')], { hostnames: ['shop.example.com'] })];
    const { result, summary } = askGateway(modelOf([...gateway([listener('http')]), ...BACKENDS, ...routes]), 'http://shp.example.com/');
    expect(result.candidates).toEqual([]);
    expect(result.nearMisses[0]).toMatchObject({ reason: 'HOST_NO_MATCH' });
    expect(summary).toContain('shop.example.com');
  });

  it('a request that nothing serves hears what comes nearest', () => {
    const routes = [httpRoute('a', [rule({ ...path('PathPrefix', '/foo'), method: 'POST' }, 'win')])];
    const { result } = askGateway(modelOf([...gateway([listener('http')]), ...BACKENDS, ...routes]), 'http://a.example.com/foo');
    expect(result.nearMisses[0]).toMatchObject({ reason: 'METHOD_NO_MATCH', object: 'HTTPRoute shop/a' });
  });
});

/** kubernetes-sigs/gateway-api `apis/v1/grpcroute_types.go`, "Precedence" of `GRPCRouteRule.Matches`. */
describe('calls of gRPC', () => {
  const grpc = (name: string, matches: readonly JsonObject[], service: string, createdAt = NEW) =>
    gatewayObject(
      'GRPCRoute',
      name,
      { parentRefs: [{ name: 'gw' }], rules: [{ matches: [...matches], backendRefs: [{ name: service, port: 80 }] }] },
      { createdAt },
    );
  const call = { method: 'POST', headers: [['Content-Type', 'application/grpc'] as const, ...HEADERS] };
  const rows: readonly [key: string, winner: JsonObject, loser: JsonObject][] = [
    ['a service before a method', { method: { service: 'a.B' } }, { method: { method: 'C' }, headers: [header('X-A', '1')] }],
    ['a service before none', { method: { service: 'a.B' } }, { headers: [header('X-A', '1')] }],
    [
      'a method beside the service',
      { method: { service: 'a.B', method: 'C' } },
      { method: { service: 'a.B' }, headers: [header('X-A', '1')] },
    ],
    ['more headers', { method: { service: 'a.B' }, headers: [header('X-A', '1')] }, { method: { service: 'a.B' } }],
  ];
  it.each(rows)('%s', (_, winner, loser) => {
    const objects = [grpc('zz', [winner], 'win'), grpc('aa', [loser], 'lose', OLD)];
    expect(ask(objects, 'http://a.example.com/a.B/C', call)).toBe('ROUTED win');
  });

  it('no match is Unimplemented, and a plain request reaches no GRPCRoute', () => {
    const objects = [grpc('r', [{ method: { service: 'a.B' } }], 'win')];
    expect(ask(objects, 'http://a.example.com/a.X/C', call)).toBe('NOT_FOUND 200');
    expect(ask(objects, 'http://a.example.com/a.B/C')).toBe('NOT_FOUND 404');
  });
});
