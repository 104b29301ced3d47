import { describe, expect, it } from 'vitest';
import {
  askGateway,
  type Asked,
  backend,
  gateway,
  gatewayLine,
  gatewayObject,
  gatewayStatusOf,
  httpRoute,
  listener,
  rule,
} from '../../../test/support/gateway-cluster.js';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const BACKENDS = [...backend('win'), ...backend('lose')];
const modelWith = (objects: readonly KubernetesObject[], listeners = [listener('http')]) =>
  modelOf([...gateway(listeners), ...BACKENDS, ...objects]);
const answer = (objects: readonly KubernetesObject[], url = 'http://a.example.com/foo', asked: Asked = {}) =>
  askGateway(modelWith(objects), url, asked);
const line = (objects: readonly KubernetesObject[], url?: string, asked?: Asked) => gatewayLine(answer(objects, url, asked));
const path = (type: string, value: string) => ({ path: { type, value } });

/** `HTTPRouteMatch`: "Support: Implementation-specific - RegularExpression"; "The precedence of RegularExpression path matches are implementation-specific." */
describe('a regular expression', () => {
  const pattern = path('RegularExpression', '/fo+');

  it('that fits a part of the path alone is neither taken to match nor not to: Envoy asks for the whole, nginx for the beginning, Traefik for any part', () => {
    const { verdict, result } = answer([httpRoute('r', [rule(pattern, 'win')])], 'http://a.example.com/foo/bar');
    expect(verdict).toBe('UNDEFINED');
    expect(result.possibilities.map((one) => one.verdict)).toEqual(['ROUTED', 'NOT_FOUND']);
    expect(result.candidates).toMatchObject([{ outcome: 'possible', reason: 'PATTERN_OPEN' }]);
  });

  it('that fits the whole path matches by every reading, and one that fits no part by none', () => {
    const routes = [httpRoute('r', [rule(pattern, 'win')])];
    expect(line(routes)).toBe('ROUTED win');
    expect(line(routes, 'http://a.example.com/bar')).toBe('NOT_FOUND 404');
  });

  it('that fits without case alone is open: nginx has expressions of both kinds (`location ~` and `~*`)', () => {
    expect(line([httpRoute('r', [rule(pattern, 'win')])], 'http://a.example.com/FOO')).toBe('UNDEFINED PATTERN_UNSPECIFIED');
  });

  it('that RE2 and PCRE do not share is not judged', () => {
    expect(line([httpRoute('r', [rule(path('RegularExpression', '/f(?=o)oo'), 'win')])])).toBe('UNDEFINED PATTERN_UNSPECIFIED');
  });

  it('of the path has no rank among others of its hostname, and goes before every other one of a less specific', () => {
    const prefix = httpRoute('b', [rule(path('PathPrefix', '/foo'), 'lose')]);
    expect(line([httpRoute('a', [rule(pattern, 'win')]), prefix])).toBe('UNDEFINED PATTERN_RANK_UNSPECIFIED');
    expect(line([httpRoute('a', [rule(pattern, 'win')], { hostnames: ['a.example.com'] }), prefix])).toBe('ROUTED win');
  });

  it('of a header or parameter is held against its value', () => {
    const named = (name: string, value: string) => [{ type: 'RegularExpression', name, value }];
    const both = { ...path('PathPrefix', '/'), headers: named('x-a', '1+'), queryParams: named('q', '[ab]') };
    const routes = [httpRoute('a', [rule(both, 'win')])];
    expect(line(routes, 'http://a.example.com/?q=b', { headers: [['X-A', '11']] })).toBe('ROUTED win');
    expect(line(routes, 'http://a.example.com/?q=c', { headers: [['X-A', '11']] })).toBe('NOT_FOUND 404');
    expect(line(routes, 'http://a.example.com/?q=b', { headers: [['X-A', '110']] })).toBe('UNDEFINED PATTERN_UNSPECIFIED');
  });

  it('of a header ranks as any other match: behind a longer path nothing is open', () => {
    const header = { ...path('PathPrefix', '/'), headers: [{ type: 'RegularExpression', name: 'x-a', value: '1+' }] };
    const routes = [httpRoute('a', [rule(header, 'lose')]), httpRoute('b', [rule(path('PathPrefix', '/foo'), 'win')])];
    expect(line(routes, undefined, { headers: [['X-A', '11']] })).toBe('ROUTED win');
  });

  it('under a less specific hostname cannot win, whatever it matches', () => {
    const routes = [
      httpRoute('a', [rule(pattern, 'lose')], { hostnames: ['*.example.com'] }),
      httpRoute('b', [rule({}, 'win')], { hostnames: ['a.example.com'] }),
    ];
    expect(line(routes)).toBe('ROUTED win');
  });
});

