import { describe, expect, it } from 'vitest';
import { ask, header, line, object, server, subroutes, to } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { RouteRequest } from './route-request.js';

const policy = (name: string, spec: JsonObject): KubernetesObject => object('Policy', name, spec);
const secret = (name: string, type: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 't' },
  type,
});
const from = (address: string): Partial<RouteRequest> => ({ clientAddress: parseIp(address) });
const named = (...names: readonly string[]) => ({ policies: names.map((name) => ({ name })) });
/** A VirtualServer with one route, of which the whole, or the route alone, has policies. */
const whole = (...names: readonly string[]) => server('s', [to('/', 'a')], named(...names));
const routed = (...names: readonly string[]) => server('s', [to('/', 'a', named(...names))]);
const URL = 'http://foo.com/';
const ASKED = { authURI: '/verify', authServiceName: 't/a' };

/** nginx/kubernetes-ingress `internal/configs/policy.go` (`addAccessControlConfig`), `internal/configs/version2/nginx.virtualserver.tmpl`. */
describe('a policy of `accessControl`', () => {
  const ALLOW = policy('allow', { accessControl: { allow: ['10.0.0.0/8'] } });
  const DENY = policy('deny', { accessControl: { deny: ['10.0.0.1'] } });

  it.each<[what: string, objects: readonly KubernetesObject[], client: string, expected: string]>([
    ['allows', [whole('allow'), ALLOW], '10.1.1.1', 'ROUTED a=1'],
    ['allows nobody else', [whole('allow'), ALLOW], '192.168.0.1', 'REFUSED 403'],
    ['denies', [whole('deny'), DENY], '10.0.0.1', 'REFUSED 403'],
    ['denies nobody else', [whole('deny'), DENY], '10.0.0.2', 'ROUTED a=1'],
    // "AccessControl policy (or policies) with deny rules is overridden by policy (or policies) with allow rules"
    ['that allows goes before one that denies', [whole('deny', 'allow'), DENY, ALLOW], '10.0.0.1', 'ROUTED a=1'],
    // a location has its own rules, or those of its server (`ngx_http_access_merge_loc_conf`)
    [
      'of a route takes the place of that of the whole',
      [server('s', [to('/', 'a', named('deny'))], named('allow')), ALLOW, DENY],
      '192.168.0.1',
      'ROUTED a=1',
    ],
    [
      'of a path that is handed on holds for subroutes without policies',
      [server('s', [{ path: '/', route: 'r', ...named('deny') }]), subroutes('r', [to('/', 'b')]), DENY],
      '10.0.0.1',
      'REFUSED 403',
    ],
    [
      'of such a path gives way to that of the subroute',
      [server('s', [{ path: '/', route: 'r', ...named('deny') }]), subroutes('r', [to('/', 'b', named('allow'))]), DENY, ALLOW],
      '10.0.0.1',
      'ROUTED b=1',
    ],
    [
      'holds where the route answers by itself',
      [server('s', [{ path: '/', action: { return: { body: 'x' } } }], named('deny')), DENY],
      '10.0.0.1',
      'REFUSED 403',
    ],
    [
      'may have an error page of the route',
      [server('s', [to('/', 'a', { errorPages: [{ codes: [403], return: { code: 404, body: 'none' } }] })], named('deny')), DENY],
      '10.0.0.1',
      'ANSWERED 404',
    ],
  ])('%s', (_what, objects, client, expected) => {
    expect(line(objects, URL, from(client))).toBe(expected);
  });

  it('is open where the address of the client is not told', () => {
    expect(line([whole('allow'), ALLOW], URL, { clientAddress: undefined })).toBe('UNDEFINED ? CLIENT_ADDRESS_UNKNOWN');
  });
});

