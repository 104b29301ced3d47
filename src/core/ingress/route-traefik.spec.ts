import { describe, expect, it } from 'vitest';
import { askRoute, requestFor } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { ingressRoute, to } from '../../../test/support/traefik.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { route } from './route.js';

const PREFIX = 'traefik.ingress.kubernetes.io/';

type Annotations = Readonly<Record<string, Readonly<Record<string, string>>>>;
type Options = Readonly<Record<string, boolean>>;

function annotated(objects: readonly KubernetesObject[], annotations: Annotations): readonly KubernetesObject[] {
  return objects.map((object) => {
    const own = annotations[object.metadata.name ?? ''];
    if (!own) return object;
    const all = Object.fromEntries(Object.entries(own).map(([name, value]) => [PREFIX + name, value]));
    return { ...object, metadata: { ...object.metadata, annotations: all } };
  });
}

/** The answer of a cluster in the tables' notation: `ROUTED web`, `NOT_FOUND 404`, `UNDEFINED ? CODE`; `> path` where the backend gets another path. */
function ask(rules: string, url: string, annotations: Annotations = {}, strict = false, options: Options = {}): string {
  const dialect = strict ? 'traefik-strict' : 'traefik';
  const controllers = [{ class: 'c', dialect, options }];
  const model = modelOf(annotated(ingressCluster(rules.replaceAll(' ; ', '\n')), annotations), { ingress: { controllers } });
  const answer = route(model, { request: requestFor(url), class: 'c', dialect: undefined });
  if (!answer.ok) throw new Error(answer.error.message);
  const { verdict, result } = answer.value;
  expect(result.dialect).toBe(dialect);
  const path = result.forwarded && result.forwarded.path !== url.replace(/^https?:\/\/[^/]*/, '') ? ['>', result.forwarded.path] : [];
  const status = result.status === null ? [] : [String(result.status)];
  const unknown = verdict === 'UNDEFINED' ? ['?', ...new Set(result.unspecified.map(({ code }) => code))] : [];
  return [verdict, ...result.backends.map(({ service }) => service), ...status, ...path, ...unknown].join(' ');
}

type Row = [rules: string, url: string, expected: string, annotations?: Annotations, strict?: boolean];

/** `buildRule` and `buildHostRule` of traefik/traefik `pkg/provider/kubernetes/ingress/kubernetes.go`; `pkg/muxer/http/matcher.go`. */
const RULES: Row[] = [
  ['a : foo.com Prefix /foo -> s', 'http://foo.com/foobar', 'ROUTED s'],
  ['a : foo.com Prefix /foo -> s', 'http://foo.com/foobar', 'NOT_FOUND 404', {}, true],
  ['a : foo.com Prefix /foo -> s', 'http://foo.com/foo/x', 'ROUTED s', {}, true],
  // one `/` at the end of a strict prefix is cut
  ['a : foo.com Prefix /foo/ -> s', 'http://foo.com/foo', 'ROUTED s', {}, true],
  ['a : foo.com Prefix /foo/ -> s', 'http://foo.com/foo', 'NOT_FOUND 404'],
  ['a : foo.com Exact /foo -> s', 'http://foo.com/foo/', 'NOT_FOUND 404'],
  ['a : foo.com Exact /foo -> s', 'http://FOO.com:8080/foo', 'ROUTED s'],
  ['a : foo.com Impl /foo -> s', 'http://foo.com/foobar', 'ROUTED s'],
  ['a : foo.com Impl /v[0-9] -> s', 'http://foo.com/api/v1', 'ROUTED s', { a: { 'router.pathmatcher': 'PathRegexp' } }],
  // the annotation speaks of paths whose type leaves it open alone
  ['a : foo.com Prefix /v[0-9] -> s', 'http://foo.com/api/v1', 'NOT_FOUND 404', { a: { 'router.pathmatcher': 'PathRegexp' } }],
  ['a : *.foo.com Prefix / -> s', 'http://a.foo.com/', 'ROUTED s'],
  ['a : *.foo.com Prefix / -> s', 'http://b.a.foo.com/', 'NOT_FOUND 404'],
  ['a : *.foo.com Prefix / -> s', 'http://foo.com/', 'NOT_FOUND 404'],
  ['a : any Prefix /x -> s', 'http://192.0.2.1/x', 'ROUTED s'],
];

