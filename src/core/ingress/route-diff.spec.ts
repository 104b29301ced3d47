import { describe, expect, it } from 'vitest';
import { askRoute } from '../../../test/support/ask-route.js';
import { backend, gateway, httpRoute, listener, rule } from '../../../test/support/gateway-cluster.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { classSide, differenceLines, diffRoutes, gatewaySide } from '../../../test/support/route-diff.js';
import { withNginx } from '../../../test/support/route-lint.js';
import { ingressRoute, to, traefikObject } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { IngressDialectName } from './route-request.js';

/** The same with annotations on every Ingress. */
const withAnnotations = (
  objects: readonly KubernetesObject[],
  annotations: Readonly<Record<string, string>>,
): readonly KubernetesObject[] =>
  objects.map((one) => (one.kind === 'Ingress' ? { ...one, metadata: { ...one.metadata, annotations } } : one));

type Annotations = Readonly<Record<string, Readonly<Record<string, string>>>>;

const ingresses = (rules: string, annotations: Annotations = {}) =>
  modelOf(withNginx(ingressCluster(rules.replaceAll(' ; ', '\n')), annotations));

function between(a: IngressDialectName, b: IngressDialectName, rules: string, annotations?: Annotations) {
  const model = ingresses(rules, annotations);
  return diffRoutes({ a: model, b: model }, { a: classSide(a), b: classSide(b) });
}

/** Each row is a divergence that documents or sources of the two controllers state, with a request that has to be among the witnesses. */
const DIVERGENCES: readonly [
  what: string,
  a: IngressDialectName,
  b: IngressDialectName,
  rules: string,
  line: string,
  annotations?: Annotations,
][] = [
  [
    'a wildcard covers one label by KEP-1453, any number by nginx of NGINX Inc.',
    'ingress-v1',
    'nginx-f5',
    'a : *.foo.com Prefix / -> w',
    'GET http://witness.witness.foo.com/: status; NOT_FOUND 404, ROUTED w',
  ],
  [
    'a Prefix ends at a slash by KEP-1453, anywhere by `PathPrefix` of Traefik',
    'ingress-v1',
    'traefik',
    'a : foo.com Prefix /x -> w',
    'GET http://foo.com/xwitness: status; NOT_FOUND 404, ROUTED w',
  ],
  [
    'use-regex makes every path of the host an expression without case (ingress-nginx, ingress-path-matching.md)',
    'ingress-v1',
    'ingress-nginx',
    'a : foo.com Impl /y -> v ; b : foo.com Prefix /x -> w',
    'GET http://foo.com/X: status; NOT_FOUND 404, ROUTED w',
    { a: { 'use-regex': 'true' } },
  ],
  [
    'a certificate makes ingress-nginx redirect to https (ssl-redirect, on by default)',
    'ingress-v1',
    'ingress-nginx',
    'a : foo.com Prefix / -> w ; a : tls foo.com -> s',
    'GET http://foo.com/witness: redirect; ROUTED w, REDIRECTED 308 https://foo.com/witness',
  ],
  [
    'a wildcard host does not serve what its precise one lacks in nginx; Traefik tries the next router',
    'ingress-nginx',
    'traefik',
    'a : a.foo.com Prefix /x -> w ; b : *.foo.com Prefix / -> v',
    'GET http://a.foo.com/witness: status; NOT_FOUND 404, ROUTED v',
  ],
  [
    'without endpoints nginx answers 503; Traefik drops the router',
    'ingress-nginx',
    'traefik',
    'a : foo.com Prefix /x -> empty',
    'GET http://foo.com/x: status; NO_ENDPOINTS empty, NOT_FOUND 404',
  ],
  [
    'the longest rule text goes first in Traefik, and that of a shorter Exact path is not the longest (doc.traefik.io, "Priority calculation")',
    'ingress-v1',
    'traefik-strict',
    'a : foo.com Prefix /x -> w ; a : foo.com Exact /x/y -> v',
    'GET http://foo.com/x/y: backend; ROUTED v, ROUTED w',
  ],
  [
    'an allowlist is ingress-nginx’s own (annotations.md, "Whitelist source range")',
    'ingress-v1',
    'ingress-nginx',
    'a : foo.com Prefix /x -> w',
    'GET http://foo.com/x from 10.1.0.0: status; ROUTED w, REFUSED 403',
    { a: { 'whitelist-source-range': '10.0.0.0/16' } },
  ],
  [
    'an Exact path of a host of expressions is one in nginx, open at its end, and stays exact in Traefik (`buildRule` of `ingress-nginx/translator.go`)',
    'ingress-nginx',
    'traefik-ingress-nginx',
    'a : foo.com Impl /y.* -> v ; b : foo.com Exact /x -> w',
    'GET http://foo.com/xwitness: status; ROUTED w, NOT_FOUND 404',
    { a: { 'use-regex': 'true' } },
  ],
  [
    'nginx takes an Exact location first, Traefik the longer rule, which is the Prefix’s',
    'ingress-nginx',
    'traefik-ingress-nginx',
    'a : foo.com Prefix /x -> s ; a : foo.com Exact /x -> e',
    'GET http://foo.com/x: backend; ROUTED e, ROUTED s',
  ],
  [
    'a wildcard host serves what its precise one lacks in Traefik, whatever the provider',
    'ingress-nginx',
    'traefik-ingress-nginx',
    'a : a.foo.com Prefix /x -> w ; b : *.foo.com Prefix / -> v',
    'GET http://a.foo.com/witness: status; NOT_FOUND 404, ROUTED v',
  ],
  [
    'a denylist has no effect in Traefik (doc.traefik.io "Unsupported Annotations")',
    'ingress-nginx',
    'traefik-ingress-nginx',
    'a : foo.com Prefix /x -> w',
    'GET http://foo.com/x from 10.0.255.255: status; REFUSED 403, ROUTED w',
    { a: { 'denylist-source-range': '10.0.0.0/16' } },
  ],
  [
    'nginx redirects to the `/` that a path ends in, Traefik serves both',
    'ingress-nginx',
    'traefik-ingress-nginx',
    'a : foo.com Prefix /p/ -> w',
    'GET http://foo.com/p: redirect; REDIRECTED 301 http://foo.com/p/, ROUTED w',
  ],
  [
    'a flag is `1` for the controller (`strconv.ParseBool`), and `true` alone for Traefik',
    'ingress-nginx',
    'traefik-ingress-nginx',
    'a : foo.com Prefix /x -> s',
    'GET http://foo.com/xwitness: status; ROUTED s, NOT_FOUND 404',
    { a: { 'use-regex': '1' } },
  ],
];

