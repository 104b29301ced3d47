import { describe, expect, it } from 'vitest';
import { requestFor } from '../../../test/support/ask-route.js';
import { askGateway, backend, gateway, gatewayLine, httpRoute, listener, rule } from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import { ingressRoute, to, TRAEFIK_SERVICES, traefikObject } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import type { NetworkModel } from '../model/network-model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { normaliseObject } from '../resources/normalise-object.js';
import { route } from './route.js';
import { routeConnection } from './route-connection.js';

const UNNAMED = { class: 'traefik', dialect: undefined } as const;
const CLASS: KubernetesObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'traefik' },
  spec: { controller: 'traefik.io/ingress-controller' },
};
const modelWith = (object: KubernetesObject) => modelOf([...TRAEFIK_SERVICES, CLASS, object]);

/** What is wrong with the object by the import, and by the lint: the place and the code of each. */
function told(object: KubernetesObject, model: NetworkModel): readonly string[] {
  const { diagnostics } = normaliseObject(object);
  const { findings } = lintRoutes(model);
  return [
    ...diagnostics.map(({ code, pointer }) => `${pointer ?? ''} ${code}`),
    ...findings.filter((one) => one.object.kind === object.kind).map(({ code, pointer }) => `${pointer} ${code}`),
  ];
}

function answer(model: NetworkModel, url: string): string {
  const found = route(model, { request: requestFor(url), ...UNNAMED });
  return found.ok ? `${found.value.verdict} ${found.value.result.status ?? ''}` : found.error.message;
}

type Row = readonly [what: string, object: KubernetesObject, told: readonly string[]];

/**
 * What Traefik's providers pass over, and its muxer refuses, makes no router: another one answers, or 404 (traefik/traefik `pkg/provider/kubernetes/ingress/kubernetes.go`, `crd/kubernetes_http.go`,
 * `AddRoute` of `pkg/muxer/http/mux.go`). A path with `//` no request has behind `sanitizePath` (`pkg/server/server_entrypoint_tcp.go`); the API server refuses it in an Ingress of a type that it knows.
 */
