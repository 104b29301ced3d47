import { describe, expect, it } from 'vitest';
import { askRoute, type AskedRoute, requestFor, routeLine } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import { route } from './route.js';

const NETWORKING = 'networking.k8s.io/v1';
const ANNOTATION = 'kubernetes.io/ingress.class';
const DEFAULT = 'ingressclass.kubernetes.io/is-default-class';

function ingressClass(name: string, controller = 'example.com/ingress', annotations: Record<string, string> = {}, created = '2026-01-01') {
  return {
    apiVersion: NETWORKING,
    kind: 'IngressClass',
    metadata: { name, annotations, creationTimestamp: `${created}T00:00:00Z` },
    spec: { controller },
  };
}

/** An Ingress for foo.com whose backend tells its class: `field` as written (undefined: absent), the annotation likewise. */
function ingress(name: string, metadata: Record<string, unknown>, field: string | undefined) {
  const backend = { service: { name: 'missing', port: { number: 80 } } };
  const rules = [{ host: 'foo.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  return {
    apiVersion: NETWORKING,
    kind: 'Ingress',
    metadata: { name, namespace: 't', ...metadata },
    spec: { ...(field === undefined ? {} : { ingressClassName: field }), rules },
  };
}

const STORED = { creationTimestamp: '2026-01-02T00:00:00Z' };
const annotated = (value: string) => ({ ...STORED, annotations: { [ANNOTATION]: value } });

/** KEP-1453 "Interoperability with previous annotation"; `plugin/pkg/admission/network/defaultingressclass`. */
describe('the class of an Ingress', () => {
  const classes = [ingressClass('c'), ingressClass('other'), ingressClass('main', undefined, { [DEFAULT]: 'true' })];
  it.each<[name: string, ingress: ReturnType<typeof ingress>, servedBy: string]>([
    ['field', ingress('i', STORED, 'c'), 'c'],
    ['annotation', ingress('i', annotated('other'), undefined), 'other'],
    ['annotation before field', ingress('i', annotated('other'), 'c'), 'other'],
    ['an empty annotation counts for nothing', ingress('i', annotated(''), 'c'), 'c'],
    ['a stored object is not defaulted', ingress('i', STORED, undefined), 'none'],
    ['a manifest is defaulted at creation', ingress('i', {}, undefined), 'main'],
    ['an empty field is not defaulted', ingress('i', {}, ''), 'none'],
  ])('%s', (_, object, servedBy) => {
    const model = modelOf([...classes, object]);
    const serving = ['c', 'other', 'main'].filter(
      (name) => askRoute(model, 'http://foo.com/', { class: name }).verdict === 'SERVICE_MISSING',
    );
    expect(serving.join() || 'none').toBe(servedBy);
  });
});

/** CHANGELOG-1.25 of Kubernetes (#110974); before, `defaultingressclass` answered "2 default IngressClasses were found, only 1 allowed". */
describe('several default classes', () => {
  const classes = [
    ingressClass('older', undefined, { [DEFAULT]: 'true' }),
    ingressClass('newer', undefined, { [DEFAULT]: 'true' }, '2026-01-03'),
  ];
  it.each([
    ['an Ingress that waits for one', {}, ['DEFAULT_CLASS_ASSUMED']],
    ['a stored one', STORED, []],
  ])('are told of %s', (_, metadata, codes) => {
    const answer = askRoute(modelOf([...classes, ingress('i', metadata, undefined), ingress('j', STORED, 'newer')]), 'http://foo.com/');
    expect([answer.result.class, answer.assumptions.map(({ code }) => code)]).toEqual(['newer', codes]);
  });

  it.each([
    ['v1.25.0', true, 'gets `newer`, the newest (of one age the first by name)'],
    ['1.24.17-eks-1', false, 'is refused with 403, as the API server is older than Kubernetes 1.25'],
  ])('are settled where the version of the API server is known: %s', (kubernetesVersion, isTaken, outcome) => {
    const stored = ingress('j', STORED, 'newer');
    const other = { ...stored, spec: { ...stored.spec, rules: [{ host: 'other.com' }] } };
    const model = modelOf([...classes, ingress('i', {}, undefined), other], { kubernetesVersion });
    const { verdict, assumptions } = askRoute(model, 'http://foo.com/');
    expect([verdict !== 'NOT_FOUND', assumptions]).toEqual([isTaken, []]);
    const [told] = lintRoutes(model, { codes: ['ING-DEFAULT-CLASSES'] }).findings;
    expect(told?.message).toBe(`2 classes are marked as default: an Ingress that names none ${outcome}; that bears on 1 of those here`);
  });
});

describe('the class of a request', () => {
  it.each<[rules: string, url: string, line: string, reason: string, asked?: AskedRoute]>([
    ['a#c : foo.com Prefix / -> s ; b#d : foo.com Prefix / -> t', 'http://foo.com/', 'ROUTED t', 'CLASS_ASKED', { class: 'd' }],
    ['a#c : foo.com Prefix / -> s', 'http://foo.com/', 'ROUTED s', 'CLASS_ONLY'],
    ['a#c : foo.com Prefix / -> s ; b#d : bar.com Prefix / -> t', 'http://bar.com/', 'ROUTED t', 'CLASS_BY_HOST'],
    ['a#c : foo.com Prefix / -> s ; b#d : any Prefix / -> t', 'http://foo.com/', 'ROUTED s', 'CLASS_BY_HOST'],
    ['a#c : foo.com Prefix / -> s ; b#d : any Prefix / -> t', 'http://bar.com/', 'ROUTED t', 'CLASS_BY_HOST'],
    ['a#c : foo.com Prefix / -> s ; b#d : default -> t', 'http://bar.com/', 'DEFAULT_BACKEND t', 'CLASS_BY_HOST'],
    ['a#c : foo.com Prefix / -> s ; b#d : foo.com Prefix / -> t', 'http://foo.com/', 'UNDEFINED CLASS_AMBIGUOUS', 'CLASS_AMBIGUOUS'],
    ['a#c : foo.com Prefix / -> s ; b#d : foo.com Prefix / -> s', 'http://foo.com/', 'ROUTED s', 'CLASS_AMBIGUOUS'],
    ['a#c : foo.com Prefix / -> s ; b#d : foo.com Prefix / -> t', 'http://bar.com/', 'NOT_FOUND', 'CLASS_AMBIGUOUS'],
    ['a#c : foo.com Prefix / -> s ; b#undefined-x : bar.com Prefix / -> t', 'http://bar.com/', 'NOT_FOUND', 'CLASS_ONLY'],
    ['a#undefined-x : foo.com Prefix / -> s', 'http://foo.com/', 'ROUTED s', 'CLASS_ONLY'],
    ['a# : foo.com Prefix / -> s', 'http://foo.com/', 'ROUTED s', 'CLASS_ONLY'],
    ['a#c : foo.com Prefix / -> s ; b# : bar.com Prefix / -> t', 'http://bar.com/', 'NOT_FOUND', 'CLASS_ONLY'],
    ['', 'http://foo.com/', 'NOT_FOUND', 'NO_INGRESS'],
  ])('%s | %s → %s', (rules, url, line, reason, asked = {}) => {
    const answer = askRoute(modelOf(ingressCluster(rules.replaceAll(' ; ', '\n'))), url, asked);
    expect([routeLine(answer), answer.evidence[0]?.reason]).toEqual([line, reason]);
  });

  it.each([
    ['a#undefined-x : foo.com Prefix / -> s', 'CLASS_NOT_DEFINED'],
    ['a# : foo.com Prefix / -> s', 'CLASSLESS_HANDLED'],
  ])('%s rests on an assumption: %s', (rules, code) => {
    const answer = askRoute(modelOf(ingressCluster(rules)), 'http://foo.com/');
    expect(answer).toMatchObject({ confidence: 'ASSUMED', assumptions: [{ code }] });
  });

  it.each([
    ['nginx', {}, '; `dialect=ingress-nginx` judges'],
    ['inner', {}, '; `dialect` judges'],
    ['nginx', { dialect: 'ingress-nginx' }, 'is assumed to handle it'],
  ] as const)('of a class %s that nothing defines, asked %j, it tells how its controller is asked: …%s', (name, asked, end) => {
    const [assumed] = askRoute(modelOf([ingress('web', {}, name)]), 'http://foo.com/', asked).assumptions;
    expect(assumed).toMatchObject({ code: 'CLASS_NOT_DEFINED', message: expect.stringContaining(end) });
    expect(assumed?.message.includes('by the rules of the specification')).toBe(!('dialect' in asked));
  });

  it('refuses a class that nothing names, with the nearest one', () => {
    const model = modelOf(ingressCluster('a#nginx : foo.com Prefix / -> s'));
    const answer = route(model, { request: requestFor('http://foo.com/'), class: 'ngnix', dialect: undefined });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'unknown-object', hint: 'did you mean `nginx`?' } });
  });
});