/** Priorities: the length of the rule's text unless an annotation says otherwise (doc.traefik.io "Priority calculation"). */
const PRIORITIES: Row[] = [
  ['a : foo.com Prefix / -> short ; a : foo.com Prefix /foo -> long', 'http://foo.com/foo', 'ROUTED long'],
  ['a : foo.com Prefix / -> p ; b : foo.com Prefix /foo -> s', 'http://foo.com/foo', 'ROUTED p', { a: { 'router.priority': '1000' } }],
  // Path is a shorter word than PathPrefix: the exact path comes second
  ['a : foo.com Exact /foo -> e ; a : foo.com Prefix /foo -> p', 'http://foo.com/foo', 'ROUTED p'],
  // no host is exclusive, and the expression of a wildcard is the longer text
  ['a : p.foo.com Prefix /a -> p ; b : *.foo.com Prefix /b -> w', 'http://p.foo.com/b', 'ROUTED w'],
  ['a : p.foo.com Prefix / -> p ; b : *.foo.com Prefix / -> w', 'http://p.foo.com/', 'ROUTED w'],
  ['a : foo.com Prefix / -> one ; b : foo.com Prefix / -> two', 'http://foo.com/', 'UNDEFINED ? PRIORITY_TIE'],
  ['a : foo.com Prefix / -> one ; b : foo.com Prefix / -> one', 'http://foo.com/', 'ROUTED one'],
  // of one Ingress, the later of two equal paths stays
  ['a : foo.com Prefix / -> one ; a : foo.com Prefix / -> two', 'http://foo.com/', 'ROUTED two'],
  ['a : default -> d ; b : foo.com Prefix / -> s', 'http://foo.com/', 'ROUTED s'],
];

/** `loadConfigurationFromIngresses`: which Ingresses and backends make a router at all. */
const ROUTERS: Row[] = [
  ['a : default -> d', 'http://foo.com/x', 'DEFAULT_BACKEND d'],
  ['a : foo.com Prefix /x -> s ; a : default -> d', 'http://foo.com/y', 'NOT_FOUND 404'],
  // one a cluster: whichever of two is read first, unless it leads nowhere
  ['a : default -> d ; b : default -> e', 'http://foo.com/', 'UNDEFINED ? PRIORITY_TIE'],
  ['a : default -> empty ; b : default -> missing ; c : default -> e', 'http://foo.com/', 'DEFAULT_BACKEND e'],
  ['a : default -> Bucket/b', 'http://foo.com/', 'NOT_FOUND 404'],
  // whatever priority the annotation asks for
  ['a : default -> d ; b : any Prefix / -> s', 'http://foo.com/', 'ROUTED s', { a: { 'router.priority': '1000' } }],
  ['a : foo.com Prefix / -> missing', 'http://foo.com/', 'NOT_FOUND 404'],
  ['a : foo.com Prefix / -> empty', 'http://foo.com/', 'NOT_FOUND 404'],
  // another router takes over
  ['a : foo.com Prefix /x -> empty ; a : foo.com Prefix / -> s', 'http://foo.com/x', 'ROUTED s'],
  ['a : foo.com Prefix /x -> s:443 ; a : foo.com Prefix / -> s', 'http://foo.com/x', 'ROUTED s'],
  ['a : foo.com Prefix / -> Bucket/b', 'http://foo.com/', 'NOT_FOUND 404'],
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'NOT_FOUND 404', { a: { 'router.entrypoints': 'websecure' } }],
  ['a : foo.com Prefix / -> s', 'https://foo.com/', 'ROUTED s', { a: { 'router.entrypoints': 'websecure' } }],
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'NOT_FOUND 404', { a: { 'router.tls': 'true' } }],
  ['a : foo.com Prefix / -> s', 'https://foo.com/', 'ROUTED s', { a: { 'router.tls': 'true' } }],
  // traefik/paerser `parser/nodes_metadata.go`, `add`: an empty word asks for TLS, any but `true` turns all of it off
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'NOT_FOUND 404', { a: { 'router.tls': '' } }],
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'NOT_FOUND 404', { a: { 'router.tls': 'TRUE' } }],
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'ROUTED s', { a: { 'router.tls': '1' } }],
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'ROUTED s', { a: { 'router.tls': 'false', 'router.tls.certresolver': 'x' } }],
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'UNDEFINED ? ENTRY_POINT_UNKNOWN', { a: { 'router.entrypoints': 'public' } }],
  // an annotation that cannot be decoded takes the whole Ingress out
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'NOT_FOUND 404', { a: { 'router.priority': 'high' } }],
  // `maxUserPriority` of `pkg/server/router/router.go`: the largest number of 64 bits without the last thousand
  [
    'a : foo.com Prefix / -> p ; b : foo.com Prefix /foo -> s',
    'http://foo.com/foo',
    'ROUTED p',
    { a: { 'router.priority': '9223372036854774807' } },
  ],
  [
    'a : foo.com Prefix / -> p ; b : foo.com Prefix /foo -> s',
    'http://foo.com/foo',
    'ROUTED p',
    { a: { 'router.priority': '99999999999' } },
  ],
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'NOT_FOUND 404', { a: { 'router.priority': '9223372036854774808' } }],
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'NOT_FOUND 404', { a: { 'router.priority': '9223372036854775808' } }],
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'ROUTED s', { a: { 'router.priority': '-9223372036854775808' } }],
];

