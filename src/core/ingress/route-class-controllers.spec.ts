import { describe, expect, it } from 'vitest';
import { askRoute, routeLine } from '../../../test/support/ask-route.js';
import { modelOf, objectsOf } from '../../../test/support/model.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import { routerOf } from './internal/router-cache.js';
import type { ProfileSettings } from '../model/profile-settings.js';

const json = (value: object) => JSON.stringify(value);
const classOf = (name: string, controller = 'k8s.io/ingress-nginx') =>
  json({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name }, spec: { controller } });
const traefikClass = (name: string) => classOf(name, 'traefik.io/ingress-controller');

/** An Ingress for host `NAME.com` with a Service of its own name: `field` and annotation as written, undefined where they are absent. */
function ingress(name: string, field: string | undefined, annotation?: string, namespace = 't', host = `${name}.com`): string {
  const backend = { service: { name, port: { number: 80 } } };
  const annotations = annotation === undefined ? {} : { 'kubernetes.io/ingress.class': annotation };
  const rules = [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  return json({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace, creationTimestamp: '2026-01-02T00:00:00Z', annotations },
    spec: { ...(field === undefined ? {} : { ingressClassName: field }), rules },
  });
}

function running(image: string, args: readonly string[], name = 'controller'): string {
  const containers = [{ name: 'main', image, args }];
  const template = { metadata: { labels: { app: name } }, spec: { containers } };
  return json({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'edge' },
    spec: { selector: { matchLabels: { app: name } }, template },
  });
}
const nginx = (...flags: readonly string[]) =>
  running(
    'registry.k8s.io/ingress-nginx/controller:v1.14.0',
    ['/nginx-ingress-controller', ...flags],
    flags.join('').replace(/\W/g, '') || 'plain',
  );
const traefik = (...args: readonly string[]) => running('docker.io/traefik:v3.7.0', ['--providers.kubernetesingress', ...args]);

/** The classes by which a request for the host of an Ingress is served. Its Service is missing: nobody but its controller says so. */
async function served(objects: readonly string[], name: string, classes: readonly string[], settings?: ProfileSettings): Promise<string> {
  const model = modelOf(await objectsOf(objects.join('\n---\n')), settings);
  const taking = classes.filter((one) => {
    const { verdict, result } = askRoute(model, `http://${name}.com/`, { class: one, dialect: undefined });
    return verdict === 'SERVICE_MISSING' || result.candidates.some(({ reason }) => reason === 'SERVICE_MISSING');
  });
  return taking.join(' ') || 'nobody';
}

/** `GetIngressClass`, `listIngressClasses` of ingress-nginx (`internal/ingress/controller/store`), its flags (`pkg/flags/flags.go`). */
describe('which Ingresses an ingress-nginx takes', () => {
  it.each<[name: string, taken: string, objects: readonly string[], asked?: readonly string[]]>([
    ['annotated `nginx`, by a class of another name', 'public', [classOf('public'), ingress('i', undefined, 'nginx')], ['public']],
    ['annotated by the name of the class', 'nobody', [classOf('internal'), ingress('i', undefined, 'internal')], ['internal']],
    [
      'which the flag names',
      'internal',
      [classOf('internal'), nginx('--ingress-class=internal'), ingress('i', undefined, 'internal')],
      ['internal'],
    ],
    ['and then no other', 'nobody', [classOf('public'), nginx('--ingress-class=public'), ingress('i', undefined, 'nginx')], ['public']],
    [
      'the classes of one controller are one',
      'internal public',
      [classOf('public'), classOf('internal'), ingress('i', 'public')],
      ['internal', 'public'],
    ],
    [
      'those of two are not',
      'public',
      [
        classOf('public'),
        classOf('internal', 'k8s.io/internal'),
        nginx(),
        nginx('--controller-class=k8s.io/internal'),
        ingress('i', 'public'),
      ],
      ['internal', 'public'],
    ],
    ['without class: nobody', 'nobody', [classOf('nginx'), nginx(), ingress('i', undefined)], ['nginx']],
    ['unless it is told to', 'nginx', [classOf('nginx'), nginx('--watch-ingress-without-class'), ingress('i', undefined)], ['nginx']],
    // pflag reads such a flag by `strconv.ParseBool`
    ['told so by a number', 'nginx', [classOf('nginx'), nginx('--watch-ingress-without-class=1'), ingress('i', undefined)], ['nginx']],
    ['told not to', 'nobody', [classOf('nginx'), nginx('--watch-ingress-without-class=false'), ingress('i', undefined)], ['nginx']],
    [
      'a class by its name alone',
      'own',
      [classOf('own', 'example.com/x'), nginx('--ingress-class=own', '--ingress-class-by-name'), ingress('i', 'own')],
      ['own'],
    ],
    ['of a namespace that is watched', 'nginx', [classOf('nginx'), nginx('--watch-namespace=t'), ingress('i', 'nginx')], ['nginx']],
    ['of another', 'nobody', [classOf('nginx'), nginx('--watch-namespace=edge'), ingress('i', 'nginx')], ['nginx']],
    [
      'two that share the namespaces out',
      'nginx',
      [classOf('nginx'), nginx('--watch-namespace=edge'), nginx('--watch-namespace=t'), ingress('i', 'nginx')],
      ['nginx'],
    ],
  ])('%s: %s', async (_, taken, objects, asked = []) => expect(await served(objects, 'i', asked)).toBe(taken));

  it('a class asked for by what the annotation says is that of the controller', async () => {
    const model = modelOf(await objectsOf([classOf('public'), ingress('i', undefined, 'nginx')].join('\n---\n')));
    const answer = askRoute(model, 'http://i.com/', { class: 'nginx' });
    expect([answer.verdict, answer.result.class]).toEqual(['SERVICE_MISSING', 'public']);
  });

  it('an Ingress that is passed over is a near miss that says why', async () => {
    const model = modelOf(await objectsOf([classOf('internal'), ingress('i', undefined, 'internal')].join('\n---\n')));
    expect(askRoute(model, 'http://i.com/', { class: 'internal' }).result.nearMisses).toMatchObject([
      { reason: 'OTHER_CLASS', fix: 'set `spec.ingressClassName` to `internal` in place of the annotation' },
    ]);
  });

  it('and the lint tells it', async () => {
    const model = modelOf(
      await objectsOf([classOf('internal'), ingress('i', undefined, 'internal'), ingress('j', 'internal')].join('\n---\n')),
    );
    const found = lintRoutes(model, { codes: ['ING-CLASS-NOT-HANDLED'] }).findings;
    expect(found.map(({ object, message }) => [object.name, message])).toEqual([['i', expect.stringContaining('takes `nginx` there')]]);
  });
});

