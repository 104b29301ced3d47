import { describe, expect, it } from 'vitest';
import { requestFor } from '../../../test/support/ask-route.js';
import { modelOf } from '../../../test/support/model.js';
import { ingressRoute, to, TRAEFIK_SERVICES, traefikObject as object } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { route } from './route.js';
import { routeConnection } from './route-connection.js';

/*
 * Rules that the tables of traefik/traefik state: `pkg/provider/kubernetes/ingress/kubernetes_test.go` (I), `annotations_test.go` (A) beside it, and `pkg/provider/kubernetes/crd/kubernetes_test.go` (C),
 * by the name of the case; and what their code does in the same places (`loadService`, `loadServers`, `loadIngressRouteConfiguration`), by the name of the function.
 */
type Options = Readonly<Record<string, string | boolean>>;

function ask(objects: readonly KubernetesObject[], options: Options = {}) {
  const profile = { ingress: { controllers: [{ class: 'traefik', dialect: 'traefik', options }] } };
  const model = modelOf([...TRAEFIK_SERVICES, ...objects], profile);
  const answer = route(model, { request: requestFor('http://foo.com/x'), class: 'traefik', dialect: undefined });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

/** The verdict, and where requests go. */
function places(objects: readonly KubernetesObject[], options: Options = {}): string {
  const { verdict, result } = ask(objects, options);
  const at = result.backends.flatMap(({ endpoints }) => endpoints.map(({ address, port }) => `${address}:${port}`));
  return [verdict, ...at].join(' ');
}

const service = (spec: JsonObject, annotations: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 's',
    namespace: 't',
    annotations: Object.fromEntries(Object.entries(annotations).map(([k, v]) => [`traefik.ingress.kubernetes.io/service.${k}`, v])),
  },
  spec: { ports: [{ port: 80 }], clusterIP: '10.96.0.1', ...spec },
});

const slice = (endpoints: JsonObject[], name = 's-1'): KubernetesObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 't', labels: { 'kubernetes.io/service-name': 's' } },
  addressType: 'IPv4',
  ports: [{ name: '', port: 8080 }],
  endpoints,
});
const condition = (ready: boolean, serving: boolean, terminating: boolean) => ({ ready, serving, terminating });

const NODE: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n' },
  status: { addresses: [{ type: 'InternalIP', address: '172.16.4.4' }] },
};

const ingress = (...backends: string[]): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'i', namespace: 't', annotations: { 'kubernetes.io/ingress.class': 'traefik' } },
  spec: {
    rules: [
      {
        host: 'foo.com',
        http: {
          paths: backends.map((name) => ({ path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: 80 } } } })),
        },
      },
    ],
  },
});
const rule = (more: JsonObject, name = 's'): KubernetesObject =>
  ingressRoute('r', { match: 'Host(`foo.com`)', kind: 'Rule', services: [{ name, port: 80, ...more }] });

