import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes, routeLintAnswer, ruleLine } from '../../../test/support/route-lint.js';
import { ingressRoute, to, TRAEFIK_SERVICES, traefikObject } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const lint = (...objects: readonly KubernetesObject[]) => lintRoutes(modelOf([...TRAEFIK_SERVICES, ...objects]));
const lines = (...objects: readonly KubernetesObject[]) =>
  lint(...objects)
    .rules.filter(({ object }) => object.kind === 'IngressRoute')
    .map(ruleLine);
const codes = (...objects: readonly KubernetesObject[]) =>
  lint(...objects)
    .findings.filter(({ object }) => object.kind !== 'Ingress')
    .map(({ code, object, pointer }) => `${code} ${object.name} ${pointer}`);
const made = (name: string, more: JsonObject, route: JsonObject) => {
  const { spec, ...object } = ingressRoute(name, route);
  return { ...object, metadata: { ...object.metadata, ...more }, spec };
};

/** traefik/traefik `pkg/muxer/http/mux.go`: the router of the higher priority that matches takes the request. */
describe('rules of IngressRoutes', () => {
  it('are live where a request reaches them, which is told', () => {
    const rule = 'Host(`foo.com`) && Method(`POST`) && Header(`X-A`, `1`) && Query(`q`, `x`) && PathRegexp(`^/v[0-9]/`)';
    expect(lines(ingressRoute('r', to(rule, 'a')))).toEqual([`r ${rule} live POST http://foo.com/v0/?q=x X-A: 1`]);
    expect(lines(ingressRoute('r', to('HostRegexp(`^[a-z]+[.]foo[.]com$`) && !PathPrefix(`/x`)', 'a')))).toEqual([
      'r HostRegexp(`^[a-z]+[.]foo[.]com$`) && !PathPrefix(`/x`) live GET http://a.foo.com/',
    ]);
    expect(lines(traefikObject('IngressRoute', 'r', { routes: [to('Host(`foo.com`)', 'a')], tls: {} }))).toEqual([
      'r Host(`foo.com`) live GET https://foo.com/',
    ]);
  });

  it('are shadowed where one of higher priority holds whenever they do', () => {
    const wide = to('Host(`foo.com`)', 'a', { priority: 100 });
    expect(lines(ingressRoute('r', wide), ingressRoute('s', to('Host(`foo.com`) && PathPrefix(`/b`)', 'b')))[1]).toBe(
      's Host(`foo.com`) && PathPrefix(`/b`) shadowed by r',
    );
    expect(codes(ingressRoute('r', wide), ingressRoute('s', to('Host(`foo.com`) && (Path(`/b`) || Path(`/c`))', 'b')))).toEqual([
      'ING-SHADOWED s /spec/routes/0',
    ]);
  });

  it('are live where the rule before them leaves requests over, or listens elsewhere', () => {
    const narrow = to('Host(`foo.com`) && !Method(`PUT`)', 'a', { priority: 100 });
    expect(lines(ingressRoute('r', narrow), ingressRoute('s', to('Host(`foo.com`) && Method(`PUT`)', 'b')))[1]).toBe(
      's Host(`foo.com`) && Method(`PUT`) live PUT http://foo.com/',
    );
    const secure = traefikObject('IngressRoute', 'r', { routes: [to('Host(`foo.com`)', 'a', { priority: 100 })], tls: {} });
    expect(lines(secure, ingressRoute('s', to('Host(`foo.com`) && Path(`/b`)', 'b')))[1]).toBe(
      's Host(`foo.com`) && Path(`/b`) live GET http://foo.com/b',
    );
  });

  it('are not shadowed by one of which Traefik makes no router', () => {
    const gone = to('Host(`foo.com`)', 'gone', { priority: 100 });
    expect(lines(ingressRoute('r', gone), ingressRoute('s', to('Host(`foo.com`) && Path(`/b`)', 'b')))).toEqual([
      'r Host(`foo.com`) unreachable',
      's Host(`foo.com`) && Path(`/b`) live GET http://foo.com/b',
    ]);
  });

  it('are live for the clients that they ask for', () => {
    const [rule] = lint(ingressRoute('r', to('ClientIP(`10.0.0.0/8`)', 'a'))).rules.filter(({ object }) => object.kind === 'IngressRoute');
    expect(rule).toMatchObject({ state: 'live', witness: { clientAddress: '10.0.0.0' } });
  });

  it('are undecided where their matchers exclude one another', () => {
    expect(lines(ingressRoute('r', to('Method(`GET`) && Method(`PUT`)', 'a')))).toEqual(['r Method(`GET`) && Method(`PUT`) undecided']);
  });

  it('are shadowed by several that take together all they match, and by no more than that', () => {
    const before = (match: string) => to(`Host(\`foo.com\`) && ${match}`, 'a', { priority: 100 });
    const own = ingressRoute('z', to('Host(`foo.com`) && PathPrefix(`/a`)', 'b'));
    const all = ['Path(`/a`)', 'PathPrefix(`/a/`)', 'PathRegexp(`^/a[^/]`)'];
    const routes = all.map((match, index) => ingressRoute(`r${index}`, before(match)));
    const post = ingressRoute('t', before('Method(`POST`)'));
    expect(lines(post, ...routes, own).at(-1)).toBe('z Host(`foo.com`) && PathPrefix(`/a`) shadowed by r0,r1,r2');
    expect(lines(post, ...routes.slice(0, 2), own).at(-1)).toBe('z Host(`foo.com`) && PathPrefix(`/a`) live GET http://foo.com/aa');
    const parts = [ingressRoute('p', before('Method(`GET`)')), ingressRoute('q', before('!Method(`GET`)'))];
    expect(lines(...parts, own).at(-1)).toBe('z Host(`foo.com`) && PathPrefix(`/a`) shadowed by p,q');
    expect(lines(parts[0]!, own).at(-1)).toBe('z Host(`foo.com`) && PathPrefix(`/a`) live POST http://foo.com/a');
  });

  it('are shadowed on each entry point by another one', () => {
    const at = (name: string, entryPoints: string[], route: JsonObject) =>
      traefikObject('IngressRoute', name, { entryPoints, routes: [route] });
    const wide = to('Host(`foo.com`)', 'a', { priority: 100 });
    const own = at('s', ['web', 'websecure'], to('Host(`foo.com`) && Path(`/b`)', 'b'));
    expect(lines(at('q', ['web'], wide), at('r', ['websecure'], wide), own).at(-1)).toBe('s Host(`foo.com`) && Path(`/b`) shadowed by q,r');
    expect(lines(at('r', ['websecure'], wide), own).at(-1)).toBe('s Host(`foo.com`) && Path(`/b`) live GET http://foo.com/b');
  });

  it('are unreachable with each reason', () => {
    expect(codes(ingressRoute('r', to('Host(`foo.com`', 'a')))).toEqual(['ING-INVALID r /spec/routes/0/match']);
    expect(codes(ingressRoute('r', to('Host(`foo.com`)', 'empty')))).toEqual(['ING-NO-ENDPOINTS r /spec/routes/0/services/0']);
    const route = to('Host(`foo.com`)', 'gone', { middlewares: [{ name: 'gone' }] });
    expect(codes(traefikObject('IngressRoute', 'r', { routes: [route], tls: { options: { name: 'gone' } } }))).toEqual([
      'ING-SERVICE-MISSING r /spec/routes/0/services/0',
      'ING-MIDDLEWARE-MISSING r /spec/routes/0/middlewares/0',
      'ING-TLS-OPTION-MISSING r /spec/tls/options',
    ]);
  });

  // `Less` of the muxer's routes: of equals the order is not stable.
  it('of several objects that are the same are a conflict, with age and owner', () => {
    const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
    const old = made('r', { creationTimestamp: '2026-01-01T00:00:00Z', labels }, to('Host(`foo.com`)', 'a'));
    const young = made('s', { namespace: 'u', creationTimestamp: '2026-02-01T00:00:00Z' }, to('Host(`foo.com`)', 'a'));
    const other = TRAEFIK_SERVICES.map((one) => ({ ...one, metadata: { ...one.metadata, namespace: 'u' } }));
    const { conflicts } = lint(old, young, ...other);
    expect(conflicts).toMatchObject([
      {
        decided: false,
        host: 'foo.com',
        claims: [
          { object: { name: 'r' }, owner: 'Helm', createdAt: '2026-01-01T00:00:00Z', wins: false },
          { object: { name: 's', namespace: 'u' }, wins: false },
        ],
      },
    ]);
    expect(codes(old, young, ...other)).toContain('ING-CONFLICT-UNDEFINED r /spec/routes/0');
    const first = made('r', {}, to('Host(`foo.com`)', 'a', { priority: 99 }));
    expect(lint(first, young, ...other).conflicts).toMatchObject([{ decided: true, claims: [{ wins: true }, { wins: false }] }]);
  });

  it('are looked at in bounded work, however their cases multiply', () => {
    const rule = Array.from({ length: 30 }, (_, index) => `(Path(\`/a${index}\`) || Path(\`/b${index}\`))`).join(' && ');
    expect(lines(ingressRoute('r', to(rule, 'a')))[0]).toContain('undecided');
  });
});

/** As `route` says it of a request: the objects do not tell how that Traefik is set up. */
describe('the defaults of a Traefik that nothing names', () => {
  const crossing = ingressRoute('r', to('Host(`foo.com`)', 'a', { middlewares: [{ name: 't-m@kubernetescrd' }] }));

  it('are an assumption, not a certainty', () => {
    const { assumptions, confidence, result } = routeLintAnswer(modelOf([...TRAEFIK_SERVICES, crossing]));
    expect(result.findings.map(({ code }) => code)).toContain('ING-MIDDLEWARE-MISSING');
    expect([confidence, assumptions.map(({ code }) => code)]).toEqual(['ASSUMED', ['TRAEFIK_ASSUMED']]);
  });

  it('are none where the profile names it', () => {
    const controllers = [{ class: 'edge', dialect: 'traefik' }];
    const { assumptions, confidence } = routeLintAnswer(modelOf([...TRAEFIK_SERVICES, crossing], { ingress: { controllers } }));
    expect([confidence, assumptions]).toEqual(['CERTAIN', []]);
  });
});