const V2 = { a: { 'router.rulesyntax': 'v2' } };

/** `pkg/provider/kubernetes/ingress/annotations_test.go`, Test_parseRouterConfig; `loadRouter` and `buildHostRuleV2` of `kubernetes.go`; `findTypedField` of traefik/paerser. */
const ANNOTATIONS: Row[] = [
  ['a : *.foo.com Prefix / -> s', 'http://x.foo.com/', 'ROUTED s', V2],
  ['a : *.foo.com Prefix / -> s', 'http://y.x.foo.com/', 'NOT_FOUND 404', V2],
  ['a : foo.com Prefix /v -> s', 'http://foo.com/v1', 'ROUTED s', V2],
  // v2 reads templates in paths, and has no PathRegexp
  ['a : foo.com Exact /{id:[0-9]+} -> s', 'http://foo.com/12', 'ROUTED s', V2],
  ['a : foo.com Exact /{id:[0-9]+} -> s', 'http://foo.com/12', 'NOT_FOUND 404'],
  [
    'a : foo.com Impl /v -> s',
    'http://foo.com/v',
    'NOT_FOUND 404',
    { a: { 'router.rulesyntax': 'v2', 'router.pathmatcher': 'PathRegexp' } },
  ],
  // a matcher that does not exist makes no rule
  ['a : foo.com Impl /v -> s', 'http://foo.com/v', 'NOT_FOUND 404', { a: { 'router.pathmatcher': 'foobar' } }],
  // what is no field of a router takes the whole Ingress out; what stands elsewhere does not
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'NOT_FOUND 404', { a: { 'router.entrypoint': 'web' } }],
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'ROUTED s', { a: { 'router.observability.accessLogs': 'true', foo: 'bar' } }],
  [
    'a : foo.com Prefix / -> s',
    'https://foo.com/',
    'ROUTED s',
    { a: { 'router.tls.certresolver': 'x', 'router.tls.domains.0.main': 'foo.com' } },
  ],
];

describe('Traefik', () => {
  it.each([...RULES, ...PRIORITIES, ...ROUTERS, ...ANNOTATIONS])('%s: %s %s', (rules, url, expected, annotations, strict) => {
    expect(ask(rules, url, annotations, strict)).toBe(expected);
  });

  it('follows what the profile says of its settings', () => {
    const rules = 'a : foo.com Prefix / -> empty';
    expect(ask(rules, 'http://foo.com/', {}, false, { allowEmptyServices: true })).toBe('NO_ENDPOINTS empty 503');
    const plain = 'a : foo.com Prefix / -> s';
    expect(ask(plain, 'https://foo.com/', {}, false, { websecureTLS: false })).toBe('NOT_FOUND 404');
  });

  it('sees a path as its entry point cleans it', () => {
    const rules = 'a : foo.com Prefix /a/b -> s';
    expect(ask(rules, 'http://foo.com/a//x/../b')).toBe('ROUTED s > /a/b');
    expect(ask(rules, 'http://foo.com/a//b', {}, false, { sanitizePath: false })).toBe('NOT_FOUND 404');
    // T5: reserved characters stay encoded
    expect(ask(rules, 'http://foo.com/a%2Fb')).toBe('NOT_FOUND 404');
    expect(ask(rules, 'http://foo.com/a/%62')).toBe('ROUTED s');
  });

  it('tells of each loser its priority and that of the winner', () => {
    const objects = ingressCluster('a : foo.com Prefix / -> short\nb : foo.com Prefix /foo -> long');
    const answer = route(modelOf(objects), { request: requestFor('http://foo.com/foo'), class: 'c', dialect: 'traefik' });
    const candidates = answer.ok ? answer.value.result.candidates : [];
    expect(candidates.map(({ object, outcome, reason, own, other }) => [object, outcome, reason, own, other])).toEqual([
      ['Ingress t/b', 'selected', 'RULE_SELECTED', null, null],
      // Host("foo.com") && PathPrefix("/")
      ['Ingress t/a', 'lost', 'LOWER_PRIORITY', '34', '37'],
    ]);
  });

  it('counts the class field before the annotation', () => {
    const objects = ingressCluster('a#c : foo.com Prefix / -> s').map((object) =>
      object.kind === 'Ingress'
        ? { ...object, metadata: { ...object.metadata, annotations: { 'kubernetes.io/ingress.class': 'other' } } }
        : object,
    );
    const answer = route(modelOf(objects), { request: requestFor('http://foo.com/'), class: 'c', dialect: 'traefik' });
    expect(answer.ok && answer.value.verdict).toBe('ROUTED');
  });
});