describe('a rule that Traefik cannot serve is told of and answers 404', () => {
  const PATH = '/spec/rules/0/http/paths/0';
  const ingress = (
    path: string,
    pathType: string,
    service: JsonObject,
    annotations: Readonly<Record<string, string>> = {},
  ): KubernetesObject => {
    const own = Object.entries(annotations).map(([name, value]) => [`traefik.ingress.kubernetes.io/router.${name}`, value]);
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'i', namespace: 't', annotations: Object.fromEntries(own) },
      spec: { ingressClassName: 'traefik', rules: [{ host: 'foo.com', http: { paths: [{ path, pathType, backend: { service } }] } }] },
    };
  };
  const A = { name: 'a', port: { number: 80 } };
  const ofFoo = (more: JsonObject = {}) => ingressRoute('r', to('Host(`foo.com`)', 'a', more));

  it.each<Row>([
    [
      'Ingress: a bad expression',
      ingress('/(', 'ImplementationSpecific', A, { pathmatcher: 'PathRegexp' }),
      [`${PATH} ING-RULE-IGNORED`, `${PATH} ING-PATTERN-UNSUPPORTED`],
    ],
    ['Ingress: `//`', ingress('/x//y', 'Prefix', A), [`${PATH}/path invalid-value`, `${PATH} ING-INVALID`]],
    ['Ingress: `//` of no certain type', ingress('/x//y', 'ImplementationSpecific', A), [`${PATH} ING-RULE-IGNORED`]],
    [
      'Ingress: a port that is not there',
      ingress('/', 'Prefix', { name: 'a', port: { number: 81 } }),
      [`${PATH}/backend ING-PORT-MISSING`, `${PATH} ING-RULE-IGNORED`],
    ],
    [
      'Ingress: a Service that is not there',
      ingress('/', 'Prefix', { ...A, name: 'gone' }),
      [`${PATH}/backend ING-SERVICE-MISSING`, `${PATH} ING-RULE-IGNORED`],
    ],
    ['Ingress: an unknown matcher', ingress('/', 'ImplementationSpecific', A, { pathmatcher: 'PathFoo' }), [`${PATH} ING-RULE-IGNORED`]],
    ['Ingress: a priority that is none', ingress('/', 'Prefix', A, { priority: 'high' }), [`${PATH} ING-RULE-IGNORED`]],
    [
      'IngressRoute: an unknown parent',
      traefikObject('IngressRoute', 'r', { parentRefs: [{ name: 'gone' }], routes: [to('Host(`foo.com`)', 'a')] }),
      ['/spec/routes/0 ING-INVALID'],
    ],
    [
      'IngressRoute: a bad expression',
      ingressRoute('r', to('Host(`foo.com`) && PathRegexp(`(`)', 'a')),
      ['/spec/routes/0/match invalid-rule', '/spec/routes/0/match ING-INVALID'],
    ],
    ['IngressRoute: `//`', ingressRoute('r', to('Host(`foo.com`) && Path(`/x//y`)', 'a')), ['/spec/routes/0/match ING-RULE-IGNORED']],
    [
      'IngressRoute: `//` in each of two prefixes',
      ingressRoute('r', to('PathPrefix(`/x//`) || PathPrefix(`/a/../b`)', 'a')),
      ['/spec/routes/0/match ING-RULE-IGNORED'],
    ],
    ['IngressRoute: no port', ofFoo({ services: [{ name: 'a' }] }), ['/spec/routes/0/services/0 ING-PORT-MISSING']],
    [
      'IngressRoute: a port that is not there',
      ofFoo({ services: [{ name: 'a', port: 81 }] }),
      ['/spec/routes/0/services/0 ING-PORT-MISSING'],
    ],
    [
      'IngressRoute: a Service that is not there',
      ofFoo({ services: [{ name: 'gone', port: 80 }] }),
      ['/spec/routes/0/services/0 ING-SERVICE-MISSING'],
    ],
    [
      'IngressRoute: a bad rule',
      ingressRoute('r', to('Host(foo.com)', 'a')),
      ['/spec/routes/0/match invalid-rule', '/spec/routes/0/match ING-INVALID'],
    ],
    ['IngressRoute: no rule', ingressRoute('r', to('', 'a')), ['/spec/routes/0/match missing-field', '/spec/routes/0 ING-INVALID']],
    // `+kubebuilder:validation:Maximum=9223372036854774807`
    [
      'IngressRoute: a priority beyond what users may set',
      ofFoo({ priority: 2 ** 63, services: [{ name: 'gone', port: 80 }] }),
      ['/spec/routes/0/priority out-of-range', '/spec/routes/0/services/0 ING-SERVICE-MISSING'],
    ],
    ['IngressRoute: another kind of route', ofFoo({ kind: 'Route' }), ['/spec/routes/0/kind invalid-value', '/spec/routes/0 ING-INVALID']],
    [
      'IngressRoute: a middleware that is not there',
      ofFoo({ middlewares: [{ name: 'gone' }] }),
      ['/spec/routes/0/middlewares/0 ING-MIDDLEWARE-MISSING'],
    ],
  ])('%s', (_what, object, expected) => {
    const model = modelWith(object);
    expect(told(object, model)).toEqual(expected);
    expect([answer(model, 'http://foo.com/'), answer(model, 'http://foo.com/x//y')]).toEqual(['NOT_FOUND 404', 'NOT_FOUND 404']);
  });

  it('but one of which a part can hold is not among them', () => {
    for (const match of ['Path(`/x//y`) || Path(`/x`)', '!Path(`/x//y`)', 'PathPrefix(`/x/.`)', 'PathRegexp(`^/x//`) || Path(`/z`)'])
      expect(lintRoutes(modelWith(ingressRoute('r', to(match, 'a')))).findings.map(({ code }) => code)).not.toContain('ING-RULE-IGNORED');
    const kept = { ingress: { controllers: [{ class: 'traefik', dialect: 'traefik', options: { sanitizePath: false } }] } };
    const model = modelOf([...TRAEFIK_SERVICES, CLASS, ingressRoute('r', to('Path(`/x//y`)', 'a'))], kept);
    expect(answer(model, 'http://foo.com/x//y')).toBe('ROUTED ');
  });
});

