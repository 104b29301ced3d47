import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import { AUTHORITIES, CERTIFICATES, SUBJECTS } from '../../../test/support/certificates.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const secretOf = (name: string, ...data: readonly (readonly [key: string, value: string])[]): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 't' },
  stringData: Object.fromEntries(data),
});
const OBJECTS = [
  secretOf('ca', ['ca.crt', 'x']),
  secretOf('pair', ['tls.crt', 'x'], ['tls.key', 'x']),
  secretOf('client', ['tls.crt', CERTIFICATES.commonName]),
  secretOf('odd', ['tls.crt', SUBJECTS.odd]),
];
const URL = 'https://foo.com/x?y=1';
const ROOT = 'a : foo.com Prefix / -> s';
const CA = { 'auth-tls-secret': 't/ca' };
const NONE: AskedNginx = { certificate: '' };
const CLIENT: AskedNginx = { certificate: 't/client' };

type Annotations = Readonly<Record<string, string>>;

const ask = (annotations: Annotations, asked: AskedNginx = {}, url = URL, rules = ROOT) =>
  askNginx(rules, { a: annotations }, url, { objects: OBJECTS, ...asked });
const answer = (annotations: Annotations, asked: AskedNginx = {}, url = URL, rules = ROOT) =>
  routeNginx(rules, { a: annotations }, url, { objects: OBJECTS, ...asked });

