import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes, withNginx } from '../../../test/support/route-lint.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const ROOT = 'a : foo.com Prefix / -> s';
const URL = 'http://foo.com/';
const NOBODY = 'NOT_FOUND 404';

type Annotations = Readonly<Record<string, string>>;
type Options = NonNullable<AskedNginx['options']>;

const secret = (name: string, key: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 't' },
  data: { [key]: 'eA==' },
});
const OBJECTS = [secret('passwords', 'auth'), secret('ca', 'ca.crt')];
const ask = (annotations: Annotations, options: Options = {}) => askNginx(ROOT, { a: annotations }, URL, { options, objects: OBJECTS });

const BASIC = { 'auth-type': 'basic', 'auth-secret': 'passwords' };
const AUTHORITY = { 'auth-tls-secret': 't/ca', 'auth-tls-verify-client': 'off' };

/**
 * kubernetes/ingress-nginx `internal/ingress/annotations/annotations.go`, Extract: of a value that a validator refuses the parser hands the error on, and the Ingress is taken as
 * a whole by nobody. The validators are those of `parser/validators.go` and of the packages.
 */
describe('a value that a validator of ingress-nginx refuses', () => {
  it.each<[annotations: Annotations, expected: string]>([
    // `redirect/redirect.go`: URLIsValidRegex has no `$`
    [{ 'permanent-redirect': 'https://x.com$request_uri' }, NOBODY],
    [{ 'temporal-redirect': 'https://x.com$request_uri' }, NOBODY],
    [{ 'permanent-redirect': 'https://x.com', 'permanent-redirect-code': 'x' }, NOBODY],
    [{ 'temporal-redirect': 'https://x.com', 'permanent-redirect': 'https://$host' }, 'REDIRECTED 302 = https://x.com'],
    [{ 'from-to-www-redirect': 'yes' }, NOBODY],
    [{ 'from-to-www-redirect': '' }, 'ROUTED s'],
    // `alias/main.go`, ValidateArrayOfServerName
    [{ 'server-alias': 'www.foo.com, ~^www\\d+\\.example\\.com$' }, 'ROUTED s'],
    [{ 'server-alias': 'www.foo.com;' }, NOBODY],
    // `auth/main.go`: authTypeRegex, authSecretTypeRegex, CharsWithSpace
    [{ 'auth-type': 'invalid' }, NOBODY],
    [{ ...BASIC, 'auth-secret-type': 'auth-none' }, NOBODY],
    [{ 'auth-secret-type': 'auth-none' }, 'ROUTED s'],
    [{ ...BASIC, 'auth-realm': 'Authentication Required' }, 'ROUTED s'],
    [{ ...BASIC, 'auth-realm': 'who are you?' }, NOBODY],
    // the realm is read behind the Secret
    [{ ...BASIC, 'auth-secret': 'none', 'auth-realm': 'who are you?' }, 'REFUSED 503'],
    // a Secret whose name is refused denies the location
    [{ ...BASIC, 'auth-secret': 'pass words!' }, 'REFUSED 503'],
    // `authreq/main.go`, URLWithNginxVariableRegex
    [{ 'auth-url': 'http://auth/$uri?x=1' }, 'ROUTED s'],
    [{ 'auth-url': 'http://auth/#;load_module' }, NOBODY],
    // `authtls/main.go`; `parser/validators_test.go`, TestCommonNameAnnotationValidator
    [{ ...AUTHORITY, 'auth-tls-error-page': 'http://x.com/page' }, 'ROUTED s'],
    [{ ...AUTHORITY, 'auth-tls-error-page': 'http://x.com/a b;' }, NOBODY],
    [{ ...AUTHORITY, 'auth-tls-pass-certificate-to-upstream': 'qwerty' }, NOBODY],
    [{ ...AUTHORITY, 'auth-tls-match-cn': '(my\\.common\\.name)' }, NOBODY],
    [{ ...AUTHORITY, 'auth-tls-match-cn': 'CN(my\\.common\\.name)' }, NOBODY],
    [{ ...AUTHORITY, 'auth-tls-match-cn': 'CN=(my\\.common\\.name]' }, NOBODY],
    [{ 'auth-tls-match-cn': 'nonsense' }, 'ROUTED s'],
    [{ ...AUTHORITY, 'auth-tls-secret': 't/none', 'auth-tls-match-cn': 'nonsense' }, 'REFUSED 403'],
    // `customhttperrors/main.go`, `defaultbackend/main.go`, `loadbalancing/main.go`, `clientbodybuffersize/main_test.go`
    [{ 'custom-http-errors': '404, 503' }, 'ROUTED s'],
    [{ 'custom-http-errors': '302' }, NOBODY],
    [{ 'default-backend': 's.t' }, NOBODY],
    [{ 'load-balance': 'ip_hash' }, NOBODY],
    [{ 'client-body-buffer-size': '100k' }, 'ROUTED s'],
    [{ 'client-body-buffer-size': '1W' }, NOBODY],
    // `sslpassthrough/main.go`, `upstreamhashby/main.go`, `upstreamvhost/main.go`, `xforwardedprefix/main.go`, `connection/main.go`
    [{ 'ssl-passthrough': 'on' }, NOBODY],
    [{ 'upstream-hash-by': '$request_uri$host' }, 'ROUTED s'],
    [{ 'upstream-hash-by': '$request_uri;' }, NOBODY],
    [{ 'upstream-hash-by-subset-size': 'three' }, NOBODY],
    [{ 'upstream-vhost': '$service_name.$namespace.svc' }, 'ROUTED s'],
    [{ 'upstream-vhost': 'a b' }, NOBODY],
    [{ 'x-forwarded-prefix': '/$1' }, 'ROUTED s'],
    [{ 'x-forwarded-prefix': '/%20' }, NOBODY],
    [{ 'connection-proxy-header': 'upgrade' }, NOBODY],
    [{ 'proxy-ssl-secret': 't/{ca}' }, NOBODY],
  ])('%j: %s', (annotations, expected) => {
    expect(ask(annotations)).toBe(expected);
  });

  it('counts as none where its parser goes on without it', () => {
    // `rewrite/main.go`: RegexPathWithCapture
    expect(ask({ 'app-root': '/x?y=1' })).toBe('ROUTED s');
    expect(ask({ 'force-ssl-redirect': 'yes' })).toBe('ROUTED s');
    expect(ask({ 'proxy-body-size': '8mb' })).toBe('ROUTED s');
    // `canary/main.go`: BasicCharsRegex
    const canary = { canary: 'true', 'canary-by-header': 'X Canary!' };
    const asked: AskedNginx = { headers: [['X Canary!', 'always']] };
    expect(askNginx('m : foo.com Prefix / -> main ; c : foo.com Prefix / -> next', { c: canary }, URL, asked)).toBe('ROUTED main');
  });

  it('is told where a rewrite has one, which nginx would take', () => {
    const codes = (target: string, options: Options = {}) =>
      routeNginx(ROOT, { a: { 'rewrite-target': target } }, URL, { options }).assumptions.map(({ code }) => code);
    expect(codes('/x?y=1')).toEqual(['ANNOTATION_TAKEN_AS_WRITTEN']);
    expect(codes('/x/$1')).toEqual([]);
    expect(codes('/x?y=1', { 'enable-annotation-validation': 'false' })).toEqual([]);
    expect(ask({ 'rewrite-target': '/x?y=1' })).toBe('ROUTED s > /x?y=1');
  });

  it('is read all the same where `enable-annotation-validation` is off', () => {
    const off = { 'enable-annotation-validation': 'false' };
    expect(ask({ 'auth-type': 'invalid' }, off)).toBe('REFUSED 503');
    expect(ask({ 'permanent-redirect': 'https://x.com$request_uri' }, off)).toBe('REDIRECTED 301 = https://x.com/');
    expect(ask({ 'permanent-redirect': 'https://x.com', 'permanent-redirect-code': 'x' }, off)).toBe('ROUTED s');
    // kubernetes/ingress-nginx#10651: the temporal code is read whether or not there is a temporal redirect
    expect(ask({ 'permanent-redirect': 'https://x.com', 'temporal-redirect-code': 'x' }, off)).toBe('ROUTED s');
    expect(ask({ 'permanent-redirect': 'https://x.com', 'temporal-redirect-code': '307' }, off)).toBe('REDIRECTED 301 = https://x.com');
    // `authtls/main.go`, Parse: nothing but the validator asks for `CN=`
    expect(ask({ ...AUTHORITY, 'auth-tls-match-cn': 'client' }, off)).toBe('REFUSED 403');
  });

  it('leaves the host to others, with what makes it so', () => {
    const rules = 'a : foo.com Prefix / -> s ; b : foo.com Prefix / -> t';
    const refused = { a: { 'server-alias': 'x;' } };
    expect(askNginx(rules, refused, URL)).toBe('ROUTED t');
    const { result, evidence } = routeNginx(rules, refused, URL);
    const own = result.candidates.find(({ object }) => object === 'Ingress t/a');
    expect(own).toMatchObject({ outcome: 'excluded', reason: 'INGRESS_REFUSED' });
    expect(evidence.map(({ message }) => message).join()).toContain('`server-alias` is names or expressions');
    expect(routeNginx(ROOT, refused, URL).result.nearMisses).toMatchObject([{ reason: 'INGRESS_REFUSED', object: 'Ingress t/a' }]);
    const model = modelOf(withNginx(ingressCluster(rules.replaceAll(' ; ', '\n')), refused), {
      ingress: { controllers: [{ class: 'c', dialect: 'ingress-nginx', options: {} }] },
    });
    const ignored = lintRoutes(model, { class: 'c' }).findings.filter(({ code }) => code === 'ING-RULE-IGNORED');
    expect(ignored).toMatchObject([{ object: { name: 'a' }, pointer: '/spec/rules/0/http/paths/0' }]);
  });
});

