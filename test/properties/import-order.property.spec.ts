import { describe, it } from 'vitest';
import { GATEWAY_STATUS_KINDS, statusOfGatewayObject } from '../../src/core/ingress/gateway-status.js';
import { routeConnection } from '../../src/core/ingress/route-connection.js';
import { type IngressDialectName, INGRESS_DIALECTS } from '../../src/core/ingress/route-request.js';
import { routeThroughGateway } from '../../src/core/ingress/route-through-gateway.js';
import type { JsonObject } from '../../src/core/kernel/json.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { askRoute, requestFor } from '../support/ask-route.js';
import { backend, gateway, gatewayObject, httpRoute, listener, rule } from '../support/gateway-cluster.js';
import { type Asked, expectSameInAnyOrder } from '../support/import-order.js';
import { ingressCluster } from '../support/ingress-cluster.js';
import { classSide, diffRoutes, gatewaySide } from '../support/route-diff.js';
import { routeLintAnswer, withNginx } from '../support/route-lint.js';
import { ingressRoute, to, traefikObject } from '../support/traefik.js';

/**
 * INV-ING-1 for every dialect: `shared/reference/ingress.md` §12, "same topology in any import order gives byte-identical answers (1,000 shuffles)". The sets are full of ties:
 * one `kubectl apply` gives many objects the same second.
 */
const ORDERS = 1000;
const PATIENCE = 240_000;

/** Ingresses that claim the same hosts, paths, certificates and defaults: of one age, of others, and of none. */
const INGRESSES = withNginx(
  ingressCluster(`
    a : foo.com Prefix /x -> web
    b : foo.com Prefix /x -> api
    b : foo.com Exact /x -> api
    c@2025-12-01 : foo.com Prefix /y -> web
    d@never : foo.com Prefix /y -> old
    e@never : foo.com Prefix /y -> api
    e@never : *.foo.com Prefix / -> api
    f : *.foo.com Prefix / -> web
    g : any Prefix / -> web
    h : any Prefix / -> api
    i : default -> web
    j : default -> api
    k : foo.com Prefix /canary -> web
    l : foo.com Prefix /canary -> next
    m : foo.com Prefix /canary -> old
    n : foo.com Impl /z.* -> web
    o : foo.com Prefix /z -> missing-one
    p : bar.com Prefix / -> web
    p : tls bar.com -> first
    q : bar.com Prefix /q -> empty-one
    q : tls bar.com -> second
    r : www.bar.com Prefix / -> web
    s#other : foo.com Prefix /x -> web
    t# : foo.com Prefix /x -> web
  `),
  {
    c: { 'use-regex': 'false' },
    l: { canary: 'true', 'canary-weight': '30' },
    m: { canary: 'true', 'canary-by-header': 'x-next' },
    p: { 'server-alias': 'alias.com', 'ssl-redirect': 'false' },
    q: { 'server-alias': 'alias.com,other.com', 'from-to-www-redirect': 'true' },
  },
);
const INGRESS_URLS = [
  'http://foo.com/x',
  'http://foo.com/y/1',
  'http://a.foo.com/',
  'http://nobody.com/',
  'http://foo.com/canary',
  'http://foo.com/zz',
  'https://bar.com/q',
  'http://alias.com/',
];