describe('two dialects of one class', () => {
  for (const [what, a, b, rules, line, annotations] of DIVERGENCES) {
    it(what, () => {
      const { verdict, result } = between(a, b, rules, annotations);
      expect(verdict).toBe('DIFFERENT');
      expect(differenceLines(result)).toContain(line);
    });
  }

  it('a canary by header is tried with the header (annotations.md, "Canary")', () => {
    const a = ingresses('a : foo.com Exact /x -> w');
    const b = ingresses('a : foo.com Exact /x -> w ; b : foo.com Exact /x -> u', { b: { canary: 'true', 'canary-by-header': 'X-Team' } });
    const { result } = diffRoutes({ a, b }, { a: classSide('ingress-nginx'), b: classSide('ingress-nginx') });
    expect(differenceLines(result)).toContain('GET http://foo.com/x X-Team: always: backend; ROUTED w, ROUTED u');
  });

  it('plain paths, weighted canaries and app roots come over from ingress-nginx to Traefik as they are: equivalent', () => {
    const rules = 'a : foo.com Prefix /x -> s ; a : foo.com Prefix /y -> s ; b : foo.com Prefix /x -> t ; c : bar.com Prefix /z -> s';
    const annotations = { b: { canary: 'true', 'canary-weight': '20' }, c: { 'app-root': '/z' } };
    const sides = { a: classSide('ingress-nginx'), b: classSide('traefik-ingress-nginx') };
    const both = ingresses(rules, annotations);
    const { verdict, result } = diffRoutes({ a: both, b: both }, { ...sides, scheme: 'http' });
    expect(differenceLines(result)).toEqual([]);
    expect(verdict).toBe('EQUIVALENT');
    // The header that ingress-nginx adds to answers over TLS (`lua_ingress.lua`) does not come over: one setting, no difference of each request.
    const secure = diffRoutes({ a: both, b: both }, { ...sides, scheme: 'https' });
    expect([secure.verdict, secure.result.differences]).toEqual(['EQUIVALENT', []]);
    expect(secure.summary).toMatch(/; \d+ of the requests differ in `Strict-Transport-Security`, which is left out unless `aspect` names /);
    expect(secure.warnings.map(({ code }) => code)).toContain('TRANSPORT_SECURITY_DIFFERS');
    const asked = diffRoutes({ a: both, b: both }, { ...sides, scheme: 'https', aspects: ['transportSecurity'] });
    expect(asked.summary).toMatch(/; transportSecurity `max-age=31536000; includeSubDomains`, and none$/);
    expect(asked.result.requests.different).toBeGreaterThan(0);
  });

  it('strict prefixes of Traefik are those of KEP-1453: equivalent', () => {
    const { verdict, result } = between('ingress-v1', 'traefik-strict', 'a : foo.com Prefix /x -> w ; a : foo.com Prefix /x/y -> v');
    expect(differenceLines(result)).toEqual([]);
    expect(verdict).toBe('EQUIVALENT');
  });

  it('what the text leaves open is no difference and no proof', () => {
    const { verdict, result } = between('ingress-v1', 'ingress-nginx', 'a : foo.com Prefix /x -> w ; b : foo.com Prefix /x -> v');
    expect(verdict).toBe('UNKNOWN');
    expect(result.doubts.map(({ code }) => code)).toEqual(['OUTCOME_OPEN']);
    expect(result.openRequests[0]?.url).toBe('http://foo.com/x');
  });

  it('expressions are tried by texts that each leaves over, which is no proof', () => {
    const { verdict, result } = between('ingress-nginx', 'ingress-nginx', 'a : foo.com Impl /x[0-9]+ -> w', { a: { 'use-regex': 'true' } });
    expect(verdict).toBe('UNKNOWN');
    expect(result.doubts.map(({ code }) => code)).toEqual(['EXPRESSIONS_SAMPLED']);
  });

  it('only one host and scheme, where they are asked for; a host that no rule names is tried, too', () => {
    const model = ingresses('a : *.foo.com Prefix /x -> w');
    const sides = { a: classSide('ingress-v1'), b: classSide('nginx-f5'), scheme: 'http' } as const;
    const { result } = diffRoutes({ a: model, b: model }, { ...sides, host: 'a.b.foo.com' });
    expect(differenceLines(result)).toContain('GET http://a.b.foo.com/x: status; NOT_FOUND 404, ROUTED w');
    expect(differenceLines(result).filter((line) => !line.startsWith('GET http://a.b.foo.com/'))).toEqual([]);
  });

  it('a limit of requests is told', () => {
    const model = ingresses('a : foo.com Prefix /x -> w');
    const { verdict, result } = diffRoutes(
      { a: model, b: model },
      { a: classSide('ingress-v1'), b: classSide('ingress-nginx'), requests: 3 },
    );
    expect([verdict, result.requests.tried, result.doubts.map(({ code }) => code)]).toEqual(['UNKNOWN', 3, ['REQUESTS_LIMITED']]);
  });
});

