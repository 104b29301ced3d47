import { describe, expect, it } from 'vitest';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes, withNginx } from '../../../test/support/route-lint.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { RouteLintCodeName } from './route-lint-codes.js';

type Annotations = Readonly<Record<string, Readonly<Record<string, string>>>>;

function found(code: RouteLintCodeName, objects: readonly KubernetesObject[], dialect?: 'ingress-nginx' | 'traefik'): readonly string[] {
  return lintRoutes(modelOf(objects), { codes: [code], dialect }).findings.map(({ object, pointer }) => `${object.name} ${pointer}`);
}

const NETWORKING = 'networking.k8s.io/v1';
const PATHS = [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }];
const RULES = { rules: [{ http: { paths: PATHS } }] };
const ingress = (metadata: object, spec: object): KubernetesObject =>
  ({ apiVersion: NETWORKING, kind: 'Ingress', metadata: { name: 'i', namespace: 't', ...metadata }, spec }) as KubernetesObject;
const ingressClass = (name: string, created: string, isDefault: boolean): KubernetesObject => ({
  apiVersion: NETWORKING,
  kind: 'IngressClass',
  metadata: {
    name,
    creationTimestamp: `${created}T00:00:00Z`,
    annotations: { 'ingressclass.kubernetes.io/is-default-class': String(isDefault) },
  },
  spec: { controller: 'example.com/ingress' },
});

/** kubernetes `pkg/apis/networking/validation`: `ValidateIngressSpec`, `ValidateIngressCreate` ("must match `ingressClassName` when both are specified"). */
describe('ING-REFUSED', () => {
  const annotated = (value: string) => ({ annotations: { 'kubernetes.io/ingress.class': value } });
  const STORED = { creationTimestamp: '2026-01-01T00:00:00Z' };
  it.each<[name: string, metadata: object, spec: object, at: string]>([
    ['neither rules nor a default backend', STORED, { ingressClassName: 'c' }, '/spec'],
    ['an empty list of rules', STORED, { rules: [] }, '/spec'],
    ['rules are enough', STORED, RULES, ''],
    ['so is a default backend', STORED, { defaultBackend: PATHS[0]?.backend }, ''],
    ['an empty class', STORED, { ...RULES, ingressClassName: '' }, '/spec/ingressClassName'],
    // `ValidateIngressClassName`: NameIsDNSSubdomain
    ['a class that is no name', STORED, { ...RULES, ingressClassName: 'My_Class' }, '/spec/ingressClassName'],
    [
      'field and annotation differ at creation',
      annotated('x'),
      { ...RULES, ingressClassName: 'c' },
      '/metadata/annotations/kubernetes.io~1ingress.class',
    ],
    ['agree', annotated('c'), { ...RULES, ingressClassName: 'c' }, ''],
    ['differ in what is stored', { ...STORED, ...annotated('x') }, { ...RULES, ingressClassName: 'c' }, ''],
  ])('%s', (_, metadata, spec, at) => {
    expect(found('ING-REFUSED', [ingressClass('c', '2026-01-01', false), ingress(metadata, spec)])).toEqual(at === '' ? [] : [`i ${at}`]);
  });
});

/** kubernetes `plugin/pkg/admission/network/defaultingressclass`, CHANGELOG-1.25 (#110974): "will choose one rather than fail". */
describe('ING-DEFAULT-CLASSES', () => {
  const [older, newer] = [ingressClass('older', '2026-01-01', true), ingressClass('newer', '2026-01-03', true)];
  it('names the one that counts, and what earlier servers do', () => {
    const { findings } = lintRoutes(modelOf([older, newer, ingress({}, RULES)]), { codes: ['ING-DEFAULT-CLASSES'] });
    expect(findings.map(({ object, message, related }) => [object.name, message, related.map((one) => one.object.name)])).toEqual([
      ['newer', expect.stringMatching(/gets `newer`.* from Kubernetes 1\.25 on.*403.*bears on 1 of/), ['older']],
    ]);
  });

  it('is none where one class is the default', () => {
    expect(found('ING-DEFAULT-CLASSES', [older, ingressClass('c', '2026-01-03', false), ingress({}, RULES)])).toEqual([]);
  });
});

/** kubernetes/ingress-nginx `internal/ingress/controller/controller.go`: `CheckIngress` renders with the Ingress in last place, then `checkOverlap`, `updateServerLocations`. */
describe('ING-WEBHOOK-REFUSES of a path that another Ingress has', () => {
  const first = 'rules/0/http/paths/0/path';
  it.each<[name: string, rules: string, refused: readonly string[], annotations?: Annotations]>([
    ['both, whichever is written', 'a : foo.com Prefix /x -> w ; b : foo.com Prefix /x -> v', [`a /spec/${first}`, `b /spec/${first}`]],
    ['another path', 'a : foo.com Prefix /x -> w ; b : foo.com Prefix /y -> v', []],
    ['another host', 'a : foo.com Prefix /x -> w ; b : bar.com Prefix /x -> v', []],
    ['ImplementationSpecific is Prefix', 'a : foo.com Prefix /x -> w ; b : foo.com Impl /x -> v', [`a /spec/${first}`, `b /spec/${first}`]],
    [
      'a prefix beside an exact one, not the exact one beside a prefix',
      'a : foo.com Prefix /x -> w ; b : foo.com Exact /x -> v',
      [`a /spec/${first}`],
    ],
    ['but not at the root', 'a : foo.com Prefix / -> w ; b : foo.com Exact / -> v', []],
    [
      'a path of its own before it lets it through',
      'a : foo.com Prefix /x -> w ; b : foo.com Prefix /y -> v ; b : foo.com Prefix /x -> v',
      [`a /spec/${first}`],
    ],
    ['a canary', 'a : foo.com Prefix /x -> w ; b : foo.com Prefix /x -> v', [], { b: { canary: 'true', 'canary-weight': '5' } }],
    ['one that says it is none', 'a : foo.com Prefix /x -> w ; b : foo.com Prefix /x -> v', [], { b: { canary: 'false' } }],
  ])('%s', (_, rules, refused, annotations = {}) => {
    const objects = withNginx(ingressCluster(rules.replaceAll(' ; ', '\n')), annotations);
    expect(found('ING-WEBHOOK-REFUSES', objects, 'ingress-nginx')).toEqual(refused);
    expect(found('ING-WEBHOOK-REFUSES', objects, 'traefik')).toEqual([]);
  });
});
