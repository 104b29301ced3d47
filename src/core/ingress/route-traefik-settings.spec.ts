import { describe, expect, it } from 'vitest';
import { requestFor } from '../../../test/support/ask-route.js';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { modelOf } from '../../../test/support/model.js';
import { ingressRoute, to, TRAEFIK_SERVICES, traefikObject as object } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { route } from './route.js';
import { routeConnection } from './route-connection.js';

type Settings = Readonly<Record<string, string | boolean>>;
const modelWith = (objects: readonly KubernetesObject[], options: Settings) =>
  modelOf([...TRAEFIK_SERVICES, ...objects], { ingress: { controllers: [{ class: 'traefik', dialect: 'traefik', options }] } });

/** What becomes of a request in a class of Traefik with these settings. */
function ask(objects: readonly KubernetesObject[], url: string, options: Settings = {}) {
  const answer = route(modelWith(objects, options), { request: requestFor(url), class: 'traefik', dialect: undefined });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}
function line(...asked: Parameters<typeof ask>): string {
  const { verdict, result } = ask(...asked);
  return [verdict, ...result.backends.map(({ service }) => service), ...(result.status === null ? [] : [result.status])].join(' ');
}

/** doc.traefik.io "Migrate from v2 to v3", "Configure the Syntax Per Router" and "… the Default Syntax In Static Configuration". */
describe('`core.defaultRuleSyntax`', () => {
  const V2 = { 'core.defaultRuleSyntax': 'v2' };
  const TWO = 'Host(`foo.com`, `bar.com`)';

  it('is that of rules which do not tell theirs', () => {
    const plain = [ingressRoute('r', to(TWO, 'a'))];
    expect([line(plain, 'http://bar.com/'), line(plain, 'http://bar.com/', V2)]).toEqual(['NOT_FOUND 404', 'ROUTED a']);
    const templates = [ingressRoute('r', to('HostRegexp(`{sub:[a-z]+}.foo.com`)', 'a'))];
    expect(['http://x.foo.com/', 'http://x.y.foo.com/'].map((url) => line(templates, url, V2))).toEqual(['ROUTED a', 'NOT_FOUND 404']);
  });

  it.each<[told: string, settings: Settings, expected: string]>([
    ['v3', V2, 'NOT_FOUND 404'],
    ['v2', {}, 'ROUTED a'],
    ['v2', { 'core.defaultRuleSyntax': 'v3' }, 'ROUTED a'],
  ])('gives way to the router that tells %s', (syntax, settings, expected) => {
    expect(line([ingressRoute('r', to(TWO, 'a', { syntax }))], 'http://bar.com/', settings)).toBe(expected);
  });

  it('is that of connections, too', () => {
    const tcp = object('IngressRouteTCP', 'r', {
      routes: [{ match: 'HostSNI(`a.org`, `b.org`)', services: [{ name: 'a', port: 80 }] }],
      tls: { passthrough: true },
    });
    const verdict = (options: Settings) => {
      const asked = { scheme: 'tls', host: 'b.org', sni: 'b.org' } as const;
      const answer = routeConnection(modelWith([tcp], options), asked, 443, { class: 'traefik', dialect: undefined });
      return answer.ok ? answer.value.verdict : 'left to HTTPS';
    };
    expect([verdict({}), verdict(V2)]).toEqual(['left to HTTPS', 'ROUTED']);
  });

  /** `loadRouter` of `pkg/provider/kubernetes/ingress/kubernetes.go`: a wildcard is a template in v2, and an expression in v3; `SyntaxParser.parse` takes what it does not know for v3. */
  it.each<[annotation: string | undefined, settings: Settings, expected: string]>([
    [undefined, {}, 'NOT_FOUND 404'],
    [undefined, V2, 'ROUTED a'],
    ['v3', V2, 'NOT_FOUND 404'],
    ['v2', {}, 'ROUTED a'],
    ['v4', V2, 'NOT_FOUND 404'],
  ])('is that of Ingresses: %s, %j', (syntax, settings, expected) => {
    const prefix = 'traefik.ingress.kubernetes.io/router.';
    const ingress: KubernetesObject = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: {
        name: 'i',
        namespace: 't',
        annotations: { [`${prefix}pathmatcher`]: 'Path', ...(syntax === undefined ? {} : { [`${prefix}rulesyntax`]: syntax }) },
      },
      spec: {
        ingressClassName: 'traefik',
        rules: [
          {
            host: '*.foo.com',
            http: {
              paths: [
                { path: '/{id:[0-9]+}', pathType: 'ImplementationSpecific', backend: { service: { name: 'a', port: { number: 80 } } } },
              ],
            },
          },
        ],
      },
    };
    expect(line([ingress], 'http://x.foo.com/42', settings)).toBe(expected);
  });
});