/** Rule B21. kubernetes/ingress-nginx `test/e2e/annotations/authtls.go`, `nginx.tmpl`; nginx ngx_http_request.c (`ngx_http_process_request`). */
describe('the certificate of a client', () => {
  it.each<[annotations: Annotations, asked: AskedNginx, expected: string]>([
    // "should set valid auth-tls-secret": 400 without certificate, 200 with one
    [CA, NONE, 'REFUSED 400'],
    [CA, CLIENT, 'ROUTED s'],
    [CA, {}, 'ROUTED s'],
    // "should set valid auth-tls-secret, sslVerify to off, and sslVerifyDepth to 2"
    [{ ...CA, 'auth-tls-verify-client': 'off', 'auth-tls-verify-depth': '2' }, NONE, 'ROUTED s'],
    [{ ...CA, 'auth-tls-verify-client': 'optional' }, NONE, 'ROUTED s'],
    [{ ...CA, 'auth-tls-verify-client': 'optional_no_ca' }, NONE, 'ROUTED s'],
    [{ ...CA, 'auth-tls-verify-client': 'w00t' }, NONE, 'REFUSED 400'],
    // "should set 302 redirect to error page instead of 400 when auth-tls-error-page is set"
    [{ ...CA, 'auth-tls-error-page': 'http://foo.com/error' }, NONE, 'REDIRECTED 302 = http://foo.com/error'],
    [{ ...CA, 'auth-tls-error-page': 'ok.com/error' }, NONE, 'REDIRECTED 302 = ok.com/error'],
    [{ ...CA, 'auth-tls-error-page': 'http://foo.com/error' }, CLIENT, 'ROUTED s'],
    // a Secret without authorities asks nobody
    [{ 'auth-tls-secret': 't/pair' }, NONE, 'ROUTED s'],
    // before redirects of the server and of locations
    [{ ...CA, 'app-root': '/x', 'temporal-redirect': 'http://x.com' }, NONE, 'REFUSED 400'],
    // a broken Secret answers for all: nothing else of it stands in the server
    [{ 'auth-tls-secret': 't/none', 'auth-tls-match-cn': 'CN=x' }, NONE, 'REFUSED 403'],
  ])('%j, %j: %s', (annotations, asked, expected) => {
    expect(ask(annotations, asked)).toBe(expected);
  });

  it('is not asked for without TLS', () => {
    expect(ask(CA, NONE, 'http://foo.com/x')).toBe('ROUTED s');
  });

  /** "should return 403 using auth-tls-match-cn with no matching CN from client", "should return 200 … where at least one of the regex options matches"; `if ($ssl_client_s_dn !~ …)`. */
  it.each<[pattern: string, verify: string, asked: AskedNginx, expected: string]>([
    ['CN=old.example.com', 'on', CLIENT, 'ROUTED s'],
    ['CN=notvalid', 'on', CLIENT, 'REFUSED 403'],
    ['CN=(notvalid|old.example.com)', 'on', CLIENT, 'ROUTED s'],
    ['CN=OLD', 'on', CLIENT, 'REFUSED 403'],
    ['CN=old.example.com$', 'on', CLIENT, 'REFUSED 403'],
    ['CN=old.example.com,O=Portolan$', 'on', CLIENT, 'ROUTED s'],
    [String.raw`CN=.*\\C3\\BC`, 'on', { certificate: 't/odd' }, 'ROUTED s'],
    ['CN=x', 'on', {}, 'ROUTED s'],
    // no certificate has no subject
    ['CN=old', 'optional', NONE, 'REFUSED 403'],
    ['CN=old', 'off', {}, 'REFUSED 403'],
    ['CN=old', 'off', CLIENT, 'REFUSED 403'],
    ['CN=old', 'on', NONE, 'REFUSED 400'],
  ])('has the subject that is asked for: %s (%s), %j: %s', (pattern, verify, asked, expected) => {
    expect(ask({ ...CA, 'auth-tls-match-cn': pattern, 'auth-tls-verify-client': verify }, asked)).toBe(expected);
  });

  it('is compared with a name though its Secret has no authorities: `MatchCN` stands in the server by itself', () => {
    expect(ask({ 'auth-tls-secret': 't/pair', 'auth-tls-match-cn': 'CN=old' }, CLIENT)).toBe('REFUSED 403');
    // `getBackendServers`: a later Ingress takes its place as long as none has authorities
    const rules = 'a@2026-01-01 : foo.com Prefix / -> s ; b@2026-01-02 : foo.com Prefix /b -> s';
    expect(ask({ 'auth-tls-secret': 't/pair', 'auth-tls-match-cn': 'CN=old' }, CLIENT, URL, rules)).toBe('ROUTED s');
    expect(ask({ ...CA, 'auth-tls-match-cn': 'CN=other' }, CLIENT, URL, rules)).toBe('REFUSED 403');
  });

  it('of the first Ingress with authorities holds for the whole host', () => {
    const rules = 'a@2026-01-01 : foo.com Prefix /a -> s ; b@2026-01-02 : foo.com Prefix /b -> s';
    const both = { a: CA, b: { ...CA, 'auth-tls-verify-client': 'off' } };
    expect(askNginx(rules, both, 'https://foo.com/b', { objects: OBJECTS, ...NONE })).toBe('REFUSED 400');
    const turned = { a: { ...CA, 'auth-tls-verify-client': 'off' }, b: CA };
    expect(askNginx(rules, turned, 'https://foo.com/b', { objects: OBJECTS, ...NONE })).toBe('ROUTED s');
    // `nginx.tmpl`, `AuthTLSError`: `return 403` stands in the place of `ssl_verify_client`, whichever Ingress is at fault
    const broken = { a: CA, b: { 'auth-tls-secret': 't/none' } };
    for (const asked of [NONE, CLIENT])
      expect(askNginx(rules, broken, 'https://foo.com/a', { objects: OBJECTS, ...asked })).toBe('REFUSED 403');
  });
});

