import { describe, expect, it } from 'vitest';
import { askRoute, type AskedRoute } from '../../../test/support/ask-route.js';
import { askGateway, backend, gateway, gatewayObject, httpRoute, listener, rule } from '../../../test/support/gateway-cluster.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { traefikObject } from '../../../test/support/traefik.js';
import { modelOf } from '../../../test/support/model.js';
import { describeRef } from '../kernel/object-ref.js';
import type { CountedRule, RuleCoverage } from '../kernel/rule-coverage.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { routeConnection } from './route-connection.js';
import type { IngressDialectName } from './route-request.js';
import type { RouteResult } from './route-result.js';
import { routeThroughGateway } from './route-through-gateway.js';
import { RouteRuleCount } from './rule-coverage.js';

function coverageOf(
  model: NetworkModel,
  results: readonly RouteResult[],
  asked: AskedRoute & { readonly host?: string } = {},
): RuleCoverage {
  const count = new RouteRuleCount(model);
  for (const result of results) {
    finished(count.add({ class: asked.class, dialect: asked.dialect, host: asked.host ?? 'foo.com' }, result, true));
  }
  return finished(count.coverage());
}

const named = ({ object, pointer }: CountedRule) => `${describeRef(object).replace(/ \w+\//, ' ')} ${pointer.replace('/http/paths', '')}`;
/** `Ingress a /spec/rules/0/0 ×2` for each rule that was tried, and those that were not. */
const told = ({ tried, untried }: RuleCoverage) => [tried.map((one) => `${named(one)} ×${one.cases}`), untried.map(named)];

function ofIngresses(rules: string, dialect: IngressDialectName, urls: readonly string[], change = (object: KubernetesObject) => object) {
  const model = modelOf(ingressCluster(rules.replaceAll(' ; ', '\n')).map(change));
  return coverageOf(
    model,
    urls.map((url) => askRoute(model, url, { class: 'c', dialect }).result),
    { class: 'c', dialect },
  );
}

const TWO = 'a : foo.com Prefix /x -> one ; a : bar.com Exact /y -> two ; other#d : foo.com Prefix / -> three';

