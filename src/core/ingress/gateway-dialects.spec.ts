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
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { GatewayDialectName } from './route-request.js';

const prefix = (value: string, more: JsonObject = {}) => ({ path: { type: 'PathPrefix', value }, ...more });

/** Conditions `name0: v`, `name1: v`, … */
const named = (name: string, count: number) => Array.from({ length: count }, (_, index) => ({ name: `${name}${index}`, value: 'v' }));

function lines(matches: readonly JsonObject[], url: string, asked: Asked = {}): Readonly<Record<GatewayDialectName, string>> {
  const routes = matches.map((match, index) => httpRoute(`r${index}`, [rule(match, `s${index}`)]));
  const model = modelOf([...gateway([listener('http')]), ...matches.flatMap((_, index) => backend(`s${index}`)), ...routes]);
  const ask = (dialect: GatewayDialectName) => gatewayLine(askGateway(model, url, { ...asked, dialect }));
  return { 'gateway-api': ask('gateway-api'), 'traefik-gateway': ask('traefik-gateway'), 'envoy-gateway': ask('envoy-gateway') };
}

describe('what implementations of the Gateway API do where the text is silent, or against it', () => {
  /** `apis/v1/httproute_types.go`, "Support: Implementation-specific - RegularExpression"; Envoy `RouteMatch.safe_regex`; traefik/traefik `pkg/muxer/http/matcher.go`. */
  it.each([
    ['/api/v1', 'ROUTED s0', 'ROUTED s0', 'ROUTED s0'],
    ['/api/v1/extra', 'UNDEFINED PATTERN_UNSPECIFIED', 'ROUTED s0', 'NOT_FOUND 404'],
    ['/API/v1', 'UNDEFINED PATTERN_UNSPECIFIED', 'NOT_FOUND 404', 'NOT_FOUND 404'],
    ['/x/api/v1', 'UNDEFINED PATTERN_UNSPECIFIED', 'ROUTED s0', 'NOT_FOUND 404'],
  ])('an expression for %s', (path, text, traefik, envoy) => {
    const matches = [{ path: { type: 'RegularExpression', value: '/api/v[0-9]' } }];
    expect(Object.values(lines(matches, `http://a.example.com${path}`))).toEqual([text, traefik, envoy]);
  });

  /** `HTTPHeaderMatch`: "how a repeated header is represented is implementation-specific". */
  it('a header that is sent twice', () => {
    const matches = [prefix('/', { headers: [{ name: 'color', value: 'red' }] })];
    const asked: Asked = {
      headers: [
        ['color', 'blue'],
        ['color', 'red'],
      ],
    };
    expect(Object.values(lines(matches, 'http://a.example.com/', asked))).toEqual([
      'UNDEFINED HEADER_UNSPECIFIED',
      'ROUTED s0',
      'NOT_FOUND 404',
    ]);
  });

  /**
   * `Host` is a header of the request (RFC 9110 §7.2). Go takes it out of `http.Request.Header`, of which Traefik's matcher reads; Envoy has it under `:authority`, which `host` is an alias of
   * (envoyproxy/envoy#385).
   */
  it('the header `Host`', () => {
    const asked = (value: string) => lines([prefix('/', { headers: [{ name: 'Host', value }] })], 'http://a.example.com/');
    expect(Object.values(asked('a.example.com'))).toEqual(['UNDEFINED HEADER_UNSPECIFIED', 'NOT_FOUND 404', 'ROUTED s0']);
    expect(Object.values(asked('b.example.com'))).toEqual(['NOT_FOUND 404', 'NOT_FOUND 404', 'NOT_FOUND 404']);
  });

  /** `HTTPQueryParamMatch`: the first value is recommended; Traefik's `query` takes any. */
  it('a query parameter that is sent twice', () => {
    const matches = [prefix('/', { queryParams: [{ name: 'a', value: '1' }] })];
    const found = lines(matches, 'http://a.example.com/?a=2&a=1');
    expect([found['gateway-api'], found['traefik-gateway']]).toEqual(['NOT_FOUND 404', 'ROUTED s0']);
  });

  /** Reference T9, divergence D21: `buildMatchRule` of `pkg/provider/kubernetes/gateway/httproute.go` adds up a method (1000) and 100 a character. */
  it('a method against a longer prefix', () => {
    const found = lines([prefix('/a', { method: 'GET' }), prefix('/a/bcdefgh')], 'http://a.example.com/a/bcdefgh');
    expect([found['gateway-api'], found['traefik-gateway']]).toEqual(['ROUTED s1', 'ROUTED s0']);
    const longer = lines([prefix('/a', { method: 'GET' }), prefix('/a/bcdefghijkl')], 'http://a.example.com/a/bcdefghijkl');
    expect(longer['traefik-gateway']).toBe('ROUTED s1');
  });

  /** Rule T9, `buildPathRule`, `buildHeaderRules`, `buildQueryParamRules`: Exact 100000; a prefix or expression 10000 and 100 a character, `/` 1; method 1000, header 100, parameter 10. */
  it.each<[what: string, a: JsonObject, b: JsonObject, traefik: string]>([
    ['Exact before every prefix', { path: { type: 'Exact', value: '/x' } }, prefix('/x', { method: 'GET' }), 'ROUTED s0'],
    ['`/` is 1, so that any other path comes first', prefix('/', { method: 'GET' }), prefix('/x'), 'ROUTED s1'],
    ['ten headers are a method', prefix('/x', { headers: named('h', 10) }), prefix('/x', { method: 'GET' }), 'UNDEFINED PRIORITY_TIE'],
    [
      'ten parameters are a header',
      prefix('/x', { queryParams: named('q', 10) }),
      prefix('/x', { headers: named('h', 1) }),
      'UNDEFINED PRIORITY_TIE',
    ],
    ['a header is a character', prefix('/x', { headers: named('h', 1) }), prefix('/x/'), 'UNDEFINED PRIORITY_TIE'],
    ['an expression counts as a prefix', { path: { type: 'RegularExpression', value: '/x.*' } }, prefix('/x'), 'ROUTED s0'],
  ])('one sum in Traefik: %s', (_, a, b, traefik) => {
    const headers = named('h', 10).map(({ name, value }): [string, string] => [name, value]);
    const query = named('q', 10)
      .map(({ name, value }) => `${name}=${value}`)
      .join('&');
    const path = traefik.endsWith('TIE') ? '/x/' : '/x';
    expect(lines([a, b], `http://a.example.com${path}?${query}`, { headers })['traefik-gateway']).toBe(traefik);
  });

  /** `buildHostRule`: the longest of the hostnames of a route, though another one is asked for. */
  it('the hostname that counts in Traefik is the longest of the route', () => {
    const routes = [
      httpRoute('long', [rule(prefix('/x'), 's0')], { hostnames: ['*.com', 'another-long-name.example.org'] }),
      httpRoute('precise', [rule(prefix('/x'), 's1')], { hostnames: ['a.example.com'] }),
    ];
    const model = modelOf([...gateway([listener('http')]), ...backend('s0'), ...backend('s1'), ...routes]);
    const ask = (dialect: GatewayDialectName) => gatewayLine(askGateway(model, 'http://a.example.com/x', { dialect }));
    expect([ask('gateway-api'), ask('traefik-gateway')]).toEqual(['ROUTED s1', 'ROUTED s0']);
  });

  it('two matches of one sum have no order in Traefik', () => {
    const found = lines([prefix('/a'), prefix('/a')], 'http://a.example.com/a');
    expect([found['gateway-api'], found['traefik-gateway']]).toEqual(['ROUTED s0', 'UNDEFINED PRIORITY_TIE']);
  });

  /** Divergence D7: the text does not say whether a path is normalised. */
  it('a path that may be read in several ways', () => {
    const found = lines([prefix('/foo/bar')], 'http://a.example.com/foo//bar');
    expect([found['gateway-api'], found['traefik-gateway']]).toEqual(['UNDEFINED PATH_NORMALISATION_UNSPECIFIED', 'ROUTED s0']);
  });
});