/** ngx_http_core_module, `error_page`: "an internal redirect … changes the method to GET"; `recursive_error_pages` is off. */
describe('the page for clients without certificate', () => {
  const RULES = 'a : foo.com Prefix / -> s ; a : foo.com Exact /error -> t ; a : foo.com Prefix /none -> missing';
  const page = (path: string, more: Annotations = {}) => ({ ...CA, 'auth-tls-error-page': path, ...more });

  it('may be a path of the host, which is looked for in its place', () => {
    expect(ask(page('/error'), NONE, URL, RULES)).toBe('ROUTED t > /error');
    expect(ask(page('/error'), CLIENT, URL, RULES)).toBe('ROUTED s');
    const { result } = answer(page('/error'), { ...NONE, method: 'POST' }, URL, RULES);
    expect(result.forwarded).toMatchObject({ method: 'GET', path: '/error' });
    expect(answer(page('/error'), { ...NONE, method: 'HEAD' }, URL, RULES).result.forwarded?.method).toBe('HEAD');
    expect(answer(page('/error'), NONE, URL, RULES).evidence.map(({ reason }) => reason)).toContain('CLIENT_CERTIFICATE_REFUSED');
  });

  it('goes through all that a server asks, and has no page for errors itself', () => {
    expect(ask(page('/error', { 'auth-tls-match-cn': 'CN=x' }), NONE, URL, RULES)).toBe('REFUSED 403');
    expect(ask(page('/', { 'app-root': '/home' }), NONE)).toBe('REDIRECTED 302 = https://foo.com/home');
    expect(ask(page('/none', { 'custom-http-errors': '503' }), NONE, URL, RULES)).toBe('SERVICE_MISSING 503');
    expect(ask(page('/none', { 'custom-http-errors': '503' }), CLIENT, 'https://foo.com/none', RULES)).toBe('NOT_FOUND 404');
  });

  it('is a location of a snippet where it has a name, and 500 without one', () => {
    const off = { options: { 'enable-annotation-validation': false } };
    expect(ask(page('@denied'), { ...NONE, ...off })).toBe('REFUSED 500');
    expect(ask(page('@denied', { 'server-snippet': 'location @denied { return 401; }' }), { ...NONE, ...off })).toMatch(/^UNDEFINED /);
  });
});

/** nginx `ngx_http_set_virtual_server`, `ngx_http_ssl_servername`: the server of the SNI makes the handshake. */
describe('the name of the TLS hello', () => {
  const RULES = 'a : foo.com Prefix / -> s ; b : bar.com Prefix / -> t';

  it.each<[sni: string, url: string, expected: string]>([
    ['bar.com', 'https://foo.com/', 'MISDIRECTED 421'],
    ['foo.com', 'https://bar.com/', 'ROUTED t'],
    ['FOO.com', 'https://foo.com:443/', 'ROUTED s'],
    // the catch-all makes the handshake, and asks for nothing
    ['', 'https://foo.com/', 'REFUSED 400'],
    ['unknown.com', 'https://foo.com/', 'REFUSED 400'],
  ])('%s, %s: %s', (sni, url, expected) => {
    expect(ask(CA, { sni, ...CLIENT }, url, RULES)).toBe(expected);
  });

  it('that no server has is greeted by the catch-all, which asks where its Ingress does', () => {
    const asked = (more: AskedNginx) => askNginx('z : any Prefix / -> s', { z: CA }, 'https://unknown.com/', { objects: OBJECTS, ...more });
    expect([asked(CLIENT), asked({ ...CLIENT, sni: '' }), asked(NONE)]).toEqual(['ROUTED s', 'ROUTED s', 'REFUSED 400']);
  });

  it('is that of the request also where both servers ask, whatever is shown', () => {
    const both = { a: CA, b: CA };
    expect(askNginx(RULES, both, 'https://foo.com/', { objects: OBJECTS, sni: 'bar.com', ...CLIENT })).toBe('MISDIRECTED 421');
    expect(askNginx(RULES, both, 'https://foo.com/', { objects: OBJECTS, sni: 'foo.com', ...CLIENT })).toBe('ROUTED s');
  });

  it('may be any where nobody asks for certificates', () => {
    expect(ask({ ...CA, 'auth-tls-verify-client': 'off' }, { sni: 'bar.com' }, 'https://foo.com/', RULES)).toBe('ROUTED s');
    expect(ask({ ...CA, 'auth-tls-verify-client': 'optional' }, { sni: 'bar.com' }, 'https://foo.com/', RULES)).toBe('MISDIRECTED 421');
    expect(ask({ ...CA, 'auth-tls-verify-client': 'optional' }, { sni: '' }, 'https://foo.com/', RULES)).toBe('ROUTED s');
  });
});

