import { describe, expect, it } from 'vitest';
import { askNginx } from '../../../test/support/ask-ingress-nginx.js';
import { askTraefik, ingressRoute, to, traefikObject } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import type { Header } from './route-request.js';

const SERVICE = { address: 'https://auth.svc/check' };

function through(spec: JsonObject, status: number, answer: readonly Header[] = [], headers: readonly Header[] = []) {
  const objects = [
    ingressRoute('r', to('PathPrefix(`/`)', 'a', { middlewares: [{ name: 'm' }] })),
    traefikObject('Middleware', 'm', spec),
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'users', namespace: 't' }, data: { users: 'eA==' } },
  ];
  const { verdict, result, assumptions } = askTraefik(objects, 'http://foo.com/x?q=1', { headers, auth: { status, headers: answer } });
  const says = result.responseHeaders.map(({ action, name, value }) => `${action} ${name}: ${value}`);
  return {
    line: [verdict, result.status, result.redirect?.location].filter((part) => part != null).join(' '),
    says,
    sent: result.forwarded?.headers,
    assumptions,
  };
}

/** traefik/traefik `pkg/middlewares/auth/forward_test.go`, `basic_auth_test.go`, `digest_auth_test.go`. */
describe('a client that Traefik asks who it is', () => {
  it('is let in by 2xx, and introduced by the headers that are named', () => {
    const named = { ...SERVICE, authResponseHeaders: ['X-Auth-User', 'X-Auth-Secret'], authResponseHeadersRegex: '^Foo-' };
    const answer = [
      ['X-Auth-User', 'user@example.com'],
      ['X-Auth-Secret', 'secret'],
      ['Foo-Bar', 'auth-value'],
      ['Other', 'no'],
    ] as const;
    const own = [
      ['X-Auth-User', 'admin'],
      ['Foo-Baz', 'client'],
      ['A', 'b'],
    ] as const;
    expect(through({ forwardAuth: named }, 204, answer, own)).toMatchObject({
      line: 'ROUTED',
      sent: ['A: b', 'X-Auth-User: user@example.com', 'X-Auth-Secret: secret', 'Foo-Bar: auth-value'],
    });
  });

  /** `TestForwardAuthSuccess` of `forward_test.go`. */
  it('gets those cookies of the service that are named', () => {
    const answer = [
      ['Set-Cookie', 'authCookie=Auth; Path=/'],
      ['Set-Cookie', 'other=no'],
    ] as const;
    const named = { ...SERVICE, addAuthCookiesToResponse: ['authCookie'] };
    expect(through({ forwardAuth: named }, 200, answer).says).toEqual(['add Set-Cookie: authCookie=Auth; Path=/']);
    expect(through({ forwardAuth: SERVICE }, 200, answer).says).toEqual([]);
  });

  it('is no longer taken to be let in', () => {
    expect(through({ forwardAuth: SERVICE }, 200).assumptions.map(({ code }) => code)).not.toContain('AUTHENTICATION_PASSED');
  });

  // `ServeHTTP` of `forward.go`: "If auth server returns 401 and AuthSigninURL is configured, redirect to signin URL"
  it('is sent to sign in by 401 alone, to the URL as it is written', () => {
    const named = { ...SERVICE, authSigninURL: 'https://login.svc/?from=$host' };
    expect(through({ forwardAuth: named }, 401).line).toBe('REDIRECTED 302 https://login.svc/?from=$host');
    expect(through({ forwardAuth: named }, 403).line).toBe('REFUSED 403');
  });

  it('gets the answer of the service otherwise, whatever its status', () => {
    expect(
      through({ forwardAuth: SERVICE }, 403, [
        ['X-Why', 'no'],
        ['Connection', 'close'],
      ]),
    ).toMatchObject({
      line: 'REFUSED 403',
      says: ['set X-Why: no'],
    });
    expect(through({ forwardAuth: SERVICE }, 500).line).toBe('REFUSED 500');
    // "forwardResponse.Location()" leads on from the address of the service
    expect(through({ forwardAuth: SERVICE }, 302, [['Location', '/login']]).line).toBe('REDIRECTED 302 https://auth.svc/login');
    expect(through({ forwardAuth: { ...SERVICE, preserveLocationHeader: true } }, 302, [['Location', '/login']]).line).toBe(
      'REDIRECTED 302 /login',
    );
    expect(through({ forwardAuth: SERVICE }, 302, [['Location', 'http://in.com/?a']]).line).toBe('REDIRECTED 302 http://in.com/?a');
  });

  it('gets 401 for a wrong password, and how it is asked', () => {
    const own = [['Authorization', 'Basic eA==']] as const;
    expect(through({ basicAuth: { secret: 'users' } }, 401)).toMatchObject({
      line: 'REFUSED 401',
      says: ['set WWW-Authenticate: Basic realm="traefik"'],
    });
    expect(through({ basicAuth: { secret: 'users', realm: 'staff' } }, 403).says).toEqual(['set WWW-Authenticate: Basic realm="staff"']);
    expect(through({ digestAuth: { secret: 'users' } }, 401).line).toBe('REFUSED 401');
    expect(through({ basicAuth: { secret: 'users' } }, 200, [], own).sent).toEqual(['Authorization: Basic eA==']);
    expect(through({ basicAuth: { secret: 'users', removeHeader: true } }, 200, [], own).sent).toEqual([]);
    // `headerField` (TestBasicAuthUserHeader, TestDigestAuth…): the name that was proved, whatever the client says there
    const ann = [
      ['Authorization', `Basic ${btoa('ann:right')}`],
      ['X-WebAuth-User', 'eve'],
    ] as const;
    const named = { secret: 'users', headerField: 'X-WebAuth-User', removeHeader: true };
    expect(through({ basicAuth: named }, 200, [], ann).sent).toEqual(['X-WebAuth-User: ann']);
    expect(through({ basicAuth: named }, 200).sent).toEqual(['X-WebAuth-User: {user}']);
    const digest = [['Authorization', 'Digest username="bob", realm="x"']] as const;
    expect(through({ digestAuth: named }, 200, [], digest).sent).toEqual(['X-WebAuth-User: bob']);
  });
});

/** `pkg/middlewares/ingressnginx/snippet/snippet.go`, executeForwardAuth. */
describe('`auth-url` through the provider for ingress-nginx', () => {
  const ask = (annotations: Readonly<Record<string, string>>, status: number) =>
    askNginx('a : foo.com Prefix / -> s', { a: { 'auth-url': 'http://auth.svc', ...annotations } }, 'http://foo.com/x?y=1', {
      dialect: 'traefik-ingress-nginx',
      auth: { status, headers: [] },
    });

  it.each<[annotations: Readonly<Record<string, string>>, status: number, expected: string]>([
    [{}, 200, 'ROUTED s'],
    [{}, 401, 'REFUSED 401'],
    [{}, 404, 'REFUSED 404'],
    [{ 'auth-signin': 'http://in.com' }, 401, 'REDIRECTED 302 = http://in.com?rd=http://foo.com%2Fx%3Fy%3D1'],
    [{ 'auth-signin': 'http://in.com?a=1' }, 401, 'REDIRECTED 302 = http://in.com?a=1&rd=http://foo.com%2Fx%3Fy%3D1'],
    [{ 'auth-signin': 'http://in.com?rd=$scheme' }, 401, 'REDIRECTED 302 = http://in.com?rd=http'],
    [{ 'auth-signin': 'http://in.com' }, 403, 'REFUSED 403'],
  ])('%j, %d: %s', (annotations, status, expected) => {
    expect(ask(annotations, status)).toBe(expected);
  });
});