/**
 * envoyproxy/gateway `internal/gatewayapi/sort.go` (`XdsIRRoutes.Less`: "Exact > RegularExpression > PathPrefix", characters, headers, exact ones, parameters, exact ones) and `route.go`
 * (`processHTTPRouteRule`: a method is a header `:method`).
 */
describe('what ranks first in Envoy Gateway', () => {
  const pattern = (value: string) => ({ path: { type: 'RegularExpression', value } });
  const asked: Asked = { headers: [['a', 'x'], ['b', 'x']] }; // prettier-ignore
  const header = (name: string, more: JsonObject = {}) => ({ name, value: 'x', ...more });
  const any = { type: 'RegularExpression', value: '.*' };

  it.each<[what: string, first: JsonObject, second: JsonObject, text: string]>([
    ['Exact before an expression', pattern('/x.*'), { path: { type: 'Exact', value: '/x' } }, 'UNDEFINED PATTERN_RANK_UNSPECIFIED'],
    ['an expression before a longer prefix', prefix('/x'), pattern('/.'), 'UNDEFINED PATTERN_RANK_UNSPECIFIED'],
    ['the longer expression', pattern('/x.*'), pattern('/x.*.*'), 'UNDEFINED PATTERN_RANK_UNSPECIFIED PATTERN_RANK_UNSPECIFIED'],
    ['the longer prefix', prefix('/'), prefix('/x'), 'ROUTED s1'],
    ['two headers before a method', prefix('/x', { method: 'GET' }), prefix('/x', { headers: [header('a'), header('b')] }), 'ROUTED s0'],
    ['an exact header', prefix('/x', { headers: [header('a', any)] }), prefix('/x', { headers: [header('b')] }), 'ROUTED s0'],
    [
      'two headers before an exact one',
      prefix('/x', { headers: [header('a')] }),
      prefix('/x', { headers: [header('a', any), header('b', any)] }),
      'ROUTED s1',
    ],
    ['a header before parameters', prefix('/x', { queryParams: named('q', 2) }), prefix('/x', { headers: [header('a')] }), 'ROUTED s1'],
    [
      'an exact parameter',
      prefix('/x', { queryParams: [{ name: 'q0', ...any }] }),
      prefix('/x', { queryParams: [{ name: 'q1', value: 'v' }] }),
      'ROUTED s0',
    ],
    [
      'two parameters before an exact one',
      prefix('/x', { queryParams: named('q', 1) }),
      prefix('/x', {
        queryParams: [
          { name: 'q0', ...any },
          { name: 'q1', ...any },
        ],
      }),
      'ROUTED s1',
    ],
  ])('%s', (_, first, second, text) => {
    const found = lines([first, second], 'http://a.example.com/x?q0=v&q1=v', asked);
    expect([found['gateway-api'], found['envoy-gateway']]).toEqual([text, 'ROUTED s1']);
  });

  it.each<[what: string, a: JsonObject, b: JsonObject]>([
    ['a method is one header', prefix('/x', { headers: [header('a')] }), prefix('/x', { method: 'GET' })],
    ['an exact one', prefix('/x', { method: 'GET' }), prefix('/x', { headers: [header('a')] })],
  ])('equal ones by their names: %s', (_, a, b) => {
    expect(lines([a, b], 'http://a.example.com/x', asked)['envoy-gateway']).toBe('ROUTED s0');
  });

  it('tells the key that decided, with both values', () => {
    const model = modelOf([
      ...gateway([listener('http')]),
      ...backend('s0'),
      ...backend('s1'),
      httpRoute('r0', [rule(prefix('/x'), 's0')]),
      httpRoute('r1', [rule(pattern('/.'), 's1')]),
    ]);
    const { result } = askGateway(model, 'http://a.example.com/x', { dialect: 'envoy-gateway' });
    expect(result.candidates.map(({ outcome, reason, key, own, other }) => [outcome, reason, key, own, other])).toEqual([
      ['lost', 'NOT_EXACT', 'path-type', '1', '2'],
      ['selected', 'RULE_SELECTED', null, null, null],
    ]);
  });

  /** `internal/xds/translator/translator.go`, `addRouteToRouteConfig`; Envoy `VirtualHost.domains`, "Domain search order". */
  it('a hostname is a virtual host: the routes under wider ones are not asked', () => {
    const model = modelOf([
      ...gateway([listener('http')]),
      ...backend('s0'),
      ...backend('s1'),
      httpRoute('precise', [rule(prefix('/a'), 's0')], { hostnames: ['a.example.com'] }),
      httpRoute('wide', [rule(prefix('/'), 's1')], { hostnames: ['*.example.com'] }),
    ]);
    const ask = (url: string) => askGateway(model, url, { dialect: 'envoy-gateway' });
    expect(['http://a.example.com/a', 'http://a.example.com/b', 'http://b.example.com/b'].map((url) => gatewayLine(ask(url)))).toEqual([
      'ROUTED s0',
      'NOT_FOUND 404',
      'ROUTED s1',
    ]);
    const wide = ask('http://a.example.com/b').result.candidates.find(({ object }) => object === 'HTTPRoute shop/wide');
    expect([wide?.outcome, wide?.reason, wide?.own, wide?.other]).toEqual([
      'excluded',
      'HOST_LESS_SPECIFIC',
      '*.example.com',
      'a.example.com',
    ]);
  });

  /** `internal/xds/translator/listener.go`: `NormalizePath`, `MergeSlashes`. */
  it.each([
    ['/foo//bar', 'ROUTED s0'],
    ['/foo/x/../bar', 'ROUTED s0'],
    ['/foo/bar/../baz', 'NOT_FOUND 404'],
    ['/foo%2Fbar', 'UNDEFINED PATH_NORMALISATION_UNSPECIFIED'],
  ])('the path %s', (path, line) => {
    expect(lines([prefix('/foo/bar')], `http://a.example.com${path}`)['envoy-gateway']).toBe(line);
  });
});

