import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const ROOT = 'a : foo.com Prefix / -> s';
const secret = (name: string, ...keys: readonly string[]): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 't' },
  data: Object.fromEntries(keys.map((key) => [key, 'eA=='])),
});
const OBJECTS = [secret('passwords', 'auth'), secret('map', 'ann', 'bob'), secret('ca', 'ca.crt'), secret('pair', 'tls.crt', 'tls.key')];
const from = (client: string): AskedNginx => ({ client, objects: OBJECTS });

type Annotations = Readonly<Record<string, string>>;
const BASIC = { 'auth-type': 'basic', 'auth-secret': 'passwords' };
const LISTED = { ...BASIC, 'allowlist-source-range': '10.0.0.0/8' };

const passed = (annotations: Annotations, url: string, asked: AskedNginx) =>
  routeNginx(ROOT, { a: annotations }, url, asked)
    .assumptions.filter(({ code }) => code === 'AUTHENTICATION_PASSED' || code === 'CLIENT_CERTIFICATE_ASSUMED')
    .map(({ message }) => message.split(';')[0]);

describe('who is let in by ingress-nginx', () => {
  // kubernetes/ingress-nginx `internal/ingress/annotations/auth/main_test.go`; `test/e2e/annotations/auth.go`, "should return status code 503 when
  // authentication is configured with an invalid secret"
  it.each<[annotations: Annotations, expected: string]>([
    [BASIC, 'ROUTED s'],
    [{ ...BASIC, 'auth-secret': 't/passwords' }, 'ROUTED s'],
    [{ 'auth-type': 'basic' }, 'REFUSED 503'],
    [{ ...BASIC, 'auth-secret': 'invalid-secret' }, 'REFUSED 503'],
    [{ ...BASIC, 'auth-secret': 'other/passwords' }, 'REFUSED 503'],
    [{ ...BASIC, 'auth-secret': 'map' }, 'REFUSED 503'],
    [{ ...BASIC, 'auth-secret': 'map', 'auth-secret-type': 'auth-map' }, 'ROUTED s'],
    // without `auth-type` nobody asks for a password
    [{ 'auth-secret': 'invalid-secret' }, 'ROUTED s'],
    // `internal/ingress/annotations/authreq/main_test.go`, TestAnnotations, TestHeaderAnnotations; `main.go`, ValidCacheDuration
    [{ 'auth-url': 'bar' }, 'REFUSED 503'],
    [{ 'auth-url': 'http://' }, 'REFUSED 503'],
    [{ 'auth-url': 'http://foo..bar.com' }, 'REFUSED 503'],
    [{ 'auth-url': 'http://bar.foo.com/external-auth' }, 'ROUTED s'],
    [{ 'auth-url': 'http://foo.com/external-auth', 'auth-method': 'POST' }, 'ROUTED s'],
    [{ 'auth-url': 'http://foo.com/external-auth', 'auth-method': 'FETCH' }, 'REFUSED 503'],
    [{ 'auth-url': 'http://goog.url', 'auth-response-headers': ',1,,2,' }, 'ROUTED s'],
    [{ 'auth-url': 'http://goog.url', 'auth-response-headers': '1 2' }, 'REFUSED 503'],
    [{ 'auth-url': 'http://goog.url', 'auth-response-headers': '1+2' }, 'REFUSED 503'],
    [{ 'auth-url': 'http://goog.url', 'auth-cache-duration': '200 201 10m' }, 'ROUTED s'],
    [{ 'auth-url': 'http://goog.url', 'auth-cache-duration': '200' }, 'REFUSED 503'],
    [{ 'auth-url': 'http://goog.url', 'auth-cache-duration': '10m 200' }, 'REFUSED 503'],
    // `main.go`, Parse: an error that is none of a location
    [{ 'auth-url': 'http://goog.url', 'auth-cache-duration': '200 {10m}' }, 'ROUTED s'],
  ])('%j: %s', (annotations, expected) => {
    expect(askNginx(ROOT, { a: annotations }, 'http://foo.com/', { objects: OBJECTS })).toBe(expected);
  });

  it('takes Secrets for there where no Secret at all is stored', () => {
    expect(askNginx(ROOT, { a: BASIC }, 'http://foo.com/')).toBe('ROUTED s');
    expect(askNginx(ROOT, { a: { 'auth-tls-secret': 't/ca' } }, 'https://foo.com/')).toBe('ROUTED s');
    expect(askNginx(ROOT, { a: { 'proxy-ssl-secret': 't/ca' } }, 'http://foo.com/')).toBe('ROUTED s');
  });

  // `test/e2e/annotations/satisfy.go`; nginx `ngx_http_core_access_phase`: of an address that is allowed nothing else is asked
  it.each<[annotations: Annotations, client: string, expected: string, passes: readonly string[]]>([
    [LISTED, '10.1.1.1', 'ROUTED s', ['auth-type']],
    [LISTED, '11.1.1.1', 'REFUSED 403', []],
    [{ ...LISTED, satisfy: 'all' }, '11.1.1.1', 'REFUSED 403', []],
    [{ ...LISTED, satisfy: 'any' }, '10.1.1.1', 'ROUTED s', []],
    [{ ...LISTED, satisfy: 'any' }, '11.1.1.1', 'ROUTED s', ['auth-type']],
    [{ ...LISTED, satisfy: 'ANY' }, '11.1.1.1', 'REFUSED 403', []],
    // a denylist allows nobody: it does not know those whom it does not name
    [{ ...BASIC, 'denylist-source-range': '10.0.0.0/8', satisfy: 'any' }, '11.1.1.1', 'ROUTED s', ['auth-type']],
    [{ 'allowlist-source-range': '10.0.0.0/8', satisfy: 'any' }, '11.1.1.1', 'REFUSED 403', []],
  ])('%j, %s: %s', (annotations, client, expected, passes) => {
    expect(askNginx(ROOT, { a: annotations }, 'http://foo.com/', from(client))).toBe(expected);
    expect(passed(annotations, 'http://foo.com/', from(client))).toEqual(passes.map((name) => `the client is taken to pass \`${name}\``));
  });

  it('needs no address of the client where a password does as well', () => {
    expect(askNginx(ROOT, { a: { ...LISTED, satisfy: 'any' } }, 'http://foo.com/', { objects: OBJECTS })).toBe('ROUTED s');
    expect(askNginx(ROOT, { a: LISTED }, 'http://foo.com/', { objects: OBJECTS })).toMatch(/^UNDEFINED /);
  });

  // `internal/ingress/annotations/authtls/main_test.go`, TestInvalidAnnotations; `nginx.tmpl`: a server with `AuthTLSError` answers 403
  it.each<[annotations: Annotations, url: string, expected: string]>([
    [{ 'auth-tls-secret': 't/ca' }, 'https://foo.com/', 'ROUTED s'],
    [{ 'auth-tls-secret': 'ca' }, 'https://foo.com/', 'REFUSED 403'],
    [{ 'auth-tls-secret': 't/invalid' }, 'https://foo.com/', 'REFUSED 403'],
    [{ 'auth-tls-secret': 'other/ca' }, 'https://foo.com/', 'REFUSED 403'],
    [{ 'auth-tls-secret': 't/passwords' }, 'https://foo.com/', 'REFUSED 403'],
    [{ 'auth-tls-secret': 't/invalid', 'force-ssl-redirect': 'true' }, 'http://foo.com/', 'REFUSED 403'],
    [{ 'auth-tls-secret': 't/invalid', 'app-root': '/x' }, 'http://foo.com/', 'REFUSED 403'],
    // `if ($ssl_client_s_dn !~ …)` of the server
    [{ 'auth-tls-secret': 't/ca', 'auth-tls-match-cn': 'CN=client' }, 'http://foo.com/', 'REFUSED 403'],
    [{ 'auth-tls-secret': 't/ca', 'auth-tls-match-cn': 'CN=client' }, 'https://foo.com/', 'ROUTED s'],
  ])('%j, %s: %s', (annotations, url, expected) => {
    expect(askNginx(ROOT, { a: annotations }, url, { objects: OBJECTS })).toBe(expected);
  });

  // `test/e2e/annotations/authtls.go`: without TLS, and with `auth-tls-verify-client: off`, nobody asks
  it.each<[annotations: Annotations, url: string, passes: readonly string[]]>([
    [{ 'auth-tls-secret': 't/ca' }, 'https://foo.com/', ['auth-tls-secret']],
    [{ 'auth-tls-secret': 't/ca', 'auth-tls-verify-client': 'w00t' }, 'https://foo.com/', ['auth-tls-secret']],
    [{ 'auth-tls-secret': 't/ca', 'auth-tls-verify-client': 'off' }, 'https://foo.com/', []],
    [{ 'auth-tls-secret': 't/ca', 'auth-tls-verify-client': 'optional' }, 'https://foo.com/', []],
    [{ 'auth-tls-secret': 't/ca' }, 'http://foo.com/', []],
    // a Secret without authorities asks nobody for a certificate
    [{ 'auth-tls-secret': 't/pair' }, 'https://foo.com/', []],
  ])('%j, %s asks for %j', (annotations, url, passes) => {
    expect(passed(annotations, url, { objects: OBJECTS })).toEqual(passes.map((name) => `the client is taken to pass \`${name}\``));
  });

  it('the first Ingress of a host speaks for all of it', () => {
    // `controller.go`, `getBackendServers`: "Server is already configured for mutual authentication"
    const rules = 'a@2026-01-01 : foo.com Prefix /a -> s ; b@2026-01-02 : foo.com Prefix /b -> s';
    const ask = (annotations: Record<string, Annotations>, path: string) =>
      askNginx(rules, annotations, `https://foo.com${path}`, { objects: OBJECTS });
    expect(ask({ b: { 'auth-tls-secret': 't/invalid' } }, '/a')).toBe('REFUSED 403');
    const { assumptions } = routeNginx(rules, { b: { 'auth-tls-secret': 't/ca' } }, 'https://foo.com/a', { objects: OBJECTS });
    expect(assumptions.map(({ code }) => code)).toContain('CLIENT_CERTIFICATE_ASSUMED');
  });
});