/** `HTTPRouteRule.BackendRefs`: "the proportion of requests that would otherwise have been routed to an invalid backend MUST receive a 500 status code". */
describe('the part of the requests that no backend can take', () => {
  it.each([
    [[1, 2, 7], 0.3],
    [[1, 1, 1], 2 / 3],
    [[100_000, 200_000, 700_000], 0.3],
  ])('of weights %j, the first two invalid, is %d exactly', (weights, expected) => {
    const names = ['gone', 'lost', 'win'];
    const backendRefs = weights.map((weight, index) => ({ name: names[index] ?? '', port: 80, weight }));
    expect(answer([httpRoute('r', [{ backendRefs }])]).result.errorShare).toBe(expected);
  });
});

/** `HTTPBackendRef.Filters`: "executed if and only if the request is being forwarded to the backend defined here". */
describe('filters of a backend', () => {
  const set = (value: string) => ({ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-to', value }] } });
  const to = (name: string, ...filters: JsonObject[]) => ({ name, port: 80, filters });

  it('change what that backend receives, and nothing else', () => {
    const ofAnswer = { type: 'ResponseHeaderModifier', responseHeaderModifier: { remove: ['server'] } };
    const { result } = answer([httpRoute('r', [{ backendRefs: [to('win', set('win'), ofAnswer), to('lose')] }])]);
    expect(result.forwarded?.headers).toEqual([]);
    expect(result.backends).toMatchObject([
      { service: 'win', forwarded: { headers: ['x-to: win'] }, responseHeaders: [{ action: 'remove', name: 'server' }] },
      { service: 'lose', forwarded: null, responseHeaders: [] },
    ]);
  });

  it('of the only backend are what the request is forwarded with', () => {
    const { result } = answer([httpRoute('r', [{ backendRefs: [to('win', set('win'))] }])]);
    expect(result.forwarded?.headers).toEqual(['x-to: win']);
  });

  it('mirror their part of the requests', () => {
    const mirror = { type: 'RequestMirror', requestMirror: { backendRef: { name: 'lose', port: 80 }, percent: 50 } };
    const { result } = answer([httpRoute('r', [{ backendRefs: [to('win', mirror), to('win')] }])]);
    expect(result.mirrors).toMatchObject([{ service: 'lose', percent: 25 }]);
  });

  const redirect = { type: 'RequestRedirect', requestRedirect: { scheme: 'https', hostname: 'b.com', statusCode: 301 } };
  const cors = { type: 'CORS', cors: { allowOrigins: ['https://a.com'] } };
  const asks = [
    ['origin', 'https://a.com'],
    ['access-control-request-method', 'PUT'],
  ] as const;

  it('that answer do so for the only backend, and where it takes but a part nothing is guessed', () => {
    const lines = (...backendRefs: JsonObject[]) => line([httpRoute('r', [{ backendRefs }])]);
    expect(lines(to('win', redirect))).toBe('REDIRECTED 301 https://b.com/foo');
    expect(lines(to('win', redirect), { ...to('lose'), weight: 0 })).toBe('REDIRECTED 301 https://b.com/foo');
    for (const filter of [redirect, cors]) expect(lines(to('win', filter), to('lose'))).toBe('UNDEFINED FILTER_UNSPECIFIED');
  });

  it('do not answer for a backend that no request can be forwarded to', () => {
    expect(line([httpRoute('r', [{ backendRefs: [to('gone', redirect)] }])])).toBe('NO_BACKEND 500');
    const [service] = backend('empty');
    const objects = [...(service ? [service] : []), httpRoute('r', [{ backendRefs: [to('empty', redirect)] }])];
    expect(line(objects)).toBe('NO_ENDPOINTS 503');
  });

  it('allow other origins to read the answers of the only backend', () => {
    const model = modelWith([httpRoute('r', [{ backendRefs: [to('win', cors)] }])]);
    const asked = (method: string) => askGateway(model, 'http://a.example.com/', { method, headers: asks });
    expect(asked('OPTIONS')).toMatchObject({ verdict: 'PREFLIGHT', result: { status: 204 } });
    for (const method of ['OPTIONS', 'PUT'])
      expect(asked(method).result.responseHeaders).toContainEqual({
        action: 'set',
        name: 'access-control-allow-origin',
        value: 'https://a.com',
      });
  });
});

/** `Hostname`: "a fully qualified domain name […] optionally prefixed with a wildcard label"; `Listener.Hostname`: "When unspecified, all hostnames are matched". */
describe('a hostname that cannot be read covers nothing', () => {
  it.each([['*'], ['a.*.com'], ['192.0.2.1'], ['*a.example.com'], ['a_b.example.com']])('%s of a route', (hostname) => {
    const route = httpRoute('r', [rule({}, 'win')], { hostnames: [hostname] });
    expect(line([route])).toBe('NOT_FOUND 404');
    expect(gatewayStatusOf(modelWith([route]), 'HTTPRoute', 'shop/r').parents?.[0]?.conditions[0]).toMatchObject({
      status: 'False',
      reason: 'NoMatchingListenerHostname',
    });
  });

  it.each([[['*']], [[5]], ['a.example.com']])('hostnames %j are not the empty list', (hostnames) => {
    expect(line([httpRoute('r', [rule({}, 'win')], { hostnames })])).toBe('NOT_FOUND 404');
  });

  it.each([['*'], [7]])('%j of a listener', (hostname) => {
    const model = modelWith([httpRoute('r', [rule({}, 'win')])], [listener('bad', { hostname })]);
    expect(askGateway(model, 'http://a.example.com/').verdict).toBe('CONNECTION_REFUSED');
    expect(gatewayStatusOf(model, 'Gateway', 'shop/gw').listeners?.[0]?.conditions[0]).toMatchObject({ type: 'Accepted', status: 'False' });
  });

  it('names of both sides are told where none meets', () => {
    const model = modelWith([httpRoute('r', [rule({}, 'win')], { hostnames: ['b.com'] })], [listener('http', { hostname: 'a.com' })]);
    const [accepted] = gatewayStatusOf(model, 'HTTPRoute', 'shop/r').parents?.[0]?.conditions ?? [];
    expect(accepted?.message).toMatch(/`b\.com`.*`a\.com`/);
  });
});

/** `HTTPRouteFilter.Type`: "the filter MUST NOT be skipped. Instead, requests that would have been processed by that filter MUST receive a HTTP error response". */
describe('a filter that cannot be applied', () => {
  const rows: readonly [what: string, filter: JsonObject][] = [
    ['without its field', { type: 'RequestRedirect' }],
    ['of no known type', { type: 'Magic' }],
    ['without a type', {}],
    ['with a field that the API server refuses', { type: 'RequestRedirect', requestRedirect: { hostname: '*' } }],
    ['with a code that it refuses', { type: 'RequestRedirect', requestRedirect: { statusCode: 418 } }],
    ['that mirrors to nothing', { type: 'RequestMirror', requestMirror: {} }],
    ['with a header without a name', { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ value: 'x' }] } }],
    ['of a kind that the model does not keep', { type: 'ExtensionRef', extensionRef: { group: 'example.net', kind: 'Filter', name: 'f' } }],
    ['that refers to nothing', { type: 'ExtensionRef' }],
  ];
  it.each(rows)('%s leaves the outcome open', (_, filter) => {
    expect(line([httpRoute('r', [rule({}, 'win', { filters: [filter] })])])).toBe('UNDEFINED FILTER_UNSPECIFIED');
  });

  it('that is there twice, or replaces a prefix that nothing matched', () => {
    const set = { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'a', value: '1' }] } };
    const replace = { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } };
    expect(line([httpRoute('r', [rule({}, 'win', { filters: [set, set] })])])).toBe('UNDEFINED FILTER_UNSPECIFIED');
    expect(line([httpRoute('r', [rule(path('Exact', '/foo'), 'win', { filters: [replace] })])])).toBe('UNDEFINED FILTER_UNSPECIFIED');
    expect(line([httpRoute('r', [{ filters: [replace], backendRefs: [{ name: 'win', port: 80 }] }])])).toBe('ROUTED win');
  });

  it('of an implementation is open where its object exists, and an error where it does not', () => {
    const reference = { type: 'ExtensionRef', extensionRef: { group: 'traefik.io', kind: 'Middleware', name: 'auth' } };
    const route = httpRoute('r', [rule({}, 'win', { filters: [reference] })]);
    const middleware = { ...gatewayObject('Middleware', 'auth', {}), apiVersion: 'traefik.io/v1alpha1' };
    expect(line([route, middleware])).toBe('UNDEFINED FILTER_UNSPECIFIED');
    expect(answer([route])).toMatchObject({ verdict: 'FILTER_FAILED', result: { status: null, backends: [] } });
  });
});