describe('two states', () => {
  it('name the rule of each that decides', () => {
    const [a, b] = [ingresses('a : foo.com Prefix /x -> w'), ingresses('a : foo.com Prefix /x -> w ; n : foo.com Prefix /x/new -> v')];
    const { result } = diffRoutes({ a, b }, { a: classSide('ingress-v1'), b: classSide('ingress-v1'), revision: 2 });
    expect(result.differences.map((one) => [one.aspects, one.a.object, one.b.object])).toEqual([
      [['backend'], 'Ingress t/a', 'Ingress t/n'],
    ]);
    expect(result.counts.map(({ aspect }) => aspect)).toEqual(['backend']);
  });

  it('every witness differs when `route` is asked the same', () => {
    const [a, b] = [ingresses('a : foo.com Prefix /x -> w'), ingresses('a : foo.com Exact /x -> w ; b : *.com Prefix / -> v')];
    const { result } = diffRoutes({ a, b }, { a: classSide('ingress-v1'), b: classSide('ingress-v1') });
    const urls = result.differences.flatMap(({ witnesses }) => witnesses.map(({ url }) => url));
    expect(urls.length).toBeGreaterThan(0);
    for (const url of urls) {
      const [before, after] = [a, b].map((model) => askRoute(model, url, { class: 'c', dialect: 'ingress-v1' }));
      expect([url, before?.verdict, before?.result.backends[0]?.service]).not.toEqual([
        url,
        after?.verdict,
        after?.result.backends[0]?.service,
      ]);
    }
  });
});

