import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const RULES = 'a : foo.com Prefix / -> s ; z : other.com Prefix / -> pages';
const EMPTY = 'a : foo.com Prefix / -> empty ; z : other.com Prefix / -> pages ; y : other.com Prefix /x -> more';

type Annotations = Readonly<Record<string, string>>;
const PAGES = { 'default-backend': 'pages' };
const DEFAULT = { options: { 'default-backend-service': 't/pages' } };

const pagesOf = (annotations: Annotations, asked: AskedNginx = {}) =>
  routeNginx(RULES, { a: annotations }, 'http://foo.com/x?q=1', asked).result.errorPages;

describe('error pages of ingress-nginx', () => {
  // kubernetes/ingress-nginx `internal/ingress/annotations/annotations_test.go`, TestCustomHTTPErrors; `customhttperrors/main.go`: an item that is no number takes the others along
  it.each<[codes: string, statuses: readonly number[] | undefined]>([
    ['404,415', [404, 415]],
    ['404', [404]],
    ['', undefined],
    ['404, 503', undefined],
    ['404,', undefined],
    ['302', undefined],
    ['abc', undefined],
  ])('`custom-http-errors: %s`', (codes, statuses) => {
    expect(pagesOf({ 'custom-http-errors': codes })?.statuses).toEqual(statuses);
  });

  it('are off where an Ingress turns them off', () => {
    // `test/e2e/annotations/customhttperrors.go`, "configures Nginx correctly when disabled"
    expect(pagesOf({ 'custom-http-errors': '404,503', 'enable-custom-http-errors': 'false' })).toBeNull();
    expect(pagesOf({ 'custom-http-errors': '404,503', 'enable-custom-http-errors': 'maybe' })?.statuses).toEqual([404, 503]);
  });

  it('are written by the default backend, or by that of the annotation', () => {
    // `test/e2e/annotations/customhttperrors.go`: `@custom_upstream-default-backend_404`, `@custom_custom-default-backend-…_503`
    const asked = { 'custom-http-errors': '404,500' };
    expect(pagesOf(asked)).toMatchObject({ namespace: null, service: null, port: null, ofBackend: true });
    expect(pagesOf(asked, DEFAULT)).toMatchObject({ namespace: 't', service: 'pages', port: 80 });
    expect(pagesOf({ ...asked, ...PAGES })).toMatchObject({ namespace: 't', service: 'pages', port: 80 });
    // "custom backend is valid only if contains at least one endpoint"
    expect(pagesOf({ ...asked, 'default-backend': 'nobody' })).toMatchObject({ service: null });
    expect(pagesOf({ ...asked, ...PAGES })?.headers).toEqual([
      'X-Code: {status}',
      'X-Original-URI: /x?q=1',
      'X-Namespace: t',
      'X-Ingress-Name: a',
      'X-Service-Name: s',
      'X-Service-Port: 80',
    ]);
  });

  it('of the backend are left to it where the Ingress says so', () => {
    // `test/e2e/annotations/disableproxyintercepterrors.go`; `disableproxyintercepterrors/main_test.go`
    const asked = { 'custom-http-errors': '404,500' };
    expect(pagesOf({ ...asked, 'disable-proxy-intercept-errors': 'true' })?.ofBackend).toBe(false);
    expect(pagesOf({ ...asked, 'disable-proxy-intercept-errors': 'false' })?.ofBackend).toBe(true);
    expect(pagesOf({ ...asked, 'disable-proxy-intercept-errors': 'abc' })?.ofBackend).toBe(true);
  });

  it('are those that the controller is set to, for locations that say nothing', () => {
    const options = { 'custom-http-errors': '404,503,200' };
    expect(pagesOf({}, { options })).toMatchObject({ statuses: [404, 503], ofBackend: true, service: null });
    expect(pagesOf({ 'custom-http-errors': '500' }, { options })?.statuses).toEqual([500]);
    expect(pagesOf({}, { options: { ...options, 'disable-proxy-intercept-errors': 'true' } })?.ofBackend).toBe(false);
  });

  it('of the whole controller are not those of a server that has one of its own, for clients without certificate', () => {
    // ngx_http_core_module, `error_page`: "inherited from the previous configuration level if and only if there are no error_page directives defined on the current level"; `nginx.tmpl`, `error_page 495 496`
    const asked = { options: { 'custom-http-errors': '404,503' } };
    const tls = { 'auth-tls-secret': 't/ca' };
    expect(pagesOf(tls, asked)?.statuses).toEqual([404, 503]);
    expect(pagesOf({ ...tls, 'auth-tls-error-page': 'http://x.com/e' }, asked)).toBeNull();
    expect(pagesOf({ ...tls, 'auth-tls-error-page': 'http://x.com/e', 'custom-http-errors': '500' }, asked)?.statuses).toEqual([500]);
    // without authorities nothing of it stands in the server
    expect(pagesOf({ 'auth-tls-secret': 'u/ca', 'auth-tls-error-page': 'http://x.com/e' }, asked)?.statuses ?? 'refused').toBe('refused');
  });

  it('401 of the backend is not one of them where clients are sent to sign in, as soon as nginx looks at its errors', () => {
    // `nginx.tmpl`: `error_page 401` for `auth-signin` stands before those of `custom-http-errors`; ngx_http_core_module, `error_page`: the first one of a status counts
    const signIn = { 'auth-url': 'http://auth.svc/check', 'auth-signin': 'http://auth.svc/start' };
    const told = (annotations: Annotations, asked: AskedNginx = {}) => {
      const { result, assumptions } = routeNginx(RULES, { a: annotations }, 'http://foo.com/x', asked);
      return [result.errorPages?.statuses, assumptions.some(({ code }) => code === 'SIGN_IN_FOR_BACKEND')];
    };
    expect(told({ ...signIn, 'custom-http-errors': '401,404' })).toEqual([[404], true]);
    expect(told({ 'custom-http-errors': '401,404' })).toEqual([[401, 404], false]);
    expect(told({ ...signIn, 'custom-http-errors': '404', 'disable-proxy-intercept-errors': 'true' })).toEqual([[404], false]);
    // of the whole controller: `proxy_intercept_errors on` is inherited, its pages are not
    expect(told(signIn, { options: { 'custom-http-errors': '404' } })).toEqual([undefined, true]);
    expect(told(signIn, { options: { 'custom-http-errors': '404', 'disable-proxy-intercept-errors': 'true' } })).toEqual([
      undefined,
      false,
    ]);
    expect(told(signIn)).toEqual([undefined, false]);
  });

  it.each<[rules: string, annotations: Annotations, expected: string, asked: AskedNginx]>([
    // without endpoints: nginx answers 503, or has the page written
    [EMPTY, { 'custom-http-errors': '503' }, 'NOT_FOUND 404', {}],
    [EMPTY, { 'custom-http-errors': '503' }, 'DEFAULT_BACKEND pages > /', DEFAULT],
    [EMPTY, { 'custom-http-errors': '404' }, 'NO_ENDPOINTS empty 503', {}],
    [EMPTY, {}, 'NOT_FOUND 404', { options: { 'custom-http-errors': '503' } }],
    // an address that is refused
    [
      RULES,
      { 'denylist-source-range': '10.0.0.0/8', 'custom-http-errors': '403', ...PAGES },
      'DEFAULT_BACKEND pages > /',
      { client: '10.0.0.1' },
    ],
    // a location that is denied has no pages of its own
    [RULES, { 'denylist-source-range': 'ww', 'custom-http-errors': '503', ...PAGES }, 'REFUSED 503', {}],
    // redirects are no errors
    [RULES, { 'permanent-redirect': 'http://x.com', 'custom-http-errors': '404' }, 'REDIRECTED 301 = http://x.com', {}],
  ])('%s %j: %s', (rules, annotations, expected, asked) => {
    expect(askNginx(rules, { a: annotations }, 'http://foo.com/x', asked)).toBe(expected);
  });

  it('tell who writes them what went wrong', () => {
    const { result, evidence } = routeNginx(EMPTY, { a: { 'custom-http-errors': '503' } }, 'http://foo.com/x', DEFAULT);
    expect(result.forwarded?.headers).toContain('X-Code: 503');
    expect(evidence.map(({ reason }) => reason)).toContain('ERROR_PAGE');
  });
});

