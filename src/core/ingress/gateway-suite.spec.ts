import { describe, expect, it } from 'vitest';
import {
  askGateway,
  type Asked,
  backend,
  backendRef as to,
  conditionLine,
  gateway,
  gatewayLine,
  gatewayObject,
  gatewayStatusOf,
  httpRoute,
  listener,
  parentLine,
  rule,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const BACKENDS = ['v1', 'v2', 'v3'].flatMap((name) => backend(name));
const prefix = (value: string): JsonObject => ({ path: { type: 'PathPrefix', value } });
const onHttp = (...routes: KubernetesObject[]) => modelOf([...gateway([listener('http')]), ...BACKENDS, ...routes]);
const lineOf = (model: ReturnType<typeof modelOf>, url: string, asked: Asked = {}) =>
  gatewayLine(askGateway(model, `http://${url}`, asked));
const routeStatus = (model: ReturnType<typeof modelOf>, name: string) => parentLine(model, 'HTTPRoute', `shop/${name}`);

/** kubernetes-sigs/gateway-api `conformance/tests/gateway-invalid-listeners-unsupported-protocol.go`. */
describe('listeners of a protocol that is none', () => {
  const line = (listeners: readonly JsonObject[]) => {
    const status = gatewayStatusOf(modelOf(gateway(listeners)), 'Gateway', 'shop/gw');
    const own = (status.listeners ?? []).map(
      ({ name, supportedKinds, conditions }) => `${name} ${supportedKinds.length} ${conditionLine(conditions)}`,
    );
    return [conditionLine(status.conditions), ...own].map((text) => text.split(', ')[0]);
  };
  const invalid = listener('invalid', { protocol: 'INVALID', port: 1111 });

  it('are not accepted, nor is a Gateway that has no others', () => {
    expect(line([invalid])).toEqual(['Accepted=False ListenersNotValid', 'invalid 0 Accepted=False UnsupportedProtocol']);
  });

  it('leave the others in place', () => {
    expect(line([listener('http'), invalid])).toEqual([
      'Accepted=True ListenersNotValid',
      'http 2 Accepted=True Accepted',
      'invalid 0 Accepted=False UnsupportedProtocol',
    ]);
  });
});

/** `conformance/tests/httproute-query-param-matching.go`, `httproute-method-matching.go`. */
describe('matches by query and method', () => {
  const query = (...pairs: readonly (readonly [string, string])[]): JsonObject => ({
    queryParams: pairs.map(([name, value]) => ({ name, value })),
  });
  const model = onHttp(
    httpRoute('r', [
      rule(query(['animal', 'whale']), 'v1'),
      rule(query(['animal', 'dolphin']), 'v2'),
      rule(query(['animal', 'dolphin'], ['color', 'blue']), 'v3'),
      { matches: [query(['ANIMAL', 'Whale'])], backendRefs: [to('v3')] },
      {
        matches: [
          { ...prefix('/path1'), ...query(['animal', 'whale']) },
          { ...prefix('/path1'), headers: [{ name: 'version', value: 'one' }] },
        ],
        backendRefs: [to('v1')],
      },
      { matches: [{ ...prefix('/path2'), ...query(['animal', 'whale']) }], backendRefs: [to('v2')] },
      {
        matches: [
          { ...prefix('/path3'), ...query(['animal', 'shark']) },
          { ...prefix('/path4'), ...query(['animal', 'kraken']) },
        ],
        backendRefs: [to('v1')],
      },
    ]),
  );

  it.each<[url: string, ends: string, asked?: Asked]>([
    ['a.com/?animal=whale', 'ROUTED v1'],
    ['a.com/?animal=dolphin', 'ROUTED v2'],
    ['a.com/?animal=dolphin&color=blue', 'ROUTED v3'],
    ['a.com/?ANIMAL=Whale', 'ROUTED v3'],
    ['a.com/?animal=whale&otherparam=irrelevant', 'ROUTED v1'],
    ['a.com/?animal=dolphin&color=yellow', 'ROUTED v2'],
    ['a.com/?color=blue', 'NOT_FOUND 404'],
    ['a.com/?animal=dog', 'NOT_FOUND 404'],
    ['a.com/?animal=whaledolphin', 'NOT_FOUND 404'],
    ['a.com/', 'NOT_FOUND 404'],
    ['a.com/path1?animal=whale', 'ROUTED v1'],
    ['a.com/path1', 'ROUTED v1', { headers: [['version', 'one']] }],
    ['a.com/path2?animal=whale', 'ROUTED v2', { headers: [['version', 'one']] }],
    ['a.com/path3?animal=shark', 'ROUTED v1'],
    ['a.com/path4?animal=kraken', 'ROUTED v1'],
    ['a.com/path4?animal=shark', 'NOT_FOUND 404'],
  ])('%s: %s', (url, ends, asked) => {
    expect(lineOf(model, url, asked)).toBe(ends);
  });

  const methods = onHttp(
    httpRoute('m', [
      rule({ method: 'POST' }, 'v1'),
      rule({ method: 'GET' }, 'v2'),
      rule({ ...prefix('/path1'), method: 'GET' }, 'v1'),
      rule({ headers: [{ name: 'version', value: 'one' }], method: 'PUT' }, 'v2'),
      rule({ ...prefix('/path2'), method: 'POST', headers: [{ name: 'version', value: 'two' }] }, 'v3'),
      {
        matches: [
          { ...prefix('/path3'), method: 'PATCH' },
          { ...prefix('/path4'), method: 'DELETE', headers: [{ name: 'version', value: 'three' }] },
        ],
        backendRefs: [to('v1')],
      },
      { matches: [prefix('/path5')], backendRefs: [to('v1')] },
      { matches: [{ ...prefix('/'), method: 'PATCH' }], backendRefs: [to('v2')] },
      { matches: [{ headers: [{ name: 'version', value: 'four' }] }], backendRefs: [to('v3')] },
    ]),
  );

  it.each<[method: string, url: string, ends: string, version?: string]>([
    ['POST', 'a.com/', 'ROUTED v1'],
    ['GET', 'a.com/', 'ROUTED v2'],
    ['HEAD', 'a.com/', 'NOT_FOUND 404'],
    ['GET', 'a.com/path1', 'ROUTED v1'],
    ['PUT', 'a.com/', 'ROUTED v2', 'one'],
    ['POST', 'a.com/path2', 'ROUTED v3', 'two'],
    ['PATCH', 'a.com/path3', 'ROUTED v1'],
    ['DELETE', 'a.com/path4', 'ROUTED v1', 'three'],
    ['PUT', 'a.com/path1', 'NOT_FOUND 404'],
    ['DELETE', 'a.com/path4', 'NOT_FOUND 404'],
    // precedence: path before method, method before headers
    ['PATCH', 'a.com/path5', 'ROUTED v1'],
    ['PATCH', 'a.com/', 'ROUTED v2', 'four'],
  ])('%s %s: %s', (method, url, ends, version) => {
    expect(lineOf(methods, url, { method, headers: version === undefined ? [] : [['version', version]] })).toBe(ends);
  });
});

/** `conformance/tests/httproute-matching-across-routes.go`. */
describe('routes of several hostnames', () => {
  const model = onHttp(
    httpRoute('part1', [{ matches: [prefix('/'), { headers: [{ name: 'version', value: 'one' }] }], backendRefs: [to('v1')] }], {
      hostnames: ['example.com', 'example.net'],
    }),
    httpRoute('part2', [{ matches: [prefix('/v2'), { headers: [{ name: 'version', value: 'two' }] }], backendRefs: [to('v2')] }], {
      hostnames: ['example.com'],
    }),
  );

  it.each<[url: string, ends: string, version?: string]>([
    ['example.com/', 'ROUTED v1'],
    ['example.com/example', 'ROUTED v1'],
    ['example.net/example', 'ROUTED v1'],
    ['example.com/example', 'ROUTED v1', 'one'],
    ['example.com/v2', 'ROUTED v2'],
    // /v2 is longer than /
    ['example.com/v2/example', 'ROUTED v2'],
    ['example.com/', 'ROUTED v2', 'two'],
    ['example.net/v2', 'ROUTED v1'],
    ['example.net/', 'ROUTED v1', 'two'],
    ['example.org/', 'NOT_FOUND 404'],
  ])('%s: %s', (url, ends, version) => {
    expect(lineOf(model, url, { headers: version === undefined ? [] : [['version', version]] })).toBe(ends);
  });
});

/** `conformance/tests/httproute-listener-hostname-matching.go`. */
describe('listeners by hostname', () => {
  const section = (...names: string[]) => ({ parentRefs: names.map((sectionName) => ({ name: 'gw', sectionName })) });
  const model = modelOf([
    ...gateway([
      listener('listener-1', { hostname: 'bar.com' }),
      listener('listener-2', { hostname: 'foo.bar.com' }),
      listener('listener-3', { hostname: '*.bar.com' }),
      listener('listener-4', { hostname: '*.foo.com' }),
    ]),
    ...BACKENDS,
    httpRoute('backend-v1', [{ backendRefs: [to('v1')] }], section('listener-1')),
    httpRoute('backend-v2', [{ backendRefs: [to('v2')] }], section('listener-2')),
    httpRoute('backend-v3', [{ backendRefs: [to('v3')] }], section('listener-3', 'listener-4')),
  ]);

  it.each([
    ['bar.com/', 'ROUTED v1'],
    ['foo.bar.com/', 'ROUTED v2'],
    ['baz.bar.com/', 'ROUTED v3'],
    ['boo.bar.com/', 'ROUTED v3'],
    ['multiple.prefixes.bar.com/', 'ROUTED v3'],
    ['multiple.prefixes.foo.com/', 'ROUTED v3'],
    ['foo.com/', 'NOT_FOUND 404'],
    ['no.matching.host/', 'NOT_FOUND 404'],
  ])('%s: %s', (url, ends) => {
    expect(lineOf(model, url)).toBe(ends);
  });
});

const redirect = (requestRedirect: JsonObject): JsonObject => ({ type: 'RequestRedirect', requestRedirect });

/** `conformance/tests/httproute-redirect-host-and-status.go`, `httproute-redirect-scheme.go`, `httproute-303-redirect.go`, `httproute-308-redirect.go`. */
describe('redirects', () => {
  const model = onHttp(
    httpRoute(
      'r',
      Object.entries<JsonObject>({
        '/hostname-redirect': { hostname: 'example.org' },
        '/host-and-status': { hostname: 'example.org', statusCode: 301 },
        '/scheme': { scheme: 'https' },
        '/scheme-and-host': { scheme: 'https', hostname: 'example.org' },
        '/scheme-and-status': { scheme: 'https', statusCode: 301 },
        '/scheme-and-host-and-status': { scheme: 'https', statusCode: 302, hostname: 'example.org' },
        '/see-other': { hostname: 'example.org', statusCode: 303 },
        '/for-good': { hostname: 'example.org', statusCode: 308 },
      }).map(([path, filter]) => ({ matches: [prefix(path)], filters: [redirect(filter)] })),
    ),
  );

  it.each([
    ['a.com/hostname-redirect', 'REDIRECTED 302 http://example.org/hostname-redirect'],
    ['a.com/host-and-status', 'REDIRECTED 301 http://example.org/host-and-status'],
    ['a.com/scheme', 'REDIRECTED 302 https://a.com/scheme'],
    ['a.com/scheme-and-host', 'REDIRECTED 302 https://example.org/scheme-and-host'],
    ['a.com/scheme-and-status', 'REDIRECTED 301 https://a.com/scheme-and-status'],
    ['a.com/scheme-and-host-and-status', 'REDIRECTED 302 https://example.org/scheme-and-host-and-status'],
    ['a.com/see-other', 'REDIRECTED 303 http://example.org/see-other'],
    ['a.com/for-good', 'REDIRECTED 308 http://example.org/for-good'],
  ])('%s: %s', (url, ends) => {
    expect(lineOf(model, url)).toBe(ends);
  });
});

/** `conformance/tests/httproute-rewrite-host.go`, `httproute-backend-url-rewrite.go`, `httproute-request-mirror.go`, `httproute-request-multiple-mirrors.go`. */
describe('what a backend receives', () => {
  const rewrite = (urlRewrite: JsonObject): JsonObject => ({ type: 'URLRewrite', urlRewrite });
  const mirror = (name: string, more: JsonObject = {}): JsonObject => ({
    type: 'RequestMirror',
    requestMirror: { backendRef: to(name), ...more },
  });
  const model = onHttp(
    httpRoute('r', [
      { matches: [prefix('/one')], filters: [rewrite({ hostname: 'one.example.org' })], backendRefs: [to('v1')] },
      {
        matches: [prefix('/two')],
        filters: [
          {
            type: 'RequestHeaderModifier',
            requestHeaderModifier: {
              set: [{ name: 'X-Header-Set', value: 'set-overwrites-values' }],
              add: [{ name: 'X-Header-Add', value: 'header-val-1' }],
              remove: ['X-Header-Remove'],
            },
          },
          rewrite({ hostname: 'test.example.org' }),
        ],
        backendRefs: [to('v2')],
      },
      {
        matches: [prefix('/backend')],
        backendRefs: [
          to('v1', { filters: [rewrite({ hostname: 'b.example.org', path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' } })] }),
        ],
      },
      {
        matches: [prefix('/mirrors')],
        filters: [
          mirror('v2'),
          mirror('v3', { percent: 20 }),
          mirror('v3', { fraction: { numerator: 50, denominator: 200 } }),
          mirror('v3', { fraction: { numerator: 1 } }),
        ],
        backendRefs: [to('v1')],
      },
    ]),
  );
  const forwarded = (url: string) =>
    askGateway(model, `http://${url}`, {
      headers: [
        ['X-Header-Remove', 'x'],
        ['X-Header-Set', 'some-other-value'],
        ['X-Header-Add', 'y'],
      ],
    }).result;

  it('has the host and path that filters give it', () => {
    expect(forwarded('a.com/one').forwarded).toMatchObject({ host: 'one.example.org', path: '/one' });
    const two = forwarded('a.com/two').forwarded;
    expect(two).toMatchObject({ host: 'test.example.org', path: '/two' });
    expect(two?.headers.map((text) => text.toLowerCase()).sort()).toEqual([
      'x-header-add: y,header-val-1',
      'x-header-set: set-overwrites-values',
    ]);
    const own = forwarded('a.com/backend/x');
    expect(own.forwarded ?? own.backends[0]?.forwarded).toMatchObject({ host: 'b.example.org', path: '/new/x' });
  });

  it('and every mirror its part of the copies', () => {
    const { mirrors } = forwarded('a.com/mirrors');
    expect(mirrors.map(({ service, percent }) => `${service} ${percent}`)).toEqual(['v2 100', 'v3 20', 'v3 25', 'v3 1']);
  });
});

/** `conformance/tests/httproute-all-backends-weight-zero.go`, `httproute-invalid-backendref-unknown-kind.go`, `httproute-invalid-nonexistent-backendref.go`, `httproute-disallowed-kind.go`. */
describe('rules whose backends serve nobody', () => {
  const model = onHttp(
    httpRoute('zero', [{ matches: [prefix('/zero')], backendRefs: [to('v1', { weight: 0 }), to('v2', { weight: 0 })] }]),
    httpRoute('kind', [{ matches: [prefix('/kind')], backendRefs: [to('v1', { kind: 'NonExistent' })] }]),
    httpRoute('gone', [{ matches: [prefix('/gone')], backendRefs: [to('nonexistent')] }]),
    httpRoute('port', [{ matches: [prefix('/port')], backendRefs: [to('v1', { port: 81 })] }]),
  );

  it.each([
    ['zero', 'Accepted=True Accepted, ResolvedRefs=True ResolvedRefs'],
    ['kind', 'Accepted=True Accepted, ResolvedRefs=False InvalidKind'],
    ['gone', 'Accepted=True Accepted, ResolvedRefs=False BackendNotFound'],
    ['port', 'Accepted=True Accepted, ResolvedRefs=False BackendNotFound'],
  ])('%s: 500, %s', (name, status) => {
    expect(lineOf(model, `a.com/${name}`)).toBe('NO_BACKEND 500');
    expect(routeStatus(model, name)).toBe(status);
  });

  it('a route of a kind that the listener does not take is not accepted', () => {
    const tls = modelOf([
      ...gateway([
        listener('tlsonly', {
          port: 443,
          protocol: 'TLS',
          tls: { mode: 'Passthrough' },
          allowedRoutes: { namespaces: { from: 'All' }, kinds: [{ kind: 'TLSRoute' }] },
        }),
      ]),
      ...BACKENDS,
      httpRoute('r', [{ backendRefs: [to('v1')] }]),
    ]);
    expect(routeStatus(tls, 'r')).toBe('Accepted=False NotAllowedByListeners, ResolvedRefs=True ResolvedRefs');
    expect(gatewayStatusOf(tls, 'Gateway', 'shop/gw').listeners?.map(({ attachedRoutes }) => attachedRoutes)).toEqual([0]);
  });
});

/** `conformance/tests/httproute-cors-allow-credentials-behavior.go`. */
describe('CORS with credentials', () => {
  const cors = (allowCredentials: boolean): JsonObject => ({
    type: 'CORS',
    cors: { allowOrigins: ['https://app.example'], allowCredentials },
  });
  const model = onHttp(
    httpRoute('r', [
      { matches: [prefix('/false')], filters: [cors(false)], backendRefs: [to('v1')] },
      { matches: [prefix('/true')], filters: [cors(true)], backendRefs: [to('v1')] },
    ]),
  );

  it.each([
    ['/false', 'https://app.example', ['access-control-allow-origin: https://app.example']],
    ['/true', 'http://not-app.example', []],
    ['/true', 'https://app.example', ['access-control-allow-origin: https://app.example', 'access-control-allow-credentials: true']],
  ])('%s from %s', (path, origin, expected) => {
    const { result } = askGateway(model, `http://a.com${path}`, { headers: [['Origin', origin]] });
    const told = result.responseHeaders
      .map(({ name, value }) => `${name}: ${value}`)
      .filter((text) => /^access-control-allow-/i.test(text));
    expect(told).toEqual(expect.arrayContaining(expected));
    expect(told.some((text) => text.includes('credentials'))).toBe(expected.some((text) => text.includes('credentials')));
    expect(result.backends.map(({ service }) => service)).toEqual(['v1']);
  });
});

/** `conformance/tests/gateway-with-attached-routes.go`: every accepted route counts, whether or not it can be served. */
describe('counts of attached routes', () => {
  const all = { namespaces: { from: 'All' } };
  const counts = (listeners: readonly JsonObject[], ...routes: KubernetesObject[]) =>
    gatewayStatusOf(modelOf([...gateway(listeners), ...BACKENDS, ...routes]), 'Gateway', 'shop/gw').listeners?.map(
      ({ attachedRoutes }) => attachedRoutes,
    );
  const serves = [{ backendRefs: [to('v1')] }];

  it('of one and two routes, and none of a kind the protocol does not take', () => {
    expect(counts([listener('http', { allowedRoutes: all })], httpRoute('one', serves))).toEqual([1]);
    expect(counts([listener('http', { allowedRoutes: all })], httpRoute('one', serves), httpRoute('two', serves))).toEqual([2]);
    const two = [
      listener('udp', { port: 9000, protocol: 'UDP', allowedRoutes: { kinds: [{ kind: 'UDPRoute' }], ...all } }),
      listener('http', { allowedRoutes: all }),
    ];
    expect(counts(two, httpRoute('one', serves))).toEqual([0, 1]);
  });

  it('of a route whose backend is missing, and of a listener whose certificate is', () => {
    expect(counts([listener('http')], httpRoute('one', [{ backendRefs: [to('nonexistent')] }]))).toEqual([1]);
    const https = listener('https', { port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'gone' }] } });
    expect(counts([https], httpRoute('one', serves))).toEqual([1]);
  });
});

/** `conformance/tests/grpcroute-exact-method-matching.go`, `grpcroute-weight.go`, `grpcroute-all-backends-weight-zero.go`, `grpcroute-request-mirror.go`. */
describe('routes of gRPC', () => {
  const method = (name: string): JsonObject => ({
    method: { service: 'gateway_api_conformance.echo_basic.grpcecho.GrpcEcho', method: name },
  });
  const route = (name: string, rules: readonly JsonObject[]) =>
    gatewayObject('GRPCRoute', name, { parentRefs: [{ name: 'gw' }], rules: [...rules] });
  const call = (model: ReturnType<typeof modelOf>, name: string) =>
    askGateway(model, `http://a.com/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/${name}`, {
      method: 'POST',
      headers: [['content-type', 'application/grpc']],
    });
  const exact = onHttp(route('exact', [rule(method('Echo'), 'v1'), rule(method('EchoTwo'), 'v2')]));

  it.each([
    ['Echo', 'ROUTED v1'],
    ['EchoTwo', 'ROUTED v2'],
    ['EchoThree', 'NOT_FOUND 12'],
  ])('%s: %s', (name, ends) => {
    const { verdict, result } = call(exact, name);
    expect([verdict, ...(verdict === 'ROUTED' ? result.backends.map(({ service }) => service) : [result.grpcStatus])].join(' ')).toBe(ends);
  });

  it('share by weight, and serve nobody where all are 0', () => {
    const weights = onHttp(route('w', [{ backendRefs: [to('v1', { weight: 70 }), to('v2', { weight: 30 }), to('v3', { weight: 0 })] }]));
    expect(gatewayLine(call(weights, 'Echo'))).toBe('ROUTED v1 0.7, v2 0.3');
    const zero = onHttp(route('z', [{ backendRefs: [to('v1', { weight: 0 }), to('v2', { weight: 0 })] }]));
    expect(call(zero, 'Echo')).toMatchObject({ verdict: 'NO_BACKEND', result: { grpcStatus: 14, errorShare: 1 } });
  });

  /** `conformance/tests/grpcroute-named-rule.go`: the names of rules (`GRPCRouteRule.Name`) change nothing. */
  it('may name their rules', () => {
    const named = [rule(method('Echo'), 'v1', { name: 'named-rule' }), rule(method('EchoTwo'), 'v2')];
    expect(['Echo', 'EchoTwo'].map((name) => gatewayLine(call(onHttp(route('n', named)), name)))).toEqual(['ROUTED v1', 'ROUTED v2']);
  });

  /**
   * `conformance/tests/grpcroute-multiple-routes-attachment-same-hostname-intersection.go` (1.7): a feature of its own ranks hostnames as they are written, so that the newer serves;
   * without it the older does. The text of 1.6 says neither (kubernetes-sigs/gateway-api#5120, divergence D26).
   */
  it.each([
    ['abc.example.com', '*.example.com', 'abc.example.com'],
    ['*.example.com', '*.com', '*.example.com'],
  ])('on a listener for `%s`: `%s` against a newer `%s` is open', (hostname, older, newer) => {
    const on = (name: string, own: string, service: string, createdAt: string) =>
      gatewayObject(
        'GRPCRoute',
        name,
        { parentRefs: [{ name: 'gw' }], hostnames: [own], rules: [{ backendRefs: [to(service)] }] },
        { createdAt },
      );
    const routes = [on('a', older, 'v1', '2025-01-01T00:00:00Z'), on('b', newer, 'v2', '2026-01-01T00:00:00Z')];
    const model = modelOf([...gateway([listener('http', { hostname })]), ...BACKENDS, ...routes]);
    const asked: Asked = { method: 'POST', headers: [['content-type', 'application/grpc']] };
    const { verdict, result } = askGateway(model, 'http://abc.example.com/s/Echo', asked);
    expect(verdict).toBe('UNDEFINED');
    expect(result.unspecified.map(({ code }) => code)).toEqual(['HOSTNAME_RANK_UNSPECIFIED']);
    expect(result.possibilities.flatMap(({ backends }) => backends.map(({ service }) => service)).toSorted()).toEqual(['v1', 'v2']);
  });

  it('are mirrored', () => {
    const filter = { type: 'RequestMirror', requestMirror: { backendRef: to('v2') } };
    const mirrored = onHttp(route('m', [{ matches: [method('Echo')], filters: [filter], backendRefs: [to('v1')] }]));
    expect(call(mirrored, 'Echo').result.mirrors.map(({ service }) => service)).toEqual(['v2']);
  });
});