/** What decides beside host and path by the rules of ingress-nginx: each would be alike for a plain GET. */
describe('two states of ingress-nginx', () => {
  type State = { readonly own?: Readonly<Record<string, string>>; readonly options?: Readonly<Record<string, string | boolean>> };
  const RULES = ingressCluster('a : foo.com Prefix / -> w');
  const state = ({ own = {}, options = {} }: State) =>
    modelOf(withNginx(RULES, { a: own }), { ingress: { controllers: [{ class: 'c', dialect: 'ingress-nginx', options }] } });
  const diff = (a: State, b: State, dialect: IngressDialectName = 'ingress-nginx') =>
    diffRoutes({ a: state(a), b: state(b) }, { a: classSide(dialect), b: classSide(dialect) });
  const allowing = (origin: string): State => ({ own: { 'enable-cors': 'true', 'cors-allow-origin': origin } });

  it.each(['ingress-nginx', 'traefik-ingress-nginx'] as const)('allow different origins, by %s', (dialect) => {
    const { verdict, result } = diff(allowing('https://a.com'), allowing('https://b.com'), dialect);
    expect([verdict, result.counts.map(({ aspect }) => aspect)]).toEqual(['DIFFERENT', expect.arrayContaining(['responseHeaders'])]);
    expect(result.differences.flatMap(({ witnesses }) => witnesses.flatMap(({ headers }) => headers))).toContain('Origin: https://a.com');
    // Where both say the same of origins, none tells them apart; by two readings of it not every origin is tried.
    expect(diff(allowing('https://a.com'), allowing('https://a.com'), dialect).verdict).toBe('EQUIVALENT');
    const many = allowing(Array.from({ length: 21 }, (_, index) => `https://a${index}.com`).join(','));
    expect(diff(many, many, dialect).verdict).toBe('UNKNOWN');
  });

  it('are alike to OPTIONS where none says anything of other origins', () => {
    expect(diff({}, {}).verdict).toBe('EQUIVALENT');
    expect(differenceLines(diff({}, { own: { 'enable-cors': 'true' } }).result)).toContain(
      'OPTIONS http://foo.com/: status; ROUTED w, PREFLIGHT 204',
    );
  });

  it('believe what stands in front, or do not', () => {
    const own = { 'force-ssl-redirect': 'true' };
    const { result } = diff({ own, options: { 'use-forwarded-headers': true } }, { own });
    expect(differenceLines(result)).toContain(
      'GET http://foo.com/ X-Forwarded-Proto: https: redirect; ROUTED w, REDIRECTED 308 https://foo.com',
    );
    const behind = { own, options: { 'use-forwarded-headers': true } };
    expect(diff(behind, behind).verdict).toBe('EQUIVALENT');
    const listing = { own: { ...own, 'whitelist-source-range': '10.0.0.0/8' }, options: { 'use-forwarded-headers': true } };
    expect(diff(listing, listing).verdict).toBe('UNKNOWN');
  });

  it('refuse browsers, or do not', () => {
    expect(differenceLines(diff({ options: { 'block-user-agents': 'curl' } }, {}).result)).toContain(
      'GET http://foo.com/ User-Agent: curl: status; REFUSED 403, ROUTED w',
    );
    expect(diff({ options: { 'block-referers': '~*spam' } }, { options: { 'block-referers': '~*spam' } }).verdict).toBe('UNKNOWN');
  });

  it('have pages of errors written by others', () => {
    const pages = { own: { 'custom-http-errors': '404,503' } };
    const { verdict, result } = diff(pages, {});
    expect([verdict, differenceLines(result)[0]]).toEqual(['DIFFERENT', 'GET http://foo.com/: errorPages; ROUTED w, ROUTED w']);
    expect(result.differences[0]?.witnesses[0]).toMatchObject({ a: { errorPages: '404,503 the controller' }, b: { errorPages: null } });
    expect(diff(pages, { own: { 'custom-http-errors': '503,404' } }).verdict).toBe('EQUIVALENT');
  });

  it('leave open what a middleware of the other side makes of errors', () => {
    const sides = { a: classSide('ingress-nginx'), b: classSide('traefik-ingress-nginx') };
    const ask = (own: Readonly<Record<string, string>>) => {
      const both = ingresses('a : foo.com Prefix / -> w', { a: { 'custom-http-errors': '404', ...own } });
      return diffRoutes({ a: both, b: both }, { ...sides, scheme: 'http' });
    };
    expect(ask({ 'default-backend': 'w' }).verdict).toBe('EQUIVALENT');
    // without that Service Traefik writes none (`buildCustomHTTPErrors`), and the other one its own
    expect(ask({}).verdict).toBe('DIFFERENT');
    const { verdict, result } = ask({ 'limit-rps': '5' });
    expect([verdict, differenceLines(result)]).toEqual(['UNKNOWN', []]);
    expect(result.doubts.map(({ code }) => code)).toContain('OUTCOME_OPEN');
  });

  it('have more names than are tried', () => {
    const aliases = (count: number) => Array.from({ length: count }, (_, index) => `alias-${index}.org`).join(',');
    const named = (count: number): State => ({ own: { 'server-alias': aliases(count) } });
    expect(diff(named(10), named(10)).verdict).toBe('EQUIVALENT');
    const many = diff(named(3000), named(3000));
    expect([many.verdict, many.result.doubts.map(({ code }) => code)]).toEqual(['UNKNOWN', ['CONDITIONS_SAMPLED']]);
  });
});