/** envoyproxy/gateway `internal/gatewayapi/route.go`, `processGRPCRouteMethodExact` and `processGRPCRouteMethodRegularExpression`: a call is one path. */
describe('calls in Envoy Gateway', () => {
  const call = (method: JsonObject, headers: readonly JsonObject[] = []) => ({ method, headers: [...headers] });
  const callLine = (matches: readonly JsonObject[], path: string, dialect: GatewayDialectName) => {
    const routes = matches.map((match, index) =>
      gatewayObject('GRPCRoute', `r${index}`, { parentRefs: [{ name: 'gw' }], rules: [rule(match, `s${index}`)] }),
    );
    const model = modelOf([...gateway([listener('http')]), ...matches.flatMap((_, index) => backend(`s${index}`)), ...routes]);
    const headers = [['content-type', 'application/grpc'], ['a', 'x']] as const; // prettier-ignore
    return gatewayLine(askGateway(model, `http://a.example.com${path}`, { method: 'POST', headers, dialect }));
  };
  const regular = { type: 'RegularExpression' };
  const header = { name: 'a', value: 'x' };

  it.each<[what: string, first: JsonObject, second: JsonObject, text: string]>([
    [
      'an expression before a service',
      call({ service: 'shop.Cart' }),
      call({ ...regular, service: 'shop.*', method: 'Add' }),
      'UNDEFINED PATTERN_RANK_UNSPECIFIED',
    ],
    ['a service before a method', call({ method: 'Add' }), call({ service: 'shop.Cart' }), 'ROUTED s1'],
    ['a method is a header', { headers: [header] }, call({ method: 'Add' }, [header]), 'ROUTED s1'],
  ])('%s', (_, first, second, text) => {
    const ask = (dialect: GatewayDialectName) => callLine([first, second], '/shop.Cart/Add', dialect);
    expect([ask('gateway-api'), ask('envoy-gateway')]).toEqual([text, 'ROUTED s1']);
  });

  it.each<[match: JsonObject, path: string, line: string]>([
    [{ service: 'shop.Cart' }, '/shop.Cart/Add', 'ROUTED s0'],
    [{ service: 'shop.Cart' }, '/shop.Cart2/Add', 'NOT_FOUND 200'],
    [{ method: 'Add' }, '/shop.Cart/Add', 'ROUTED s0'],
    [{ method: 'Add' }, '/shop.Cart/ReAdd', 'NOT_FOUND 200'],
    [{ service: 'shop.Cart', method: 'Add' }, '/shop.Cart/Add', 'ROUTED s0'],
    [{ service: 'shop.Cart', method: 'Add' }, '/shop.Cart/Adder', 'NOT_FOUND 200'],
    // an alternative goes on to the end of the path
    [{ ...regular, service: 'shop.Cart|shop.Till', method: 'Add' }, '/shop.Cart/Add', 'NOT_FOUND 200'],
    [{ ...regular, service: 'shop.Cart' }, '/shop.Cart/Add', 'ROUTED s0'],
    [{ ...regular, method: 'Add' }, '/shop.Cart/Add', 'ROUTED s0'],
  ])('%j of %s', (method, path, line) => {
    expect(callLine([call(method)], path, 'envoy-gateway')).toBe(line);
  });
});
