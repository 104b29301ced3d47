import { describe, expect, it } from 'vitest';
import { requestFor } from '../../../test/support/ask-route.js';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { route } from './route.js';

type Metadata = Readonly<Record<string, { readonly uid?: string; readonly annotations?: Readonly<Record<string, string>> }>>;

function withMetadata(objects: readonly KubernetesObject[], metadata: Metadata): readonly KubernetesObject[] {
  return objects.map((object) => ({ ...object, metadata: { ...object.metadata, ...metadata[object.metadata.name ?? ''] } }));
}

/** `ROUTED web`, with `> path` where the backend gets another path, `= location` where the client is sent elsewhere. */
function ask(rules: string, url: string, metadata: Metadata = {}, headers: readonly (readonly [string, string])[] = []): string {
  const model = modelOf(withMetadata(ingressCluster(rules.replaceAll(' ; ', '\n')), metadata));
  const answer = route(model, { request: { ...requestFor(url), headers }, class: 'c', dialect: 'nginx-f5' });
  if (!answer.ok) throw new Error(answer.error.message);
  const { verdict, result } = answer.value;
  const path = result.forwarded && result.forwarded.path !== url.replace(/^https?:\/\/[^/]*/, '') ? ['>', result.forwarded.path] : [];
  const to = result.redirect ? ['=', result.redirect.location] : [];
  const unknown = verdict === 'UNDEFINED' ? ['?', ...result.unspecified.map(({ code }) => code)] : [];
  const status = result.status === null ? [] : [String(result.status)];
  return [verdict, ...result.backends.map(({ service }) => service), ...status, ...path, ...to, ...unknown].join(' ');
}

const MASTER = { annotations: { 'nginx.org/mergeable-ingress-type': 'master' } };
const MINION = { annotations: { 'nginx.org/mergeable-ingress-type': 'minion' } };

type Row = [rules: string, url: string, expected: string, metadata?: Metadata];

/** nginx/kubernetes-ingress `internal/k8s/configuration.go` (hosts), `internal/k8s/validation.go`. */
const HOSTS: Row[] = [
  // any number of labels, the precise name first, the longest wildcard next
  ['a : *.foo.com Prefix / -> s', 'http://x.y.foo.com/', 'ROUTED s'],
  ['a : *.foo.com Prefix / -> s', 'http://foo.com/', 'NOT_FOUND 404'],
  ['a : p.foo.com Prefix /a -> p ; b : *.foo.com Prefix /b -> w', 'http://p.foo.com/b', 'NOT_FOUND 404'],
  ['a : *.com Prefix / -> short ; b : *.foo.com Prefix / -> long', 'http://x.foo.com/', 'ROUTED long'],
  // a host belongs to the oldest Ingress as a whole; of one age to the larger UID
  ['b@2026-01-01 : foo.com Prefix /a -> old ; a@2026-01-02 : foo.com Prefix /b -> new', 'http://foo.com/b', 'NOT_FOUND 404'],
  ['a : foo.com Prefix / -> one ; b : foo.com Prefix / -> two', 'http://foo.com/', 'ROUTED two', { a: { uid: '1' }, b: { uid: 'f' } }],
  ['a : foo.com Prefix / -> one ; b : foo.com Prefix / -> two', 'http://foo.com/', 'UNDEFINED ? HOST_OWNER_UNKNOWN'],
  // `chooseObjectMetaWinner` knows nothing else: of three that claim the host each may have it
  [
    'a : foo.com Prefix / -> s ; b : foo.com Prefix / -> s ; c : foo.com Prefix / -> other',
    'http://foo.com/',
    'UNDEFINED ? HOST_OWNER_UNKNOWN',
  ],
  // an Ingress with a rule without host is refused as a whole
  ['a : any Prefix / -> s ; a : foo.com Prefix / -> s', 'http://foo.com/', 'NOT_FOUND 404'],
  ['m : foo.com whole ; a : foo.com Prefix /a -> s', 'http://foo.com/a', 'ROUTED s', { m: MASTER, a: MINION }],
  ['a : foo.com Prefix /a -> s', 'http://foo.com/a', 'NOT_FOUND 404', { a: MINION }],
];