/** `loadConfigurationFromIngresses`: "The default backend already exists" for every Ingress without rules but the first; informers list them in no order. */
describe('default backends of two Ingresses', () => {
  const CLUSTER = 'a : default -> s ; b : default -> t';
  const at = (a: string, b: string): Annotations => ({
    a: { 'router.entrypoints': a },
    b: { 'router.entrypoints': b },
  });

  it('are equals at the same entry points, and make one router alone at different ones', () => {
    expect(ask(CLUSTER, 'http://foo.com/', at('web', 'web'))).toMatch(/^UNDEFINED .*PRIORITY_TIE/);
    expect(ask(CLUSTER, 'http://foo.com/', at('web', 'websecure'))).toMatch(/^UNDEFINED .*RULE_UNDECIDED/);
    expect(ask('a : default -> s', 'http://foo.com/', at('web', ''))).toBe('DEFAULT_BACKEND s');
  });

  it('count alone where the Service of the other does not exist', () => {
    expect(ask('a : default -> s ; b : default -> missing', 'http://foo.com/', at('web', 'websecure'))).toBe('DEFAULT_BACKEND s');
  });
});

/** doc.traefik.io v3.7 "Providers Precedence": `kubernetescrd` before `kubernetes` unless `providers.precedence` says otherwise; a provider that it leaves out comes last. */
describe('an IngressRoute beside an Ingress of the same priority', () => {
  const route = ingressRoute('r', to('Host(`foo.com`) && PathPrefix(`/b`)', 's'));
  const taken = (options: Readonly<Record<string, string>>) => {
    const settings = { ingress: { controllers: [{ class: 'c', dialect: 'traefik', options }] } };
    return askRoute(modelOf([...ingressCluster('a : foo.com Prefix /b -> s'), route], settings), 'http://foo.com/b').result;
  };
  const winner = (options: Readonly<Record<string, string>>) =>
    taken(options).candidates.find(({ outcome }) => outcome === 'selected')?.object;

  it('goes first, or after it, as providers are set', () => {
    expect(winner({})).toBe('IngressRoute t/r');
    expect(winner({ providersPrecedence: 'kubernetes,kubernetescrd' })).toBe('Ingress t/a');
    expect(winner({ providersPrecedence: 'Kubernetes' })).toBe('Ingress t/a');
    expect(taken({}).candidates).toMatchObject([
      { object: 'IngressRoute t/r' },
      { outcome: 'lost', reason: 'PROVIDER_LATER', key: 'provider', own: 'kubernetes', other: 'kubernetescrd' },
    ]);
  });

  it('of another priority goes by that, however providers are set', () => {
    const prior = (priority: number, providersPrecedence: string) => {
      const own = ingressRoute('r', to('Host(`foo.com`) && PathPrefix(`/b`)', 's', { priority }));
      const settings = { ingress: { controllers: [{ class: 'c', dialect: 'traefik', options: { providersPrecedence } }] } };
      const model = modelOf([...ingressCluster('a : foo.com Prefix /b -> s'), own], settings);
      return askRoute(model, 'http://foo.com/b').result.candidates.find(({ outcome }) => outcome === 'selected')?.object;
    };
    expect([prior(1, 'kubernetescrd,kubernetes'), prior(1000, 'kubernetes,kubernetescrd')]).toEqual(['Ingress t/a', 'IngressRoute t/r']);
  });
});
