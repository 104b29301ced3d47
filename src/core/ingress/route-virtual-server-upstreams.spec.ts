import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes, ruleLine } from '../../../test/support/route-lint.js';
import { ask, line, object, OTHERS, server, to } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const URL = 'http://foo.com/';
/** Service `v` of namespace `u`, with a ready pod of each version. */
const VERSIONS: readonly KubernetesObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'v', namespace: 'u' },
    spec: { selector: { app: 'v' }, ports: [{ port: 80, targetPort: 8080 }] },
  },
  ...['v1', 'v2'].map((version, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: version, namespace: 'u', labels: { app: 'v', version } },
    spec: { containers: [{ name: 'c', image: 'c' }] },
    status: {
      phase: 'Running',
      podIP: `10.9.0.${index + 1}`,
      podIPs: [{ ip: `10.9.0.${index + 1}` }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  })),
];
const upstream = (more: JsonObject) => [
  server('s', [to('/', 'x')], { upstreams: [{ name: 'x', service: 'u/v', port: 80, ...more }] }),
  ...VERSIONS,
];
const endpoints = (objects: readonly KubernetesObject[]) =>
  ask(objects, URL).result.backends.flatMap((one) => [`${one.namespace}/${one.service}`, ...one.endpoints.map(({ pod }) => pod)]);

/** nginx/kubernetes-ingress `ParseServiceReference`, `getEndpointsForSubselector`. */
describe('upstreams', () => {
  it('may be Services of other namespaces, and parts of their endpoints', () => {
    expect(endpoints(upstream({}))).toEqual(['u/v', 'u/v1', 'u/v2']);
    expect(endpoints(upstream({ subselector: { version: 'v2' } }))).toEqual(['u/v', 'u/v2']);
    expect(line(upstream({ subselector: { version: 'v3' } }), URL)).toBe('NO_ENDPOINTS v=1 502');
  });

  /** `validateBackup`, `backup` of nginx-plus.virtualserver.tmpl: the template of nginx without Plus has none. */
  it('have one that stands behind them', () => {
    const backup = { backup: 'v', backupPort: 80 };
    const behind = (service: string, more: JsonObject = {}) => upstream({ service, ...backup, ...more });
    expect(endpoints(behind('u/gone'))).toEqual(['u/v', 'u/v1', 'u/v2']);
    expect(endpoints(behind('u/v', { subselector: { version: 'v1' } }))).toEqual(['u/v', 'u/v1']);
    expect(line(behind('u/gone', { backupPort: 81 }), URL)).toBe('SERVICE_MISSING 502');
    const step = ask(behind('u/gone'), URL).evidence.find(({ reason }) => reason === 'BACKUP_SERVES');
    expect(step?.pointer).toBe('/spec/upstreams/0');
    expect(ask(behind('u/gone'), URL).assumptions.map(({ code }) => code)).toEqual(['NGINX_PLUS_ASSUMED']);
  });

  /** `validateUpstreams`, `validateVirtualServerServiceName`. */
  it('are refused where they are not named rightly', () => {
    expect(line(upstream({ service: 'u/v/w' }), URL)).toBe('NOT_FOUND 404');
    const twice = [1, 2].map(() => ({ name: 'x', service: 'a', port: 80 }));
    expect(line([server('s', [to('/', 'x')], { upstreams: twice })], URL)).toBe('NOT_FOUND 404');
  });

  const spoken = (objects: readonly KubernetesObject[]) =>
    ask(objects, URL).result.backends.map(({ protocol, tls }) => ({ protocol, tls }))[0];

  /** `generateProxyPass`, `generateGRPCPass`; nginx `proxy_ssl_server_name` is off by default. */
  it('are spoken to by TLS or gRPC', () => {
    expect(spoken(upstream({}))).toEqual({ protocol: 'HTTP', tls: null });
    const plain = { sni: null, policy: null, names: [], clientCertificate: null };
    expect(spoken(upstream({ tls: { enable: true } }))).toEqual({ protocol: 'HTTP', tls: plain });
    expect(spoken(upstream({ type: 'grpc', tls: { enable: true } }))).toEqual({ protocol: 'GRPC', tls: plain });
  });

  /** `addEgressMTLSConfig`: the name is `$proxy_host`, the upstream's in the configuration (`NewUpstreamNamerForVirtualServer`). */
  it('are shown a certificate, and checked, as a policy of `egressMTLS` says', () => {
    const [first, ...others] = upstream({ tls: { enable: true } });
    const [one] = [first].flatMap((object_) => object_ ?? []);
    const used = { ...one, spec: { ...(one?.spec as JsonObject), policies: [{ name: 'egress' }] } } as KubernetesObject;
    const egress = (spec: JsonObject) => spoken([used, ...others, object('Policy', 'egress', { egressMTLS: spec })])?.tls;
    expect(egress({ tlsSecret: 'client', verifyServer: true, trustedCertSecret: 'ca', serverName: true, sslName: 'v.u.svc' })).toEqual({
      sni: 'v.u.svc',
      policy: 'Policy t/egress',
      names: ['v.u.svc'],
      clientCertificate: 't/client',
    });
    expect(egress({ serverName: true })).toMatchObject({ sni: 'vs_t_s_x', names: [] });
    // "must be set when verifyServer is 'true'" (`validateEgressMTLS`)
    expect(line([used, ...others, object('Policy', 'egress', { egressMTLS: { verifyServer: true } })], URL)).toBe('REFUSED 500');
  });
});

