import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes, ruleLine } from '../../../test/support/route-lint.js';
import { ask, header, line, object, OTHERS, server, to } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

/** The controller as it runs for class `f5`, with flags. */
const running = (...args: readonly string[]): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'nginx-ingress', namespace: 'edge' },
  spec: {
    selector: { matchLabels: { app: 'nginx-ingress' } },
    template: {
      metadata: { labels: { app: 'nginx-ingress' } },
      spec: { containers: [{ name: 'main', image: 'nginx/nginx-ingress:5.4.0', args: ['-ingress-class=f5', ...args] }] },
    },
  },
});
const ingress = (annotations: JsonObject, tls: readonly JsonObject[] = []): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'i', namespace: 't', creationTimestamp: '2026-01-01T00:00:00Z', annotations },
  spec: {
    ingressClassName: 'f5',
    tls: [...tls],
    rules: [
      {
        host: 'foo.com',
        http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } }] },
      },
    ],
  },
});
const secret = (name: string, namespace: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  type: 'kubernetes.io/tls',
});
const PASSING = object('TransportServer', 'p', {
  ingressClassName: 'f5',
  host: 'x.com',
  listener: { name: 'tls-passthrough', protocol: 'TLS_PASSTHROUGH' },
  upstreams: [{ name: 'a', service: 'a', port: 80 }],
  action: { pass: 'a' },
});

const policyOf = (namespace: string) => object('Policy', 'p', { cors: { allowOrigin: ['*'] } }, { namespace });
const URL = 'http://foo.com/';