/** doc.traefik.io v3.7 "TLSOption" and "TLSStore": those called `default` count from this namespace alone; without the setting several cancel each other. */
describe('`defaultTLSResourcesNamespace`', () => {
  const secured = object('IngressRoute', 'r', { routes: [to('Host(`shop.example.com`)', 'a')], tls: {} });
  const strict = (namespace: string, sniStrict: boolean) => object('TLSOption', 'default', { sniStrict }, namespace);
  const url = 'https://shop.example.com/';

  it('is where the options stand that every name has', () => {
    const both = [secured, strict('t', false), strict('edge', true)];
    const found = [undefined, 'edge', 't', 'nowhere'].map((defaultTLSResourcesNamespace) =>
      line(both, url, defaultTLSResourcesNamespace === undefined ? {} : { defaultTLSResourcesNamespace }),
    );
    expect(found).toEqual(['ROUTED a', 'CONNECTION_REFUSED', 'ROUTED a', 'ROUTED a']);
    expect(line([secured, strict('t', true)], url, { 'kubernetesCRD.defaultTLSResourcesNamespace': 'edge' })).toBe('ROUTED a');
  });

  it('is where the certificate stands that is for all names', () => {
    const store = (namespace: string) => object('TLSStore', 'default', { defaultCertificate: { secretName: 'shop' } }, namespace);
    const secret = (namespace: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { name: 'shop', namespace },
      data: { 'tls.crt': Buffer.from(CERTIFICATES.alternativeNames).toString('base64'), 'tls.key': '' },
    });
    const both = [secured, store('t'), store('edge'), secret('t'), secret('edge')];
    const shown = (options: Settings) => ask(both, url, options).result.certificate?.namespace;
    expect([shown({}), shown({ defaultTLSResourcesNamespace: 'edge' })]).toEqual([undefined, 'edge']);
  });
});

/** traefik/traefik `pkg/server/service/loadbalancer/failover/failover.go`, `ServeHTTP`: answers of these statuses are left to the fallback, and a Service without servers answers 503. */
describe('a failover by status', () => {
  const behind = (main: string, errors?: JsonObject): readonly KubernetesObject[] => [
    object('TraefikService', 'f', {
      failover: { service: { name: main, port: 80 }, fallback: { name: 'b', port: 80 }, ...(errors === undefined ? {} : { errors }) },
    }),
    ingressRoute('r', { match: 'PathPrefix(`/`)', kind: 'Rule', services: [{ name: 'f', kind: 'TraefikService' }] }),
  ];
  const EMPTY = { allowEmptyServices: true };

  it.each<[what: string, main: string, errors: JsonObject | undefined, settings: Settings, expected: string]>([
    ['the first one serves', 'a', { status: ['500-504'] }, {}, 'ROUTED a'],
    // `getFailoverServiceHandler` of `pkg/server/service/service.go`: the first one must tell of its health where no statuses are named
    ['nothing tells of its fault: there is no router', 'a', undefined, EMPTY, 'NOT_FOUND 404'],
    ['nor does a list of none', 'a', { status: [] }, EMPTY, 'NOT_FOUND 404'],
    ['the 503 of one without servers is left to the other', 'empty', { status: ['500-504'] }, EMPTY, 'ROUTED b'],
    ['not among other statuses', 'empty', { status: ['500-502', '504'] }, EMPTY, 'NO_ENDPOINTS empty 503'],
    ['without the setting there is no router', 'empty', { status: ['503'] }, {}, 'NOT_FOUND 404'],
    ['nor with what is no status', 'a', { status: ['5xx'] }, {}, 'NOT_FOUND 404'],
  ])('%s', (_what, main, errors, settings, expected) => {
    expect(line(behind(main, errors), 'http://foo.com/', settings)).toBe(expected);
  });

  it('tells what is taken for granted', () => {
    const told = (errors: JsonObject) =>
      ask(behind('a', errors), 'http://foo.com/').assumptions.find(({ code }) => code === 'FAILOVER_HEALTHY')?.message;
    expect(told({ status: ['500', '502-504'] })).toContain('not to answer 500, 502-504, which t/b would answer instead');
    const other: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'far', namespace: 't' },
      spec: { type: 'ExternalName', externalName: 'far.org', ports: [{ port: 80 }] },
    };
    const checked = object('TraefikService', 'f', {
      failover: { service: { name: 'far', port: 80, healthCheck: { path: '/ok' } }, fallback: { name: 'b', port: 80 } },
    });
    const [, router] = behind('far');
    const { verdict, assumptions } = ask([other, checked, router!], 'http://foo.com/', { allowExternalNameServices: true });
    expect([verdict, assumptions.find(({ code }) => code === 'FAILOVER_HEALTHY')?.message]).toEqual([
      'ROUTED',
      'the first Service of the failover is taken to be healthy',
    ]);
  });
});
