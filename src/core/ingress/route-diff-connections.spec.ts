import { describe, expect, it } from 'vitest';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { gateway, gatewayObject, listener } from '../../../test/support/gateway-cluster.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { classSide, differenceLines, diffRoutes, gatewaySide } from '../../../test/support/route-diff.js';
import { TRAEFIK_SERVICES, traefikObject } from '../../../test/support/traefik.js';
import { object } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { RouteDiffQuestion, RouteSide } from './route-diff-result.js';

const TRAEFIK: RouteSide = { by: 'ingress', class: undefined, dialect: undefined };
const F5: RouteSide = { by: 'ingress', class: 'f5', dialect: 'nginx-f5' };
/** The Service of Traefik names its ports after the entry points (Helm chart of Traefik). */
const PORTS = [
  { name: 'websecure', port: 443 },
  { name: 'db', port: 5432 },
  { name: 'other', port: 5433 },
  { name: 'dns', port: 53, protocol: 'UDP' },
];
const ENTRY_POINTS: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'traefik', namespace: 'traefik', labels: { 'app.kubernetes.io/name': 'traefik' } },
  spec: { ports: PORTS },
};
const services = [{ name: 'a', port: 80 }];
const tcp = (match: string, more: JsonObject = {}, entryPoint = 'db', own: JsonObject = {}) =>
  traefikObject('IngressRouteTCP', 'r', { entryPoints: [entryPoint], ...more, routes: [{ match, services, ...own }] });
const PASSING = { tls: { passthrough: true } };
const udp = traefikObject('IngressRouteUDP', 'u', { entryPoints: ['dns'], routes: [{ services: [{ name: 'p', port: 53 }] }] });
/** A Service of packets. */
const PACKETS: readonly KubernetesObject[] = ['p', 'q'].flatMap((name) => [
  { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 't' }, spec: { ports: [{ port: 53, protocol: 'UDP' }] } },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace: 't', labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 53, protocol: 'UDP' }],
    endpoints: [{ addresses: ['10.244.0.9'] }],
  },
]);

const open = { allowedRoutes: { namespaces: { from: 'All' } } };
const stream = (kind: string, section: string, more: JsonObject = {}, name = 't/r', service = 'a') =>
  gatewayObject(kind, name, {
    parentRefs: [{ name: 'gw', namespace: 'shop', sectionName: section }],
    rules: [{ backendRefs: [{ name: service, port: kind === 'UDPRoute' ? 53 : 80 }] }],
    ...more,
  });
const LISTENERS = gateway([
  listener('tls', { port: 5432, protocol: 'TLS', tls: { mode: 'Passthrough' }, ...open }),
  listener('tcp', { port: 5433, protocol: 'TCP', ...open }),
  listener('udp', { port: 53, protocol: 'UDP', ...open }),
]);

const named = (name: string, one: KubernetesObject): KubernetesObject => ({ ...one, metadata: { ...one.metadata, name } });
/** The same with another backend. */
const toOther = (one: KubernetesObject): KubernetesObject =>
  JSON.parse(
    JSON.stringify(one).replace('"name":"a","port"', '"name":"b","port"').replace('"name":"p","port"', '"name":"q","port"'),
  ) as KubernetesObject;

type Objects = readonly KubernetesObject[];
const modelFor = (objects: Objects) => modelOf([...TRAEFIK_SERVICES, ...PACKETS, ENTRY_POINTS, ...objects]);

function diff(a: RouteSide, ofA: Objects, b: RouteSide, ofB: Objects, more: Partial<RouteDiffQuestion> = {}) {
  const { verdict, result } = diffRoutes({ a: modelFor(ofA), b: modelFor(ofB) }, { a, b, ...more });
  const isConnection = (line: string) => /^GET (tls|tcp|udp):/.test(line);
  return { verdict, doubts: result.doubts.map(({ code }) => code), lines: differenceLines(result).filter(isConnection), result };
}

