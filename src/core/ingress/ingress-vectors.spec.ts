import { describe, expect, it } from 'vitest';
import { askRoute, candidateLines, requestFor, routeLine } from '../../../test/support/ask-route.js';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { matchRequest } from './match-request.js';
import type { IngressDialectName } from './route-request.js';

/** One vector for each comparator mistake that no other spec notices (`npm run mutants`). */

const cluster = (rules: string): readonly KubernetesObject[] => ingressCluster(rules.replaceAll(' ; ', '\n'));
const secret = (name: string, pem: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/tls',
  metadata: { name, namespace: 't' },
  data: { 'tls.crt': Buffer.from(pem).toString('base64'), 'tls.key': '' },
});

/** KEP-1453 "Hostname wildcards": precise, then a wildcard, then rules without host (rule A5). */
describe('the host that is most specific', () => {
  const rules = 'a : any Prefix / -> all ; a : *.foo.com Prefix / -> wild ; a : x.foo.com Prefix / -> precise';
  it.each([
    ['x.foo.com', 2],
    ['y.foo.com', 1],
    ['y.bar.com', 0],
  ])('%s: rule %i', (host, rule) => {
    const taking = matchRequest(modelOf(cluster(rules)), 'c', 'ingress-v1', requestFor(`http://${host}/`));
    expect(taking?.map(({ pointer }) => pointer)).toEqual([`/spec/rules/${rule}/http/paths/0`]);
  });

  it('a rule that loses on its host says so', () => {
    expect(candidateLines(askRoute(modelOf(cluster(rules)), 'http://y.foo.com/'))).toEqual([
      'a Prefix / selected PATH_SELECTED',
      'a Prefix / lost HOST_LESS_SPECIFIC',
    ]);
  });

  /** kubernetes `pkg/apis/networking/validation`, `validateIngressRules`: the API server refuses what is no DNS name, so that it matches nothing. */
  it('a rule for something else than a name matches nothing', () => {
    expect(routeLine(askRoute(modelOf(cluster('a : a_b.com Prefix / -> s')), 'http://a_b.com/'))).toBe('NOT_FOUND');
    expect(routeLine(askRoute(modelOf(cluster('a : Foo.com Prefix / -> s')), 'http://foo.com/'))).toBe('NOT_FOUND');
    expect(routeLine(askRoute(modelOf(cluster(`a : ${'a'.repeat(64)}.com Prefix / -> s`)), `http://${'a'.repeat(64)}.com/`))).toBe(
      'ROUTED s',
    );
  });
});

/** RFC 6125 §6.4.3: a wildcard stands for one label. */
describe('certificates', () => {
  const shop = secret('shop', CERTIFICATES.alternativeNames); // shop.example.com, *.foo.com
  it('made out to a wildcard cover one label', () => {
    const model = modelOf([...cluster('a : any Prefix / -> s ; a : tls a.b.foo.com -> shop'), shop]);
    expect(askRoute(model, 'https://a.b.foo.com/').result.certificate?.covers).toBe(false);
  });
});

/** KEP-1453 "Interoperability with previous annotation" against `GetIngressClass` of ingress-nginx `store.go` (rule B2, divergence D8). */
describe('an Ingress whose field and annotation name two classes', () => {
  const both = (rules: string) =>
    cluster(rules).map((object) =>
      object.kind === 'Ingress' && object.metadata.name === 'both'
        ? { ...object, metadata: { ...object.metadata, annotations: { 'kubernetes.io/ingress.class': 'd' } } }
        : object,
    );
  it.each<[dialect: IngressDialectName, className: string, line: string]>([
    ['ingress-v1', 'd', 'ROUTED s'],
    ['ingress-v1', 'c', 'NOT_FOUND'],
    ['nginx-f5', 'd', 'ROUTED s'],
    ['nginx-f5', 'c', 'NOT_FOUND'],
    ['ingress-nginx', 'c', 'ROUTED s'],
    ['ingress-nginx', 'd', 'NOT_FOUND'],
    ['traefik', 'c', 'ROUTED s'],
    ['traefik', 'd', 'NOT_FOUND'],
  ])('%s: of class %s %s', (dialect, className, line) => {
    const model = modelOf(both('both : foo.com Prefix / -> s ; other#d : bar.com Prefix / -> t'));
    expect(routeLine(askRoute(model, 'http://foo.com/', { class: className, dialect }))).toBe(line);
  });
});

/** kubernetes/ingress-nginx `store.go` `sortIngressSlice` (rule B1). */
describe('the order of ingress-nginx', () => {
  it('of one age the last by namespace and name', () => {
    const objects = cluster('z : foo.com Prefix / -> s ; a : foo.com Prefix / -> s').map((object) =>
      object.kind === 'Ingress'
        ? { ...object, metadata: { ...object.metadata, namespace: object.metadata.name === 'z' ? 'one' : 'two' } }
        : object,
    );
    const { result } = askRoute(modelOf(objects), 'http://foo.com/', { class: 'c', dialect: 'ingress-nginx' });
    expect(result.candidates.filter(({ reason }) => reason !== 'PATH_TAKEN').map(({ object }) => object)).toEqual(['Ingress two/a']);
  });
});