/** `generatePolicies`: "Policy … is missing or invalid" is `return 500`; `addBasicAuthConfig`, `addIngressMTLSConfig`, `addAPIKeyConfig`. */
describe('a policy that cannot be used', () => {
  const BASIC = policy('basic', { basicAuth: { secret: 'users', realm: 'r' } });
  const MTLS = policy('mtls', { ingressMTLS: { clientCertSecret: 'ca' } });
  const OIDC = (name: string) =>
    policy(name, {
      oidc: { authEndpoint: 'https://i/a', tokenEndpoint: 'https://i/t', jwksURI: 'https://i/k', clientID: 'c', clientSecret: 's' },
    });
  const NATIVE = policy('n', { oidcNative: { issuer: 'https://i/realm', clientID: 'c' } });
  const JWKS = (more: JsonObject) => policy('j', { jwt: { realm: 'r', jwksURI: 'https://idp.com/keys', keyCache: '1h', ...more } });
  const KEY = (name: string) => policy(name, { apiKey: { suppliedIn: { header: ['X-Key'] }, clientSecret: 'keys' } });

  it.each<[what: string, objects: readonly KubernetesObject[], expected: string]>([
    ['is missing', [whole('gone')], 'REFUSED 500'],
    ['is missing at the route', [routed('gone')], 'REFUSED 500'],
    [
      'says two things',
      [whole('two'), policy('two', { basicAuth: { secret: 's' }, accessControl: { allow: ['10.0.0.1'] } })],
      'REFUSED 500',
    ],
    ['allows and denies', [whole('p'), policy('p', { accessControl: { allow: ['10.0.0.1'], deny: ['10.0.0.2'] } })], 'REFUSED 500'],
    ['has no address', [whole('p'), policy('p', { accessControl: { allow: ['ten'] } })], 'REFUSED 500'],
    ['is of another class', [whole('p'), policy('p', { ingressClassName: 'other', accessControl: { deny: ['10.0.0.9'] } })], 'REFUSED 500'],
    [
      'is of another namespace',
      [whole('p'), object('Policy', 'p', { accessControl: { deny: ['10.0.0.9'] } }, { namespace: 'u' })],
      'REFUSED 500',
    ],
    ['names a Secret that is not there', [whole('basic'), BASIC, secret('other', 'Opaque')], 'REFUSED 500'],
    ['names a Secret of another type', [whole('basic'), BASIC, secret('users', 'Opaque')], 'REFUSED 500'],
    ['names its Secret', [whole('basic'), BASIC, secret('users', 'nginx.org/htpasswd')], 'ROUTED a=1'],
    ['asks for certificates without TLS', [whole('mtls'), MTLS], 'REFUSED 500'],
    ['asks for certificates at a route', [server('s', [to('/', 'a', named('mtls'))], { tls: { secret: 'cert' } }), MTLS], 'REFUSED 500'],
    // "policies" of `validatePolicies` are told apart by their keys, with the namespace of the object where none is named
    [
      'is named twice',
      [
        server('s', [to('/', 'a')], { policies: [{ name: 'p' }, { name: 'p', namespace: 't' }] }),
        policy('p', { accessControl: { deny: ['10.0.0.9'] } }),
      ],
      'NOT_FOUND 404',
    ],
    [
      'asks for a second sign-in',
      [server('s', [to('/x', 'a', named('o2')), to('/', 'a', named('o1'))]), OIDC('o1'), OIDC('o2')],
      'REFUSED 500',
    ],
    ['asks for the same sign-in', [server('s', [to('/x', 'a', named('o1')), to('/', 'a', named('o1'))]), OIDC('o1')], 'ROUTED a=1'],
    [
      'asks for a second sign-in beside that of the whole',
      [server('s', [to('/', 'a', named('o2'))], named('o1')), OIDC('o1'), OIDC('o2')],
      'REFUSED 500',
    ],
    ['asks for a second key', [whole('one', 'two'), KEY('one'), KEY('two')], 'REFUSED 500'],
    // docs.nginx.com "OIDCNative": both on one route are "a static 500 response"; on others they may stand beside each other
    ['signs in in two ways', [routed('o1', 'n'), OIDC('o1'), NATIVE], 'REFUSED 500'],
    [
      'signs in in another way elsewhere',
      [server('s', [to('/x', 'a', named('o1')), to('/', 'a', named('n'))]), OIDC('o1'), NATIVE],
      'ROUTED a=1',
    ],
    // `addJWTAuthConfig`, `addOIDCConfig`: "references an invalid trusted cert secret"
    [
      'trusts a Secret that is not there',
      [whole('j'), JWKS({ sslVerify: true, trustedCertSecret: 'ca' }), secret('x', 'Opaque')],
      'REFUSED 500',
    ],
    ['trusts a Secret', [whole('j'), JWKS({ sslVerify: true, trustedCertSecret: 'ca' }), secret('ca', 'nginx.org/ca')], 'ROUTED a=1'],
    ['trusts a Secret in vain', [whole('j'), JWKS({ trustedCertSecret: 'ca' })], 'REFUSED 500'],
    [
      'refuses at 500 without page',
      [server('s', [to('/', 'a', { errorPages: [{ codes: [500], redirect: { url: 'http://x' } }] })], named('gone'))],
      'REFUSED 500',
    ],
    [
      'refuses at 500 with the page of its route',
      [server('s', [to('/', 'a', { errorPages: [{ codes: [500], redirect: { url: 'http://x' } }], ...named('gone') })])],
      'REDIRECTED 301 = http://x',
    ],
  ])('%s: %s', (_what, objects, expected) => {
    expect(line(objects, URL)).toBe(expected);
  });
});