describe('servers of a Service', () => {
  const ROWS: [name: string, endpoints: JsonObject[], expected: string][] = [
    [
      'I "Ingress with endpoint conditions": all addresses of those that serve, none of those that terminate for new clients',
      [
        { addresses: ['10.10.0.1', '10.10.0.2'], conditions: condition(true, true, false) },
        { addresses: ['10.10.0.3', '10.10.0.4'], conditions: condition(false, true, true) },
        { addresses: ['10.10.0.5', '10.10.0.6'], conditions: condition(false, false, true) },
      ],
      'ROUTED 10.10.0.1:8080 10.10.0.2:8080',
    ],
    [
      'the condition `serving`, also where `publishNotReadyAddresses` says `ready`',
      [{ addresses: ['10.10.0.1'], conditions: condition(true, false, false) }],
      'NOT_FOUND',
    ],
  ];
  it.each(ROWS)('%s', (_, endpoints, expected) => {
    const objects = [service({}), slice(endpoints)];
    expect([places([...objects, ingress('s')]), places([...objects, rule({})])]).toEqual([expected, expected]);
  });

  it('are those that are ready for connections (`loadTCPServers`)', () => {
    const tcp = object('IngressRouteTCP', 'r', { routes: [{ match: 'HostSNI(`*`)', services: [{ name: 's', port: 80 }] }] });
    const endpoints = [
      { addresses: ['10.10.0.1', '10.10.0.2'], conditions: condition(true, false, false) },
      { addresses: ['10.10.0.3'], conditions: condition(false, true, true) },
    ];
    const model = modelOf([...TRAEFIK_SERVICES, service({}), slice(endpoints), tcp]);
    const answer = routeConnection(model, { scheme: 'tcp', host: 'db.com', sni: undefined }, 80, { class: undefined, dialect: undefined });
    const at = answer.ok ? answer.value.result.backends.flatMap((one) => one.endpoints.map(({ address }) => address)) : [];
    expect(at).toEqual(['10.10.0.1', '10.10.0.2']);
  });

  const NATIVE: [name: string, objects: KubernetesObject[], options: Options, expected: string][] = [
    ['I "Ingress with native lb by default"', [service({}), ingress('s')], { nativeLBByDefault: true }, 'ROUTED 10.96.0.1:80'],
    [
      'I "Ingress with native lb by default but service has disabled nativelb"',
      [service({}, { nativelb: 'false' }), slice([{ addresses: ['10.10.0.20'] }]), ingress('s')],
      { 'kubernetesIngress.nativeLBByDefault': true },
      'ROUTED 10.10.0.20:8080',
    ],
    ['C "with_global_native_service_lb"', [service({}), rule({})], { 'kubernetesCRD.nativeLBByDefault': true }, 'ROUTED 10.96.0.1:80'],
    ['each provider by its own setting', [service({}), rule({})], { 'kubernetesIngress.nativeLBByDefault': true }, 'NOT_FOUND'],
    ['C "with_native_service_lb_disabled"', [service({}), rule({ nativeLB: false })], { nativeLBByDefault: true }, 'NOT_FOUND'],
    [
      'I "Ingress with node port lb"',
      [service({ type: 'NodePort', ports: [{ port: 80, nodePort: 32_456 }] }, { nodeportlb: 'true' }), NODE, ingress('s')],
      {},
      'ROUTED 172.16.4.4:32456',
    ],
    [
      'I "Ingress with node port lb cluster scope disabled"',
      [service({ type: 'NodePort', ports: [{ port: 80, nodePort: 32_456 }] }, { nodeportlb: 'true' }), NODE, ingress('s')],
      { disableClusterScopeResources: true },
      'NOT_FOUND',
    ],
    [
      '`loadService`: nodes before its own address',
      [
        service({ type: 'NodePort', ports: [{ port: 80, nodePort: 32_456 }] }, { nodeportlb: 'true', nativelb: 'true' }),
        NODE,
        ingress('s'),
      ],
      {},
      'ROUTED 172.16.4.4:32456',
    ],
    [
      '`loadServers`: its own address before nodes',
      [service({ type: 'NodePort', ports: [{ port: 80, nodePort: 32_456 }] }), NODE, rule({ nodePortLB: true, nativeLB: true })],
      {},
      'ROUTED 10.96.0.1:80',
    ],
    ['`getNativeServiceAddress`: none of a headless Service', [service({ clusterIP: 'None' }), rule({ nativeLB: true })], {}, 'NOT_FOUND'],
  ];
  it.each(NATIVE)('%s', (_, objects, options, expected) => {
    expect(places(objects, options)).toBe(expected);
  });
});