/** Classes `c` with Ingresses, and IngressRoutes of the Traefik that is to serve instead: nothing names it, so that it is asked by no class. */
describe('Ingresses, and the IngressRoutes that are meant to replace them', () => {
  const old = ingressCluster('a : foo.com Prefix /x -> w');
  const services = old.filter(({ kind }) => kind !== 'Ingress' && kind !== 'IngressClass');
  const routes = (...matches: readonly string[]) => ({
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: { name: 'new', namespace: 't' },
    spec: { routes: matches.map((match) => ({ match, kind: 'Rule', services: [{ name: 'w', port: 80 }] })) },
  });
  const derived = { by: 'ingress', class: undefined, dialect: undefined } as const;
  const diff = (...matches: readonly string[]) =>
    diffRoutes({ a: modelOf(old), b: modelOf([...services, routes(...matches)]) }, { a: classSide('ingress-v1'), b: derived });

  it('are alike where a rule says the same', () => {
    const { verdict, result } = diff('Host(`foo.com`) && (Path(`/x`) || PathPrefix(`/x/`))');
    expect([verdict, differenceLines(result)]).toEqual(['EQUIVALENT', []]);
  });

  it('differ where `PathPrefix` goes on, or a host is not asked for', () => {
    expect(differenceLines(diff('Host(`foo.com`) && PathPrefix(`/x`)').result)).toContain(
      'GET http://foo.com/xwitness: status; NOT_FOUND 404, ROUTED w',
    );
    expect(differenceLines(diff('PathPrefix(`/x/`) || Path(`/x`)').result)).toContain(
      'GET http://witness.example.invalid/x: status; NOT_FOUND 404, ROUTED w',
    );
  });

  /** `pkg/middlewares/headers/header.go`, `processCorsHeaders`. */
  it('say different things to other origins by their middlewares', () => {
    const cors = (origin: string) => traefikObject('Middleware', 'cors', { headers: { accessControlAllowOriginList: [origin] } });
    const behind = [traefikObject('IngressRoute', 'new', { routes: [{ ...to('Host(`foo.com`)', 'w'), middlewares: [{ name: 'cors' }] }] })];
    const named = withAnnotations(old, { 'traefik.ingress.kubernetes.io/router.middlewares': 't-cors@kubernetescrd' });
    for (const objects of [[...services, ...behind], named]) {
      const state = (origin: string) => modelOf([...objects, cors(origin)]);
      const side = objects === named ? classSide('traefik') : derived;
      const compared = (origin: string) => diffRoutes({ a: state('https://a.com'), b: state(origin) }, { a: side, b: side });
      expect(compared('https://b.com').result.counts.map(({ aspect }) => aspect)).toEqual(['responseHeaders']);
      expect(compared('https://a.com').verdict).toBe('EQUIVALENT');
    }
  });

  /** doc.traefik.io "Multi-Layer Routing": rules behind one another all have to hold. */
  it('are compared through the layers of routers, which are a sample where middlewares change what is seen', () => {
    const layered = (match: string, more: JsonObject = {}) => [
      traefikObject('IngressRoute', 'root', { routes: [{ match, kind: 'Rule', ...more }] }),
      traefikObject('IngressRoute', 'child', { parentRefs: [{ name: 'root' }], routes: [to('Path(`/x`) || PathPrefix(`/x/`)', 'w')] }),
    ];
    const against = (...objects: readonly KubernetesObject[]) =>
      diffRoutes({ a: modelOf(old), b: modelOf([...services, ...objects]) }, { a: classSide('ingress-v1'), b: derived });
    expect(against(...layered('Host(`foo.com`)')).verdict).toBe('EQUIVALENT');
    const strip = traefikObject('Middleware', 'strip', { stripPrefix: { prefixes: ['/in'] } });
    const stripped = against(...layered('Host(`foo.com`)', { middlewares: [{ name: 'strip' }] }), strip);
    expect(stripped.verdict).toBe('DIFFERENT');
    expect(differenceLines(stripped.result)).toContain('GET http://foo.com/in/x: status; NOT_FOUND 404, ROUTED w');
  });

  it('differ for requests that a matcher leaves out', () => {
    const lines = differenceLines(diff('Host(`foo.com`) && (Path(`/x`) || PathPrefix(`/x/`)) && !Header(`X-Team`, `blue`)').result);
    expect(lines).toContain('GET http://foo.com/x X-Team: blue: status; ROUTED w, NOT_FOUND 404');
    expect(lines.every((line) => line.includes('X-Team: blue'))).toBe(true);
  });
});