/** `buildListenersForVSConfiguration`, `makeListener`: ports of its own take the place of 80 and 443. */
describe('listeners of the GlobalConfiguration', () => {
  const listeners = [
    { name: 'http-8083', port: 8083, protocol: 'HTTP' },
    { name: 'https-8443', port: 8443, protocol: 'HTTP', ssl: true },
    { name: 'tcp', port: 5353, protocol: 'TCP' },
  ];
  const CONFIGURATION = object('GlobalConfiguration', 'nginx', { listeners });
  const own = (listener: JsonObject, more: JsonObject = {}) => [server('s', [to('/', 'a')], { listener, ...more }), CONFIGURATION];
  const TLS = { tls: { secret: 'cert' } };

  it.each<[what: string, objects: readonly KubernetesObject[], url: string, expected: string]>([
    ['has its own', own({ http: 'http-8083' }), 'http://foo.com:8083/', 'ROUTED a=1'],
    ['has none but its own', own({ http: 'http-8083' }), 'http://foo.com/', 'NOT_FOUND 404'],
    ['has the usual ones', [server('s', [to('/', 'a')]), CONFIGURATION], 'http://foo.com/', 'ROUTED a=1'],
    ['has none of others', [server('s', [to('/', 'a')]), CONFIGURATION], 'http://foo.com:8083/', 'NOT_FOUND 404'],
    ['for https too', own({ http: 'http-8083', https: 'https-8443' }, TLS), 'https://foo.com:8443/', 'ROUTED a=1'],
    ['for https with a certificate alone', own({ https: 'https-8443' }), 'https://foo.com:8443/', 'NOT_FOUND 404'],
    ['not by the port of http', own({ http: 'http-8083', https: 'https-8443' }, TLS), 'https://foo.com:8083/', 'NOT_FOUND 404'],
    // "Listener … can't be use in `listener.http` context as SSL is enabled for that listener"
    ['not with TLS as http', own({ http: 'https-8443' }), 'http://foo.com:8443/', 'NOT_FOUND 404'],
    ['of protocol HTTP alone', own({ http: 'tcp' }), 'http://foo.com:5353/', 'NOT_FOUND 404'],
    ['that are there', own({ http: 'gone' }), 'http://foo.com/', 'NOT_FOUND 404'],
    // "Listeners defined, but no GlobalConfiguration is deployed"
    ['without GlobalConfiguration', [server('s', [to('/', 'a')], { listener: { http: 'http-8083' } })], 'http://foo.com/', 'NOT_FOUND 404'],
    [
      'of several GlobalConfigurations',
      [...own({ http: 'http-8083' }), object('GlobalConfiguration', 'other', { listeners: [] })],
      'http://foo.com:8083/',
      'UNDEFINED ? NOT_EVALUATED',
    ],
    [
      'leave the host to a wildcard elsewhere',
      [...own({ http: 'http-8083' }), server('w', [to('/', 'b')], { host: '*.com' })],
      'http://foo.com/',
      'ROUTED b=1',
    ],
  ])('%s: %s', (_what, objects, url, expected) => {
    expect(line(objects, url)).toBe(expected);
  });

  /** ngx_http_core_module, `listen`: without `default_server` "the first server with the address:port pair will be the default server for this pair"; files are read in the order of their names. */
  it('give what comes for another name to the first server there', () => {
    const at = (name: string, host: string, upstream: string) =>
      server(name, [to('/', upstream)], { host, listener: { http: 'http-8083' } });
    const both = [at('s-2', 'foo.com', 'a'), at('s', 'bar.com', 'b'), CONFIGURATION];
    expect(line(both, 'http://bar.com:8083/')).toBe('ROUTED b=1');
    // `vs_t_s-2.conf` is before `vs_t_s.conf`
    expect(line(both, 'http://other.com:8083/')).toBe('ROUTED a=1');
    expect(ask(both, 'http://other.com:8083/').warnings.map(({ code }) => code)).toEqual(['DEFAULT_SERVER']);
    // 80 has the default server of the controller
    expect(line(both, 'http://other.com/')).toBe('NOT_FOUND 404');
  });

  it('are in the requests that route-lint shows', () => {
    const { rules } = lintRoutes(modelOf([...OTHERS, ...own({ http: 'http-8083' })]));
    expect(rules.map(ruleLine)).toEqual(['s / live GET http://foo.com:8083/']);
  });

  /** `getValidListeners` of `validation/globalconfiguration.go`: those that are wrong are left out, the others stay. */
  it('are left out one by one', () => {
    const with_ = (...more: readonly JsonObject[]) => [
      server('s', [to('/', 'a')], { listener: { http: 'second' } }),
      object('GlobalConfiguration', 'nginx', { listeners: [{ name: 'first', port: 8083, protocol: 'HTTP' }, ...more] }),
    ];
    const second = { name: 'second', port: 8084, protocol: 'HTTP' };
    expect(line(with_(second), 'http://foo.com:8084/')).toBe('ROUTED a=1');
    expect(line(with_({ ...second, port: 8083 }), 'http://foo.com:8083/')).toBe('NOT_FOUND 404');
    expect(line(with_({ ...second, port: 8083, ipv4: '10.0.0.1', ipv6: 'fd00::1' }), 'http://foo.com:8083/')).toBe('ROUTED a=1');
    // `forbiddenListenerPorts` of `cmd/nginx-ingress/main.go`
    expect(line(with_({ ...second, port: 80 }), 'http://foo.com/')).toBe('NOT_FOUND 404');
    // one that is left out takes no place
    const left = { name: 'left', port: 8083, protocol: 'HTTP', ipv6: 'fd00::1' };
    expect(line(with_(left, { ...second, port: 8083, ipv4: '10.0.0.1', ipv6: 'fd00::1' }), 'http://foo.com:8083/')).toBe('ROUTED a=1');
    expect(line(with_({ ...second, protocol: 'SCTP' }), 'http://foo.com:8084/')).toBe('NOT_FOUND 404');
    expect(line(with_({ name: 'second', port: 8083, protocol: 'UDP' }, second), 'http://foo.com:8084/')).toBe('NOT_FOUND 404');
  });
});

/** `generateSSLConfig`, `addSSLConfig`: a Secret that is missing or of another type is `ssl_reject_handshake`. */
describe('TLS of a host', () => {
  const secret = (name: string, type: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 't' },
    type,
  });
  const secure = server('s', [to('/', 'a')], { tls: { secret: 'cert' } });

  it.each<[what: string, secrets: readonly KubernetesObject[], expected: string]>([
    ['its Secret', [secret('cert', 'kubernetes.io/tls')], 'ROUTED a=1'],
    ['no Secret of the name', [secret('other', 'kubernetes.io/tls')], 'CONNECTION_REFUSED'],
    ['a Secret of another type', [secret('cert', 'Opaque')], 'CONNECTION_REFUSED'],
    ['no Secret stored at all', [], 'ROUTED a=1'],
  ])('%s', (_what, secrets, expected) => {
    expect(line([secure, ...secrets], 'https://foo.com/')).toBe(expected);
  });
});
