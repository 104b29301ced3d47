import { describe, expect, it } from 'vitest';
import { requestFor } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { route } from './route.js';

type Metadata = Readonly<Record<string, { readonly uid?: string; readonly annotations?: Readonly<Record<string, string>> }>>;

function withMetadata(objects: readonly KubernetesObject[], metadata: Metadata): readonly KubernetesObject[] {
  return objects.map((object) => ({ ...object, metadata: { ...object.metadata, ...metadata[object.metadata.name ?? ''] } }));
}

/** `ROUTED web`, with `> path` where the backend gets another path, `= location` where the client is sent elsewhere. */
function ask(rules: string, url: string, metadata: Metadata = {}): string {
  const model = modelOf(withMetadata(ingressCluster(rules.replaceAll(' ; ', '\n')), metadata));
  const answer = route(model, { request: requestFor(url), class: 'c', dialect: 'nginx-f5' });
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
  annotatedRow('nginx.org/grpc-services', 's', SERVED),
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

describe('the controller of NGINX Inc.', () => {
  it.each([...HOSTS, ...LOCATIONS, ...REFUSALS])('%s: %s %s', (rules, url, expected, metadata) => {
    expect(ask(rules, url, metadata)).toBe(expected);
  });
});