/** `docs/content/reference/routing-configuration/kubernetes/crd/tcp/ingressroutetcp.md` of traefik/traefik; `apis/v1/tlsroute_types.go`, `tcproute_types.go` of the Gateway API. */
describe('IngressRouteTCPs, and the routes of a Gateway that are meant to replace them', () => {
  const toGateway = (ofA: Objects, ofB: Objects, more: Partial<RouteDiffQuestion> = {}) =>
    diff(TRAEFIK, ofA, gatewaySide(), [...LISTENERS, ...ofB], more);

  it.each<[what: string, ofA: Objects, ofB: Objects]>([
    ['one of TLS by name', [tcp('HostSNI(`db.com`)', PASSING)], [stream('TLSRoute', 'tls', { hostnames: ['db.com'] })]],
    ['one of plain connections', [tcp('HostSNI(`*`)', {}, 'other')], [stream('TCPRoute', 'tcp')]],
    ['one of packets', [udp], [stream('UDPRoute', 'udp', {}, 't/r', 'p')]],
  ])('are equivalent: %s', (_, ofA, ofB) => {
    const told = toGateway(ofA, ofB);
    expect(told.lines).toEqual([]);
    // the same with another backend is told, so that they were tried
    expect(toGateway(ofA, ofB.map(toOther)).lines).not.toEqual([]);
  });

  it.each<[what: string, ofA: Objects, ofB: Objects, line: string]>([
    [
      'another backend',
      [tcp('HostSNI(`*`)', {}, 'other')],
      [stream('TCPRoute', 'tcp', {}, 't/r', 'b')],
      'GET tcp://witness.example.invalid:5433: backend; ROUTED a, ROUTED b',
    ],
    ['no route', [tcp('HostSNI(`*`)', {}, 'other')], [], 'GET tcp://witness.example.invalid:5433: status; ROUTED a, CONNECTION_REFUSED'],
    [
      'another port',
      [tcp('HostSNI(`*`)')],
      [stream('TCPRoute', 'tcp')],
      'GET tcp://witness.example.invalid:5432: status; ROUTED a, CONNECTION_REFUSED',
    ],
    [
      'another name',
      [tcp('HostSNI(`db.com`)', PASSING)],
      [stream('TLSRoute', 'tls', { hostnames: ['x.com'] })],
      'GET tls://db.com:5432: status; ROUTED a, CONNECTION_REFUSED',
    ],
    // `HostSNI(*)` takes clients without SNI; a TLSRoute has hostnames, and they have to match (`TLSRouteSpec.Hostnames`)
    [
      'clients that say no name',
      [tcp('HostSNI(`*`)', PASSING)],
      [stream('TLSRoute', 'tls', { hostnames: ['db.com'] })],
      'GET tls://witness.example.invalid:5432 without SNI: status; ROUTED a, CONNECTION_REFUSED',
    ],
    // rule D1, in TLS: `*.db.com` is one label by Traefik, any number by the Gateway API
    [
      'labels of a wildcard',
      [tcp('HostSNI(`*.db.com`)', PASSING)],
      [stream('TLSRoute', 'tls', { hostnames: ['*.db.com'] })],
      'GET tls://witness.witness.db.com:5432: status; CONNECTION_REFUSED, ROUTED a',
    ],
    [
      'who asks',
      [tcp('HostSNI(`db.com`) && ClientIP(`10.0.0.0/8`)', PASSING)],
      [stream('TLSRoute', 'tls', { hostnames: ['db.com'] })],
      'GET tls://db.com:5432 from 11.0.0.0: status; CONNECTION_REFUSED, ROUTED a',
    ],
    [
      'what is offered',
      [tcp('HostSNI(`db.com`) && ALPN(`mqtt`)', PASSING)],
      [stream('TLSRoute', 'tls', { hostnames: ['db.com'] })],
      'GET tls://db.com:5432 http/1.0: status; CONNECTION_REFUSED, ROUTED a',
    ],
    ['packets', [udp], [stream('UDPRoute', 'udp', {}, 't/r', 'q')], 'GET udp://witness.example.invalid:53: backend; ROUTED p, ROUTED q'],
  ])('differ in %s', (_, ofA, ofB, line) => {
    const told = toGateway(ofA, ofB);
    expect([told.verdict, told.lines]).toEqual(['DIFFERENT', expect.arrayContaining([line])]);
  });

  it('differ for those whom a MiddlewareTCP lets in alone', () => {
    const list = traefikObject('MiddlewareTCP', 'list', { ipAllowList: { sourceRange: ['10.0.0.0/8'] } });
    const route = tcp('HostSNI(`*`)', {}, 'other', { middlewares: [{ name: 'list' }] });
    expect(toGateway([route, list], [stream('TCPRoute', 'tcp')]).lines).toEqual([
      'GET tcp://witness.example.invalid:5433 from 11.0.0.0: status; CONNECTION_REFUSED, ROUTED a',
    ]);
  });

  it('are tried by name where one is asked for, and not at all where requests are', () => {
    const [ofA, ofB] = [[tcp('HostSNI(`db.com`)', PASSING)], [stream('TCPRoute', 'tcp')]];
    expect(toGateway(ofA, ofB, { host: 'db.com' }).lines).toEqual(['GET tls://db.com:5432: status; ROUTED a, CONNECTION_REFUSED']);
    expect(toGateway(ofA, ofB, { scheme: 'https' }).lines).toEqual([]);
  });

  it('are tried at any port where none is told', () => {
    const side = (service: string) =>
      modelOf([...TRAEFIK_SERVICES, tcp('HostSNI(`*`)', {}, 'own', { services: [{ name: service, port: 80 }] })]);
    const told = diffRoutes({ a: side('a'), b: side('b') }, { a: TRAEFIK, b: TRAEFIK });
    expect(differenceLines(told.result)).toContain('GET tcp://witness.example.invalid:9000: backend; ROUTED a, ROUTED b');
  });

  it('are a sample where rules name expressions', () => {
    expect(toGateway([tcp('HostSNIRegexp(`^db.*$`)', PASSING)], []).doubts).toContain('CONDITIONS_SAMPLED');
  });

  /** Whose certificate the client is shown tells who opens its TLS. */
  it('differ in who ends the TLS', () => {
    const secret: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'own', namespace: 't' },
      stringData: { 'tls.crt': CERTIFICATES.alternativeNames, 'tls.key': 'x' },
    };
    const ending = tcp('HostSNI(`shop.example.com`)', { tls: { secretName: 'own' } });
    const told = diff(TRAEFIK, [secret, ending], TRAEFIK, [secret, tcp('HostSNI(`shop.example.com`)', PASSING)]);
    expect(told.lines).toContain('GET tls://shop.example.com:5432: certificate; ROUTED a, ROUTED a');
  });
});