/** nginx ngx_http_auth_request_module: "Any other response code returned by the subrequest is considered an error"; a Service that is not there has no endpoints, which is 502. */
describe('a policy of `externalAuth`', () => {
  it.each([
    ['a', 'ROUTED a=1'],
    ['t/a', 'ROUTED a=1'],
    ['nobody', 'REFUSED 500'],
    ['u/a', 'REFUSED 500'],
  ])('that asks Service `%s`: %s', (authServiceName, expected) => {
    expect(line([whole('ask'), policy('ask', { externalAuth: { authURI: '/verify', authServiceName } })], URL)).toBe(expected);
  });
});

describe('what policies are taken to let through', () => {
  const codes = (objects: readonly KubernetesObject[], url = URL) => ask(objects, url).assumptions.map(({ code }) => code);

  it.each<[spec: JsonObject, expected: readonly string[]]>([
    [{ basicAuth: { secret: 'users' } }, ['AUTHENTICATION_PASSED']],
    [{ apiKey: { suppliedIn: { query: ['key'] }, clientSecret: 'keys' } }, ['AUTHENTICATION_PASSED']],
    [{ externalAuth: ASKED }, ['AUTHENTICATION_PASSED']],
    // "jwt secrets are only supported in NGINX Plus" (`policyFields` of `validation/policy.go`)
    [{ jwt: { realm: 'r', secret: 'jwk' } }, ['AUTHENTICATION_PASSED', 'NGINX_PLUS_ASSUMED']],
    [{ rateLimit: { rate: '10r/s', key: '${binary_remote_addr}', zoneSize: '10M' } }, ['MIDDLEWARE_CONDITION']],
    [{ waf: { enable: true } }, ['MIDDLEWARE_CONDITION', 'NGINX_PLUS_ASSUMED']],
    [{ cache: { cacheZoneName: 'z', cacheZoneSize: '1m' } }, ['MIDDLEWARE_CONDITION']],
  ])('%j: %j', (spec, expected) => {
    expect(codes([whole('p'), policy('p', spec)])).toEqual(expected);
  });

  /** ngx_http_auth_request_module ("If it returns 401 or 403, the access is denied with the corresponding error code. Any other response code … is considered an error"); ngx_http_auth_basic_module: 401. */
  it.each<[spec: JsonObject, status: number, expected: string]>([
    [{ basicAuth: { secret: 'users' } }, 200, 'ROUTED a=1'],
    [{ basicAuth: { secret: 'users' } }, 403, 'REFUSED 401'],
    [{ externalAuth: ASKED }, 403, 'REFUSED 403'],
    [{ externalAuth: ASKED }, 302, 'REFUSED 500'],
    [{ externalAuth: { ...ASKED, authSigninURI: '/in' } }, 401, 'UNDEFINED ? NOT_EVALUATED'],
    [{ apiKey: { suppliedIn: { query: ['key'] }, clientSecret: 'keys' } }, 401, 'REFUSED 401'],
    [{ accessControl: { deny: ['10.0.0.9'] } }, 401, 'ROUTED a=1'],
  ])('%j, where the question says %i: %s', (spec, status, expected) => {
    const asked = { ...from('10.0.0.1'), auth: { status, headers: [] } };
    expect(line([whole('p'), policy('p', spec)], URL, asked)).toBe(expected);
    expect(ask([whole('p'), policy('p', spec)], URL, asked).assumptions).toEqual([]);
  });

  it('is a certificate of the client by https alone', () => {
    const objects = [
      server('s', [to('/', 'a')], { tls: { secret: 'cert' }, ...named('p') }),
      policy('p', { ingressMTLS: { clientCertSecret: 'ca' } }),
    ];
    expect(codes(objects, 'https://foo.com/')).toEqual(['CLIENT_CERTIFICATE_ASSUMED']);
    expect(codes(objects)).toEqual([]);
    // ngx_http_ssl_module, `ssl_verify_client on`: 400 without one
    const none = { clientCertificate: { secret: undefined } };
    expect(line(objects, 'https://foo.com/', none)).toBe('REFUSED 400');
    expect(line(objects, URL, none)).toMatch(/^(ROUTED|REDIRECTED)/);
    const optional = [objects[0]!, policy('p', { ingressMTLS: { clientCertSecret: 'ca', verifyClient: 'optional' } })];
    expect(line(optional, 'https://foo.com/', none)).toBe('ROUTED a=1');
  });

  it('are nothing to a client that is sent elsewhere first', () => {
    const objects = [server('s', [to('/', 'a')], { tls: { secret: 'cert', redirect: { enable: true } }, ...named('gone') })];
    expect(line(objects, URL)).toBe('REDIRECTED 301 = https://foo.com/');
  });
});