const UPSTREAMS: JsonObject[] = ['web', 'api'].map((name) => ({ name, service: name, port: 80 }));
const f5Object = (kind: string, name: string, spec: JsonObject): KubernetesObject => ({
  apiVersion: 'k8s.nginx.org/v1',
  kind,
  metadata: { name, namespace: 't', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { ingressClassName: 'c', ...spec },
});

/** Those of the F5 controller, which go by age and UID, and VirtualServers beside them. */
const F5: readonly KubernetesObject[] = [
  ...INGRESSES.map((object, index) => ({ ...object, metadata: { ...object.metadata, uid: String(index % 7) } })),
  ...['one', 'two', 'three'].map((name) =>
    f5Object('VirtualServer', name, {
      host: name === 'three' ? 'foo.com' : 'vs.com',
      upstreams: UPSTREAMS,
      routes: [
        { path: '/', action: { pass: 'web' } },
        { path: '/api', route: 't/sub' },
      ],
    }),
  ),
  f5Object('VirtualServerRoute', 'sub', {
    host: 'vs.com',
    upstreams: UPSTREAMS,
    subroutes: [{ path: '/api/v1', action: { pass: 'api' } }],
  }),
];

/** Routers of equal priority, middlewares, weighted Services and TLS options that several ask for. */
const TRAEFIK: readonly KubernetesObject[] = [
  ...INGRESSES,
  ingressRoute('ra', to('Host(`foo.com`) && PathPrefix(`/x`)', 'web', { middlewares: [{ name: 'strip' }, { name: 'headers' }] })),
  ingressRoute('rb', to('Host(`foo.com`) && PathPrefix(`/x`)', 'api'), to('Host(`foo.com`) && PathPrefix(`/y`)', 'web')),
  ingressRoute('rc', to('Host(`bar.com`)', 'web', { priority: 50 }), to('HostRegexp(`^b.*$`)', 'old', { priority: 50 })),
  ingressRoute('rd', { match: 'Host(`share.com`)', kind: 'Rule', services: [{ kind: 'TraefikService', name: 'shared' }] }),
  traefikObject('IngressRoute', 'layer', {
    parentRefs: [{ name: 'root' }],
    routes: [to('PathPrefix(`/`)', 'web'), to('Path(`/b`)', 'api')],
  }),
  traefikObject('IngressRoute', 'other-layer', { parentRefs: [{ name: 'root' }], routes: [to('PathPrefix(`/`)', 'old')] }),
  ingressRoute('root', { match: 'Host(`layers.com`)', kind: 'Rule' }),
  traefikObject('Middleware', 'strip', { stripPrefix: { prefixes: ['/x'] } }),
  traefikObject('Middleware', 'headers', { headers: { customRequestHeaders: { 'X-A': '1', 'X-B': '2' } } }),
  traefikObject('TraefikService', 'shared', {
    weighted: {
      services: [
        { name: 'web', port: 80, weight: 3 },
        { name: 'api', port: 80, weight: 1 },
      ],
    },
  }),
  ...['sa', 'sb'].map((name) =>
    traefikObject('IngressRoute', name, {
      routes: [to(`Host(\`tls.com\`) && PathPrefix(\`/${name}\`)`, 'web')],
      tls: { options: { name: `options-${name}` } },
    }),
  ),
  ...['sa', 'sb', 'default'].map((name) => traefikObject('TLSOption', `options-${name}`, { minVersion: 'VersionTLS12' })),
  ...['ta', 'tb'].map((name) =>
    traefikObject('IngressRouteTCP', name, {
      routes: [{ match: 'HostSNI(`db.com`)', services: [{ name: name === 'ta' ? 'web' : 'api', port: 80 }] }],
      tls: { passthrough: true },
    }),
  ),
  ...['ua', 'ub'].map((name) =>
    traefikObject('IngressRouteUDP', name, { entryPoints: ['dns'], routes: [{ services: [{ name: 'web', port: 80 }] }] }),
  ),
];

const parent = (more: JsonObject = {}): JsonObject => ({ name: 'gw', namespace: 'shop', ...more });
const tcp = (name: string, service: string, createdAt: string) =>
  gatewayObject(
    'TCPRoute',
    name,
    { parentRefs: [parent({ sectionName: 'tcp' })], rules: [{ backendRefs: [{ name: service, port: 80 }] }] },
    { createdAt },
  );
const certified = { protocol: 'HTTPS', port: 443, tls: { certificateRefs: [{ name: 'cert' }] } };

/** Listeners and ListenerSets that clash, routes that rank alike, routes of two kinds under one name, policies for one Service, grants: most of one second. */
const GATEWAYS: readonly KubernetesObject[] = [
  ...gateway(
    [
      listener('http', { allowedRoutes: { namespaces: { from: 'All' } } }),
      listener('wild', { hostname: '*.foo.com' }),
      listener('exact', { hostname: 'a.foo.com' }),
      listener('tcp', { port: 9000, protocol: 'TCP' }),
      listener('twin', { port: 81 }),
      listener('twins', { port: 81 }),
      listener('https', certified),
      listener('https-wild', { ...certified, hostname: '*.foo.com' }),
    ],
    { allowedListeners: { namespaces: { from: 'All' } }, defaultScope: 'All' },
  ),
  gatewayObject('Gateway', 'gw2', { gatewayClassName: 'web', listeners: [listener('http')], defaultScope: 'All' }),
  ...['la', 'lb', 'lc'].map((name) =>
    gatewayObject('ListenerSet', `${name === 'lc' ? 'far' : 'shop'}/${name}`, {
      parentRef: parent(),
      listeners: [listener('more', { port: 82 }), listener(name, { port: 83, hostname: `${name}.com` })],
    }),
  ),
  ...['web', 'api', 'old'].flatMap((name) => backend(name)),
  ...backend('far', 'far'),
  ...['r1', 'r2', 'r3'].map((name) =>
    httpRoute(name, [rule({}, name === 'r2' ? 'api' : 'web')], { hostnames: ['a.foo.com', '*.foo.com', 'x.com'] }),
  ),
  httpRoute('r4', [rule({ headers: [{ name: 'x', value: '1' }] }, 'old'), rule({ method: 'GET' }, 'api')], {}, '2025-12-01T00:00:00Z'),
  httpRoute(
    'r5',
    [
      rule({}, 'far', {
        backendRefs: [
          { name: 'far', namespace: 'far', port: 80 },
          { name: 'gone', port: 80 },
        ],
      }),
    ],
    {
      hostnames: ['x.com'],
    },
  ),
  httpRoute('r6', [rule({}, 'web', { filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'api', port: 80 } } }] })], {
    parentRefs: [],
    useDefaultGateways: 'All',
  }),
  httpRoute('r7', [rule({}, 'api')], {
    parentRefs: [parent({ kind: 'ListenerSet', name: 'la' }), parent({ kind: 'ListenerSet', name: 'lb' })],
  }),
  ...['g1', 'g2'].map((name) =>
    gatewayObject('GRPCRoute', name, {
      parentRefs: [parent()],
      hostnames: ['a.foo.com'],
      rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
    }),
  ),
  tcp('t1', 'web', '2026-01-01T00:00:00Z'),
  tcp('t2', 'api', '2026-01-01T00:00:00Z'),
  tcp('t3', 'old', '2026-01-02T00:00:00Z'),
  ...['p1', 'p2'].map((name) =>
    gatewayObject('BackendTLSPolicy', name, {
      targetRefs: [{ group: '', kind: 'Service', name: 'web' }],
      validation: { hostname: `${name}.com`, wellKnownCACertificates: 'System' },
    }),
  ),
  ...['grant1', 'grant2'].map((name) =>
    gatewayObject('ReferenceGrant', `far/${name}`, {
      from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'shop' }],
      to: [{ group: '', kind: 'Service' }],
    }),
  ),
];