/** `nginx.tmpl`: "Pass the extracted client certificate to the backend"; `proxy_set_header` leaves out what is empty. */
describe('what the backend learns of the certificate', () => {
  const SPOOFED: AskedNginx = { headers: [['SSL-Client-Verify', 'SUCCESS']] };
  const headers = (annotations: Annotations, asked: AskedNginx, url = URL) => answer(annotations, asked, url).result.forwarded?.headers;
  const DN = 'CN=old.example.com,O=Portolan';

  it.each<[annotations: Annotations, asked: AskedNginx, expected: readonly string[]]>([
    [CA, CLIENT, ['ssl-client-verify: SUCCESS', `ssl-client-subject-dn: ${DN}`, `ssl-client-issuer-dn: ${DN}`]],
    [CA, {}, ['ssl-client-verify: SUCCESS', 'ssl-client-subject-dn: {subject}', 'ssl-client-issuer-dn: {issuer}']],
    [{ ...CA, 'auth-tls-verify-client': 'optional' }, NONE, ['ssl-client-verify: NONE']],
    [{ ...CA, 'auth-tls-verify-client': 'off' }, CLIENT, ['ssl-client-verify: NONE']],
    [
      { ...CA, 'auth-tls-verify-client': 'optional' },
      {},
      ['ssl-client-verify: {verify}', 'ssl-client-subject-dn: {subject}', 'ssl-client-issuer-dn: {issuer}'],
    ],
    [
      { ...CA, 'auth-tls-verify-client': 'optional_no_ca' },
      CLIENT,
      ['ssl-client-verify: {verify}', `ssl-client-subject-dn: ${DN}`, `ssl-client-issuer-dn: ${DN}`],
    ],
    [{ 'auth-tls-secret': 't/pair' }, CLIENT, ['SSL-Client-Verify: SUCCESS']],
  ])('%j, %j: %j', (annotations, asked, expected) => {
    expect(headers(annotations, { ...SPOOFED, ...asked })).toEqual(expected);
  });

  it('is whom it is made out to, and who has issued it', () => {
    // `$ssl_client_s_dn`, `$ssl_client_i_dn`: the certificate of AUTHORITIES was issued by another name than its own
    const issued = secretOf('issued', ['tls.crt', AUTHORITIES.issuedByFirst]);
    const told = headers(CA, { objects: [...OBJECTS, issued], certificate: 't/issued' });
    const { subject, issuer } = new X509Certificate(AUTHORITIES.issuedByFirst);
    const commonName = (text: string) => /^CN=(.*)$/m.exec(text)?.[1] ?? '?';
    expect(commonName(subject)).not.toBe(commonName(issuer));
    expect(told?.find((line) => line.startsWith('ssl-client-subject-dn:'))).toContain(`CN=${commonName(subject)}`);
    expect(told?.find((line) => line.startsWith('ssl-client-issuer-dn:'))).toContain(`CN=${commonName(issuer)}`);
  });

  it('takes the place of what the client says, without TLS too', () => {
    expect(headers(CA, SPOOFED, 'http://foo.com/')).toEqual([]);
  });

  it('is all of it where it is asked for, encoded for a URL', () => {
    const [pem = ''] = headers({ ...CA, 'auth-tls-pass-certificate-to-upstream': 'true' }, CLIENT) ?? [];
    expect(decodeURIComponent(pem)).toBe(`ssl-client-cert: ${CERTIFICATES.commonName}\n`);
    expect(pem).toMatch(/^ssl-client-cert: -----BEGIN%20CERTIFICATE-----%0A/);
  });

  it('is taken to be valid, which the answer says', () => {
    const codes = (annotations: Annotations, asked: AskedNginx) => answer(annotations, asked).assumptions.map(({ code }) => code);
    expect(codes({ ...CA, 'auth-tls-verify-depth': '3' }, CLIENT)).toEqual(['CLIENT_CERTIFICATE_ASSUMED']);
    expect(codes(CA, {})).toEqual(['CLIENT_CERTIFICATE_ASSUMED']);
    expect(codes({ ...CA, 'auth-tls-verify-client': 'optional_no_ca' }, CLIENT)).toEqual([]);
  });
});