/** `generateIngressPath`, `createLocation` of `internal/configs/ingress.go`; nginx `ngx_http_core_find_location`. */
const LOCATIONS: Row[] = [
  ['a : foo.com Prefix /foo -> s', 'http://foo.com/foobar', 'ROUTED s'],
  ['a : foo.com Exact /foo -> e ; a2 : bar.com Prefix / -> s', 'http://foo.com/foo/', 'NOT_FOUND 404'],
  ['a : foo.com Prefix /foo/ -> s', 'http://foo.com/foo', 'REDIRECTED 301 = http://foo.com/foo/'],
  ['a : foo.com Prefix /x -> s ; a : default -> d', 'http://foo.com/y', 'DEFAULT_BACKEND d'],
  ['a : foo.com Prefix / -> missing', 'http://foo.com/', 'SERVICE_MISSING 502'],
  ['a : foo.com Prefix / -> empty', 'http://foo.com/', 'NO_ENDPOINTS empty 502'],
  ['a : foo.com Prefix / -> s ; a : tls foo.com -> t', 'http://foo.com/p/', 'REDIRECTED 301 = https://foo.com:443/p/'],
  [
    'a : foo.com Prefix /app/ -> s',
    'http://foo.com/app/x?q=1',
    'ROUTED s > /v1/x?q=1',
    { a: { annotations: { 'nginx.org/rewrites': 'serviceName=s rewrite=/v1/' } } },
  ],
  [
    'a : foo.com Prefix /v[0-9] -> s',
    'http://foo.com/v1',
    'ROUTED s',
    { a: { annotations: { 'nginx.org/path-regex': 'case_sensitive' } } },
  ],
];

const SERVED = 'ROUTED s';
const REFUSED = 'NOT_FOUND 404';
const annotation = (name: string, value: string): Metadata => ({ a: { annotations: { [name]: value } } });
/** An Ingress with an annotation: what becomes of its host. */
const annotatedRow = (name: string, value: string, expected: string): Row => [
  'a : foo.com Prefix / -> s',
  'http://foo.com/',
  expected,
  annotation(name, value),
];
const pathRow = (path: string, url: string, expected: string): Row => [`a : foo.com Impl ${path} -> s`, `http://foo.com${url}`, expected];

/** `internal/k8s/validation_test.go`, TestValidateNginxIngressAnnotations, TestValidateIngressSpec, TestValidateMasterSpec, TestValidateMinionSpec, TestValidatePath: one fault takes the whole Ingress out. */
const REFUSALS: Row[] = [
  annotatedRow('nginx.org/mergeable-ingress-type', 'abc', REFUSED),
  annotatedRow('nginx.org/mergeable-ingress-type', '', REFUSED),
  annotatedRow('nginx.org/path-regex', 'exact', 'ROUTED s'),
  annotatedRow('nginx.org/path-regex', 'bogus', REFUSED),
  annotatedRow('nginx.org/redirect-to-https', 'not_a_boolean', REFUSED),
  annotatedRow('ingress.kubernetes.io/ssl-redirect', 'true', SERVED),
  annotatedRow('ingress.kubernetes.io/ssl-redirect', 'not_a_boolean', REFUSED),
  annotatedRow('nginx.org/proxy-buffering', 'not_a_boolean', REFUSED),
  ['a : foo.com Prefix / -> s ; a : tls foo.com -> t', 'https://foo.com/', SERVED, annotation('nginx.org/grpc-services', 's')],
  annotatedRow('nginx.org/grpc-services', 's,service-2', REFUSED),
  annotatedRow('nginx.org/websocket-services', 'service-1', REFUSED),
  annotatedRow('nginx.org/rewrites', 'not_a_rewrite', REFUSED),
  annotatedRow('nginx.org/rewrites', 'serviceName=service-1 rewrite=/x', REFUSED),
  // another host of the same Ingress goes down with it
  ['a : foo.com Prefix / -> s ; a : bar.com Prefix /x;y -> s', 'http://foo.com/', REFUSED],
  ['a : foo.com Prefix / -> s ; a : bar.com Prefix / -> Bucket/b', 'http://foo.com/', REFUSED],
  ['a : foo.com Prefix / -> s ; a : default -> Bucket/b', 'http://foo.com/', REFUSED],
  ['a : foo.com Prefix / -> s ; a : foo.com Prefix /x -> s', 'http://foo.com/', REFUSED],
  ['m : foo.com whole ; m : bar.com whole ; a : foo.com Prefix / -> s', 'http://foo.com/', REFUSED, { m: MASTER, a: MINION }],
  ['m : foo.com Prefix /x -> s ; a : foo.com Prefix / -> s', 'http://foo.com/', REFUSED, { m: MASTER, a: MINION }],
  ['m : foo.com whole ; a : foo.com Prefix / -> s ; a : tls foo.com -> t', 'http://foo.com/', REFUSED, { m: MASTER, a: MINION }],
  pathRow('/path', '/path', SERVED),
  pathRow('/abc.*', '/abc.*', SERVED),
  pathRow('/[a-z]{3}', '/[a-z]{3}', SERVED),
  pathRow('/path(', '/path(', REFUSED),
  pathRow('/[abc', '/[abc', REFUSED),
  pathRow('/{custom_value}', '/{custom_value}', REFUSED),
  pathRow('/"test', '/"test', REFUSED),
  pathRow('/etc/nginx/secrets', '/etc/nginx/secrets', REFUSED),
  // the keywords are anchored one by one
  pathRow('/app/variants', '/app/variants', REFUSED),
  pathRow('/app/etc/x', '/app/etc/x', SERVED),
];

