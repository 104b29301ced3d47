import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, type NginxAnnotationsOf, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

type Row = [rules: string, annotations: NginxAnnotationsOf, url: string, expected: string, asked?: AskedNginx];

const ALWAYS = { canary: 'true', 'canary-weight': '100' };
const CANARY = { c: ALWAYS };

/** kubernetes/ingress-nginx `internal/ingress/controller/controller_test.go`, TestMergeAlternativeBackends and TestGetBackendServers. */
const MERGED: Row[] = [
  ['m : foo.com Prefix / -> main ; c : foo.com Prefix / -> canary', CANARY, 'http://foo.com/', 'ROUTED canary'],
  // each host's canary joins the backend of that host
  [
    'm : foo.com Prefix / -> main ; m : bar.com Prefix / -> other ; c : foo.com Prefix / -> canary',
    CANARY,
    'http://bar.com/',
    'ROUTED other',
  ],
  ['m : any Prefix / -> main ; c : any Prefix / -> canary', CANARY, 'http://foo.com/', 'ROUTED canary'],
  // no path is `/` (`store.go`, `syncIngress`)
  ['m : foo.com Prefix / -> main ; c : foo.com Impl -> canary', CANARY, 'http://foo.com/', 'ROUTED canary'],
  ['m : foo.com Prefix / -> main ; c : foo.com Prefix / -> main', CANARY, 'http://foo.com/', 'ROUTED main'],
  // a default backend joins those of the catch-all
  ['m : default -> main ; c : default -> canary', CANARY, 'http://foo.com/', 'DEFAULT_BACKEND canary'],
  ['c : default -> canary', CANARY, 'http://foo.com/', 'NOT_FOUND 404'],
  [
    'c@2026-01-02 : default -> canary ; m@2026-01-03 : default -> main',
    { c: { canary: 'true' } },
    'http://foo.com/',
    'DEFAULT_BACKEND main',
  ],
  // a canary that joins the paths of one host, and not those of another, is taken out of both
  [
    'm : foo.com Prefix / -> main ; c : foo.com Prefix / -> canary ; c : foo.com Prefix /x -> canary',
    CANARY,
    'http://foo.com/',
    'ROUTED main',
  ],
  // … unless the other host is not there at all
  [
    'm : foo.com Prefix / -> main ; c : foo.com Prefix / -> canary ; c : bar.com Prefix /x -> canary',
    CANARY,
    'http://foo.com/',
    'ROUTED canary',
  ],
  // a Service that is the main one of an older Ingress is never a canary: its path becomes a location
  [
    'a1@2026-01-01 : foo.com Prefix /a -> one ; a2@2026-01-02 : foo.com Prefix /a -> two ; b1@2026-01-03 : foo.com Prefix /b -> two ; b2@2026-01-04 : foo.com Prefix /b -> one',
    { a2: ALWAYS, b2: ALWAYS },
    'http://foo.com/b',
    'ROUTED two',
  ],
  // the default backend of a canary makes its Service one of canaries alone, and where it joins nothing takes it away from everybody
  ['m : foo.com Prefix / -> main ; c : default -> main', CANARY, 'http://foo.com/', 'NOT_FOUND 404'],
  ['c@2026-01-01 : default -> main ; m@2026-01-02 : foo.com whole ; m : default -> main', CANARY, 'http://foo.com/', 'REFUSED 503'],
];