describe('dialects', () => {
  const model = modelOf([ingressClass('c', 'haproxy.org/ingress-controller'), ingress('i', STORED, 'c')]);
  it('says when a class follows rules that are not modelled', () => {
    const answer = askRoute(model, 'http://foo.com/');
    expect(answer.warnings).toMatchObject([{ code: 'DIALECT_NOT_MODELLED' }]);
    expect(answer.warnings[0]?.message).toContain('`haproxy`');
    expect(answer.summary).toContain('`haproxy`, which is not modelled');
    expect(answer).toMatchObject({
      confidence: 'ASSUMED',
      result: { dialect: 'ingress-v1', controller: 'haproxy.org/ingress-controller' },
    });
  });

  it("judges by the controller's own rules where they are modelled, and says so", () => {
    const nginx = modelOf([ingressClass('c', 'k8s.io/ingress-nginx'), ingress('i', STORED, 'c')]);
    const answer = askRoute(nginx, 'http://foo.com/');
    expect(answer).toMatchObject({ warnings: [], result: { dialect: 'ingress-nginx' } });
    expect(answer.summary).toContain('judged by ingress-nginx');
  });

  it('says nothing when the specification was asked for', () => {
    expect(askRoute(model, 'http://foo.com/', { dialect: 'ingress-v1' })).toMatchObject({ confidence: 'CERTAIN', warnings: [] });
  });

  it('is no certainty where routes of other kinds are stored and not read (an HTTPProxy may serve what no Ingress does)', () => {
    const other = { apiVersion: 'projectcontour.io/v1', kind: 'HTTPProxy', metadata: { namespace: 't', name: 'r' }, spec: {} };
    const rules = ingressCluster('a : foo.com Prefix / -> s');
    expect(askRoute(modelOf(rules), 'http://bar.com/').confidence).toBe('CERTAIN');
    const answer = askRoute(modelOf([...rules, other]), 'http://bar.com/');
    expect([answer.verdict, answer.confidence, answer.warnings.map(({ code }) => code)]).toEqual([
      'NOT_FOUND',
      'ASSUMED',
      ['NOT_MODELLED'],
    ]);
  });
});