/** `generateCORSHeaders`, `generateCORSOriginMap`, `buildOriginRegex`; the template answers OPTIONS in an `if`, which nginx runs before it looks at addresses. */
describe('a policy of `cors`', () => {
  const cors = (allowOrigin: readonly string[], more: JsonObject = {}) => [
    whole('p'),
    policy('p', { cors: { allowOrigin: [...allowOrigin], ...more } }),
  ];
  const origin = (objects: readonly KubernetesObject[], sent: string) =>
    ask(objects, URL, header('Origin', sent)).result.backends[0]?.responseHeaders.map(({ name, value }) => `${name}: ${value}`);

  it.each<[origins: readonly string[], sent: string, expected: readonly string[]]>([
    [['*'], 'https://x.com', ['Access-Control-Allow-Origin: *']],
    // the only one is said whoever asks
    [['https://a.com'], 'https://x.com', ['Vary: Origin', 'Access-Control-Allow-Origin: https://a.com']],
    [['https://a.com', 'https://b.com'], 'https://b.com', ['Vary: Origin', 'Access-Control-Allow-Origin: https://b.com']],
    [['https://a.com', 'https://b.com'], 'https://x.com', ['Vary: Origin']],
    [['https://*.a.com'], 'https://x.a.com', ['Vary: Origin', 'Access-Control-Allow-Origin: https://x.a.com']],
    [['https://*.a.com'], 'https://x.y.a.com', ['Vary: Origin']],
  ])('%j, asked by %s', (origins, sent, expected) => {
    expect(origin(cors(origins), sent)).toEqual(expected);
  });

  // `addCORSConfig` has no such guard as the other kinds: it sets what the policy before it has set
  it('that is named last holds', () => {
    const [first, second] = ['https://a.com', 'https://b.com'].map((from, index) => policy(`p${index}`, { cors: { allowOrigin: [from] } }));
    expect(origin([whole('p0', 'p1'), ...[first, second].flatMap((one) => one ?? [])], 'https://x.com')).toEqual([
      'Vary: Origin',
      'Access-Control-Allow-Origin: https://b.com',
    ]);
  });

  it('answers OPTIONS by itself, whoever asks', () => {
    const deny = policy('deny', { accessControl: { deny: ['10.0.0.1'] } });
    const both = [whole('p', 'deny'), deny, policy('p', { cors: { allowOrigin: ['*'], allowMethods: ['GET', 'PUT'], maxAge: 60 } })];
    expect(line(both, URL, { method: 'OPTIONS', ...from('10.0.0.1') })).toBe('PREFLIGHT 204');
    expect(ask(both, URL, { method: 'OPTIONS' }).result.responseHeaders.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Access-Control-Allow-Origin: *',
      'Access-Control-Allow-Methods: GET, PUT',
      'Access-Control-Max-Age: 60',
      'Content-Type: text/plain',
      'Content-Length: 0',
    ]);
  });
});