/** `internal/ingress/controller/template/template_test.go`, tmplFuncTestcases, by which TestBuildLocation and TestBuildProxyPass go. */
const PROXIED: Row[] = [
  // "invalid redirect / to /": no rewrite, and no expression
  ['a : foo.com Prefix / -> s', { a: { 'rewrite-target': '/' } }, 'http://foo.com/x', 'ROUTED s'],
  // "redirect / to /jenkins": an expression that is open at its end
  ['a : foo.com Prefix / -> s', { a: { 'rewrite-target': '/jenkins' } }, 'http://foo.com/x/y', 'ROUTED s > /jenkins'],
  // "use ~* location modifier when ingress does not use rewrite/regex target but at least one other ingress does": it goes on inside an element, and is not rewritten
  [
    'a : foo.com Prefix /something -> s ; b : foo.com Prefix /there -> t',
    { a: { 'rewrite-target': '/something' }, b: { 'rewrite-target': '/something' } },
    'http://foo.com/SomethingElse',
    'ROUTED s',
  ],
  [
    'a : foo.com Prefix /something -> s ; b : foo.com Prefix /there -> t',
    { a: { 'rewrite-target': '/something' }, b: { 'rewrite-target': '/something' } },
    'http://foo.com/there/x',
    'ROUTED t > /something',
  ],
  // TestGetBackendServers, "not-allowed-snippet": of an Ingress whose snippets are dropped the rest counts
  [
    'a : foo.com Prefix /path1 -> s',
    { a: { 'server-snippet': 'bla', 'configuration-snippet': 'blo', 'whitelist-source-range': '10.0.0.0/24' } },
    'http://foo.com/path1',
    'REFUSED 403',
    { client: '11.0.0.1', options: { 'allow-snippet-annotations': 'false', 'annotations-risk-level': 'Critical' } },
  ],
];

const service = (name: string, spec: object): KubernetesObject =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 't' }, spec }) as KubernetesObject;
const external = (externalName: string, ports: object[] = []) => ({
  objects: [service('out', { type: 'ExternalName', externalName, ports })],
});

/** `serviceEndpoints` of `controller.go`; `endpointslices_test.go`, TestGetEndpointsFromSlices; `test/e2e/servicebackend/service_externalname.go`, `test/e2e/annotations/serviceupstream.go`. */
const BACKENDS: Row[] = [
  ['a : foo.com Prefix / -> web:http', {}, 'http://foo.com/', 'ROUTED web'],
  ['a : foo.com Prefix / -> web:8080', {}, 'http://foo.com/', 'ROUTED web'],
  ['a : foo.com Prefix / -> web:81', {}, 'http://foo.com/', 'PORT_MISSING 503'],
  ['a : foo.com Prefix / -> out', {}, 'http://foo.com/', 'ROUTED out', external('www.google.com')],
  ['a : foo.com Prefix / -> out', {}, 'http://foo.com/', 'ROUTED out', external('10.0.0.1.xip.io.')],
  ['a : foo.com Prefix / -> out', {}, 'http://foo.com/', 'ROUTED out', external('10.0.0.1')],
  ['a : foo.com Prefix / -> out', {}, 'http://foo.com/', 'NO_ENDPOINTS out 503', external('localhost')],
  ['a : foo.com Prefix / -> out', {}, 'http://foo.com/', 'NO_ENDPOINTS out 503', external('127.0.0.1')],
  ['a : foo.com Prefix / -> out', {}, 'http://foo.com/', 'NO_ENDPOINTS out 503', external('#invalid.hostname')],
  ['a : foo.com Prefix / -> out:web', {}, 'http://foo.com/', 'ROUTED out', external('x.org', [{ name: 'web', port: 80 }])],
  // `externalNamePorts`: no port of the name makes one of number 0, and so does the number of a port whose target is a name; nginx parses no such address (`ngx_parse_inet_url`): 502
  ['a : foo.com Prefix / -> out:web', {}, 'http://foo.com/', 'NO_ENDPOINTS out 502', external('x.org')],
  ['a : foo.com Prefix / -> out', {}, 'http://foo.com/', 'NO_ENDPOINTS out 502', external('x.org', [{ port: 80, targetPort: 'http' }])],
  ['a : foo.com Prefix / -> out', {}, 'http://foo.com/', 'ROUTED out', external('x.org', [{ port: 80, targetPort: '8080' }])],
  [
    'a : foo.com Prefix / -> out:web',
    {},
    'http://foo.com/',
    'ROUTED out',
    external('x.org', [{ name: 'web', port: 80, targetPort: 'http' }]),
  ],
  // it has an endpoint, so that nothing stands in for it (`shouldCreateUpstreamForLocationDefaultBackend`), and clients are refused first
  [
    'a : foo.com Prefix / -> out:web ; b : bar.com Prefix / -> pages',
    { a: { 'default-backend': 'pages' } },
    'http://foo.com/',
    'NO_ENDPOINTS out 502',
    external('x.org'),
  ],
  [
    'a : foo.com Prefix / -> out:web',
    { a: { 'denylist-source-range': '10.0.0.0/8' } },
    'http://foo.com/',
    'REFUSED 403',
    { ...external('x.org'), client: '10.0.0.1' },
  ],
  // `validation.IsDNS1123Subdomain` of what stands before the final dot
  ['a : foo.com Prefix / -> out', {}, 'http://foo.com/', 'NO_ENDPOINTS out 503', external(`${'a.'.repeat(126)}ab`)],
  [
    'a : foo.com Prefix / -> empty',
    { a: { 'service-upstream': 'true' } },
    'http://foo.com/',
    'NO_ENDPOINTS empty',
    { objects: [service('empty', { clusterIP: '10.96.0.9', ports: [{ port: 80 }] })] },
  ],
  [
    'a : foo.com Prefix / -> empty',
    {},
    'http://foo.com/',
    'NO_ENDPOINTS empty 503',
    { objects: [service('empty', { clusterIP: '10.96.0.9', ports: [{ port: 80 }] })] },
  ],
];