/** `parser/validators_test.go`, TestCheckAnnotationRisk; `serversnippet/main_test.go`, TestValidate; `docs/user-guide/nginx-configuration/annotations-risk.md`. */
describe('`annotations-risk-level` of ingress-nginx', () => {
  const ALIAS = { 'server-alias': 'www.foo.com' };
  const REWRITE = { 'rewrite-target': '/x' };
  const SNIPPET = { 'server-snippet': 'location /health {}' };

  it.each<[level: string, annotations: Annotations, expected: string]>([
    ['Critical', ALIAS, 'ROUTED s'],
    ['High', ALIAS, 'ROUTED s'],
    ['Medium', ALIAS, NOBODY],
    ['medium', REWRITE, 'ROUTED s > /x'],
    ['Low', REWRITE, NOBODY],
    ['Low', { 'use-regex': 'true' }, 'ROUTED s'],
    // what is no level is the lowest (`StringRiskToRisk`)
    ['Highest', REWRITE, NOBODY],
    ['High', SNIPPET, NOBODY],
    ['High', { 'stream-snippet': 'server {}' }, NOBODY],
    // whatever it says
    ['High', { 'server-snippet': '' }, NOBODY],
    ['Critical', SNIPPET, 'UNDEFINED ? SNIPPET_NOT_EVALUATED'],
  ])('%s, %j: %s', (level, annotations, expected) => {
    expect(ask(annotations, { 'annotations-risk-level': level })).toBe(expected);
  });

  it('is High by default, where anything is told of snippets', () => {
    expect(ask(SNIPPET, { 'allow-snippet-annotations': 'true' })).toBe(NOBODY);
    expect(ask(SNIPPET, { 'allow-snippet-annotations': 'false' })).toBe(NOBODY);
    expect(ask(SNIPPET)).toBe('UNDEFINED ? SNIPPET_NOT_EVALUATED');
  });
});

/** `inspector/rules.go`; `inspector/rules_test.go`, `ingress_test.go`; `store.go`: what is found is taken by nobody. */
describe('a path that looks like an attack on ingress-nginx', () => {
  const ask = (path: string, options: Options = {}) => askNginx(`a : foo.com Impl ${path} -> s`, {}, `http://foo.com${path}`, { options });

  it.each([
    ['/var/run/secrets', NOBODY],
    ['/etc/nginx', NOBODY],
    ['/etc/hosts', 'ROUTED s'],
    ['/x_by_lua_block', NOBODY],
    ['/{alias/tmp;}', NOBODY],
    ['/aliases', 'ROUTED s'],
    ['/root;', NOBODY],
    ['/mypage', 'ROUTED s'],
  ])('%s: %s', (path, expected) => {
    expect(ask(path)).toBe(expected);
  });

  it('is a path where `--deep-inspect` is off', () => {
    expect(ask('/etc/nginx', { 'deep-inspect': 'false' })).toBe('ROUTED s');
  });
});
