import { describe, expect, it } from 'vitest';
import { cited } from '../../../test/support/cited.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import { classOfIngress } from './class-of-ingress.js';

const DEFAULT = { 'ingressclass.kubernetes.io/is-default-class': 'true' };

function ingressClass(
  name: string,
  annotations: Record<string, string> = {},
  created: string | undefined = '2026-01-01T00:00:00Z',
  controller = 'example.com/ingress',
) {
  const metadata = { name, annotations, ...(created === '' ? {} : { creationTimestamp: created }) };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata, spec: { controller } };
}

function ingress(spec: JsonObject, metadata: JsonObject = {}, status: JsonObject = {}) {
  const backend = { service: { name: 's', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'i', namespace: 't', creationTimestamp: '2026-01-03T00:00:00Z', ...metadata },
    spec: { defaultBackend: backend, ...spec },
    status,
  };
}

const annotated = (name: string) => ({ annotations: { 'kubernetes.io/ingress.class': name } });

function ask(...objects: Parameters<typeof modelOf>[0]) {
  const answer = classOfIngress(modelOf(objects), 't', 'i');
  if (!answer.ok) throw new Error(answer.error.message);
  return cited(answer.value);
}

describe('whether a class is handled', () => {
  it.each<[name: string, verdict: string, source: string, objects: Parameters<typeof modelOf>[0]]>([
    ['its class is defined', 'HANDLED', 'field', [ingressClass('c'), ingress({ ingressClassName: 'c' })]],
    [
      'the annotation names a defined class',
      'HANDLED',
      'annotation',
      [ingressClass('c'), ingress({ ingressClassName: 'x' }, annotated('c'))],
    ],
    [
      'the annotation names an undefined one',
      'NOT_HANDLED',
      'annotation',
      [ingressClass('c'), ingress({ ingressClassName: 'c' }, annotated('x'))],
    ],
    ['its class is not defined', 'NOT_HANDLED', 'field', [ingressClass('c'), ingress({ ingressClassName: 'some-invalid-class-name' })]],
    ['it has no class', 'NOT_HANDLED', 'none', [ingressClass('c'), ingress({})]],
    [
      'it has none, but a controller wrote its status',
      'HANDLED',
      'none',
      [ingressClass('c'), ingress({}, {}, { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } })],
    ],
    ['the model has no class at all', 'UNKNOWN', 'field', [ingress({ ingressClassName: 'c' })]],
    // `defaultingressclass` admits on creation only
    ['it was stored without one', 'NOT_HANDLED', 'none', [ingressClass('c', DEFAULT), ingress({})]],
    ['it was never in a cluster', 'HANDLED', 'defaulted', [ingressClass('c', DEFAULT), ingress({}, { creationTimestamp: null })]],
  ])('%s: %s', (_, verdict, source, objects) => {
    expect(ask(...objects)).toMatchObject({ verdict, result: { source } });
  });
});