const RELATIVE = { 'permanent-redirect': '/new-location' };
const redirects = (annotations: Readonly<Record<string, string>>): NginxAnnotationsOf => ({ a: annotations });
const SOMETHING = 'a : foo.com Prefix /something -> s';

/** `test/e2e/annotations/relativeredirects.go`; `internal/ingress/annotations/redirect/redirect_test.go`; `rootfs/etc/nginx/lua/lua_ingress.lua`, `use_port_in_redirects`. */
const REDIRECTS: Row[] = [
  [
    SOMETHING,
    redirects({ ...RELATIVE, 'relative-redirects': 'false' }),
    'http://foo.com/something',
    'REDIRECTED 301 = http://foo.com/new-location',
  ],
  [SOMETHING, redirects({ ...RELATIVE, 'relative-redirects': 'true' }), 'http://foo.com/something', 'REDIRECTED 301 = /new-location'],
  ['a : foo.com Exact /p/ -> s', redirects({ 'relative-redirects': 'true' }), 'http://foo.com/p?q=1', 'REDIRECTED 301 = /p/?q=1'],
  [
    SOMETHING,
    redirects({ 'permanent-redirect': 'http://x.com', 'permanent-redirect-code': '308' }),
    'http://foo.com/something',
    'REDIRECTED 308 = http://x.com',
  ],
  [
    SOMETHING,
    redirects({ 'permanent-redirect': 'http://x.com', 'permanent-redirect-code': '418' }),
    'http://foo.com/something',
    'REDIRECTED 301 = http://x.com',
  ],
  // a temporal redirect to no URL takes the other redirects along
  [
    SOMETHING,
    redirects({ 'temporal-redirect': 'ok.com', 'from-to-www-redirect': 'true' }),
    'http://www.foo.com/something',
    'NOT_FOUND 404',
  ],
  [
    SOMETHING,
    redirects({ 'temporal-redirect': 'http://ok.com', 'from-to-www-redirect': 'true' }),
    'http://foo.com/something',
    'REDIRECTED 302 = http://ok.com',
  ],
  [
    SOMETHING,
    redirects({ 'force-ssl-redirect': 'true', 'use-port-in-redirects': 'true' }),
    'http://foo.com/something',
    'REDIRECTED 308 = https://foo.com:443/something',
  ],
];

const TLS = 'a : shop.example.com Prefix / -> s ; a : tls shop.example.com -> cert';
/** Made out to shop.example.com and *.foo.com. */
const data = { 'tls.crt': Buffer.from(CERTIFICATES.alternativeNames).toString('base64'), 'tls.key': '' };
const secret = {
  objects: [{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: 'cert', namespace: 't' }, data }],
};

/** `configureCertificates` of `internal/ingress/controller/nginx.go`; `test/e2e/ssl/http_redirect.go`, `test/e2e/annotations/alias.go`. */
const ALIASES: Row[] = [
  [TLS, {}, 'http://shop.example.com/', 'REDIRECTED 308 = https://shop.example.com'],
  [TLS, redirects({ 'server-alias': 'bar.com' }), 'http://bar.com/x', 'ROUTED s', secret],
  [TLS, redirects({ 'server-alias': 'a.foo.com' }), 'http://a.foo.com/x', 'REDIRECTED 308 = https://a.foo.com/x', secret],
  [TLS, redirects({ 'server-alias': 'a.foo.com' }), 'http://a.foo.com/x', 'ROUTED s'],
  ['a : foo.com Prefix /a -> a ; b : foo.com Prefix /b -> b', redirects({ 'server-alias': 'bar.com' }), 'http://bar.com/b', 'ROUTED b'],
];