/** nginx/kubernetes-ingress `cmd/nginx-ingress/flags.go`: what is on without a flag, and what is not. */
describe('a controller of NGINX Inc. that runs in the cluster', () => {
  it('passes TLS through where it is told to', () => {
    expect(line([PASSING, running('-enable-tls-passthrough')], 'https://x.com/')).toBe('ROUTED a=1');
    expect(ask([PASSING, running('-enable-tls-passthrough=true')], 'https://x.com/').assumptions).toEqual([]);
    expect(line([PASSING, running('-default-server-tls-secret=edge/default')], 'https://x.com/')).toBe('NOT_FOUND 404');
    const { rules, findings } = lintRoutes(modelOf([...OTHERS, PASSING, running('-enable-tls-passthrough=false')]));
    expect(rules.map(ruleLine)).toEqual(['p TLS_PASSTHROUGH tls-passthrough unreachable']);
    expect(findings.map(({ code, message }) => [code, message])).toEqual([
      ['ING-INVALID', 'the controller runs without `-enable-tls-passthrough`'],
    ]);
  });

  /** `internal/k8s/validation_test.go`: "annotation requires NGINX Plus", "annotation requires AppProtect", "invalid load balancing method", "must be a boolean". */
  it.each<[annotation: string, value: string, ...flags: string[]]>([
    ['nginx.com/slow-start', '60s', '-nginx-plus'],
    ['nginx.com/jwt-key', 'my-jwk', '-nginx-plus'],
    ['nginx.org/lb-method', 'least_time header', '-nginx-plus'],
    ['nginx.org/server-tokens', 'custom_setting', '-nginx-plus'],
    ['appprotect.f5.com/app-protect-enable', 'true', '-nginx-plus', '-enable-app-protect'],
    ['appprotectdos.f5.com/app-protect-dos-resource', 'dos', '-nginx-plus', '-enable-app-protect-dos'],
  ])('refuses `%s` %s without %s', (annotation, value, ...flags) => {
    expect(line([ingress({ [annotation]: value }), running()], URL)).toBe('NOT_FOUND 404');
    const asked = (told: readonly string[]) => line([ingress({ [annotation]: value }), running(...told)], URL);
    expect([asked(flags), asked(flags.slice(1))]).toEqual(['ROUTED a=1', 'NOT_FOUND 404']);
  });

  /** `validateSnippets`, `validateSnippetsAnnotation`: "snippet specified but snippets feature is not enabled". */
  it('refuses snippets where it is not told to take them', () => {
    const snippet = ingress({ 'nginx.org/location-snippets': 'deny all;' });
    expect(line([snippet, running('--enable-snippets=true')], 'http://foo.com/')).toBe('UNDEFINED ? SNIPPET_NOT_EVALUATED');
    expect(line([snippet, running()], 'http://foo.com/')).toBe('NOT_FOUND 404');
    const virtual = server('s', [to('/', 'a', { 'location-snippets': 'deny all;' })]);
    expect(line([virtual, running('-enable-snippets')], 'http://foo.com/')).toBe('UNDEFINED ? SNIPPET_NOT_EVALUATED');
    expect(line([virtual, running()], 'http://foo.com/')).toBe('NOT_FOUND 404');
  });

  it('reads the GlobalConfiguration that it is told of, and none without', () => {
    const configuration = (name: string, port: number) =>
      object('GlobalConfiguration', name, { listeners: [{ name: 'http', port, protocol: 'HTTP' }] });
    const objects = [configuration('one', 8081), configuration('two', 8082), server('s', [to('/', 'a')], { listener: { http: 'http' } })];
    const asked = (port: number, ...flags: readonly string[]) => line([...objects, running(...flags)], `http://foo.com:${port}/`);
    expect([asked(8081, '-global-configuration=t/two'), asked(8082, '-global-configuration', 't/two')]).toEqual([
      'NOT_FOUND 404',
      'ROUTED a=1',
    ]);
    expect(asked(8082)).toBe('NOT_FOUND 404');
  });

  /** `addSSLConfig`, `generateSSLConfig` (`TestGenerateNginxCfgWithWildcardTLSSecret` of `internal/configs/ingress_test.go`). */
  it('ends the TLS of hosts that name no Secret with its own, or not at all', () => {
    const own = running('-wildcard-tls-secret=$(POD_NAMESPACE)/wild');
    const unnamed = ingress({}, [{ hosts: ['foo.com'] }]);
    expect(line([unnamed, secret('wild', 'edge'), own], 'https://foo.com/')).toBe('ROUTED a=1');
    expect(line([unnamed, running()], 'https://foo.com/')).toBe('CONNECTION_REFUSED');
    expect(line([unnamed], 'https://foo.com/')).toBe('CONNECTION_REFUSED');
    expect(line([unnamed, secret('other', 'edge'), own], 'https://foo.com/')).toBe('CONNECTION_REFUSED');
    const virtual = server('s', [to('/', 'a')], { tls: {} });
    expect(line([virtual, secret('wild', 'edge'), own], 'https://foo.com/')).toBe('ROUTED a=1');
    // without it a VirtualServer has no TLS, and the default server answers
    expect(line([virtual, running('-default-server-tls-secret=edge/default')], 'https://foo.com/')).toBe('NOT_FOUND 404');
  });

  /** docs.nginx.com "Command-line arguments", `-default-server-tls-secret`: without it, and without a file of its own, it is configured "to reject TLS connections to the default server". */
  it('refuses the TLS of whatever has no server, unless its default server has a certificate', () => {
    const objects = [server('s', [to('/', 'a')])];
    const asked = (url: string, ...all: readonly KubernetesObject[]) => line([...objects, ...all], url);
    const known = running('-default-server-tls-secret=edge/default');
    for (const url of ['https://foo.com/', 'https://bar.com/'])
      expect([asked(url, running()), asked(url, known), asked(url)]).toEqual(['CONNECTION_REFUSED', 'NOT_FOUND 404', 'NOT_FOUND 404']);
    expect(asked('http://bar.com/', running())).toBe('NOT_FOUND 404');
  });

  /** The same, `-watch-secret-namespace`: "Comma separated list of namespaces the Ingress Controller should watch for secrets." */
  it('knows no Secrets but those of the namespaces that it reads for them', () => {
    const asked = (...flags: readonly string[]) => {
      const guard = object('Policy', 'p', { basicAuth: { secret: 'users' } });
      const tls = ingress({}, [{ hosts: ['foo.com'], secretName: 'own' }]);
      return [
        line([tls, secret('own', 't'), running(...flags)], 'https://foo.com/'),
        line([tls, running(...flags)], 'https://foo.com/'),
        line([server('s', [to('/', 'a')], { policies: [{ name: 'p' }] }), guard, running(...flags)], URL),
      ];
    };
    expect(asked()).toEqual(['ROUTED a=1', 'ROUTED a=1', 'ROUTED a=1']);
    expect(asked('-watch-secret-namespace=u, t')).toEqual(['ROUTED a=1', 'ROUTED a=1', 'ROUTED a=1']);
    expect(asked('-watch-secret-namespace', 'u')).toEqual(['CONNECTION_REFUSED', 'CONNECTION_REFUSED', 'REFUSED 500']);
    // its own is fetched when it starts
    const own = running('-watch-secret-namespace=u', '-wildcard-tls-secret=edge/wild');
    expect(line([ingress({}, [{ hosts: ['foo.com'] }]), secret('wild', 'edge'), own], 'https://foo.com/')).toBe('ROUTED a=1');
  });

  /** `flags.go`: "Comma separated list of namespaces the Ingress Controller should watch for resources. By default the Ingress Controller watches all namespaces." */
  it('reads objects of the namespaces alone that it watches', () => {
    const objects: readonly [string, KubernetesObject][] = [
      ['http://foo.com/', ingress({})],
      ['http://foo.com/', server('s', [to('/', 'a')])],
      ['https://x.com/', PASSING],
    ];
    for (const [url, one] of objects) {
      const asked = (...flags: readonly string[]) => line([one, running('-enable-tls-passthrough', ...flags)], url);
      expect([asked('-watch-namespace=other,t'), asked('-watch-namespace', 'other'), asked('-watch-namespace=')]).toEqual([
        'ROUTED a=1',
        url.startsWith('https') ? 'CONNECTION_REFUSED' : 'NOT_FOUND 404',
        'ROUTED a=1',
      ]);
    }
    const guarded = [server('s', [to('/', 'a')], { policies: [{ name: 'p', namespace: 'u' }] }), policyOf('u')];
    expect(line([...guarded, running('-watch-namespace=t,u')], 'http://foo.com/')).toBe('ROUTED a=1');
    expect(line([...guarded, running('-watch-namespace=t')], 'http://foo.com/')).toBe('REFUSED 500');
  });

  /** The same: "Configures the Ingress Controller to watch only those namespaces with label foo=bar." */
  it('reads objects of namespaces by their labels', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 't', labels: { team: 'a' } } };
    const asked = (label: string) => line([namespace, server('s', [to('/', 'a')]), running(`-watch-namespace-label=${label}`)], URL);
    expect([asked('team=a'), asked('team=b')]).toEqual(['ROUTED a=1', 'NOT_FOUND 404']);
  });

  /** `gateCheck` of `policyFields`, `rejectPlusResourcesInOSS`, `validateTLSCmFields`, `validateExternalDNS`: "is only supported in NGINX Plus", "must be enabled via cli argument". */
  it('refuses what needs a part of it that is off', () => {
    const asked = (one: readonly KubernetesObject[], ...flags: readonly string[]) => line([...one, running(...flags)], URL);
    const policy = (spec: JsonObject) => [server('s', [to('/', 'a')], { policies: [{ name: 'p' }] }), object('Policy', 'p', spec)];
    const jwt = policy({ jwt: { realm: 'r', secret: 'k' } });
    expect([asked(jwt), asked(jwt, '-nginx-plus'), asked(jwt, '-nginx-plus=false')]).toEqual(['REFUSED 500', 'ROUTED a=1', 'REFUSED 500']);
    expect(ask([...jwt, running('-nginx-plus')], URL).assumptions.map(({ code }) => code)).toEqual(['AUTHENTICATION_PASSED']);
    const waf = policy({ waf: { enable: true } });
    expect([asked(waf, '-nginx-plus'), asked(waf, '-nginx-plus', '-enable-app-protect')]).toEqual(['REFUSED 500', 'ROUTED a=1']);
    const slow = [server('s', [to('/', 'a')], { upstreams: [{ name: 'a', service: 'a', port: 80, 'slow-start': '10s' }] })];
    expect([asked(slow), asked(slow, '-nginx-plus'), line(slow, URL)]).toEqual(['NOT_FOUND 404', 'ROUTED a=1', 'ROUTED a=1']);
    const named = [server('s', [to('/', 'a')], { externalDNS: { enable: true } })];
    expect([asked(named), asked(named, '-enable-external-dns')]).toEqual(['NOT_FOUND 404', 'ROUTED a=1']);
  });

  /** `enableCustomResources`, on by default. */
  it('reads Ingresses alone where it is told to', () => {
    const asked = (one: KubernetesObject, ...flags: readonly string[]) => line([one, running(...flags)], URL);
    const virtual = server('s', [to('/', 'a')]);
    expect([
      asked(virtual),
      asked(virtual, '-enable-custom-resources=false'),
      asked(ingress({}), '-enable-custom-resources=false'),
    ]).toEqual(['ROUTED a=1', 'NOT_FOUND 404', 'ROUTED a=1']);
  });
});