/** C `TestGetServicePort`. */
describe('the port of a Service of type ExternalName', () => {
  const external = (ports?: JsonObject[]) => service({ type: 'ExternalName', externalName: 'ext.test', clusterIP: '', ports: ports ?? [] });
  const ROWS: [name: string, ports: JsonObject[] | undefined, port: number | string | undefined, expected: string][] = [
    ['Mismatching, only port(Ingress) defined with external name', undefined, 80, 'ROUTED ext.test:80'],
    ['Mismatching, only named port(Ingress) defined with external name', undefined, 'http', 'NOT_FOUND'],
    ['Mismatching, only Service port defined with external name', [{ port: 80 }], undefined, 'NOT_FOUND'],
    ['Two different ports defined (with external name)', [{ port: 80 }], 443, 'ROUTED ext.test:443'],
    ['Two different named ports defined (with external name)', [{ name: 'foo', port: 80 }], 'bar', 'NOT_FOUND'],
  ];
  it.each(ROWS)('%s', (_, ports, port, expected) => {
    expect(places([external(ports), rule({ port: port ?? null })], { allowExternalNameServices: true })).toBe(expected);
  });
});

/** C "Error page middleware referencing a TraefikService". */
it('pages of errors are written by a TraefikService, too', () => {
  const pages = object('Middleware', 'm', {
    errors: { status: ['404', '500'], query: 'query', service: { name: 'errorpage-wrr', kind: 'TraefikService' } },
  });
  const wrr = object('TraefikService', 'errorpage-wrr', { weighted: { services: [{ name: 'b', port: 80 }] } });
  const routed = ingressRoute('r', to('Host(`foo.com`)', 'a', { middlewares: [{ name: 'm' }] }));
  expect(ask([pages, wrr, routed]).result.errorPages?.service).toBe('b');
  expect(ask([pages, routed]).verdict).toBe('NOT_FOUND');
});

describe('a Service makes no router', () => {
  const ROWS: [name: string, objects: KubernetesObject[], expected: string][] = [
    [
      'C `loadServers`: "healthCheck allowed only for ExternalName services"',
      [rule({ healthCheck: { path: '/health' } }, 'a')],
      'NOT_FOUND',
    ],
    ['C `nameAndService`: by the name of another provider', [rule({}, 'a@file')], 'NOT_FOUND'],
    ['A `parseServiceConfig`: by an annotation that is none', [service({}, { nativelb: 'true', foo: 'x' }), ingress('s')], 'NOT_FOUND'],
    ['A `parseServiceConfig`: by a value that is neither true nor false', [service({}, { nativelb: 'yes' }), ingress('s')], 'NOT_FOUND'],
    [
      'A Test_parseServiceConfig "service annotations": these are known',
      [service({}, { nativelb: 'true', strategy: 'hrw', 'sticky.cookie.name': 'foobar', passhostheader: 'true' }), ingress('s')],
      'ROUTED 10.96.0.1:80',
    ],
  ];
  it.each(ROWS)('%s', (_, objects, expected) => {
    expect(places(objects)).toBe(expected);
  });

  it('but leads elsewhere with a health check', () => {
    const external = service({ type: 'ExternalName', externalName: 'ext.test' });
    const checked = rule({ healthCheck: { path: '/health' } });
    expect(places([external, checked], { allowExternalNameServices: true })).toBe('ROUTED ext.test:80');
  });
});