/** `GRPCRouteRule.BackendRefs`: "`UNAVAILABLE` statuses MUST be returned"; grpc/grpc `doc/PROTOCOL-HTTP2.md`: the status is a trailer of an answer 200. */
describe('a call of gRPC that the gateway answers itself', () => {
  const call: Asked = { method: 'POST', headers: [['Content-Type', 'application/grpc']] };
  const grpc = (spec: JsonObject) => gatewayObject('GRPCRoute', 'g', { parentRefs: [{ name: 'gw' }], ...spec });

  it.each<[what: string, spec: JsonObject, verdict: string, code: number]>([
    ['no backend', { rules: [{}] }, 'NO_BACKEND', 14],
    ['a backend that does not exist', { rules: [{ backendRefs: [{ name: 'gone', port: 80 }] }] }, 'NO_BACKEND', 14],
    ['no rule at all', {}, 'NOT_FOUND', 12],
  ])('%s', (_, spec, verdict, code) => {
    expect(answer([grpc(spec)], 'http://a.example.com/a.B/C', call)).toMatchObject({
      verdict,
      result: { status: 200, grpcStatus: code },
    });
  });

  it('a rule without matches takes every call (GRPCRouteRule.Matches)', () => {
    expect(line([grpc({ rules: [{ backendRefs: [{ name: 'win', port: 80 }] }] })], 'http://a.example.com/a.B/C', call)).toBe('ROUTED win');
  });
});

