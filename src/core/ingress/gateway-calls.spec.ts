import { describe, expect, it } from 'vitest';
import {
  askGateway,
  backend,
  conditionLine,
  gateway,
  gatewayLine,
  gatewayObject,
  gatewayStatusOf,
  httpRoute,
  listener,
  rule,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { GATEWAY_DIALECTS } from './route-request.js';

const grpcRoute = (name: string, rules: readonly JsonObject[]) =>
  gatewayObject('GRPCRoute', name, { parentRefs: [{ name: 'gw' }], rules: [...rules] });
const method = (type: string, more: JsonObject): JsonObject => ({ method: { type, ...more } });
const CALL = { method: 'POST', headers: [['content-type', 'application/grpc']] } as const;

/** What each dialect makes of a call. */
function calls(path: string, ...matches: readonly JsonObject[]): readonly string[] {
  const routes = matches.map((match, index) => grpcRoute(`r${index}`, [rule(match, `s${index}`)]));
  const model = modelOf([...gateway([listener('http')]), ...matches.flatMap((_, index) => backend(`s${index}`)), ...routes]);
  return GATEWAY_DIALECTS.map((dialect) => gatewayLine(askGateway(model, `http://a.com${path}`, { ...CALL, dialect })));
}

/**
 * `apis/v1/grpcroute_types.go`, `GRPCMethodMatchRegularExpression`: "implementations can support POSIX, PCRE, RE2 or any other regular expression dialect". In order: the text, Traefik
 * (`pkg/provider/kubernetes/gateway/grpcroute.go`, `buildGRPCMethodRule`: `PathRegexp("/service/method")`, open at its end), Envoy (the whole text).
 */
describe('calls by expressions', () => {
  it.each([
    ['/shop.Cart/Add', ['ROUTED s0', 'ROUTED s0', 'ROUTED s0']],
    ['/shop.Cart/AddAll', ['UNDEFINED PATTERN_UNSPECIFIED', 'ROUTED s0', 'NOT_FOUND 200']],
    ['/shop.cart/Add', ['UNDEFINED PATTERN_UNSPECIFIED', 'NOT_FOUND 200', 'NOT_FOUND 200']],
    ['/bank.Account/Add', ['NOT_FOUND 200', 'NOT_FOUND 200', 'NOT_FOUND 200']],
  ])('%s', (path, ends) => {
    const match = method('RegularExpression', { service: 'shop[.](Cart|Order)', method: 'Add' });
    expect(calls(path, match)).toEqual(ends);
  });

  it('an exact method takes longer names by Traefik alone', () => {
    const match = method('Exact', { service: 'shop.Cart', method: 'Add' });
    expect(calls('/shop.Cart/AddAll', match)).toEqual(['NOT_FOUND 200', 'ROUTED s0', 'NOT_FOUND 200']);
  });

  it('by Traefik the longer text of a rule goes first (`buildGRPCMatchRule`), by the text the longer service', () => {
    const service = method('Exact', { service: 'shop.Cart' });
    const headers = { ...method('Exact', { method: 'Add' }), headers: [{ name: 'content-type', value: 'application/grpc' }] };
    expect(calls('/shop.Cart/Add', service, headers)).toEqual(['ROUTED s0', 'ROUTED s1', 'ROUTED s0']);
  });
});

/** GEP-1911, "Supporting Protocols", and `RouteReasonUnsupportedProtocol`: "the backend is considered invalid". */
describe('backends whose protocol a route does not speak', () => {
  const service = (appProtocol: string): readonly KubernetesObject[] =>
    backend('web').map((object) =>
      object.kind === 'Service'
        ? { ...object, spec: { clusterIP: '10.96.0.9', ports: [{ port: 80, name: 'web', appProtocol: `kubernetes.io/${appProtocol}` }] } }
        : object,
    );
  const policy = gatewayObject('BackendTLSPolicy', 'p', {
    targetRefs: [{ group: '', kind: 'Service', name: 'web' }],
    validation: { hostname: 'web.shop', wellKnownCACertificates: 'System' },
  });
  const tls = listener('tls', { protocol: 'TLS', port: 443, tls: { mode: 'Passthrough' } });
  const spec = { parentRefs: [{ name: 'gw' }], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] };
  const routes: Readonly<Record<string, KubernetesObject>> = {
    HTTPRoute: httpRoute('r', [rule({}, 'web')]),
    GRPCRoute: gatewayObject('GRPCRoute', 'r', spec),
    TLSRoute: gatewayObject('TLSRoute', 'r', { ...spec, hostnames: ['a.com'] }),
  };
  const resolved = (kind: 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute', appProtocol: string, more: readonly KubernetesObject[] = []) => {
    const model = modelOf([...gateway([listener('http'), tls]), ...service(appProtocol), ...more, routes[kind] ?? policy]);
    return conditionLine(gatewayStatusOf(model, kind, 'shop/r').parents?.[0]?.conditions.slice(1, 2) ?? []);
  };

  it.each([
    ['HTTPRoute', 'h2c', true],
    ['GRPCRoute', 'h2c', true],
    ['HTTPRoute', 'ws', true],
    ['TLSRoute', 'wss', true],
    ['GRPCRoute', 'ws', false],
    ['GRPCRoute', 'wss', false],
    ['HTTPRoute', 'wss', false],
  ] as const)('%s and %s: %s', (kind, appProtocol, isSpoken) => {
    expect(resolved(kind, appProtocol)).toBe(isSpoken ? 'ResolvedRefs=True ResolvedRefs' : 'ResolvedRefs=False UnsupportedProtocol');
  });

  it('WebSocket over TLS is spoken where a BackendTLSPolicy tells how', () => {
    expect(resolved('HTTPRoute', 'wss', [policy])).toBe('ResolvedRefs=True ResolvedRefs');
  });

  /** traefik/traefik `pkg/provider/kubernetes/gateway/grpcroute.go`: `loadGRPCServers` speaks TLS wherever a BackendTLSPolicy holds, `getGRPCServiceProtocol` else knows h2c and https. */
  it.each([
    ['kubernetes.io/h2c', ['ROUTED web', 'ROUTED web', 'ROUTED web']],
    ['HTTPS', ['ROUTED web', 'ROUTED web', 'ROUTED web']],
    ['grpc', ['ROUTED web', 'NO_BACKEND 200', 'ROUTED web']],
    ['kubernetes.io/ws', ['NO_BACKEND 200', 'NO_BACKEND 200', 'NO_BACKEND 200']],
  ])('calls to one of `%s`, by the text, Traefik and Envoy', (appProtocol, expected) => {
    const ends = (...more: readonly KubernetesObject[]) => {
      const ofPort = service('').map((one) =>
        one.kind === 'Service' ? { ...one, spec: { clusterIP: '10.96.0.9', ports: [{ port: 80, appProtocol }] } } : one,
      );
      const model = modelOf([...gateway([listener('http')]), ...ofPort, ...more, grpcRoute('r', [rule({}, 'web')])]);
      return GATEWAY_DIALECTS.map((dialect) => gatewayLine(askGateway(model, 'http://a.com/shop.Cart/Add', { ...CALL, dialect })));
    };
    expect(ends()).toEqual(expected);
    expect(ends(policy)[1]).toBe('ROUTED web');
  });

  /** traefik/traefik `httproute_test.go`, TestGetHTTPServiceProtocol, and `getHTTPServiceProtocol` for WebSocket; the text asks for a BackendTLSPolicy with `wss` (GEP-1911). */
  it.each([
    ['https', ['ROUTED web', 'ROUTED web']],
    ['kubernetes.io/h2c', ['ROUTED web', 'ROUTED web']],
    ['kubernetes.io/ws', ['ROUTED web', 'ROUTED web']],
    ['kubernetes.io/wss', ['NO_BACKEND 500', 'ROUTED web']],
    ['gopher', ['ROUTED web', 'NO_BACKEND 500']],
  ])('requests for one of `%s`, by the text and Traefik', (appProtocol, expected) => {
    const ends = (...more: readonly KubernetesObject[]) => {
      const ofPort = service('').map((one) =>
        one.kind === 'Service' ? { ...one, spec: { clusterIP: '10.96.0.9', ports: [{ port: 80, appProtocol }] } } : one,
      );
      const model = modelOf([...gateway([listener('http')]), ...ofPort, ...more, httpRoute('r', [rule({}, 'web')])]);
      return (['gateway-api', 'traefik-gateway'] as const).map((dialect) => gatewayLine(askGateway(model, 'http://a.com/', { dialect })));
    };
    expect(ends()).toEqual(expected);
    expect(ends(policy)).toEqual(['ROUTED web', 'ROUTED web']);
  });

  it('requests for one are answered with 500, calls with UNAVAILABLE', () => {
    const http = modelOf([...gateway([listener('http')]), ...service('wss'), httpRoute('r', [rule({}, 'web')])]);
    expect(gatewayLine(askGateway(http, 'http://a.com/'))).toBe('NO_BACKEND 500');
    const grpc = modelOf([
      ...gateway([listener('http')]),
      ...service('ws'),
      grpcRoute('r', [{ backendRefs: [{ name: 'web', port: 80 }] }]),
    ]);
    expect(askGateway(grpc, 'http://a.com/shop.Cart/Add', CALL)).toMatchObject({ verdict: 'NO_BACKEND', result: { grpcStatus: 14 } });
  });
});