/** A "service middlewares annotation"; `Middlewares` of `LoadBalancerSpec` (`traefikio/v1alpha1/ingressroute.go`), `buildServersLB`. */
describe('middlewares of a Service', () => {
  const prefix = object('Middleware', 'm', { addPrefix: { prefix: '/p' } });
  const own = { middlewares: [{ name: 'm' }] };
  const path = (...objects: KubernetesObject[]) => ask([prefix, ...objects]).result.forwarded?.path;

  it('act behind those of the router', () => {
    const outer = object('Middleware', 'outer', { addPrefix: { prefix: '/o' } });
    const routed = ingressRoute(
      'r',
      to('Host(`foo.com`)', 'a', { middlewares: [{ name: 'outer' }], services: [{ name: 'a', port: 80, ...own }] }),
    );
    expect(path(outer, routed)).toBe('/p/o/x');
    expect(path(service({}, { nativelb: 'true', middlewares: 't-m@kubernetescrd' }), ingress('s'))).toBe('/p/x');
  });

  it('have to exist, and to be allowed', () => {
    const verdicts = [{ name: 'gone' }, { name: 'm', namespace: 'other' }].map(
      (one) => ask([prefix, rule({ middlewares: [one] }, 'a')]).verdict,
    );
    expect(verdicts).toEqual(['NOT_FOUND', 'NOT_FOUND']);
  });

  it('leave open what becomes of requests where the Service is one of several', () => {
    const several = ingressRoute(
      'r',
      to('Host(`foo.com`)', 'a', {
        services: [
          { name: 'a', port: 80, ...own },
          { name: 'b', port: 80 },
        ],
      }),
    );
    const { verdict, result } = ask([prefix, several]);
    expect([verdict, result.unspecified.map(({ code }) => code)]).toEqual(['UNDEFINED', ['MIDDLEWARE_NOT_EVALUATED']]);
  });
});

/** `loadConfigurationFromIngresses` and `loadIngressRouteConfiguration` go on with the next path or route where one cannot be made, and enter the others by their rule. */
describe('of two rules of one object that say the same', () => {
  const twins = (...services: JsonObject[]) =>
    ingressRoute('r', ...services.map((one) => ({ match: 'Host(`foo.com`)', kind: 'Rule', services: [one] })));
  const served = (object: KubernetesObject, ...more: KubernetesObject[]) =>
    ask([object, ...more])
      .result.backends.map((one) => one.service)
      .join() || ask([object, ...more]).verdict;

  it('the last stays that can be made', () => {
    expect(
      [
        ['a', 'b'],
        ['a', 'gone'],
        ['a', 'empty'],
        ['gone', 'a', 'empty'],
      ].map((names) => served(ingress(...names))),
    ).toEqual(['b', 'a', 'a', 'a']);
    const port = { port: 80 };
    expect(served(twins({ name: 'a', ...port }, { name: 'b', ...port }))).toBe('b');
    expect(served(twins({ name: 'a', ...port }, { name: 'a', port: 81 }))).toBe('a');
    expect(served(twins({ name: 'a', ...port }, { name: 'b', namespace: 'other', ...port }))).toBe('a');
  });

  it('also one whose TraefikService is missing, which is looked for later', () => {
    expect(served(twins({ name: 'a', port: 80 }, { name: 'gone', kind: 'TraefikService' }))).toBe('NOT_FOUND');
  });

  it('the other is told why it serves nothing', () => {
    const { candidates } = ask([ingress('a', 'b')]).result;
    expect(candidates.map(({ pointer, outcome, reason }) => [pointer, outcome, reason])).toEqual([
      ['/spec/rules/0/http/paths/0', 'excluded', 'ROUTER_REFUSED'],
      ['/spec/rules/0/http/paths/1', 'selected', 'RULE_SELECTED'],
    ]);
  });
});

/** I "Ingress with ingressClass" and "Ingress with ingress annotation", each with `disableIngressClassLookup` and `disableClusterScopeResources`. */
describe('a Traefik that looks up no IngressClass', () => {
  it.each(['disableIngressClassLookup', 'disableClusterScopeResources'])('goes by annotations alone: %s', (option) => {
    const plain = ingress('a') as unknown as JsonObject & { metadata: JsonObject; spec: JsonObject };
    const byField = {
      ...plain,
      metadata: { name: 'i', namespace: 't' },
      spec: { ...plain.spec, ingressClassName: 'traefik' },
    } as unknown as KubernetesObject;
    const controller = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'traefik' } };
    const traefik = { ...controller, spec: { controller: 'traefik.io/ingress-controller' } } as KubernetesObject;
    const verdicts = [byField, ingress('a')].map((one) => ask([traefik, one], { [option]: true }).verdict);
    expect([ask([traefik, byField]).verdict, ...verdicts]).toEqual(['ROUTED', 'NOT_FOUND', 'ROUTED']);
  });
});