/** IngressRoutes without a class are for the Traefik of the cluster, not for the class that is tried by its rules. */
it('Ingresses of another controller are tried without the IngressRoutes that its Traefik reads', () => {
  const ofNginx = withNginx(ingressCluster('a : foo.com Prefix /x -> w'), {});
  const traefikClass = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'traefik' } };
  const objects = [...ofNginx, { ...traefikClass, spec: { controller: 'traefik.io/ingress-controller' } }];
  const rules = (...more: KubernetesObject[]) => {
    const model = modelOf([...objects, ...more]);
    const { result } = diffRoutes({ a: model, b: model }, { a: classSide('ingress-nginx'), b: classSide('traefik') });
    return [result.a.rules, result.b.rules, differenceLines(result).length];
  };
  const named = (ingressClassName: string) => traefikObject('IngressRoute', 'r', { ingressClassName, routes: [to('Path(`/y`)', 'w')] });
  const alone = rules();
  expect([rules(ingressRoute('r', to('Path(`/y`)', 'w'))), rules(named('traefik'))]).toEqual([alone, alone]);
  expect(rules(named('c'))[1]).toBeGreaterThan(alone[1] ?? 0);
});

const prefix = (value: string) => ({ path: { type: 'PathPrefix', value } });

/** The Services of Ingresses of this notation live in namespace `t`, so do the routes that are to replace them. */
describe('Ingresses, and the Gateway that is meant to replace them', () => {
  const old = ingressCluster('a : foo.com Prefix /x -> w\na : foo.com Exact /x/y -> v');
  const parent = { parentRefs: [{ name: 'gw', namespace: 'shop' }], hostnames: ['foo.com'] };
  const open = listener('web', { allowedRoutes: { namespaces: { from: 'All' } } });
  const diff = (rules: Parameters<typeof httpRoute>[1], more = {}) => {
    const model = modelOf([...old, ...gateway([open]), httpRoute('t/new', rules, { ...parent, ...more })]);
    return diffRoutes({ a: model, b: model }, { a: classSide('ingress-v1'), b: gatewaySide() });
  };
  const exact = rule({ path: { type: 'Exact', value: '/x/y' } }, 'v');

  it('are alike over http where every path is carried over', () => {
    const { result } = diff([rule(prefix('/x'), 'w'), exact]);
    const lines = differenceLines(result).filter((line) => line.includes('http://'));
    expect(lines).toEqual([]);
  });

  it('differ where a path was forgotten', () => {
    expect(differenceLines(diff([rule(prefix('/x'), 'w')]).result)).toContain('GET http://foo.com/x/y: backend; ROUTED v, ROUTED w');
  });

  it('differ in the path that the backend receives', () => {
    const rewrite = { filters: [{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } }] };
    const { result } = diff([rule(prefix('/x'), 'w', rewrite), exact]);
    expect(differenceLines(result)).toContain('GET http://foo.com/x/witness: path; ROUTED w, ROUTED w');
    expect(result.differences.find(({ aspects }) => aspects[0] === 'path')?.witnesses[0]?.b.path).toBe('/');
  });

  it('differ for requests that only one side tells apart by a header', () => {
    const byHeader = rule({ ...prefix('/x'), headers: [{ name: 'X-Team', value: 'blue' }] }, 'v');
    const lines = differenceLines(diff([byHeader, rule(prefix('/x'), 'w'), exact]).result);
    expect(lines).toContain('GET http://foo.com/x x-team: blue: backend; ROUTED w, ROUTED v');
    expect(lines.some((line) => line.startsWith('GET http://foo.com/x:'))).toBe(false);
  });

  it('differ over https where no listener takes it', () => {
    expect(differenceLines(diff([rule(prefix('/x'), 'w'), exact]).result)).toContain(
      'GET https://foo.com/x: status; ROUTED w, CONNECTION_REFUSED',
    );
  });

  it('two implementations of the Gateway API differ in what ranks first (traefik/traefik `httproute.go`, one sum a match)', () => {
    const byMethod = rule({ ...prefix('/x'), method: 'GET' }, 'a');
    const routes = [byMethod, rule(prefix('/x/a-long-path-that-counts'), 'b')];
    const model = modelOf([...gateway([listener('web')]), ...backend('a'), ...backend('b'), httpRoute('r', routes)]);
    const { verdict } = diffRoutes({ a: model, b: model }, { a: gatewaySide('gateway-api'), b: gatewaySide('envoy-gateway') });
    expect(verdict).toBe('EQUIVALENT');
  });
});

