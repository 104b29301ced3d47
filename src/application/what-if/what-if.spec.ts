import { describe, expect, it } from 'vitest';
import { askOver } from '../../../test/support/ask-over.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { routeDiffQuestion } from '../ingress/route-diff.js';
import { routeLintQuestion } from '../ingress/route-lint.js';
import { routeQuestion } from '../ingress/route.js';

const NGINX = { ingress: { controllers: [{ class: 'c', dialect: 'ingress-nginx', options: {} }] } };

const over = (all: readonly KubernetesObject[]) => askOver(all, NGINX);

const objects = (text: string) => ingressCluster(text.replaceAll(' ; ', '\n'));
const ROOT = 'a@2026-01-01 : foo.com Prefix / -> s';
const text = (all: readonly KubernetesObject[]) => all.map((object) => JSON.stringify(object)).join('\n---\n');

/** `ROUTED s`, and what was supposed. */
async function asked(cluster: string, input: Readonly<Record<string, unknown>>, url = 'http://foo.com/x') {
  const answer = await over(objects(cluster))(routeQuestion, { url, class: 'c', ...input });
  if (!answer.ok) return answer.error;
  const { verdict, result, warnings } = answer.value.envelope;
  const { backends } = result as { readonly backends: readonly { readonly service: string }[] };
  const note = warnings.find(({ code }) => code === 'WHAT_IF');
  return [[verdict, ...backends.map(({ service }) => service)].join(' '), note?.message];
}