/** `internal/configs/configmaps.go` (`ParseConfigMap`), `annotations.go` (`parseAnnotations`: an Ingress says it itself, or its ConfigMap does), docs.nginx.com "ConfigMap resources". */
describe('the ConfigMap of a controller of NGINX Inc.', () => {
  const config = (data: JsonObject): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'nginx-config', namespace: 'edge' },
    data,
  });
  const TOLD = running('-nginx-configmaps=$(POD_NAMESPACE)/nginx-config', '-default-server-tls-secret=edge/default');
  const told = (data: JsonObject, one: KubernetesObject, url = URL, more = {}) => line([one, TOLD, config(data)], url, more);
  const WITH_TLS = [{ hosts: ['foo.com'], secretName: 'cert' }];
  const TO_HTTPS = 'REDIRECTED 301 = https://foo.com:443/';
  const BY_HTTP = header('X-Forwarded-Proto', 'http');

  it('says whether and how hosts with TLS send clients to https', () => {
    const plain = ingress({}, WITH_TLS);
    expect([told({}, plain), told({ 'ssl-redirect': 'False' }, plain), told({ 'ssl-redirect': 'nope' }, plain)]).toEqual([
      TO_HTTPS,
      'ROUTED a=1',
      TO_HTTPS,
    ]);
    const stated = (name: string) => told({ 'ssl-redirect': 'false' }, ingress({ [name]: 'true' }, WITH_TLS));
    expect([stated('nginx.org/ssl-redirect'), stated('ingress.kubernetes.io/ssl-redirect')]).toEqual([TO_HTTPS, TO_HTTPS]);
    expect(told({ 'http-redirect-code': '308' }, plain)).toBe('REDIRECTED 308 = https://foo.com:443/');
    expect(told({ 'redirect-to-https': 'true' }, ingress({}), URL, BY_HTTP)).toBe('REDIRECTED 301 = https://foo.com/');
    expect(told({ 'redirect-to-https': 'true' }, ingress({ 'nginx.org/redirect-to-https': 'false' }), URL, BY_HTTP)).toBe('ROUTED a=1');
    expect(line([plain, running(), config({ 'ssl-redirect': 'false' })], URL)).toBe(TO_HTTPS);
  });

  it('says what browsers are told about https', () => {
    const { result } = ask([ingress({}, WITH_TLS), TOLD, config({ hsts: 'true', 'hsts-max-age': '60' })], 'https://foo.com/');
    expect(result.backends[0]?.responseHeaders).toEqual([
      { action: 'set', name: 'Strict-Transport-Security', value: 'max-age=60; preload' },
    ]);
  });

  /** "annotation nginx.org/grpc-services requires HTTP2, ignoring" (`generateNginxCfg` of `internal/configs/ingress.go`). */
  it('turns gRPC off without HTTP/2', () => {
    const gRpc = ingress({ 'nginx.org/grpc-services': 'a' }, WITH_TLS);
    const spoken = (data: JsonObject) => ask([gRpc, TOLD, config(data)], 'https://foo.com/').result.backends[0]?.protocol;
    expect([spoken({ http2: 'true' }), spoken({ http2: 'false' })]).toEqual(['GRPC', 'HTTP']);
    expect([told({ http2: 'true' }, gRpc), told({ http2: 'false' }, gRpc)]).toEqual(['NOT_FOUND 404', TO_HTTPS]);
  });

  it.each([
    ['404', 'NOT_FOUND 404'],
    ['403', 'ANSWERED 403'],
    ['200 "hello"', 'ANSWERED 200'],
    ['302 https://nginx.org', 'REDIRECTED 302 = https://nginx.org'],
    ['301 https://nginx.org$request_uri', 'REDIRECTED 301 = https://nginx.org/p'],
    ['https://nginx.org', 'REDIRECTED 302 = https://nginx.org'],
    ['302 https://$unknown', 'UNDEFINED ? VARIABLE_UNKNOWN'],
    // ngx_http_rewrite_module, `return`: "The non-standard code 444 closes a connection without sending a response header."
    ['444', 'CONNECTION_REFUSED'],
    ['302 "https://nginx.org/a b"', 'REDIRECTED 302 = https://nginx.org/a b'],
    // ngx_http_core_module, `absolute_redirect`, and `server_name_in_redirect off`
    ['301 /welcome', 'REDIRECTED 301 = http://x.com/welcome'],
  ])('answers names that nobody has by `default-server-return: %s`', (text, expected) => {
    expect(told({ 'default-server-return': text }, ingress({}), 'http://x.com/p')).toBe(expected);
    expect(told({ 'default-server-return': text }, ingress({}), 'http://foo.com/')).toBe('ROUTED a=1');
  });

  /** `default_server` takes what comes by a scheme for which the server of the name does not listen (ngx_http_core_module, `listen`). */
  it('answers so for a name that is not listened to, and tells why', () => {
    const { evidence, result } = ask([ingress({}), TOLD, config({ 'default-server-return': '444' })], 'https://foo.com/');
    expect(evidence.map(({ reason, message }) => [reason, message])).toContainEqual([
      'CONTROLLER_ANSWERS',
      'nobody ends TLS for `foo.com`, so that nginx listens for it by http alone; the default server answers by `default-server-return` (`444`): nginx closes the connection',
    ]);
    expect(result.nearMisses).toMatchObject([{ reason: 'ENTRY_POINT_OTHER', object: 'Ingress t/i', fix: 'ask by http, or give it TLS' }]);
  });

  /** `{{- if $server.DefaultServerReturn}} location / {` of `internal/configs/version1/nginx.ingress.tmpl`. */
  it('answers so at the paths that an Ingress without host does not have', () => {
    const rule = { http: { paths: [{ path: '/b', pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } }] } };
    const one = ingress({ 'nginx.org/ssl-redirect': 'false' });
    const hostless = { ...one, spec: { ingressClassName: 'f5', rules: [rule] } };
    const taking = running('-allow-empty-ingress-host', '-nginx-configmaps=$(POD_NAMESPACE)/nginx-config');
    const asked = (url: string) => line([hostless, taking, config({ 'default-server-return': '403' })], url);
    expect([asked('http://x.com/b'), asked('http://x.com/c')]).toEqual(['ROUTED a=1', 'ANSWERED 403']);
  });

  /** `generateString(upstream.ClientMaxBodySize, cfgParams.ClientMaxBodySize)` of `internal/configs/virtualserver.go`. */
  it('limits bodies where an Ingress or an upstream does not itself', () => {
    const limits = (one: KubernetesObject) =>
      ask([one, TOLD, config({ 'client-max-body-size': '4m' })], URL)
        .assumptions.filter(({ code }) => code === 'LIMIT_NOT_PLAYED')
        .map(({ message }) => /larger than (\S+)/.exec(message)?.[1]);
    const virtual = (more: JsonObject) => server('s', [to('/', 'a')], { upstreams: [{ name: 'a', service: 'a', port: 80, ...more }] });
    expect(limits(ingress({}))).toEqual(['4m']);
    expect(limits(ingress({ 'nginx.org/client-max-body-size': '2m' }))).toEqual(['2m']);
    expect(limits(virtual({}))).toEqual(['4m']);
    expect(limits(virtual({ 'client-max-body-size': '8k' }))).toEqual(['8k']);
    expect(limits(virtual({ 'client-max-body-size': '0' }))).toEqual([]);
  });
});
