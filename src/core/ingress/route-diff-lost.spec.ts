import { describe, expect, it } from 'vitest';
import { gateway, httpRoute, listener, rule } from '../../../test/support/gateway-cluster.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { withNginx } from '../../../test/support/route-lint.js';
import type { RouteSide } from './route-diff-result.js';
import { classSide, differenceLines, diffRoutes, gatewaySide } from '../../../test/support/route-diff.js';

type Annotations = Readonly<Record<string, string>>;

const FROM_ALL = { allowedRoutes: { namespaces: { from: 'All' } } };
const GATEWAY = gateway([listener('http', FROM_ALL)]);
const WHOLE = 'a : foo.com Prefix / -> w';
const CANARY = `${WHOLE}\nc : foo.com Prefix / -> can`;

/** The Ingress with its annotations, and an HTTPRoute that takes over its host and path and nothing else. */
function moved(annotations: Annotations, rules = WHOLE, path = '/') {
  const objects = withNginx(ingressCluster(rules), { a: annotations, c: { canary: 'true', ...annotations } });
  const route = httpRoute('t/new', [rule({ path: { type: 'PathPrefix', value: path } }, 'w')], { hostnames: ['foo.com'] });
  const model = modelOf([...objects, ...GATEWAY, route]);
  return diffRoutes({ a: model, b: model }, { a: classSide('ingress-nginx'), b: gatewaySide(), scheme: 'http' });
}

/** kubernetes/ingress-nginx `docs/user-guide/nginx-configuration/annotations.md`; kubernetes-sigs/ingress2gateway `pkg/i2gw/providers/ingressnginx/README.md` names those few that it takes over. */
describe('what an Ingress asks by its annotations, and the route in its place does not', () => {
  it.each<[annotations: Annotations, witness: string, rules?: string, path?: string]>([
    [{ 'rewrite-target': '/x' }, 'GET http://foo.com/witness: path; ROUTED w, ROUTED w'],
    [{ 'rewrite-target': '/$2' }, 'GET http://foo.com/v/witness: path; ROUTED w, ROUTED w', 'a : foo.com Impl /v(/|$)(.*) -> w', '/v'],
    [{ 'use-regex': 'true' }, 'GET http://foo.com/V/witness: status; ROUTED w, NOT_FOUND 404', 'a : foo.com Prefix /v -> w', '/v'],
    [{ 'use-regex': 'true' }, 'GET http://foo.com/v1/x: status; ROUTED w, NOT_FOUND 404', 'a : foo.com Impl /v[12]/x -> w', '/v[12]/x'],
    [{ 'app-root': '/in' }, 'GET http://foo.com/: redirect; REDIRECTED 302 http://foo.com/in, ROUTED w'],
    [{ 'permanent-redirect': 'http://x.com' }, 'GET http://foo.com/witness: redirect; REDIRECTED 301 http://x.com, ROUTED w'],
    [{ 'force-ssl-redirect': 'true' }, 'GET http://foo.com/witness: redirect; REDIRECTED 308 https://foo.com/witness, ROUTED w'],
    [{ 'whitelist-source-range': '10.0.0.0/8' }, 'GET http://foo.com/ from 11.0.0.0: status; REFUSED 403, ROUTED w'],
    [{ 'denylist-source-range': '10.0.0.0/8' }, 'GET http://foo.com/ from 10.255.255.255: status; REFUSED 403, ROUTED w'],
    [{ 'auth-url': 'http://auth.example/x' }, 'GET http://foo.com/ authStatus 401: status; REFUSED 401, ROUTED w'],
    [{ 'auth-type': 'basic', 'auth-secret': 'pass' }, 'GET http://foo.com/ authStatus 401: status; REFUSED 401, ROUTED w'],
    [{ 'server-alias': 'bar.com' }, 'GET http://bar.com/: status; ROUTED w, NOT_FOUND 404'],
    [{ 'from-to-www-redirect': 'true' }, 'GET http://www.foo.com/: redirect; REDIRECTED 308 http://foo.com:80, NOT_FOUND 404'],
    [{ 'upstream-vhost': 'in.example' }, 'GET http://foo.com/: host; ROUTED w, ROUTED w'],
    [{ 'enable-cors': 'true' }, 'OPTIONS http://foo.com/: status; PREFLIGHT 204, ROUTED w'],
    [{ 'mirror-target': 'http://m.t.svc.cluster.local' }, 'GET http://foo.com/: mirrors; ROUTED w, ROUTED w'],
    [{ 'custom-http-errors': '503' }, 'GET http://foo.com/: errorPages; ROUTED w, ROUTED w'],
    [{ affinity: 'cookie' }, 'GET http://foo.com/: responseHeaders; ROUTED w, ROUTED w'],
    // what is spoken with the backend
    [{ 'backend-protocol': 'HTTPS' }, 'GET http://foo.com/: backend; ROUTED w over TLS, ROUTED w'],
    [{ 'backend-protocol': 'GRPC' }, 'GET http://foo.com/: backend; ROUTED w by HTTP/2, ROUTED w'],
    [{ 'backend-protocol': 'GRPCS' }, 'GET http://foo.com/: backend; ROUTED w by HTTP/2 over TLS, ROUTED w'],
    [{ 'backend-protocol': 'FCGI' }, 'GET http://foo.com/: backend; ROUTED w by FastCGI, ROUTED w'],
    [{ 'canary-weight': '10' }, 'GET http://foo.com/: backend; ROUTED can 0.1+w 0.9, ROUTED w', CANARY],
    [{ 'canary-by-header': 'X-C' }, 'GET http://foo.com/ X-C: always: backend; ROUTED can, ROUTED w', CANARY],
    [{ 'canary-by-header': 'X-C', 'canary-by-header-value': 'v' }, 'GET http://foo.com/ X-C: v: backend; ROUTED can, ROUTED w', CANARY],
    [{ 'canary-by-cookie': 'c' }, 'GET http://foo.com/ Cookie: c=always: backend; ROUTED can, ROUTED w', CANARY],
  ])('is shown by a request: %j', (annotations, witness, rules, path) => {
    const { verdict, result } = moved(annotations, rules, path);
    expect([verdict, differenceLines(result)]).toEqual(['DIFFERENT', expect.arrayContaining([witness])]);
  });

  it.each<[annotations: Annotations, doubt: string, rules?: string]>([
    [{ 'proxy-body-size': '8m' }, 'LIMITS_NOT_COMPARED'],
    [{ 'global-rate-limit': '5', 'global-rate-limit-window': '1m' }, 'LIMITS_NOT_COMPARED'],
    [{ 'proxy-cookie-path': '/a /b' }, 'NOT_MODELLED'],
    [{ 'proxy-redirect-from': 'http://a', 'proxy-redirect-to': 'http://b' }, 'NOT_MODELLED'],
    [{ 'enable-modsecurity': 'true' }, 'NOT_MODELLED'],
    [{ 'configuration-snippet': 'return 418;' }, 'OUTCOME_OPEN'],
    [{ 'canary-by-header': 'X-C', 'canary-by-header-pattern': 'v.' }, 'CONDITIONS_SAMPLED', CANARY],
  ])('is a doubt where no request shows it: %j', (annotations, doubt, rules) => {
    const { verdict, result } = moved(annotations, rules);
    expect([verdict, result.doubts.map(({ code }) => code)]).toEqual(['UNKNOWN', [doubt]]);
  });

  it('is nothing where there are none, but that bodies have a limit by default', () => {
    const { verdict, warnings } = moved({});
    expect([verdict, warnings.map(({ code }) => code)]).toEqual(['EQUIVALENT', ['BODY_LIMIT_DIFFERS']]);
  });
});