const ROOT = 'a : foo.com Prefix / -> s';
const allow = (list: string) => redirects({ 'allowlist-source-range': list });
const deny = (list: string) => redirects({ 'denylist-source-range': list });
const from = (client: string): AskedNginx => ({ client });

/** `internal/ingress/annotations/ipallowlist/main_test.go` and `ipdenylist/main_test.go`, TestParseAnnotations, TestLegacyAnnotation; `test/e2e/annotations/ipdenylist.go`. */
const RANGES: Row[] = [
  [ROOT, allow('10.0.0.0/24'), 'http://foo.com/', 'ROUTED s', from('10.0.0.9')],
  [ROOT, allow('10.0.0.0/24'), 'http://foo.com/', 'REFUSED 403', from('10.0.1.9')],
  [ROOT, allow('2.2.2.2/32,1.1.1.1/32,3.3.3.0/24'), 'http://foo.com/', 'ROUTED s', from('1.1.1.1')],
  [ROOT, redirects({ 'whitelist-source-range': '10.0.0.0/24' }), 'http://foo.com/', 'REFUSED 403', from('10.0.1.9')],
  [ROOT, allow('ww'), 'http://foo.com/', 'REFUSED 503', from('10.0.0.9')],
  [ROOT, allow(''), 'http://foo.com/', 'REFUSED 503', from('10.0.0.9')],
  [ROOT, allow('10.0.0.0/24,'), 'http://foo.com/', 'REFUSED 503', from('10.0.0.9')],
  [ROOT, redirects({ 'whitelist-source-range': '' }), 'http://foo.com/', 'ROUTED s'],
  [ROOT, deny('10.0.0.0/24'), 'http://foo.com/', 'REFUSED 403', from('10.0.0.9')],
  [ROOT, deny('ww'), 'http://foo.com/', 'REFUSED 503'],
  [ROOT, deny(''), 'http://foo.com/', 'REFUSED 503'],
  [ROOT, deny('10.0.0.0/8"rm /tmp",11.0.0.0/8'), 'http://foo.com/', 'REFUSED 503'],
  // a location that is denied does nothing else (`nginx.tmpl`)
  [ROOT, redirects({ 'denylist-source-range': 'ww', 'force-ssl-redirect': 'true' }), 'http://foo.com/', 'REFUSED 503'],
  [ROOT, redirects({ 'denylist-source-range': 'ww', 'permanent-redirect': 'http://x.com' }), 'http://foo.com/', 'REFUSED 503'],
];

describe('tables of ingress-nginx', () => {
  it.each([...MERGED, ...PROXIED, ...BACKENDS, ...REDIRECTS, ...ALIASES, ...RANGES])(
    '%s %j %s',
    (rules, annotations, url, expected, asked) => {
      expect(askNginx(rules, annotations, url, asked)).toBe(expected);
    },
  );

  it('a port that it finds by its target port is no dead end', () => {
    const model = modelOf(ingressCluster('a : foo.com Prefix / -> web:8080'));
    const found = (dialect: 'ingress-v1' | 'ingress-nginx') => lintRoutes(model, { class: 'c', dialect }).findings.map(({ code }) => code);
    expect(found('ingress-v1')).toContain('ING-PORT-MISSING');
    expect(found('ingress-nginx')).not.toContain('ING-PORT-MISSING');
  });

  /** "add the X-Forwarded-Prefix header", which goes with a rewrite alone. */
  it('a rewrite takes `x-forwarded-prefix` along', () => {
    const prefixes = (target: string) =>
      routeNginx(
        'a : foo.com Prefix /there -> s',
        { a: { 'rewrite-target': target, 'x-forwarded-prefix': '/there' } },
        'http://foo.com/there',
      ).result.forwarded?.headers.filter((header) => header.startsWith('X-Forwarded-Prefix'));
    expect(prefixes('/something')).toEqual(['X-Forwarded-Prefix: /there']);
    expect(prefixes('/there')).toEqual([]);
  });
});