describe('default backends of ingress-nginx', () => {
  it('`default-backend` stands in for a Service without endpoints', () => {
    // `test/e2e/annotations/default_backend.go`, "should use a custom default backend as upstream"
    const { verdict, result } = routeNginx(EMPTY.replace('empty', 'missing'), { a: PAGES }, 'http://foo.com/alma/armud');
    expect([verdict, result.status, result.backends[0]?.service]).toEqual(['DEFAULT_BACKEND', null, 'pages']);
    expect(result.forwarded).toMatchObject({ path: '/alma/armud' });
    expect(result.forwarded?.headers).toEqual([
      'X-Code: 503',
      'X-Original-URI: /alma/armud',
      'X-Namespace: t',
      'X-Ingress-Name: a',
      'X-Service-Name: missing',
      'X-Service-Port: 80',
    ]);
  });

  it.each<[rules: string, annotations: Annotations, url: string, expected: string]>([
    [EMPTY, PAGES, 'http://foo.com/', 'DEFAULT_BACKEND pages'],
    [RULES, PAGES, 'http://foo.com/', 'ROUTED s'],
    [EMPTY, { 'default-backend': 'nobody' }, 'http://foo.com/', 'NO_ENDPOINTS empty 503'],
    // the copy of the upstream has its canaries too
    [`${EMPTY} ; b : foo.com Prefix / -> canary`, PAGES, 'http://foo.com/', 'DEFAULT_BACKEND canary'],
  ])('%s %j %s: %s', (rules, annotations, url, expected) => {
    expect(askNginx(rules, { a: annotations, b: { canary: 'true', 'canary-weight': '100' } }, url)).toBe(expected);
  });

  // `test/e2e/defaultbackend/custom_default_backend.go`, `with_hosts.go`: the Service of the flag gets what nobody else serves
  it.each<[rules: string, url: string, asked: AskedNginx, expected: string]>([
    [RULES, 'http://nobody.com/x', {}, 'NOT_FOUND 404'],
    [RULES, 'http://nobody.com/x', DEFAULT, 'DEFAULT_BACKEND pages'],
    ['a : foo.com Prefix /a -> s ; z : other.com Prefix / -> pages', 'http://foo.com/b', DEFAULT, 'DEFAULT_BACKEND pages'],
    [RULES, 'http://nobody.com/x', { options: { 'default-backend-service': 't/missing' } }, 'NOT_FOUND 404'],
  ])('%s %s %j: %s', (rules, url, asked, expected) => {
    expect(askNginx(rules, {}, url, asked)).toBe(expected);
  });
});