/** `ClientMaxBodySize: "1m"` in both (kubernetes/ingress-nginx `config.go`, nginx/kubernetes-ingress `config_params.go`). */
describe('bodies, which requests are compared without', () => {
  const between = (a: RouteSide, b: RouteSide, annotations: Annotations = {}) => {
    const objects = ingressCluster(WHOLE).map((one) =>
      one.kind === 'Ingress' ? { ...one, metadata: { ...one.metadata, annotations } } : one,
    );
    const model = modelOf([...objects, ...GATEWAY, httpRoute('t/new', [rule({}, 'w')], { hostnames: ['foo.com'] })]);
    const { warnings, result } = diffRoutes({ a: model, b: model }, { a, b, scheme: 'http' });
    const limit = warnings.find(({ code }) => code === 'BODY_LIMIT_DIFFERS')?.message;
    return { limit, doubts: result.doubts.map(({ code }) => code) };
  };

  it.each<[a: RouteSide, b: RouteSide, limit: string | undefined]>([
    [
      classSide('ingress-nginx'),
      gatewaySide(),
      'ingress-nginx answers bodies larger than 1m with 413 unless `proxy-body-size` says otherwise',
    ],
    [gatewaySide(), classSide('nginx-f5'), 'nginx-f5 answers bodies larger than 1m with 413 unless `client-max-body-size` says otherwise'],
    [classSide('ingress-nginx'), classSide('nginx-f5'), undefined],
    [classSide('traefik'), gatewaySide(), undefined],
  ])('have a limit by default on one side, which is told: %j, %j', (a, b, limit) => {
    const told = between(a, b).limit;
    if (limit === undefined) expect(told).toBeUndefined();
    else expect(told).toContain(limit);
  });

  // nginx/kubernetes-ingress `internal/configs/annotations.go`; `client_max_body_size 0` of nginx is no limit
  it('have the limit that an Ingress of the F5 controller tells', () => {
    const doubts = (size: string) =>
      between(classSide('ingress-nginx'), classSide('nginx-f5'), { 'nginx.org/client-max-body-size': size }).doubts;
    expect(doubts('50m')).toContain('LIMITS_NOT_COMPARED');
    expect(doubts('0')).not.toContain('LIMITS_NOT_COMPARED');
    expect(between(classSide('ingress-nginx'), classSide('nginx-f5')).doubts).not.toContain('LIMITS_NOT_COMPARED');
  });
});