const through = (url: string, port: number): Asked => {
  const [scheme] = url.split(':');
  const request = scheme === 'tcp' ? { scheme: 'tcp' as const, host: 'db.com', sni: undefined } : requestFor(url);
  return (model) => routeThroughGateway(model, { request, gateway: 'shop/gw', port });
};

/** Every status of every object, by every kind that has one. */
const statuses = Object.fromEntries(
  GATEWAY_STATUS_KINDS.map((kind) => [
    `status ${kind}`,
    (model: NetworkModel) =>
      GATEWAYS.filter((object) => object.kind === kind).map(({ metadata: { namespace, name } }) =>
        statusOfGatewayObject(model, { kind, namespace: namespace, name }),
      ),
  ]),
);

const questionsOf = (dialect: IngressDialectName, urls: readonly string[]): Readonly<Record<string, Asked>> =>
  Object.fromEntries([
    ...urls.map((url) => [`${dialect} ${url}`, (model: NetworkModel) => askRoute(model, url, { class: 'c', dialect })]),
    [`lint ${dialect}`, (model: NetworkModel) => routeLintAnswer(model, { class: 'c', dialect })],
    [
      `diff ${dialect}`,
      (model: NetworkModel) => diffRoutes({ a: model, b: model }, { a: classSide(dialect), b: classSide('ingress-v1'), requests: 40 }),
    ],
  ]);

describe('the order of import means nothing', () => {
  it(
    'to Ingresses, by any dialect',
    () => {
      expectSameInAnyOrder(INGRESSES, Object.assign({}, ...INGRESS_DIALECTS.map((dialect) => questionsOf(dialect, INGRESS_URLS))), ORDERS);
    },
    PATIENCE,
  );

  it(
    'to Ingresses and VirtualServers of the F5 controller',
    () => {
      expectSameInAnyOrder(F5, questionsOf('nginx-f5', [...INGRESS_URLS, 'http://vs.com/api/v1', 'http://vs.com/']), ORDERS);
    },
    PATIENCE,
  );

  it(
    'to Ingresses and IngressRoutes of Traefik',
    () => {
      const urls = [...INGRESS_URLS, 'http://share.com/', 'http://layers.com/b', 'https://tls.com/sa', 'http://foo.com/y'];
      const connect = (scheme: 'tls' | 'udp', port: number): Asked => {
        const request = { scheme, host: 'db.com', sni: scheme === 'tls' ? 'db.com' : undefined };
        return (model) => routeConnection(model, request, port, { class: undefined, dialect: 'traefik' });
      };
      const questions = {
        ...questionsOf('traefik', urls),
        everything: (model: NetworkModel) => routeLintAnswer(model),
        tls: connect('tls', 443),
        udp: connect('udp', 53),
      };
      expectSameInAnyOrder(TRAEFIK, questions, ORDERS);
    },
    PATIENCE,
  );

  it(
    'to the Gateway API: statuses, requests, lint and difference',
    () => {
      const questions: Record<string, Asked> = {
        ...statuses,
        lint: (model) => routeLintAnswer(model),
        diff: (model) => diffRoutes({ a: model, b: model }, { a: gatewaySide(), b: gatewaySide('traefik-gateway'), requests: 40 }),
      };
      for (const url of ['http://a.foo.com/', 'http://b.foo.com/x', 'http://x.com/', 'https://a.foo.com/'])
        questions[url] = through(url, url.startsWith('https') ? 443 : 80);
      questions['a ListenerSet'] = through('http://la.com/', 82);
      questions['tcp'] = through('tcp://db.com', 9000);
      expectSameInAnyOrder(GATEWAYS, questions, ORDERS);
    },
    PATIENCE,
  );
});
