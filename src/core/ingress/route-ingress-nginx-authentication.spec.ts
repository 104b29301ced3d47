import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import type { Header } from './route-request.js';

const ROOT = 'a : foo.com Prefix / -> s';
const URL = 'http://foo.com/x?y=1';
const SERVICE = { 'auth-url': 'http://auth.svc/check' };
const BASIC = { 'auth-type': 'basic', 'auth-secret': 'passwords', 'auth-realm': 'Staff only' };
const TO = { ...SERVICE, 'auth-signin': 'http://google.com' };

type Annotations = Readonly<Record<string, string>>;

const answers = (status: number, ...headers: readonly Header[]): AskedNginx => ({ auth: { status, headers } });
const ask = (annotations: Annotations, asked: AskedNginx, url = URL) => askNginx(ROOT, { a: annotations }, url, asked);
const resultOf = (annotations: Annotations, asked: AskedNginx) => routeNginx(ROOT, { a: annotations }, URL, asked);
const saysOf = (annotations: Annotations, asked: AskedNginx) =>
  resultOf(annotations, asked).result.responseHeaders.map(({ action, name, value }) => `${action} ${name}: ${value}`);

/** Rule B18. kubernetes/ingress-nginx `rootfs/etc/nginx/template/nginx.tmpl`; nginx ngx_http_auth_request_module, ngx_http_auth_basic_module. */
describe('a client that ingress-nginx asks who it is', () => {
  it.each<[annotations: Annotations, status: number, expected: string]>([
    [SERVICE, 200, 'ROUTED s'],
    [SERVICE, 204, 'ROUTED s'],
    [SERVICE, 401, 'REFUSED 401'],
    [SERVICE, 403, 'REFUSED 403'],
    // "Any other response code returned by the subrequest is considered an error"
    [SERVICE, 302, 'REFUSED 500'],
    [SERVICE, 404, 'REFUSED 500'],
    [BASIC, 200, 'ROUTED s'],
    [BASIC, 403, 'REFUSED 401'],
    [{ ...BASIC, ...SERVICE }, 403, 'REFUSED 401'],
    [{ ...BASIC, ...SERVICE }, 404, 'REFUSED 401'],
    [{ ...BASIC, ...SERVICE, satisfy: 'any' }, 403, 'REFUSED 401'],
    // the service is asked all the same, and its error ends the request (ngx_http_core_access_phase)
    [{ ...BASIC, ...SERVICE, satisfy: 'any' }, 404, 'REFUSED 500'],
    [{}, 401, 'ROUTED s'],
    // before anybody is asked (rules B13, B14)
    [{ ...SERVICE, 'temporal-redirect': 'http://x.com' }, 401, 'REDIRECTED 302 = http://x.com'],
  ])('%j, %d: %s', (annotations, status, expected) => {
    expect(ask(annotations, answers(status))).toBe(expected);
    expect(resultOf(annotations, answers(status)).assumptions.map(({ code }) => code)).not.toContain('AUTHENTICATION_PASSED');
  });

  /** `internal/ingress/controller/template/template_test.go`, TestBuildAuthSignURL; `nginx.tmpl`: `error_page 401`, `return 302`. */
  it.each<[signIn: string, parameter: string, location: string]>([
    ['http://google.com', '', 'http://google.com?rd=http://foo.com%2Fx%3Fy%3D1'],
    ['http://google.com', 'orig', 'http://google.com?orig=http://foo.com%2Fx%3Fy%3D1'],
    ['http://google.com?cat=0', '', 'http://google.com?cat=0&rd=http://foo.com%2Fx%3Fy%3D1'],
    ['http://google.com?cat=0', 'orig', 'http://google.com?cat=0&orig=http://foo.com%2Fx%3Fy%3D1'],
    ['http://google.com?cat&rd=$request_uri', '', 'http://google.com?cat&rd=/x?y=1'],
    ['https://$host/oauth2/start', '', 'https://foo.com/oauth2/start?rd=http://foo.com%2Fx%3Fy%3D1'],
  ])('is sent to %s (%s)', (signIn, parameter, location) => {
    const annotations = { ...SERVICE, 'auth-signin': signIn, 'auth-signin-redirect-param': parameter };
    expect(ask(annotations, answers(401))).toBe(`REDIRECTED 302 = ${location}`);
    expect(ask(annotations, answers(403))).toBe('REFUSED 403');
  });

  it('is not sent anywhere by a URL that a validator refuses, nor by one whose variables are not known', () => {
    expect(ask({ ...TO, 'auth-signin': 'http://google.com/#{}' }, answers(401))).toBe('REFUSED 401');
    expect(ask({ ...TO, 'auth-signin': 'http://google.com?rd=$request' }, answers(401))).toBe('UNDEFINED ? VARIABLE_UNKNOWN');
  });

  /** `buildAuthResponseHeaders`: `proxy_set_header`, which leaves out what is empty. */
  it('is introduced to the backend by the headers that the service answers, whatever the client says', () => {
    const annotations = { ...SERVICE, 'auth-response-headers': 'X-User, X-Groups' };
    const asked = {
      ...answers(200, ['x-user', 'ann'], ['x-other', 'no']),
      headers: [
        ['X-User', 'eve'],
        ['X-Groups', 'all'],
        ['A', 'b'],
      ],
    } as const;
    expect(resultOf(annotations, asked).result.forwarded?.headers).toEqual(['A: b', 'X-User: ann']);
  });

  it('gets the cookie of the service, in errors only where it is told so, and is told how to ask for a password', () => {
    const cookie = ['Set-Cookie', 'session=1'] as const;
    expect(saysOf(SERVICE, answers(200, cookie))).toEqual(['add Set-Cookie: session=1']);
    expect(saysOf(SERVICE, answers(401, cookie, ['WWW-Authenticate', 'Bearer']))).toEqual(['set WWW-Authenticate: Bearer']);
    expect(saysOf({ ...SERVICE, 'auth-always-set-cookie': 'true' }, answers(403, cookie))).toEqual(['add Set-Cookie: session=1']);
    expect(saysOf(BASIC, answers(401))).toEqual(['set WWW-Authenticate: Basic realm="Staff only"']);
  });

  /** nginx `ngx_http_core_access_phase`. */
  it('comes in by its address, where one of several ways is enough', () => {
    const any = { ...BASIC, 'allowlist-source-range': '10.0.0.0/8', satisfy: 'any' };
    expect(ask(any, { ...answers(401), client: '10.1.1.1' })).toBe('ROUTED s');
    expect(ask(any, { ...answers(401), client: '11.1.1.1' })).toBe('REFUSED 401');
    expect(ask({ ...any, satisfy: 'all' }, { ...answers(401), client: '11.1.1.1' })).toBe('REFUSED 403');
  });

  /** `test/e2e/settings/global_external_auth.go`; TestIsLocationInLocationList: a location is named by how its path begins. */
  it('is asked everywhere, but where an Ingress or a list says otherwise', () => {
    const options = {
      'global-auth-url': 'http://auth.svc',
      'global-auth-signin': 'http://in.com',
      'no-auth-locations': '/dontmatch,/free',
    };
    const global = { ...answers(401), options };
    expect(ask({}, global)).toBe('REDIRECTED 302 = http://in.com?rd=http://foo.com%2Fx%3Fy%3D1');
    expect(ask({ 'enable-global-auth': 'false' }, global)).toBe('ROUTED s');
    expect(ask(SERVICE, global)).toBe('REFUSED 401');
    const free = 'a : foo.com Prefix /free/x -> s';
    expect(askNginx(free, {}, 'http://foo.com/free/x', global)).toBe('ROUTED s');
  });
});