const target = (value: string, more: Readonly<Record<string, string>> = {}): Metadata => ({
  a: { annotations: { 'nginx.org/rewrite-target': value, ...more } },
});
const FORWARDED_HTTP = [['X-Forwarded-Proto', 'http']] as const;

/** `internal/configs/version1/nginx.ingress.tmpl` (the order of a server), `template_helper.go` `makeRewritePattern`, `annotations_test.go` TestGetRewriteTarget, TestGetRewriteTargetWithComplexValues. */
const REWRITES: Row[] = [
  ['a : foo.com Prefix /static -> s', 'http://foo.com/static/x?q=1', 'ROUTED s > /static/path?q=1', target('/static/path')],
  [
    'a : foo.com Impl /app/(.*) -> s',
    'http://foo.com/app/x',
    'ROUTED s > /api/x',
    target('/api/$1', { 'nginx.org/path-regex': 'case_sensitive' }),
  ],
  [
    'a : foo.com Impl /App/([a-z]+)/(.*) -> s',
    'http://foo.com/app/x/y',
    'ROUTED s > /v1/x/y/data?version=v2',
    target('/v1/$1/$2/data?version=v2', { 'nginx.org/path-regex': 'case_insensitive' }),
  ],
  ['a : foo.com Impl /app -> s', 'http://foo.com/app', 'ROUTED s > /new', target('/new', { 'nginx.org/path-regex': 'exact' })],
  // the pattern of a plain path is not anchored: it is an expression all the same
  ['a : foo.com Prefix /a.c -> s', 'http://foo.com/a.c/abc', 'ROUTED s > /x', target('/x')],
  // `rewrites` goes before it
  [
    'a : foo.com Prefix /app/ -> s',
    'http://foo.com/app/x',
    'ROUTED s > /v1/x',
    target('/no', { 'nginx.org/rewrites': 'serviceName=s rewrite=/v1/' }),
  ],
  [
    'm : foo.com whole ; a : foo.com Prefix /a -> s',
    'http://foo.com/a/b',
    'ROUTED s > /in',
    { m: MASTER, a: { annotations: { ...MINION.annotations, 'nginx.org/rewrite-target': '/in' } } },
  ],
  ['a : foo.com Prefix / -> s', 'http://foo.com/', 'REDIRECTED 302 = http://foo.com/coffee', annotation('nginx.org/app-root', '/coffee')],
  ['a : foo.com Prefix / -> s', 'http://foo.com/x', 'ROUTED s', annotation('nginx.org/app-root', '/coffee')],
  [
    'a : foo.com Prefix / -> s ; a : tls foo.com -> t',
    'http://foo.com/',
    'REDIRECTED 301 = https://foo.com:443/',
    annotation('nginx.org/app-root', '/coffee'),
  ],
  ['a : foo.com Prefix /x -> s', 'http://foo.com/x', REFUSED, annotation('nginx.org/app-root', 'coffee')],
  ['a : foo.com Prefix /x -> s', 'http://foo.com/x', REFUSED, annotation('nginx.org/app-root', '/app; ip_hash; #')],
  // only at the root of a server: minions have none (`minionDenylist`)
  [
    'm : foo.com whole ; a : foo.com Prefix / -> s',
    'http://foo.com/',
    'ROUTED s',
    { m: MASTER, a: { annotations: { ...MINION.annotations, 'nginx.org/app-root': '/x' } } },
  ],
];

