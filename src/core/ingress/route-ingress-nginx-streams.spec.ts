import { describe, expect, it } from 'vitest';
import { gateway, gatewayObject, listener } from '../../../test/support/gateway-cluster.js';
import { classSide, differenceLines, diffRoutes, gatewaySide } from '../../../test/support/route-diff.js';
import { requestFor } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import type { JsonObject } from '../kernel/json.js';
import type { NetworkModel } from '../model/network-model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { route } from './route.js';
import { routeConnection } from './route-connection.js';

const THROUGH = { class: 'c', dialect: 'ingress-nginx' } as const;
const FLAGS = { 'tcp-services-configmap': 'ingress-nginx/tcp', 'udp-services-configmap': 'ingress-nginx/udp' };

const configMap = (name: string, data: Readonly<Record<string, string>>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'ingress-nginx' },
  data,
});

function service(name: string, spec: JsonObject, labels: Readonly<Record<string, string>> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'db', labels }, spec };
}

const slice = (name: string, protocol: 'TCP' | 'UDP', ports: readonly (readonly [name: string, port: number])[]): KubernetesObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${name}-${protocol.toLowerCase()}`, namespace: 'db', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.1.0.5'], conditions: { ready: true } }],
  ports: ports.map(([portName, port]) => ({ name: portName, port, protocol })),
});

const CLUSTER = [
  service('postgres', { ports: [{ name: 'sql', port: 5432, targetPort: 5433 }] }),
  slice('postgres', 'TCP', [['sql', 5433]]),
  service('empty', { ports: [{ port: 5432 }] }),
  service('dns', {
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
  }),
  slice('dns', 'UDP', [['dns', 1053]]),
  slice('dns', 'TCP', [['dns-tcp', 1054]]),
  service('far', { type: 'ExternalName', externalName: 'db.example.com', ports: [{ name: 'sql', port: 5432 }] }),
  service('bare', { type: 'ExternalName', externalName: 'db.example.com' }),
];

interface Told {
  readonly tcp?: Readonly<Record<string, string>>;
  readonly udp?: Readonly<Record<string, string>>;
  readonly objects?: readonly KubernetesObject[];
  readonly options?: Readonly<Record<string, string>>;
}

function clusterOf({ tcp = {}, udp = {}, objects = [], options = FLAGS }: Told): NetworkModel {
  const rules = ingressCluster('a : foo.com Prefix / -> web');
  return modelOf([...rules, ...CLUSTER, configMap('tcp', tcp), configMap('udp', udp), ...objects], {
    ingress: { controllers: [{ class: 'c', dialect: 'ingress-nginx', options }] },
  });
}

/** `ROUTED postgres 10.1.0.5:5433`, or the verdict and the last step. */
function connect(told: Told, url: string): string {
  const [, scheme, host = '', port] = /^(tcp|udp|tls):\/\/([^:]+):(\d+)$/.exec(url) ?? [];
  if (scheme !== 'tcp' && scheme !== 'udp' && scheme !== 'tls') throw new Error(url);
  const connection = { scheme, host, sni: scheme === 'tls' ? host : undefined } as const;
  const answer = routeConnection(clusterOf(told), connection, Number(port), THROUGH);
  if (!answer.ok) return `${answer.error.kind}: ${answer.error.message}`;
  const { verdict, result, evidence } = answer.value;
  const [backend] = result.backends;
  const [endpoint] = backend?.endpoints ?? [];
  if (!backend || !endpoint) return `${verdict}: ${evidence.at(-1)?.message ?? ''}`;
  return `${verdict} ${backend.service} ${endpoint.address}:${endpoint.port}`;
}

/** kubernetes/ingress-nginx `internal/ingress/controller/controller.go`, `getStreamServices`; `docs/user-guide/exposing-tcp-udp-services.md`. */
describe('connections through ingress-nginx', () => {
  it.each<[tcp: string, expected: string]>([
    // by the number or the name of the Service's own port
    ['db/postgres:5432', 'ROUTED postgres 10.1.0.5:5433'],
    ['db/postgres:sql', 'ROUTED postgres 10.1.0.5:5433'],
    ['db/postgres:5432:PROXY', 'ROUTED postgres 10.1.0.5:5433'],
    ['db/postgres:5432::proxy', 'ROUTED postgres 10.1.0.5:5433'],
    ['db/dns:53', 'ROUTED dns 10.1.0.5:1054'],
    ['db/far:5432', 'ROUTED far db.example.com:5432'],
    // never by its target port, nor by one of another protocol
    ['db/postgres:5433', 'Service db/postgres has no port 5433'],
    ['db/dns:dns', 'Service db/dns has no port named `dns`'],
    // "stream services cannot contain empty upstreams": nginx does not listen
    ['db/empty:5432', 'Service db/empty has 0 ready endpoints'],
    ['db/bare:5432', 'the controller makes no endpoint of its name and port'],
    ['db/missing:5432', 'Service db/missing does not exist'],
    ['db/postgres', '`db/postgres` is not `namespace/service:port`'],
    ['postgres:5432', '`postgres:5432` is not `namespace/service:port`'],
    ['db/postgres/x:5432', '`db/postgres/x:5432` is not `namespace/service:port`'],
  ])('%s', (value, expected) => {
    const answer = connect({ tcp: { '9000': value } }, 'tcp://foo.com:9000');
    if (expected.startsWith('ROUTED')) expect(answer).toBe(expected);
    else expect(answer).toMatch(/^CONNECTION_REFUSED: nginx does not listen at TCP port 9000: ConfigMap ingress-nginx\/tcp names it, but /);
    expect(answer).toContain(expected);
  });

  it('are told from packets', () => {
    const told = { tcp: { '53': 'db/dns:53' }, udp: { '53': 'db/dns:53', '54': 'db/dns:dns-tcp', '55': 'db/dns:53:PROXY' } };
    expect(connect(told, 'tcp://foo.com:53')).toBe('ROUTED dns 10.1.0.5:1054');
    expect(connect(told, 'udp://foo.com:53')).toBe('ROUTED dns 10.1.0.5:1053');
    expect(connect(told, 'udp://foo.com:54')).toContain('Service db/dns has no port named `dns-tcp`');
    // "Proxy Protocol is only compatible with TCP Services"
    const packets = routeConnection(clusterOf(told), { scheme: 'udp', host: 'foo.com', sni: undefined }, 55, THROUGH);
    expect(packets.ok && [packets.value.verdict, packets.value.assumptions]).toEqual(['ROUTED', []]);
  });

  it.each([
    ['80', '80', 'reserved'],
    ['8181', '8181', 'reserved'],
    ['10247', '10247', 'reserved'],
    ['sql', '9000', 'does not name it'],
    ['9.000', '9000', 'does not name it'],
  ])('never come to a port of the controller itself, or to what is no number: %s', (key, port, why) => {
    expect(connect({ udp: { [key]: 'db/dns:53' } }, `udp://foo.com:${port}`)).toContain(why);
  });

  it('come to ports that are reserved only where flags do not say otherwise', () => {
    const udp = { '8443': 'db/dns:53', '443': 'db/dns:53' };
    const options = { ...FLAGS, 'https-port': '8443' };
    expect(connect({ udp, options }, 'udp://foo.com:443')).toBe('ROUTED dns 10.1.0.5:1053');
    expect(connect({ udp, options }, 'udp://foo.com:8443')).toContain('port 8443 is reserved for the controller itself');
  });

  it('come to the port that the Service in front of the controller leads to', () => {
    const front = service(
      'front',
      { type: 'LoadBalancer', ports: [{ name: 'sql', port: 5432, targetPort: 9000 }] },
      { 'app.kubernetes.io/name': 'ingress-nginx' },
    );
    expect(connect({ tcp: { '9000': 'db/postgres:sql' }, objects: [front] }, 'tcp://foo.com:5432')).toBe('ROUTED postgres 10.1.0.5:5433');
  });

  /** Helm chart `templates/controller-service.yaml`: its selector is that of the pods of one release. */
  it('come by the Services of the controller of their class where several run', () => {
    const release = (name: string, controller: string, targetPort: number): readonly KubernetesObject[] => {
      const labels = { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/instance': name };
      const args = ['/nginx-ingress-controller', `--controller-class=${controller}`];
      const container = { name: 'controller', image: 'registry.k8s.io/ingress-nginx/controller:v1.12.0', args };
      return [
        service(name, { selector: labels, ports: [{ name: 'sql', port: 5432, targetPort }] }, labels),
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: `${name}-0`, namespace: 'db', labels },
          spec: { containers: [container] },
          status: { podIP: `10.9.0.${targetPort % 250}`, phase: 'Running' },
        },
      ];
    };
    const tcp = { '9000': 'db/postgres:sql', '9001': 'db/dns:53' };
    const both = [...release('own', 'example.com/ingress', 9000), ...release('other', 'example.com/other', 9001)];
    for (const objects of [both, both.toReversed()])
      expect(connect({ tcp, objects }, 'tcp://foo.com:5432')).toBe('ROUTED postgres 10.1.0.5:5433');
    // whose Services they are is not told, and they disagree
    const services = both.filter(({ kind }) => kind === 'Service');
    expect(connect({ tcp, objects: services }, 'tcp://foo.com:5432')).toContain('nginx does not listen at TCP port 5432');
  });

  it('are requests, or TLS of which nothing more is known, where they come to such a port', () => {
    const told = { tcp: { '9000': 'db/postgres:sql' } };
    expect(connect(told, 'tls://foo.com:9000')).toBe('ROUTED postgres 10.1.0.5:5433');
    const model = clusterOf(told);
    const asked = (url: string) => {
      const answer = route(model, { request: requestFor(url), ...THROUGH });
      return answer.ok && [answer.value.verdict, answer.value.result.backends[0]?.service, answer.value.result.certificate];
    };
    expect(asked('http://foo.com:9000/x')).toEqual(['ROUTED', 'postgres', null]);
    expect(asked('https://foo.com:9000/x')).toEqual(['ROUTED', 'postgres', null]);
    expect(asked('http://foo.com:9001/x')).toEqual(['ROUTED', 'web', null]);
  });

  it('are taken to begin with a header of the PROXY protocol where it is decoded', () => {
    const model = clusterOf({ tcp: { '1': 'db/postgres:sql:Proxy', '2': 'db/postgres:sql::proxy', '3': 'db/postgres:sql:PROXY:PROXY:x' } });
    const codes = [1, 2, 3].map((port) => {
      const answer = routeConnection(model, { scheme: 'tcp', host: 'foo.com', sni: undefined }, port, THROUGH);
      if (!answer.ok) throw new Error(answer.error.message);
      const sends = answer.value.evidence.some(({ message }) => message.includes('behind a header of the PROXY protocol'));
      return [...answer.value.assumptions.map(({ code }) => code), sends];
    });
    expect(codes).toEqual([['PROXY_PROTOCOL_ASSUMED', false], [true], ['PROXY_PROTOCOL_ASSUMED', false]]);
  });

  it('are requests at the ports of http and https, and refused at every other', () => {
    expect(connect({}, 'tcp://foo.com:80')).toMatch(/^invalid-request: /);
    expect(connect({}, 'tcp://foo.com:9000')).toBe(
      'CONNECTION_REFUSED: nginx does not listen at TCP port 9000: ConfigMap ingress-nginx/tcp does not name it',
    );
    const elsewhere = { ...FLAGS, 'tcp-services-configmap': 'ingress-nginx/other' };
    expect(connect({ options: elsewhere }, 'tcp://foo.com:9000')).toContain('there is no ConfigMap ingress-nginx/other');
    const { 'udp-services-configmap': udp } = FLAGS;
    expect(connect({ options: { 'udp-services-configmap': udp } }, 'tcp://foo.com:9000')).toContain(
      '`--tcp-services-configmap` is not told',
    );
  });

  // nginx `ngx_inet.c`, `ngx_parse_inet_url`: "invalid port"; before 1.25.5 `ngx_stream_core_module.c`, `ngx_stream_core_listen`: "duplicate \"%V\" address and port pair"
  it.each<[tcp: Readonly<Record<string, string>>, why: string, version?: string]>([
    [{ '70000': 'db/postgres:sql' }, '`listen 70000` is no port'],
    [{ '0': 'db/postgres:sql' }, '`listen 0` is no port'],
    [{ '9000': 'db/postgres:sql', '09000': 'db/postgres:sql' }, 'port 9000 is listened at twice, for `9000` and `09000`', '1.10.1'],
  ])('break the configuration of everybody: %j', (tcp, why, version = '') => {
    const model = clusterOf({ tcp, options: { ...FLAGS, version } });
    const answer = route(model, { request: requestFor('http://foo.com/'), ...THROUGH });
    expect(answer.ok && answer.value.verdict).toBe('UNDEFINED');
    expect(answer.ok && answer.value.evidence.find(({ reason }) => reason === 'CONFIGURATION_REJECTED')?.message).toContain(why);
  });

  /**
   * nginx 1.25.5 `ngx_stream.c`, `ngx_stream_add_addresses`: several servers of one address, of which the first takes what names none; the README of ingress-nginx, "Supported Versions table": it is in
   * the controller since 1.10.2; `getStreamServices` goes through `configmap.Data`, a map of Go.
   */
  it.each(['', '1.10.2', '1.13.0'])('may go to either of two entries of one port, which break nothing else: version `%s`', (version) => {
    const model = clusterOf({ tcp: { '9000': 'db/postgres:sql', '09000': 'db/dns:53' }, options: { ...FLAGS, version } });
    const answer = routeConnection(model, { scheme: 'tcp', host: 'foo.com', sni: undefined }, 9000, THROUGH);
    if (!answer.ok) throw new Error(answer.error.message);
    const { verdict, result } = answer.value;
    expect([verdict, result.unspecified.map(({ code }) => code)]).toEqual(['UNDEFINED', ['PRIORITY_TIE']]);
    expect(result.possibilities.map(({ pointer, backends }) => [pointer, backends[0]?.service])).toEqual([
      ['/data/9000', 'postgres'],
      ['/data/09000', 'dns'],
    ]);
    const web = route(model, { request: requestFor('http://foo.com/'), ...THROUGH });
    expect(web.ok && web.value.verdict).toBe('ROUTED');
    const { rules } = lintRoutes(model, { class: 'c', states: ['undecided'] });
    expect(rules.map(({ pointer }) => pointer)).toEqual(['/data/9000', '/data/09000']);
    expect(connect({ tcp: { '9000': 'db/postgres:sql', '09000': 'db/postgres:5432' } }, 'tcp://foo.com:9000')).toMatch(/^ROUTED postgres /);
  });

  it('break nothing where nginx would not listen', () => {
    const tcp = { '70000': 'db/empty:5432', '9000': 'db/missing:1', '09000': 'db/postgres:sql' };
    expect(connect({ tcp }, 'tcp://foo.com:9000')).toBe('ROUTED postgres 10.1.0.5:5433');
  });
});