/** nginx/kubernetes-ingress `internal/k8s/configuration.go`; rule G40. */
describe('TransportServers, and the routes of a Gateway that are meant to replace them', () => {
  const CONFIGURATION = object('GlobalConfiguration', 'nginx', { listeners: [{ name: 'db', port: 5433, protocol: 'TCP' }] });
  const CLASS = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'f5' },
    spec: { controller: 'nginx.org/ingress-controller' },
  };
  const transport = (service: string) =>
    object('TransportServer', 'x', {
      ingressClassName: 'f5',
      listener: { name: 'db', protocol: 'TCP' },
      upstreams: [{ name: 'u', service, port: 80 }],
      action: { pass: 'u' },
    });
  const side = (service: string) => [CLASS, CONFIGURATION, transport(service)];

  it('are compared at the port of their listener', () => {
    const route = [...LISTENERS, stream('TCPRoute', 'tcp')];
    expect(diff(F5, side('a'), gatewaySide(), route).lines).toEqual([]);
    expect(diff(F5, side('b'), gatewaySide(), route).lines).toEqual([
      'GET tcp://witness.example.invalid:5433: backend; ROUTED b, ROUTED a',
    ]);
  });
});

/** A controller that takes requests alone has no other port open; inside TLS that it ends requests are compared. */
it('connections are refused by a class that has requests alone', () => {
  const ingress = ingressCluster('i : foo.com Prefix / -> a');
  const told = diff(classSide('ingress-nginx'), ingress, TRAEFIK, [
    tcp('HostSNI(`*`)', {}, 'other'),
    named('s', tcp('HostSNI(`foo.com`)', PASSING)),
  ]);
  expect(told.lines).toEqual(['GET tcp://witness.example.invalid:5433: status; CONNECTION_REFUSED, ROUTED a']);
});