/** `generateErrorPages`, `generateErrorPageLocations`; nginx `ngx_http_special_response_handler`; docs "ErrorPage". */
describe('error pages', () => {
  const gone = (...errorPages: readonly JsonObject[]) => [server('s', [to('/', 'gone', { errorPages: [...errorPages] })])];

  it.each<[what: string, objects: readonly KubernetesObject[], expected: string]>([
    ['keep the code where they name none', gone({ codes: [502], return: { body: 'sorry' } }), 'ANSWERED 502'],
    ['have their own code', gone({ codes: [502, 503], return: { code: 200, body: 'sorry' } }), 'ANSWERED 200'],
    ['are for their codes alone', gone({ codes: [503], return: { code: 200, body: 'sorry' } }), 'SERVICE_MISSING 502'],
    ['send elsewhere', gone({ codes: [502], redirect: { url: '${scheme}://bar.com', code: 302 } }), 'REDIRECTED 302 = http://bar.com'],
    [
      'may go by X-Forwarded-Proto',
      gone({ codes: [502], redirect: { url: '${http_x_forwarded_proto}://bar.com' } }),
      'REDIRECTED 301 = ://bar.com',
    ],
    [
      'go by the first that has the code',
      gone({ codes: [502], return: { code: 200, body: 'a' } }, { codes: [502], return: { code: 404, body: 'b' } }),
      'ANSWERED 200',
    ],
    [
      'of a path that is handed on hold for subroutes without any',
      [
        server('s', [{ path: '/', route: 'r', errorPages: [{ codes: [502], return: { code: 200, body: 'x' } }] }]),
        subroutes('r', [to('/', 'gone')]),
      ],
      'ANSWERED 200',
    ],
    // "The error page configuration for the upstream … is ignored for status code(s) …, which cannot be used for GRPC upstreams" (`checkGrpcErrorPageCodes`)
    [
      'are not for gRPC',
      [
        server('s', [to('/', 'g', { errorPages: [{ codes: [502], return: { code: 200, body: 'x' } }] })], {
          upstreams: [{ name: 'g', service: 'gone', port: 80, type: 'grpc' }],
        }),
      ],
      'SERVICE_MISSING',
    ],
    // `validateErrorPage`
    ['have codes', gone({ return: { body: 'x' } }), 'NOT_FOUND 404'],
    ['have codes of errors', gone({ codes: [200], return: { body: 'x' } }), 'NOT_FOUND 404'],
    ['answer or send elsewhere', gone({ codes: [502], return: { body: 'x' }, redirect: { url: 'http://x' } }), 'NOT_FOUND 404'],
  ])('%s', (_what, objects, expected) => {
    expect(line(objects, URL)).toBe(expected);
  });

  it('have headers of their own, and nginx adds those of the route to an error only where they are `always` there', () => {
    const pages = [{ codes: [502], return: { body: 'x', headers: [{ name: 'X-Page', value: '1' }] } }];
    const headers = (objects: readonly KubernetesObject[]) => ask(objects, URL).result.responseHeaders.map(({ name }) => name);
    expect(headers(gone(...pages))).toEqual(['X-Page']);
    const add = [
      { name: 'X-Some', value: '1' },
      { name: 'X-Always', value: '1', always: true },
    ];
    expect(headers([server('s', [{ path: '/', action: { proxy: { upstream: 'gone', responseHeaders: { add } } } }])])).toEqual([
      'X-Always',
    ]);
  });
});