/** `minionInheritanceList`: location snippets of a master are those of its minions, too. */
const SNIPPETS: Row[] = [
  [
    'a : foo.com Prefix /x -> s',
    'http://foo.com/x',
    'UNDEFINED ? SNIPPET_NOT_EVALUATED',
    annotation('nginx.org/server-snippets', 'return 418;'),
  ],
  [
    'a : foo.com Prefix /x -> s',
    'http://foo.com/x',
    'UNDEFINED ? SNIPPET_NOT_EVALUATED',
    annotation('nginx.org/location-snippets', 'return 418;'),
  ],
  // no location takes it, so that none of their snippets does
  ['a : foo.com Prefix /x -> s', 'http://foo.com/y', 'NOT_FOUND 404', annotation('nginx.org/location-snippets', 'return 418;')],
  [
    'm : foo.com whole ; a : foo.com Prefix / -> s',
    'http://foo.com/',
    'UNDEFINED ? SNIPPET_NOT_EVALUATED',
    { m: { annotations: { ...MASTER.annotations, 'nginx.org/location-snippets': 'return 418;' } }, a: MINION },
  ],
];

const minion = (uid: string): Metadata[string] => ({ ...MINION, uid });
const TWO_MINIONS = 'm : foo.com whole ; a : foo.com Prefix /x -> one ; b : foo.com Prefix /x -> two ; c : foo.com Prefix /y -> two';
const ALL_MINIONS: Metadata = { m: MASTER, a: MINION, b: MINION, c: MINION };

/** `buildMinionConfigs`, `chooseObjectMetaWinner` of `internal/k8s/configuration.go`: each path belongs to the minion that comes first. */
const MINIONS: Row[] = [
  [TWO_MINIONS, 'http://foo.com/x', 'UNDEFINED ? HOST_OWNER_UNKNOWN', ALL_MINIONS],
  [TWO_MINIONS, 'http://foo.com/y', 'ROUTED two', ALL_MINIONS],
  [TWO_MINIONS, 'http://foo.com/x', 'ROUTED two', { ...ALL_MINIONS, a: minion('1'), b: minion('2') }],
  [TWO_MINIONS, 'http://foo.com/x', 'ROUTED one', { ...ALL_MINIONS, a: minion('2'), b: minion('1') }],
  [TWO_MINIONS.replace('b :', 'b@2025-01-01 :'), 'http://foo.com/x', 'ROUTED two', ALL_MINIONS],
  // `= /x` of the one, or `/x` of the other, which has what is below as well
  [TWO_MINIONS.replace('a : foo.com Prefix', 'a : foo.com Exact'), 'http://foo.com/x/y', 'UNDEFINED ? HOST_OWNER_UNKNOWN', ALL_MINIONS],
  [TWO_MINIONS.replace('a : foo.com Prefix', 'a : foo.com Exact'), 'http://foo.com/y', 'ROUTED two', ALL_MINIONS],
  // whoever has `/x/`, nginx redirects to it
  [TWO_MINIONS.replaceAll('/x', '/x/'), 'http://foo.com/x', 'REDIRECTED 301 = http://foo.com/x/', ALL_MINIONS],
];