/** `HTTPRouteRule.Matches`: "The oldest Route based on creation timestamp", then `{namespace}/{name}`; rules count "within an HTTPRoute" alone. */
describe('ages', () => {
  const dated = (name: string, service: string, creationTimestamp?: string) => {
    const route = httpRoute(name, [rule({}, service)]);
    const { namespace = 'shop' } = route.metadata;
    return { ...route, metadata: { name, namespace, ...(creationTimestamp === undefined ? {} : { creationTimestamp }) } };
  };

  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5Z'],
    ['2026-01-01T01:00:00+02:00', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00Z', undefined],
  ])('%s is older than %s', (older, younger) => {
    expect(line([dated('b', 'win', older), dated('a', 'lose', younger)])).toBe('ROUTED win');
  });

  it('an earlier rule of a younger route does not go before a later one of an older', () => {
    const nowhere = rule(path('Exact', '/x'), 'lose');
    const older = httpRoute('b', [nowhere, rule({}, 'win')], {}, '2025-01-01T00:00:00Z');
    expect(line([older, httpRoute('a', [rule({}, 'lose')])])).toBe('ROUTED win');
  });

  it('where none is known, the name decides and the answer says what it rests on', () => {
    const { result, assumptions, confidence } = answer([dated('b', 'lose'), dated('a', 'win')]);
    expect(result.backends[0]?.service).toBe('win');
    expect({ assumptions, confidence }).toMatchObject({ assumptions: [{ code: 'AGE_UNKNOWN' }], confidence: 'ASSUMED' });
  });
});

describe('the name in the TLS hello', () => {
  it('is compared without case (RFC 6066 §3: names are DNS hostnames)', () => {
    const tls = { certificateRefs: [{ name: 'cert' }] };
    const secret = (pem: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'cert', namespace: 'shop' },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': Buffer.from(pem).toString('base64') },
    });
    const https = listener('https', { port: 443, protocol: 'HTTPS', hostname: 'shop.example.com', tls });
    const model = modelWith([httpRoute('r', [rule({}, 'win')]), secret(CERTIFICATES.alternativeNames)], [https]);
    const { verdict, result } = askGateway(model, 'https://shop.example.com/', { sni: 'SHOP.Example.COM' });
    expect(verdict).toBe('ROUTED');
    expect(result.certificate).toMatchObject({ secret: 'cert', covers: true });
  });
});

/** `HTTPRouteTimeouts`, `HTTPRouteRetry` and `SessionPersistence`. */
describe('limits of a rule', () => {
  const limited = (more: JsonObject) => [httpRoute('r', [rule({}, 'win', more)])];

  it('are told, and change nothing while nothing is said of the backend', () => {
    const { verdict, result } = answer(
      limited({ timeouts: { request: '1m', backendRequest: '500ms' }, retry: { codes: [503], attempts: 2 } }),
    );
    expect(verdict).toBe('ROUTED');
    expect(result.limits).toEqual({ request: 60_000, backendRequest: 500, retries: 2, retriedStatuses: [503], sent: null });
    expect(answer(limited({})).result.limits).toBeNull();
  });

  it('end a request that takes too long with 504', () => {
    const behaviour = { failures: 1, failure: undefined, delay: 2000 };
    const timed = answer(limited({ timeouts: { request: '1s' } }), undefined, { backendBehaviour: behaviour });
    expect(timed).toMatchObject({ verdict: 'TIMED_OUT', result: { status: 504, limits: { sent: 1 } } });
  });

  it('leave a retry without `attempts` open', () => {
    const behaviour = { failures: 1, failure: 503, delay: 0 };
    expect(line(limited({ retry: { codes: [503] } }), undefined, { backendBehaviour: behaviour })).toBe('UNDEFINED RETRIES_UNSPECIFIED');
  });

  it('keep sessions together before the weights count, and the answer says so', () => {
    const backendRefs = [{ name: 'win', port: 80 }, { name: 'lose', port: 80 }]; // prettier-ignore
    const { warnings } = answer([httpRoute('r', [{ backendRefs, sessionPersistence: { sessionName: 'sid' } }])]);
    expect(warnings).toMatchObject([{ code: 'SESSION_PERSISTENCE', message: expect.stringContaining('a cookie `sid`') as unknown }]);
  });
});