/** `kubernetes_tcp.go`, `kubernetes_udp.go`; `addTCPHandlers` of `pkg/server/router/tcp/manager.go` for names without TLS. */
describe('a rule of connections that Traefik cannot serve is told of and takes none', () => {
  const S = [{ name: 'a', port: 80 }];
  const tcp = (
    match: string,
    services: readonly JsonObject[] = S,
    more: JsonObject = {},
    tls: JsonObject = { tls: { passthrough: true } },
  ) => traefikObject('IngressRouteTCP', 'r', { routes: [{ match, services: [...services], ...more }], ...tls });
  const udp = (...services: JsonObject[]) => traefikObject('IngressRouteUDP', 'r', { routes: [{ services }] });
  const OF_FOO = 'HostSNI(`foo.com`)';

  it.each<Row>([
    ['TCP: a bad expression', tcp('HostSNIRegexp(`(`)'), ['/spec/routes/0/match invalid-rule', '/spec/routes/0/match ING-INVALID']],
    ['TCP: a bad rule', tcp('HostSNI(foo.com)'), ['/spec/routes/0/match invalid-rule', '/spec/routes/0/match ING-INVALID']],
    ['TCP: no port', tcp(OF_FOO, [{ name: 'a' }]), ['/spec/routes/0/services/0 ING-PORT-MISSING']],
    ['TCP: a port that is not there', tcp(OF_FOO, [{ name: 'a', port: 81 }]), ['/spec/routes/0/services/0 ING-PORT-MISSING']],
    ['TCP: a Service that is not there', tcp(OF_FOO, [{ name: 'gone', port: 80 }]), ['/spec/routes/0/services/0 ING-SERVICE-MISSING']],
    [
      'TCP: a middleware that is not there',
      tcp(OF_FOO, S, { middlewares: [{ name: 'gone' }] }),
      ['/spec/routes/0/middlewares/0 ING-MIDDLEWARE-MISSING'],
    ],
    ['TCP: a name without TLS', tcp(OF_FOO, S, {}, {}), ['/spec/routes/0/match ING-RULE-IGNORED']],
    ['TCP: an expression of names without TLS', tcp('HostSNIRegexp(`^.+$`)', S, {}, {}), ['/spec/routes/0/match ING-RULE-IGNORED']],
    ['UDP: no port', udp({ name: 'a' }), ['/spec/routes/0/services/0 ING-PORT-MISSING']],
    ['UDP: a port that is not there', udp({ name: 'a', port: 81 }), ['/spec/routes/0/services/0 ING-PORT-MISSING']],
    ['UDP: a Service that is not there', udp({ name: 'gone', port: 80 }), ['/spec/routes/0/services/0 ING-SERVICE-MISSING']],
    ['UDP: no Service', udp(), ['/spec/routes/0 ING-BACKEND-REFUSED']],
  ])('%s', (_what, object, expected) => {
    const model = modelWith(object);
    expect(told(object, model)).toEqual(expected);
    const scheme = object.kind === 'IngressRouteUDP' ? 'udp' : object['spec'] && 'tls' in (object['spec'] as JsonObject) ? 'tls' : 'tcp';
    const found = routeConnection(model, { scheme, host: 'foo.com', sni: scheme === 'tls' ? 'foo.com' : undefined }, 9000, UNNAMED);
    expect(found.ok && found.value.verdict).toBe('CONNECTION_REFUSED');
  });
});

/** kubernetes-sigs/gateway-api `pkg/test/cel/httproute_test.go`; traefik/traefik `pkg/provider/kubernetes/gateway/httproute.go`, `loadService`: a backend that cannot be used answers 500. */
describe('a rule of an HTTPRoute that cannot be served is told of', () => {
  const all = { path: { type: 'PathPrefix', value: '/' } };
  const pattern = { path: { type: 'RegularExpression', value: '/(' } };
  const MATCH = '/spec/rules/0/matches/0';
  const REF = '/spec/rules/0/backendRefs/0';

  it.each<readonly [...Row, ends: string]>([
    [
      'an unknown parent',
      httpRoute('r', [rule(all, 'a')], { parentRefs: [{ name: 'gone' }] }),
      ['/spec/parentRefs/0 ING-NOT-ATTACHED'],
      'NOT_FOUND 404',
    ],
    [
      'an unknown listener',
      httpRoute('r', [rule(all, 'a')], { parentRefs: [{ name: 'gw', sectionName: 'gone' }] }),
      ['/spec/parentRefs/0 ING-NOT-ATTACHED'],
      'NOT_FOUND 404',
    ],
    [
      'a bad expression',
      httpRoute('r', [rule(pattern, 'a')]),
      [`${MATCH}/path/value invalid-expression`, `${MATCH} ING-INVALID`],
      'NOT_FOUND 404',
    ],
    [
      '`//`',
      httpRoute('r', [rule({ path: { type: 'PathPrefix', value: '/x//y' } }, 'a')]),
      [`${MATCH}/path/value invalid-value`, `${MATCH} ING-INVALID`],
      'NOT_FOUND 404',
    ],
    [
      'no port',
      httpRoute('r', [{ matches: [all], backendRefs: [{ name: 'a' }] }]),
      [`${REF}/port missing-field`, `${REF} ING-PORT-MISSING`],
      'NO_BACKEND 500',
    ],
    [
      'a port that is not there',
      httpRoute('r', [{ matches: [all], backendRefs: [{ name: 'a', port: 81 }] }]),
      [`${REF} ING-PORT-MISSING`],
      'NO_BACKEND 500',
    ],
    ['a Service that is not there', httpRoute('r', [rule(all, 'gone')]), [`${REF} ING-SERVICE-MISSING`], 'NO_BACKEND 500'],
  ])('%s', (_what, object, expected, ends) => {
    const model = modelOf([...gateway([listener('http')]), ...backend('a'), object]);
    expect(told(object, model)).toEqual(expected);
    const found = (['gateway-api', 'traefik-gateway'] as const).map((dialect) =>
      gatewayLine(askGateway(model, 'http://foo.com/x//y', { dialect })),
    );
    expect(found).toEqual([ends, ends]);
  });
});
