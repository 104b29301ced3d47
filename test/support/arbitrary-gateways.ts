import { type Arbitrary, array, boolean, constantFrom, option, record, subarray, tuple } from 'fast-check';
import type { JsonObject } from '../../src/core/kernel/json.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { AUTHORITIES } from './certificates.js';
import { backend, gateway, gatewayObject, listener, tlsSecret } from './gateway-cluster.js';

/** Few names, paths and values, so that routes meet on a listener often. */
const HOSTNAMES = ['a.com', 'x.a.com', '*.a.com', '*.x.a.com'] as const;
const SERVICES = ['v', 'w', 'gone'] as const;
const DAYS = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'] as const;

const ends = { certificateRefs: [{ name: 'server' }] };
const LISTENERS: readonly JsonObject[] = [
  listener('http'),
  listener('wild', { hostname: '*.a.com' }),
  listener('other-port', { port: 8080, hostname: 'x.a.com' }),
  listener('https', { port: 443, protocol: 'HTTPS', hostname: '*.a.com', tls: ends }),
  listener('https-x', { port: 443, protocol: 'HTTPS', hostname: 'x.a.com', tls: ends }),
  listener('tls', { port: 8443, protocol: 'TLS', hostname: '*.a.com', tls: { mode: 'Passthrough' } }),
  listener('tls-end', { port: 8443, protocol: 'TLS', tls: ends }),
  listener('tcp', { port: 90, protocol: 'TCP' }),
  listener('udp', { port: 90, protocol: 'UDP' }),
];
const listeners = (most: number) => subarray([...LISTENERS], { minLength: 1, maxLength: most });

const parents: Arbitrary<JsonObject> = option(
  constantFrom<JsonObject[]>(
    { sectionName: 'http' },
    { sectionName: 'wild' },
    { sectionName: 'https' },
    { sectionName: 'gone' },
    { port: 80 },
    { port: 443 },
    { port: 90 },
  ),
  { freq: 2 },
).map((section) => ({ name: 'gw', ...section }));

const path = constantFrom<JsonObject[]>(
  ...['/', '/x', '/x/', '/x/y', '/y'].map((value) => ({ value })),
  ...['/', '/x', '/x/y'].map((value) => ({ type: 'Exact', value })),
  { type: 'RegularExpression', value: '/x/[0-9]+' },
  { type: 'RegularExpression', value: '/x(' },
  { value: '/x//y' },
);
const named = (name: string): Arbitrary<JsonObject[]> =>
  array(constantFrom<JsonObject[]>({ name, value: '1' }, { name: `${name}2`, value: '1' }), { maxLength: 2 });
const match: Arbitrary<JsonObject> = record({
  path,
  method: option(constantFrom('GET', 'POST')),
  headers: named('h'),
  queryParams: named('q'),
}).map(({ method, ...one }) => ({ ...one, ...(method === null ? {} : { method }) }));

const FILTERS: readonly JsonObject[] = [
  { type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } },
  { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/z' } } },
  { type: 'URLRewrite', urlRewrite: { hostname: 'z.com' } },
  { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-a', value: '1' }] } },
  { type: 'RequestMirror', requestMirror: { backendRef: { name: 'w', port: 80 } } },
  { type: 'CORS', cors: { allowOrigins: ['https://a.com'] } },
  { type: 'DirectResponse', directResponse: { statusCode: 418 } },
  { type: 'Sparkle' },
];
const filters = option(constantFrom(...FILTERS), { freq: 1 }).map((one) => (one === null ? [] : [one]));
const backends = array(record({ name: constantFrom(...SERVICES), port: constantFrom(80, 81), weight: constantFrom(0, 1, 3) }), {
  minLength: 1,
  maxLength: 2,
});

const ruleOf = (matches: Arbitrary<JsonObject>, some: Arbitrary<JsonObject[]>): Arbitrary<JsonObject> =>
  record({ matches: array(matches, { maxLength: 2 }), filters: some, backendRefs: backends }).map(({ matches: list, ...one }) => ({
    ...one,
    ...(list.length === 0 ? {} : { matches: list }),
  }));
const call: Arbitrary<JsonObject> = record({
  method: option(constantFrom<JsonObject[]>({ service: 's.S' }, { service: 's.S', method: 'M' }, { method: 'M' })),
  headers: named('h'),
}).map(({ method, headers }) => ({ headers, ...(method === null ? {} : { method }) }));

type Drafted = readonly [kind: string, spec: JsonObject];
const hostnames = subarray([...HOSTNAMES], { maxLength: 2 });
const http: Arbitrary<Drafted> = tuple(hostnames, array(ruleOf(match, filters), { minLength: 1, maxLength: 2 })).map(([names, rules]) => [
  'HTTPRoute',
  { hostnames: names, rules },
]);
const grpc: Arbitrary<Drafted> = tuple(hostnames, array(ruleOf(call, constantFrom([])), { minLength: 1, maxLength: 2 })).map(
  ([names, rules]) => ['GRPCRoute', { hostnames: names, rules }],
);
const tls: Arbitrary<Drafted> = tuple(subarray([...HOSTNAMES], { minLength: 1, maxLength: 2 }), backends).map(([names, backendRefs]) => [
  'TLSRoute',
  { hostnames: names, rules: [{ backendRefs }] },
]);
const plain: Arbitrary<Drafted> = tuple(constantFrom('TCPRoute', 'UDPRoute'), backends).map(([kind, backendRefs]) => [
  kind,
  { rules: [{ backendRefs }] },
]);

/** Mostly routes of HTTP, which have most to tell apart. */
const routes = (most: number): Arbitrary<readonly KubernetesObject[]> =>
  array(
    tuple(
      boolean().chain((isHTTP) => (isHTTP ? http : constantFrom(grpc, tls, plain).chain((one) => one))),
      parents,
      constantFrom(...DAYS),
    ),
    { minLength: 1, maxLength: most },
  ).map((list) =>
    list.map(([[kind, spec], parent, createdAt], index) =>
      gatewayObject(kind, `r${index}`, { parentRefs: [parent], ...spec }, { createdAt }),
    ),
  );

const SECRET = tlsSecret('server', AUTHORITIES.issuedByFirst);

const gatewaysOf = (mostListeners: number, mostRoutes: number): Arbitrary<readonly KubernetesObject[]> =>
  tuple(listeners(mostListeners), routes(mostRoutes)).map(([own, attached]) => [
    ...gateway(own),
    ...backend('v'),
    ...backend('w'),
    SECRET,
    ...attached,
  ]);

/** Gateway `shop/gw` with a few listeners and routes, of which some are refused or lead nowhere. */
export const gateways = gatewaysOf(LISTENERS.length, 5);
/** The same with fewer, for questions that try thousands of requests. */
export const smallGateways = gatewaysOf(2, 2);