describe('the coverage of rules', () => {
  // One request each by `Prefix /x`, which every dialect gives the same meaning; the other class has no part in it.
  it.each<IngressDialectName>(['ingress-v1', 'ingress-nginx', 'nginx-f5', 'traefik', 'traefik-strict', 'traefik-ingress-nginx'])(
    'counts winners by %s',
    (dialect) => {
      const coverage = ofIngresses(TWO, dialect, ['http://foo.com/x', 'http://foo.com/x/1', 'http://foo.com/z']);
      expect(told(coverage)).toEqual([['Ingress a /spec/rules/0/0 ×2'], ['Ingress a /spec/rules/1/0']]);
      expect(coverage).toMatchObject({ rules: 2, covered: 1, share: 0.5, omitted: 0 });
      expect(coverage.tried[0]).toMatchObject({ dialect, class: 'c', gateway: null, host: 'foo.com', path: '/x', pathType: 'Prefix' });
    },
  );

  // KEP-1453 "Path matching semantics" 5; kubernetes/ingress-nginx `controller.go`, `createServers`: the default location of a host has the default backend of the Ingress that names it.
  it.each<IngressDialectName>(['ingress-v1', 'ingress-nginx', 'nginx-f5'])('knows a default backend by %s', (dialect) => {
    const coverage = ofIngresses('a : foo.com Prefix /x -> one ; a : default -> two', dialect, ['http://foo.com/']);
    expect(told(coverage)).toEqual([['Ingress a /spec/defaultBackend ×1'], ['Ingress a /spec/rules/0/0']]);
  });

  // The specification names no winner of two equal paths.
  it('counts nothing where the rules do not say who wins', () => {
    const coverage = ofIngresses('a : foo.com Prefix / -> one ; b : foo.com Prefix / -> two', 'ingress-v1', ['http://foo.com/']);
    expect(told(coverage)).toEqual([[], ['Ingress a /spec/rules/0/0', 'Ingress b /spec/rules/0/0']]);
  });

  // kubernetes/ingress-nginx `balancer.lua`: a weight of 0 sends a canary nothing.
  it.each([
    ['10', ['Ingress a /spec/rules/0/0 ×1', 'Ingress canary /spec/rules/0/0 ×1']],
    ['0', ['Ingress a /spec/rules/0/0 ×1']],
  ])('counts a canary of weight %s where it gets a part', (weight, tried) => {
    const annotations = { 'nginx.ingress.kubernetes.io/canary': 'true', 'nginx.ingress.kubernetes.io/canary-weight': weight };
    const change = (object: KubernetesObject) =>
      object.metadata.name === 'canary' && object.kind === 'Ingress'
        ? { ...object, metadata: { ...object.metadata, annotations } }
        : object;
    const rules = 'a : foo.com Prefix / -> one ; canary : foo.com Prefix / -> two';
    expect(told(ofIngresses(rules, 'ingress-nginx', ['http://foo.com/'], change))[0]!.toSorted()).toEqual(tried);
  });

  it('knows the rules of IngressRoutes beside those of Ingresses', () => {
    const routes = ['/x', '/y'].map((path) => ({
      match: `Host(\`foo.com\`) && Path(\`${path}\`)`,
      kind: 'Rule',
      services: [{ name: 'one', port: 80 }],
    }));
    const object: KubernetesObject = {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'IngressRoute',
      metadata: { name: 'r', namespace: 't' },
      spec: { routes },
    };
    const profile = { ingress: { controllers: [{ class: 'c', dialect: 'traefik' }] } };
    const model = modelOf([...ingressCluster('a : bar.com Prefix / -> one'), object], profile);
    const coverage = coverageOf(model, [askRoute(model, 'http://foo.com/y', { class: 'c' }).result], { class: 'c' });
    expect(told(coverage)).toEqual([['IngressRoute r /spec/routes/1 ×1'], ['Ingress a /spec/rules/0/0', 'IngressRoute r /spec/routes/0']]);
    expect(coverage.tried[0]).toMatchObject({ host: null, path: 'Host(`foo.com`) && Path(`/y`)', pathType: null });
  });

  // doc.traefik.io "IngressRouteTCP": a connection goes by HostSNI.
  it('knows the rules of connections and packets of Traefik', () => {
    const services = [{ name: 'one', port: 80 }];
    const tcp = ['a.com', 'b.com'].map((name) => ({ match: `HostSNI(\`${name}\`)`, services }));
    const objects = [
      traefikObject('IngressRouteTCP', 'tcp', { routes: tcp, tls: { passthrough: true } }),
      traefikObject('IngressRouteUDP', 'udp', { routes: [{ services }] }),
    ];
    const model = modelOf([
      ...ingressCluster('a#z : bar.com Prefix / -> one').filter(({ kind }) => !kind.startsWith('Ingress')),
      ...objects,
    ]);
    const connection = { scheme: 'tls', host: 'b.com', sni: 'b.com', clientAddress: undefined } as const;
    const connected = routeConnection(model, connection, 443, { class: undefined, dialect: undefined });
    if (!connected.ok) throw new Error(connected.error.message);
    expect(told(coverageOf(model, [connected.value.result], { host: 'b.com' }))).toEqual([
      ['IngressRouteTCP tcp /spec/routes/1 ×1'],
      ['IngressRouteTCP tcp /spec/routes/0', 'IngressRouteUDP udp /spec/routes/0'],
    ]);
  });

  it('knows the matches of the routes of a Gateway, attached or not, and connections', () => {
    const db = { ...listener('db'), port: 5432, protocol: 'TCP' };
    const model = modelOf([
      ...gateway([listener('http', { hostname: 'foo.com' }), db]),
      ...backend('one'),
      httpRoute('r', [{ ...rule({ path: { value: '/x' } }, 'one'), matches: [{ path: { value: '/x' } }, { path: { value: '/y' } }] }]),
      httpRoute('elsewhere', [rule({ path: { value: '/' } }, 'one')], { hostnames: ['bar.com'] }),
      gatewayObject('TCPRoute', 'tcp', {
        parentRefs: [{ name: 'gw', sectionName: 'db' }],
        rules: [{ backendRefs: [{ name: 'one', port: 80 }] }],
      }),
    ]);
    const connection = { request: { scheme: 'tcp', host: '192.0.2.1', sni: undefined }, gateway: 'shop/gw', port: 5432 } as const;
    const connected = routeThroughGateway(model, connection);
    if (!connected.ok) throw new Error(connected.error.message);
    const coverage = coverageOf(model, [askGateway(model, 'http://foo.com/y').result, connected.value.result]);
    expect(told(coverage)).toEqual([
      ['HTTPRoute r /spec/rules/0/matches/1 ×1', 'TCPRoute tcp /spec/rules/0 ×1'],
      ['HTTPRoute elsewhere /spec/rules/0/matches/0', 'HTTPRoute r /spec/rules/0/matches/0'],
    ]);
    expect(coverage.untried[1]).toMatchObject({ gateway: 'shop/gw', class: 'web', host: 'foo.com', path: '/x', pathType: 'PathPrefix' });
  });

  it('keeps apart what several dialects make of the same objects, and lists the rules of a class that nothing went by', () => {
    const model = modelOf(ingressCluster('a : foo.com Prefix /x -> one'));
    const count = new RouteRuleCount(model);
    for (const dialect of ['ingress-v1', 'traefik'] as const) {
      const { result } = askRoute(model, 'http://foo.com/x', { class: 'c', dialect });
      finished(count.add({ class: 'c', dialect, host: 'foo.com' }, result, dialect === 'traefik'));
    }
    const { rules, tried, untried } = finished(count.coverage());
    expect([rules, tried.map(({ dialect }) => dialect), untried.map(({ dialect }) => dialect)]).toEqual([2, ['traefik'], ['ingress-v1']]);
  });

  it('has no share where there are no rules', () => {
    const model = modelOf([]);
    expect(coverageOf(model, [askRoute(model, 'http://foo.com/').result])).toMatchObject({ rules: 0, share: null });
  });
});