describe('the lint of ports of ingress-nginx', () => {
  it('says which of them nginx does not listen for', () => {
    const tcp = {
      '9000': 'db/postgres:sql',
      '9001': 'db/missing:sql',
      '9002': 'db/postgres:5433',
      '9003': 'db/empty:5432',
      '8181': 'db/postgres:sql',
    };
    const { findings, rules } = lintRoutes(clusterOf({ tcp }), { class: 'c', states: ['live'] });
    const own = findings.filter(({ object }) => object.kind === 'ConfigMap').map(({ code, pointer }) => `${code} ${pointer}`);
    expect(own).toEqual([
      'ING-SERVICE-MISSING /data/9001',
      'ING-PORT-MISSING /data/9002',
      'ING-RULE-IGNORED /data/8181',
      'ING-NO-ENDPOINTS /data/9003',
    ]);
    const states = rules.filter(({ object }) => object.kind === 'ConfigMap').map(({ state, path }) => `${path} ${state}`);
    expect(states).toContain('TCP 9000 live');
    const broken = lintRoutes(clusterOf({ tcp: { ...tcp, '70000': 'db/postgres:sql' } }), { class: 'c' }).rules;
    expect(broken.find(({ pointer }) => pointer === '/data/9000')?.state).toBe('undecided');
  });
});