describe('the controller of NGINX Inc.', () => {
  /** `buildMinionConfigs`: such a path is its own rival, which loses (`UID > UID`). */
  it('gives a path that a minion has twice to nobody', () => {
    const path = (pathType: string, text = '/x') => ({ path: text, pathType, backend: { service: { name: 's', port: { number: 80 } } } });
    const objects = withMetadata(ingressCluster('m : foo.com whole\na : foo.com Prefix /x -> s'), { m: MASTER, a: MINION });
    const served = (...paths: readonly ReturnType<typeof path>[]) => servedOf(objects, ...paths);
    const servedOf = (cluster: typeof objects, ...paths: readonly ReturnType<typeof path>[]) => {
      const twice = cluster.map((one) =>
        one.metadata.name === 'a'
          ? { ...one, spec: { ingressClassName: 'c', rules: [{ host: 'foo.com', http: { paths: [...paths] } }] } }
          : one,
      );
      const answer = route(modelOf(twice), { request: requestFor('http://foo.com/x'), class: 'c', dialect: 'nginx-f5' });
      return answer.ok && answer.value.verdict;
    };
    expect(served(path('Prefix'))).toBe('ROUTED');
    expect(served(path('Prefix'), path('Exact'))).toBe('NOT_FOUND');
    expect(served(path('Prefix'), path('Exact'), path('Prefix', '/'))).toBe('ROUTED');
    // the younger one does not get what the older one has lost to itself
    const younger = objects.flatMap((one) =>
      one.metadata.name === 'a' ? [{ ...one, metadata: { ...one.metadata, name: 'b', creationTimestamp: '2026-05-05T00:00:00Z' } }] : [],
    );
    expect(servedOf([...objects, ...younger], path('Prefix'), path('Exact'))).toBe('NOT_FOUND');
  });

  /** `generateNginxCfg`: `= /` is no `/`, so that the default backend is there as well; `addSSLConfig`: the last entry for the host has the Secret. */
  it('gives the rest of a host to the default backend, and takes the last entry of `spec.tls`', () => {
    expect(ask('a : foo.com Exact / -> s ; a : default -> d', 'http://foo.com/x')).toBe('DEFAULT_BACKEND d');
    expect(ask('a : foo.com Prefix / -> s ; a : default -> d', 'http://foo.com/x')).toBe('ROUTED s');
    const secret = (name: string, type: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 't' },
      type,
    });
    const twice = ingressCluster('a : foo.com Prefix / -> s\na : tls foo.com -> bad\na : tls foo.com -> good');
    const served = (...secrets: readonly KubernetesObject[]) => {
      const answer = route(modelOf([...twice, ...secrets]), { request: requestFor('https://foo.com/'), class: 'c', dialect: 'nginx-f5' });
      return answer.ok && answer.value.verdict;
    };
    expect(served(secret('good', 'kubernetes.io/tls'))).toBe('ROUTED');
    expect(served(secret('bad', 'kubernetes.io/tls'))).toBe('CONNECTION_REFUSED');
  });

  /** `createLocation`, `getSSLServices`, `getGrpcServices` of `internal/configs/annotations.go`; `generateBasicAuthConfig`, `generateJWTConfig`. */
  it('speaks TLS or gRPC with Services that are listed, and says what it takes for granted of clients', () => {
    const asked = (annotations: Readonly<Record<string, string>>) => {
      const objects = withMetadata(ingressCluster('a : foo.com Prefix / -> s\na : tls foo.com -> t'), { a: { annotations } });
      const answer = route(modelOf(objects), { request: requestFor('https://foo.com/'), class: 'c', dialect: 'nginx-f5' });
      if (!answer.ok) throw new Error(answer.error.message);
      const { result, assumptions } = answer.value;
      return [
        result.backends.map(({ protocol, tls }) => `${protocol ?? ''}${tls ? ' TLS' : ''}`).join(),
        ...assumptions.map(({ code }) => code),
      ];
    };
    expect(asked({})).toEqual(['HTTP']);
    expect(asked({ 'nginx.org/ssl-services': 's' })).toEqual(['HTTP TLS']);
    expect(asked({ 'nginx.org/grpc-services': 's' })).toEqual(['GRPC']);
    expect(asked({ 'nginx.org/basic-auth-secret': 'users' })).toEqual(['HTTP', 'AUTHENTICATION_PASSED']);
    expect(asked({ 'nginx.org/limit-req-rate': '10r/s' })).toEqual(['HTTP', 'MIDDLEWARE_CONDITION']);
  });

  /** `GRPCOnly` of `generateNginxCfg`, and `listen` of `version1/nginx.ingress.tmpl`: such a server has no line for http. */
  it('does not listen by http where every path of the host is one of gRPC', () => {
    const ofGrpc = annotation('nginx.org/grpc-services', 's');
    const tls = 'a : foo.com Prefix / -> s\na : tls foo.com -> t';
    expect(ask('a : foo.com Prefix / -> s', 'http://foo.com/', ofGrpc)).toBe('NOT_FOUND 404');
    expect(ask(tls, 'http://foo.com/', ofGrpc)).toBe('NOT_FOUND 404');
    expect(ask(tls, 'https://foo.com/', ofGrpc)).toBe('ROUTED s');
    // the server of minions is that of their master, which has no paths
    const minion = { m: MASTER, a: { annotations: { ...MINION.annotations, ...ofGrpc['a']?.annotations } } };
    expect(ask('m : foo.com whole ; a : foo.com Prefix / -> s', 'http://foo.com/', minion)).toBe('ROUTED s');
    // another host of the Ingress
    expect(ask(`${tls}\na : bar.com Prefix / -> o`, 'http://bar.com/', ofGrpc)).toBe('ROUTED o');
  });

  it.each([
    [
      'https://foo.com/',
      {},
      'nobody ends TLS for `foo.com`, so that nginx listens for it by http alone',
      '/spec',
      'ask by http, or give it TLS',
    ],
    [
      'http://foo.com/',
      { 'nginx.org/grpc-services': 's' },
      'all paths of `foo.com` go to gRPC, so that nginx does not listen for it by http, and it has no TLS',
      '/metadata/annotations/nginx.org~1grpc-services',
      'give it TLS, and ask by https',
    ],
  ])('says of %s %j why the paths of the host are not asked, and what would mend it', (url, annotations, why, pointer, fix) => {
    const objects = withMetadata(ingressCluster('a : foo.com Prefix / -> s'), { a: { annotations } });
    const answer = route(modelOf(objects), { request: requestFor(url), class: 'c', dialect: 'nginx-f5' });
    if (!answer.ok) throw new Error(answer.error.message);
    const { candidates, nearMisses } = answer.value.result;
    expect(candidates).toMatchObject([{ outcome: 'no-match', reason: 'ENTRY_POINT_OTHER', key: null }]);
    expect(nearMisses[0]).toMatchObject({ reason: 'ENTRY_POINT_OTHER', object: 'Ingress t/a', pointer, message: why, fix });
    expect(answer.value.summary).toContain(`→ ${why}; its default server answers 404`);
  });

  it('answers 401 to whoever has another password, as the question has it', () => {
    const objects = withMetadata(ingressCluster('a : foo.com Prefix / -> s'), {
      a: { annotations: { 'nginx.org/basic-auth-secret': 'users' } },
    });
    const request = { ...requestFor('http://foo.com/'), auth: { status: 403, headers: [] } };
    const answer = route(modelOf(objects), { request, class: 'c', dialect: 'nginx-f5' });
    expect(answer.ok && [answer.value.verdict, answer.value.result.status, answer.value.assumptions]).toEqual(['REFUSED', 401, []]);
  });

  it('sends to https what came to the proxy before it by http (`redirect-to-https`)', () => {
    const rules = 'a : foo.com Prefix / -> s';
    const asked = annotation('nginx.org/redirect-to-https', 'True');
    expect(ask(rules, 'http://foo.com/x?q=1', asked, FORWARDED_HTTP)).toBe('REDIRECTED 301 = https://foo.com/x?q=1');
    expect(ask(rules, 'http://foo.com/x', asked)).toBe('ROUTED s');
    expect(ask(rules, 'http://foo.com/x', {}, FORWARDED_HTTP)).toBe('ROUTED s');
  });

  it.each([...HOSTS, ...LOCATIONS, ...REFUSALS, ...REWRITES, ...SNIPPETS, ...MINIONS])('%s: %s %s', (rules, url, expected, metadata) => {
    expect(ask(rules, url, metadata)).toBe(expected);
  });
});

/** `addMinion` of nginx/kubernetes-ingress `internal/k8s/configuration.go`; `addSSLConfig` of `internal/configs/ingress.go`. */
describe('which of several', () => {
  it('a path of minions belongs to the older', () => {
    const rules = 'm : foo.com whole ; b@2026-01-01 : foo.com Prefix /x -> old ; a@2026-01-02 : foo.com Prefix /x -> young';
    expect(ask(rules, 'http://foo.com/x', { m: MASTER, a: MINION, b: MINION })).toBe('ROUTED old');
  });

  it('the certificate of the entry that names the host', () => {
    const data = { 'tls.crt': Buffer.from(CERTIFICATES.alternativeNames).toString('base64') };
    const secrets = ['one', 'two'].map((name) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 't' }, data }));
    const rules = 'a : shop.example.com Prefix / -> s\na : tls shop.example.com -> two\na : tls other.com -> one';
    const request = requestFor('https://shop.example.com/');
    const answer = route(modelOf([...ingressCluster(rules), ...secrets]), { request, class: 'c', dialect: 'nginx-f5' });
    expect(answer.ok && answer.value.result.certificate?.secret).toBe('two');
  });
});