/** `GetIngressClass` of ingress-nginx (`internal/ingress/controller/store/store.go`), `shouldProcessIngress` of Traefik (`pkg/provider/kubernetes/ingress/kubernetes.go`). */
describe('whether its own controller takes an Ingress', () => {
  const nginx = (name: string) => ingressClass(name, {}, undefined, 'k8s.io/ingress-nginx');
  const traefik = ingressClass('edge', {}, undefined, 'traefik.io/ingress-controller');
  it.each<[name: string, told: string, objects: Parameters<typeof modelOf>[0]]>([
    ['ingress-nginx: the field', 'HANDLED field public', [nginx('public'), ingress({ ingressClassName: 'public' })]],
    ['the field before the annotation', 'HANDLED field public', [nginx('public'), ingress({ ingressClassName: 'public' }, annotated('x'))]],
    [
      'and the annotation does not mend it',
      'NOT_HANDLED annotation nginx',
      [nginx('nginx'), ingress({ ingressClassName: 'x' }, annotated('nginx'))],
    ],
    ['the annotation `nginx`, whatever the class', 'HANDLED annotation public', [nginx('public'), ingress({}, annotated('nginx'))]],
    ['no annotation of its own name', 'NOT_HANDLED annotation internal', [nginx('internal'), ingress({}, annotated('internal'))]],
    ['no empty annotation', 'NOT_HANDLED none null', [nginx('nginx'), ingress({}, annotated(''))]],
    ['no empty field', 'NOT_HANDLED annotation nginx', [nginx('nginx'), ingress({ ingressClassName: '' }, annotated('nginx'))]],
    ['nothing without class', 'NOT_HANDLED none null', [nginx('nginx'), ingress({})]],
    ['Traefik: the field', 'HANDLED field edge', [traefik, ingress({ ingressClassName: 'edge' })]],
    ['the annotation `traefik`', 'HANDLED annotation edge', [traefik, ingress({}, annotated('traefik'))]],
    ['an empty annotation', 'HANDLED annotation edge', [traefik, ingress({}, annotated(''))]],
    ['no annotation of its own name', 'NOT_HANDLED annotation edge', [traefik, ingress({}, annotated('edge'))]],
    ['what has no class', 'HANDLED none edge', [traefik, ingress({})]],
    ['but no empty field', 'NOT_HANDLED none null', [traefik, ingress({ ingressClassName: '' })]],
  ])('%s: %s', (_, told, objects) => {
    const { verdict, result } = ask(...objects);
    expect(`${verdict} ${result.source} ${result.class}`).toBe(told);
  });

  it('says what the controller goes by instead', () => {
    const { evidence } = ask(nginx('internal'), ingress({}, annotated('internal')));
    expect(evidence.find(({ reason }) => reason === 'CLASS_NOT_TAKEN')).toMatchObject({
      pointer: '/metadata/annotations/kubernetes.io~1ingress.class',
      message: expect.stringContaining('takes `nginx` there: set `spec.ingressClassName` to `internal`'),
    });
  });
});

/** kubernetes `plugin/pkg/admission/network/defaultingressclass/admission.go`: the newest default class, then by name. */
describe('the class set at creation', () => {
  const [older, newer] = [ingressClass('older', DEFAULT, '2026-01-01T00:00:00Z'), ingressClass('newer', DEFAULT, '2026-01-03T00:00:00Z')];
  it.each<[name: string, expected: string | null, objects: Parameters<typeof modelOf>[0]]>([
    ['the newest', 'newer', [older, newer, ingress({})]],
    ['of equal age the first by name', 'a', [ingressClass('b', DEFAULT), ingressClass('a', DEFAULT), ingress({})]],
    [
      'one that was never in a cluster counts as the oldest',
      'b',
      [ingressClass('a', DEFAULT, ''), ingressClass('b', DEFAULT), ingress({})],
    ],
    [
      'the same instant in another zone is equal age',
      'a',
      [ingressClass('b', DEFAULT, '2026-01-01T01:00:00+01:00'), ingressClass('a', DEFAULT), ingress({})],
    ],
    [
      'only `true` marks a default',
      null,
      [ingressClass('c', { ...DEFAULT, 'ingressclass.kubernetes.io/is-default-class': 'yes' }), ingress({})],
    ],
    ['none when the field is set', null, [newer, ingress({ ingressClassName: 'older' })]],
    ['none when the field is empty text', null, [newer, ingress({ ingressClassName: '' })]],
    ['none when the annotation is set', null, [newer, ingress({}, annotated('x'))]],
  ])('%s: %s', (_, expected, objects) => expect(ask(...objects).result.defaultedClass).toBe(expected));

  it('names each loser with the key that decided', () => {
    const { evidence } = ask(older, newer, ingressClass('nova', DEFAULT, '2026-01-03T00:00:00Z'), ingress({}));
    const steps = evidence.filter((step) => step.stage === 'default-class').map((step) => `${step.object?.name} ${step.reason}`);
    expect(steps).toEqual(['newer DEFAULT_CLASS', 'nova NAME_LATER', 'older OLDER']);
  });
});

describe('an Ingress that does not exist', () => {
  it('is refused with the nearest one', () => {
    expect(classOfIngress(modelOf([ingress({})]), 't', 'ii')).toMatchObject({
      ok: false,
      error: { kind: 'unknown-object', hint: 'did you mean `t/i`?' },
    });
  });
});