/** gateway-api `apis/v1/tcproute_types.go`, `udproute_types.go`: what replaces the ConfigMaps where they are not forgotten, as ingress2gateway does. */
describe('ports of ingress-nginx, and the Gateway that is meant to replace them', () => {
  const fromAll = { allowedRoutes: { namespaces: { from: 'All' } } };
  const stream = (kind: string, section: string, port: number, name = 'dns') =>
    gatewayObject(kind, 'db/r', {
      parentRefs: [{ name: 'gw', namespace: 'shop', sectionName: section }],
      rules: [{ backendRefs: [{ name, port }] }],
    });
  const listeners = gateway([
    listener('tcp', { port: 5300, protocol: 'TCP', ...fromAll }),
    listener('udp', { port: 5300, protocol: 'UDP', ...fromAll }),
    listener('other', { port: 5301, protocol: 'TCP', ...fromAll }),
  ]);
  const both = [stream('TCPRoute', 'tcp', 53), stream('UDPRoute', 'udp', 53)];
  const told = { tcp: { '5300': 'db/dns:53' }, udp: { '5300': 'db/dns:53' } };

  it.each<[what: string, routes: readonly KubernetesObject[], expected: readonly string[]]>([
    ['all of them', both, []],
    ['one is forgotten', both.slice(0, 1), ['udp: status']],
    ['another Service', [stream('TCPRoute', 'tcp', 5432, 'postgres'), ...both.slice(1)], ['tcp: backend']],
  ])('are compared: %s', (_, routes, expected) => {
    const model = clusterOf({ ...told, objects: [...listeners, ...routes] });
    const { result } = diffRoutes({ a: model, b: model }, { a: classSide('ingress-nginx'), b: gatewaySide() });
    const lines = differenceLines(result).filter((line) => /^GET (tcp|udp):/.test(line));
    expect(lines.map((line) => line.replace(/^GET (tcp|udp):.*: (\w+);.*$/, '$1: $2'))).toEqual(expected);
  });
});