const codesOf = (annotations: Annotations, asked: AskedNginx) =>
  routeNginx(RULES, { a: annotations }, 'https://foo.com/x', asked).assumptions.map(({ code }) => code);

/** `nginx.tmpl`: `error_page` of the ConfigMap stands in `http`, so that every server and location has it that has no other (ngx_http_core_module, `error_page`). */
describe('error pages of the whole controller', () => {
  const GENERAL = { 'custom-http-errors': '401,403', 'default-backend-service': 't/pages' };
  const secret: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'ca', namespace: 't' },
    stringData: { 'ca.crt': 'x' },
  };
  const named = { 'auth-tls-secret': 't/ca', 'auth-tls-match-cn': 'CN=x', 'auth-tls-verify-client': 'optional' };
  const ask = (annotations: Annotations, asked: AskedNginx = {}, options: Readonly<Record<string, string>> = GENERAL) =>
    askNginx(RULES, { a: annotations }, 'https://foo.com/x', { objects: [secret], certificate: '', ...asked, options });

  it.each<[what: string, annotations: Annotations, expected: string]>([
    ['a name that is missing', named, 'DEFAULT_BACKEND pages > /'],
    ['a Secret that is broken', { 'auth-tls-secret': 't/none' }, 'DEFAULT_BACKEND pages > /'],
    // 496, not 400, is looked for among the errors
    ['a certificate that is missing', { 'auth-tls-secret': 't/ca' }, 'REFUSED 400'],
    ['a server with a page of its own', { ...named, 'auth-tls-error-page': 'http://x.com/e' }, 'REFUSED 403'],
  ])('are written for what a server answers itself: %s', (_, annotations, expected) => {
    expect(ask(annotations)).toBe(expected);
  });

  it.each<[errors: string, annotations: Annotations, expected: string]>([
    ['496', { 'auth-tls-secret': 't/ca' }, 'DEFAULT_BACKEND pages > /'],
    ['400', { 'auth-tls-secret': 't/ca' }, 'REFUSED 400'],
    ['496', { 'auth-tls-secret': 't/ca', 'auth-tls-error-page': 'http://x.com/e' }, 'REDIRECTED 302 = http://x.com/e'],
  ])('are written for clients without certificate by nginx’s own number: %s, %j', (errors, annotations, expected) => {
    expect(ask(annotations, {}, { ...GENERAL, 'custom-http-errors': errors })).toBe(expected);
  });

  it('are written for requests that came with the wrong name in the hello, where the server of that name has no page of its own', () => {
    // `ngx_http_set_virtual_server` answers before it goes to the other server
    const options = { ...GENERAL, 'custom-http-errors': '421' };
    const tls = { 'auth-tls-secret': 't/ca' };
    const asked = { objects: [secret], sni: 'other.com', options };
    const { result } = routeNginx(RULES, { a: tls }, 'https://foo.com/x', asked);
    expect([result.backends[0]?.service, result.forwarded?.headers]).toEqual(['pages', ['X-Code: 421', 'X-Original-URI: /x']]);
    const page = { ...tls, 'auth-tls-error-page': 'http://x.com/e' };
    expect(askNginx(RULES, { a: page }, 'https://foo.com/x', asked)).toBe('DEFAULT_BACKEND pages > /');
    expect(askNginx(RULES, { a: tls, z: page }, 'https://foo.com/x', asked)).toBe('MISDIRECTED 421');
  });

  // nginx `ngx_http_core_module.c`, `ngx_http_named_location`: "empty URI in redirect to named location"; confirmed against nginx 1.22.1
  it.each(['/../x', '/%zz'])('cannot be written for what has no path: %s', (path) => {
    const at = (errors: string) => askNginx(RULES, {}, `http://foo.com${path}`, { options: { ...GENERAL, 'custom-http-errors': errors } });
    expect([at('404'), at('400,500')]).toEqual(['REFUSED 400', 'REFUSED 500']);
  });

  it('are written for clients that are blocked everywhere', () => {
    const options = { ...GENERAL, 'block-user-agents': 'curl' };
    const { result } = routeNginx(RULES, {}, 'http://foo.com/x', { headers: [['User-Agent', 'curl']], options });
    expect(result.backends.map(({ service }) => service)).toEqual(['pages']);
    // no location was reached, whose names `$namespace` and others hold
    expect(result.forwarded?.headers).toEqual(['User-Agent: curl', 'X-Code: 403', 'X-Original-URI: /x']);
  });

  /** kubernetes/ingress-nginx#2989: "we have define error_page on location level, so it broke inherit". */
  it('are not those of a location that sends clients to sign in', () => {
    const asked = { 'auth-url': 'http://auth.example/x', 'denylist-source-range': '10.0.0.0/8' };
    expect(ask(asked, { client: '10.0.0.1' })).toBe('DEFAULT_BACKEND pages > /');
    expect(ask({ ...asked, 'auth-signin': 'http://auth.example/in' }, { client: '10.0.0.1' })).toBe('REFUSED 403');
  });

  /** kubernetes/ingress-nginx#12876: the request to the service is intercepted, too, and "using the status code from the proxied error_page handlers". */
  it.each<[status: number, options: Readonly<Record<string, string>>, expected: string]>([
    [401, GENERAL, 'DEFAULT_BACKEND pages > /'],
    [403, GENERAL, 'DEFAULT_BACKEND pages > /'],
    // the default backend of the controller itself answers 404, which is no refusal
    [401, { 'custom-http-errors': '401' }, 'REFUSED 500'],
    [403, { 'custom-http-errors': '401' }, 'REFUSED 403'],
    [401, { 'custom-http-errors': '401', 'disable-proxy-intercept-errors': 'true' }, 'NOT_FOUND 404'],
  ])('are taken for the answer of a service that is asked about clients: %s, %j: %s', (status, options, expected) => {
    expect(ask({ 'auth-url': 'http://auth.example/x' }, { auth: { status, headers: [] } }, options)).toBe(expected);
  });

  it('let everybody in where they are written with another status, which is told', () => {
    const service = { 'auth-url': 'http://auth.example/x' };
    expect(codesOf(service, { options: GENERAL })).toContain('AUTHENTICATION_BY_ERROR_PAGE');
    for (const options of [
      { 'custom-http-errors': '401' },
      { ...GENERAL, 'custom-http-errors': '404' },
      { ...GENERAL, 'disable-proxy-intercept-errors': 'true' },
    ])
      expect(codesOf(service, { options })).not.toContain('AUTHENTICATION_BY_ERROR_PAGE');
    expect(codesOf({}, { options: GENERAL })).toEqual([]);
  });
});
