import { describe, expect, it } from 'vitest';
import { requestFor } from '../../../test/support/ask-route.js';
import { modelOf } from '../../../test/support/model.js';
import { ingressRoute, to, TRAEFIK_SERVICES, traefikObject as object } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { route } from './route.js';
import { routeConnection } from './route-connection.js';

const SETTING = 'traefik.ingress.kubernetes.io/service.';
const UNNAMED = { class: undefined, dialect: undefined } as const;

/** What becomes of `http://foo.com/` in a class of Traefik with these settings. */
function ask(objects: readonly KubernetesObject[], options: Readonly<Record<string, string>> = {}) {
  const profile = { ingress: { controllers: [{ class: 'traefik', dialect: 'traefik', options }] } };
  const model = modelOf([...TRAEFIK_SERVICES, ...objects], profile);
  const answer = route(model, { request: requestFor('http://foo.com/'), class: 'traefik', dialect: undefined });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

const secret = (name: string, data: Readonly<Record<string, string>>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 't' },
  data,
});
const PAIR = { 'tls.crt': 'eA==', 'tls.key': 'a2V5' };

/** `isCrossProviderNamespaceAllowed`, `resolveReference` and `nameAndService` of traefik/traefik `pkg/provider/kubernetes/crd` (v3.7). */
describe('`crossProviderNamespaces`', () => {
  const foreign = (more: JsonObject) => ingressRoute('r', { match: 'Host(`foo.com`)', kind: 'Rule', ...more });
  const routes: readonly JsonObject[] = [
    { services: [{ name: 'api@internal', kind: 'TraefikService' }] },
    { services: [{ name: 'a', port: 80 }], middlewares: [{ name: 'login@file' }] },
    { services: [{ name: 'a', port: 80, scheme: 'https', serversTransport: 'mtls@file' }] },
  ];

  it.each(routes)('lets the namespaces that it lists name objects of other providers: %j', (more) => {
    const verdicts = ['t', 'x, t', 'x', ''].map(
      (crossProviderNamespaces) => ask([foreign(more)], { crossProviderNamespaces }).verdict === 'NOT_FOUND',
    );
    expect([ask([foreign(more)]).verdict === 'NOT_FOUND', ...verdicts]).toEqual([false, false, false, true, true]);
  });

  it('says so, and leaves names without a provider alone', () => {
    const { evidence } = ask([foreign(routes[1]!)], { crossProviderNamespaces: 'x' });
    expect(evidence.map(({ message }) => message).join()).toContain('the namespace `t` is not in `crossProviderNamespaces`');
    expect(ask([foreign({ services: [{ name: 'a', port: 80 }] })], { crossProviderNamespaces: 'x' }).verdict).toBe('ROUTED');
  });
});

/** `loadAuthTLSSecret` of `pkg/provider/kubernetes/crd/kubernetes.go`: `tls.crt` and `tls.key`, else the Secret is passed over. */
describe('the certificate that a ServersTransport shows', () => {
  const transport = (...certificatesSecrets: string[]) => object('ServersTransport', 'mtls', { certificatesSecrets });
  const https = ingressRoute(
    'r',
    to('Host(`foo.com`)', 'a', { services: [{ name: 'a', port: 80, scheme: 'https', serversTransport: 'mtls' }] }),
  );
  const shown = (...objects: KubernetesObject[]) => ask(objects).result.backends[0]?.tls?.clientCertificate;

  it('is that of the first Secret that has one with its key', () => {
    const secrets = [secret('half', { 'tls.crt': 'eA==' }), secret('own', PAIR)];
    expect(shown(https, transport('gone', 'half', 'own'), ...secrets)).toBe('t/own');
    expect(shown(https, transport('gone', 'half'), ...secrets)).toBeNull();
  });

  // `parseServiceProtocol`: http, https and h2c.
  it('is none over h2c, which is HTTP/2 without TLS', () => {
    const plain = to('Host(`foo.com`)', 'a', { services: [{ name: 'a', port: 80, scheme: 'h2c', serversTransport: 'mtls' }] });
    expect(ask([ingressRoute('r', plain), transport('own'), secret('own', PAIR)]).result.backends).toMatchObject([
      { protocol: 'H2C', tls: null },
    ]);
  });

  it('is shown on connections, too', () => {
    const services = [{ name: 'a', port: 80, tls: true, serversTransport: 'mtls' }];
    const objects = [
      object('IngressRouteTCP', 'db', { routes: [{ match: 'HostSNI(`db.com`)', services }], tls: { passthrough: false } }),
      object('ServersTransportTCP', 'mtls', { tls: { certificatesSecrets: ['own'] } }),
      secret('own', PAIR),
    ];
    const asked = { scheme: 'tls', host: 'db.com', sni: 'db.com' } as const;
    const answer = routeConnection(modelOf([...TRAEFIK_SERVICES, ...objects]), asked, 443, UNNAMED);
    expect(answer).toMatchObject({ value: { result: { backends: [{ tls: { clientCertificate: 't/own' } }] } } });
  });
});

/** `ServiceIng` of `pkg/provider/kubernetes/ingress/annotations.go`, `loadService` and `getProtocol` of `kubernetes.go`. */
describe('annotations of a Service behind an Ingress', () => {
  const ports = [{ name: 'web', port: 80, nodePort: 30_080 }];
  const objects = (annotations: Readonly<Record<string, string>>, type = 'NodePort'): KubernetesObject[] => [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'np',
        namespace: 't',
        annotations: Object.fromEntries(Object.entries(annotations).map(([k, v]) => [SETTING + k, v])),
      },
      spec: { type, ports, clusterIP: '10.96.0.9' },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'i', namespace: 't' },
      spec: {
        ingressClassName: 'traefik',
        rules: [
          {
            host: 'foo.com',
            http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'np', port: { number: 80 } } } }] },
          },
        ],
      },
    },
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] } },
  ];
  const places = (annotations: Readonly<Record<string, string>>, type?: string) =>
    ask(objects(annotations, type)).result.backends.flatMap(({ endpoints }) => endpoints.map(({ address, port }) => `${address}:${port}`));

  it('reach it at the nodes, or at its own address', () => {
    expect(places({ nodeportlb: 'true' })).toEqual(['10.0.0.1:30080']);
    expect(places({ nativelb: 'true' })).toEqual(['10.96.0.9:80']);
    expect(places({ nodeportlb: 'true' }, 'ClusterIP')).toEqual([]);
    expect(ask(objects({ nodeportlb: 'false' })).verdict).toBe('NOT_FOUND');
  });

  it('speak https with it, and show a certificate of the provider that they name', () => {
    const tls = (annotations: Readonly<Record<string, string>>) =>
      ask([
        ...objects({ nativelb: 'true', ...annotations }),
        object('ServersTransport', 'mtls', { serverName: 'np.t', certificatesSecrets: ['own'] }),
        secret('own', PAIR),
      ]);
    expect(tls({}).result.backends[0]?.tls).toBeNull();
    const named = tls({ serversscheme: 'https', serverstransport: 't-mtls@kubernetescrd' }).result.backends[0]?.tls;
    expect(named).toEqual({ sni: 'np.t', policy: 'ServersTransport t/mtls', names: ['np.t'], clientCertificate: 't/own' });
    expect(tls({ serverstransport: 'mtls' }).verdict).toBe('NOT_FOUND');
  });
});