/** Divergences D7 and D24: nginx decodes `%2F` and merges slashes before it matches (rule B12), Traefik keeps what is reserved encoded (rule T5); Envoy joins a repeated header, Traefik takes any value. */
describe('requests that few clients send', () => {
  const rules = 'a : foo.com Exact /a/b -> w';
  const asked = (unusual: boolean) => {
    const model = ingresses(rules);
    return diffRoutes(
      { a: model, b: model },
      { a: classSide('ingress-nginx'), b: classSide('traefik'), unusual, aspects: ['status', 'backend'] },
    );
  };

  it('are tried where the question asks for them', () => {
    expect(differenceLines(asked(false).result).filter((line) => line.includes('%'))).toEqual([]);
    expect(differenceLines(asked(true).result)).toContain('GET http://foo.com/a%2Fb: status; ROUTED w, NOT_FOUND 404');
  });

  it('each difference names the step that decided on each side, with its rule and its source', () => {
    const { evidence } = asked(true);
    const difference = evidence.find(({ reason, message }) => reason === 'DIFFERENCE' && message.includes('/a%2Fb'));
    const steps = evidence.filter(({ parent }) => parent === difference?.id);
    expect(steps.map(({ reason, cites }) => [reason, cites?.rule])).toEqual([
      ['DECIDED_BY', 'B8'],
      ['DECIDED_BY', 'T6'],
    ]);
    expect(steps.every(({ cites }) => cites?.source.startsWith('https://'))).toBe(true);
  });
});