describe('a state as it would be', () => {
  it('has objects that are applied, and keeps none of them', async () => {
    const ask = over(objects(ROOT));
    const input = { url: 'http://foo.com/x', class: 'c' };
    const of = async (more: Readonly<Record<string, unknown>>) => {
      const answer = await ask(routeQuestion, { ...input, ...more });
      return answer.ok ? answer.value.envelope.summary : answer.error.message;
    };
    const apply = text(objects('b : foo.com Prefix /x -> t'));
    const before = await of({});
    expect(before).toContain('→ t/s:80');
    expect(await of({ apply })).toContain('→ t/t:80');
    expect(await of({})).toBe(before);
  });

  it('says what was supposed, and lacks objects that are gone', async () => {
    const two = `${ROOT} ; b@2026-01-02 : foo.com Prefix /x -> t`;
    expect(await asked(two, { delete: ['Ingress t/b'] })).toEqual([
      'ROUTED s',
      'revision 1 as it would be with objects changed, 1 deleted: nothing of it is stored',
    ]);
    expect(await asked(two, { delete: ['Service t/t'] })).toEqual(['SERVICE_MISSING', expect.any(String)]);
    expect(await asked(two, { delete: ['Ingress.networking.k8s.io t/b'] })).toEqual(['ROUTED s', expect.any(String)]);
  });

  /** Rules B1 and B6: the oldest keeps a path. An update leaves the age as it is; what is created is younger than all there is. */
  it('keeps the age of what is there, and makes what is added the youngest', async () => {
    const [ingress] = objects('a : foo.com Prefix / -> t').filter(({ kind }) => kind === 'Ingress');
    const services = objects('a : x.com Prefix / -> t').filter(({ kind }) => kind !== 'Ingress');
    const rival = `${ROOT} ; z@2026-02-02 : foo.com Prefix / -> u`;
    expect(await asked(rival, { apply: text([ingress!, ...services]) })).toEqual(['ROUTED t', expect.stringContaining('applied')]);
    const added = objects('new : foo.com Prefix / -> t');
    expect(await asked(rival, { apply: text(added) })).toEqual(['ROUTED s', expect.stringContaining('of them new, and younger')]);
  });

  /** `kubectl delete namespace` ends with nothing in it (kubernetes.io/docs/concepts/overview/working-with-objects/namespaces). */
  it('lacks what is in a namespace that is gone', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 't' } };
    const answer = await over([...objects(ROOT), namespace])(routeQuestion, {
      url: 'http://foo.com/x',
      class: 'c',
      delete: ['Namespace t'],
    });
    expect(answer.ok && answer.value.envelope).toMatchObject({
      verdict: 'NOT_FOUND',
      warnings: [{ message: expect.stringMatching(/, \d+ deleted:/) }],
    });
  });

  it('has an object that is deleted and applied again among the youngest, and counts one that is applied twice once', async () => {
    const rival = `${ROOT} ; z@2026-02-02 : foo.com Prefix / -> u`;
    const again = text(objects('a : foo.com Prefix / -> t').filter(({ kind }) => kind === 'Ingress'));
    expect(await asked(rival, { apply: `${again}\n---\n${again}`, delete: ['Ingress t/a'] })).toEqual([
      'ROUTED u',
      expect.stringContaining('2 applied (1 of them new, and younger than all there are), 1 deleted'),
    ]);
  });

  /** Both are looked up, not tried: a walk over all objects for each of them would take minutes. */
  it('takes a thousand Ingresses without a class, and a thousand deletions, of a large cluster', async () => {
    const config = (index: number): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `c${index}`, namespace: 't' },
    });
    const ask = over([...objects(ROOT), ...Array.from({ length: 30_000 }, (_, index) => config(index))]);
    const [ingress] = objects('a : foo.com Prefix / -> s').filter(({ kind }) => kind === 'Ingress');
    const names = Array.from({ length: 1000 }, (_, index) => `i${index}`);
    const bare = names.map((name) => ({
      ...ingress!,
      metadata: { name, namespace: 't' },
      spec: { rules: [], defaultBackend: { service: { name: 's', port: { number: 80 } } } },
    }));
    const input = { url: 'http://foo.com/x', class: 'c', apply: text(bare), delete: names.map((_, index) => `ConfigMap t/c${index}`) };
    expect((await ask(routeQuestion, input)).ok).toBe(true);
  });

  /** Rule A2: the class is filled in at creation alone. */
  it('has the default class in an Ingress that is added without one', async () => {
    const usual = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'c', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
      spec: { controller: 'k8s.io/ingress-nginx' },
    };
    const bare = objects('b : foo.com Prefix /x -> s').flatMap((object) => {
      if (object.kind !== 'Ingress') return [];
      const { ingressClassName: _, ...spec } = object['spec'] as Readonly<Record<string, never>>;
      return [{ ...object, spec }];
    });
    const ask = over([...objects('a : bar.com Prefix / -> s').filter(({ kind }) => kind !== 'IngressClass'), usual]);
    const answer = await ask(routeQuestion, { url: 'http://foo.com/x', class: 'c', apply: text(bare) });
    expect(answer.ok && answer.value.envelope.verdict).toBe('ROUTED');
  });

  it('is refused where the API server would refuse it, or where what is to be gone is not there', async () => {
    const told = async (input: Readonly<Record<string, unknown>>) => asked(ROOT, input);
    expect(await told({ apply: 'kind: Ingress' })).toMatchObject({ kind: 'invalid-request', errors: [{ pointer: '/apply' }] });
    expect(await told({ apply: '# nothing' })).toMatchObject({ errors: [{ pointer: '/apply', code: 'empty' }] });
    const wrong = text(objects('b : foo.com Exact x -> s'));
    expect(await told({ apply: wrong })).toMatchObject({
      message: expect.stringContaining('begins with `/`'),
      errors: [{ pointer: '/apply' }],
    });
    expect(await told({ delete: ['Ingress t/b'] })).toMatchObject({ kind: 'unknown-object', errors: [{ pointer: '/delete' }] });
    expect(await told({ delete: ['Ingres t/b'] })).toMatchObject({
      kind: 'unknown-object',
      errors: [{ hint: expect.stringContaining('Ingress') }],
    });
    expect(await told({ delete: ['t/a'] })).toMatchObject({ errors: [{ pointer: '/delete', code: 'invalid-name' }] });
  });

  it('is looked at by route-lint, and compared by route-diff', async () => {
    const ask = over(objects(ROOT));
    const apply = text(objects('b : foo.com Exact /x.+ -> t'));
    const lint = await ask(routeLintQuestion, { class: 'c', code: ['ING-WEBHOOK-REFUSES'], apply });
    const { counts } = (lint.ok ? lint.value.envelope.result : {}) as { readonly counts: readonly { readonly count: number }[] };
    expect(counts).toMatchObject([{ code: 'ING-WEBHOOK-REFUSES', count: 1 }]);
    const diff = await ask(routeDiffQuestion, { class: 'c', apply: text(objects('b : foo.com Prefix /x -> t')) });
    expect(diff.ok && [diff.value.envelope.verdict, diff.value.envelope.summary]).toEqual([
      'DIFFERENT',
      expect.stringMatching(/first GET http:\/\/foo\.com\/x.* backend; ROUTED t\/s:80 .*, and ROUTED t\/t:80 /),
    ]);
    expect(diff.ok && diff.value.envelope.warnings).toMatchObject([{ code: 'WHAT_IF' }]);
  });
});