/** `shouldProcessIngress`, `filterIngressClassByName` of Traefik (`pkg/provider/kubernetes/ingress`). */
describe('which Ingresses a Traefik takes', () => {
  const edges = [traefikClass('edge'), traefikClass('inner')];
  it.each<[name: string, taken: string, objects: readonly string[]]>([
    ['every class of Traefik', 'edge inner', [...edges, ingress('i', 'inner')]],
    ['annotated `traefik`', 'edge inner', [...edges, ingress('i', undefined, 'traefik')]],
    ['annotated by the name of a class', 'nobody', [...edges, ingress('i', undefined, 'edge')]],
    ['without class', 'edge inner', [...edges, ingress('i', undefined)]],
    ['with an empty field', 'nobody', [...edges, ingress('i', '')]],
    ['the one class that it is told', 'edge', [...edges, traefik('--providers.kubernetesingress.ingressclass=edge'), ingress('i', 'edge')]],
    ['no other', 'nobody', [...edges, traefik('--providers.kubernetesingress.ingressclass=edge'), ingress('i', 'other')]],
    [
      'its name as annotation',
      'edge',
      [...edges, traefik('--providers.kubernetesIngress.ingressClass=edge'), ingress('i', undefined, 'edge')],
    ],
    [
      '`traefik` no more',
      'nobody',
      [traefikClass('edge'), traefik('--providers.kubernetesingress.ingressclass=edge'), ingress('i', undefined, 'traefik')],
    ],
    [
      'nor what has no class',
      'nobody',
      [traefikClass('edge'), traefik('--providers.kubernetesingress.ingressclass=edge'), ingress('i', undefined)],
    ],
  ])('%s: %s', async (_, taken, objects) =>
    expect(await served(objects, 'i', objects.includes(traefikClass('inner')) ? ['edge', 'inner'] : ['edge'])).toBe(taken),
  );
});

describe('a request that names no class', () => {
  it('reaches the one controller of several classes, and is no toss-up between them', async () => {
    const objects = [
      classOf('public'),
      classOf('internal'),
      ingress('a', 'public', undefined, 't', 'foo.com'),
      ingress('b', 'internal', undefined, 't', 'foo.com'),
    ];
    const answer = askRoute(modelOf(await objectsOf(objects.join('\n---\n'))), 'http://foo.com/');
    expect(answer.result.candidates.map(({ object, class: name }) => `${object} ${name}`).sort()).toEqual([
      'Ingress t/a public',
      'Ingress t/b internal',
    ]);
    // of one age the last by name goes first (rule B1)
    expect([routeLine(answer), answer.result.candidates.find(({ outcome }) => outcome === 'selected')?.object]).toEqual([
      'SERVICE_MISSING',
      'Ingress t/b',
    ]);
  });

  it.each<[name: string, codes: readonly string[], objects: readonly string[]]>([
    [
      'its flag is not told, and another one would take other Ingresses',
      ['CLASS_SETTINGS_ASSUMED'],
      [classOf('public'), ingress('i', undefined, 'nginx')],
    ],
    ['it runs', [], [classOf('public'), nginx(), ingress('i', undefined, 'nginx')]],
    ['nothing rests on it', [], [classOf('public'), ingress('i', 'public')]],
    ['a Traefik that is not told takes what has no class', ['CLASS_SETTINGS_ASSUMED'], [traefikClass('edge'), ingress('i', undefined)]],
    ['one that runs', [], [traefikClass('edge'), traefik(), ingress('i', undefined)]],
  ])('says what is taken for granted of its controller: %s', async (_, codes, objects) => {
    const { assumptions } = askRoute(modelOf(await objectsOf(objects.join('\n---\n'))), 'http://i.com/');
    expect(assumptions.map(({ code }) => code).filter((code) => code.startsWith('CLASS_SETTINGS'))).toEqual(codes);
  });
});

/** Answers are the same in whatever order objects were imported (reference section 12): rules of one class come in the order of the model. */
describe('the Ingresses of a class', () => {
  it('come in the order of the model, whatever names their class', async () => {
    const texts = [classOf('nginx'), ingress('a', undefined, 'nginx'), ingress('b', 'nginx'), ingress('c', undefined, 'nginx')];
    for (const objects of [texts, texts.toReversed()]) {
      const model = modelOf(await objectsOf(objects.join('\n---\n')));
      const { members } = routerOf(model, 'nginx', 'ingress-v1');
      expect(members).toEqual(model.ingresses);
      expect(members.map(({ ref }) => ref.name)).toEqual(['a', 'b', 'c']);
    }
  });
});
