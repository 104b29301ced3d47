import { describe, expect, it } from 'vitest';
import { cited } from '../../../test/support/cited.js';
import { requestFor } from '../../../test/support/ask-route.js';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { backend, gateway, gatewayObject, httpRoute, listener, rule, tlsSecret } from '../../../test/support/gateway-cluster.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { classSide, diffRoutes, gatewaySide } from '../../../test/support/route-diff.js';
import type { JsonObject } from '../kernel/json.js';
import type { NetworkModel } from '../model/network-model.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { type DialectName, GATEWAY_DIALECTS, type GatewayDialectName, INGRESS_DIALECTS, type RouteRequest } from './route-request.js';
import type { RouteResult } from './route-result.js';
import { route } from './route.js';
import { routeThroughGateway } from './route-through-gateway.js';

/** A row of the catalogue of divergences (reference §7): one question, the objects that ask it, a request, and what each dialect answers. */
interface Divergence {
  readonly asks: string;
  /** Ingresses of class `c` by the notation of `ingressCluster`, and what stands in the metadata of some of them. */
  readonly ingresses?: string;
  readonly metadata?: Readonly<Record<string, JsonObject>>;
  /** Beside them, and beside Gateway `shop/gw`. */
  readonly objects?: readonly KubernetesObject[];
  readonly listener?: JsonObject;
  /** Each witness request, with what every dialect named makes of it (`line`). */
  readonly witnesses: readonly (readonly [url: string, answers: Answers, headers?: RouteRequest['headers']])[];
}
type Answers = Partial<Readonly<Record<DialectName, string>>>;

const isGateway = (dialect: DialectName): dialect is GatewayDialectName => GATEWAY_DIALECTS.some((one) => one === dialect);
const sideOf = (dialect: DialectName) => (isGateway(dialect) ? gatewaySide(dialect) : classSide(dialect));

function modelFor({ ingresses = '', metadata = {}, objects = [], listener: more = {} }: Divergence): NetworkModel {
  const cluster = ingressCluster(ingresses.replaceAll(' ; ', '\n')).map((object) => {
    const own = object.kind === 'Ingress' ? metadata[object.metadata.name ?? ''] : undefined;
    return own ? { ...object, metadata: { ...object.metadata, ...own } } : object;
  });
  return modelOf([...cluster, ...gateway([listener('http', { allowedRoutes: { namespaces: { from: 'All' } }, ...more })]), ...objects]);
}

function ask(model: NetworkModel, dialect: DialectName, request: RouteRequest) {
  const answer = isGateway(dialect)
    ? routeThroughGateway(model, { request, gateway: 'shop/gw', port: request.scheme === 'https' ? 443 : 80, dialect })
    : route(model, { request, class: 'c', dialect });
  if (!answer.ok) throw new Error(answer.error.message);
  return cited(answer.value);
}

/** `s`, `s > /path` where the backend gets another path, `301 http://…`, `404`, or `undefined`. */
function line(model: NetworkModel, dialect: DialectName, request: RouteRequest): string {
  const { verdict, result } = ask(model, dialect, request);
  if (verdict === 'UNDEFINED') return 'undefined';
  if (result.redirect) return `${result.redirect.status} ${result.redirect.location}`;
  if (result.status !== null) return String(result.status);
  const sent = request.query === undefined ? request.path : `${request.path}?${request.query}`;
  const rewritten = result.forwarded && result.forwarded.path !== sent ? [`> ${result.forwarded.path}`] : [];
  return [...servedBy(result), ...rewritten].join(' ');
}

const servedBy = ({ backends }: RouteResult) => backends.filter(({ share }) => share > 0).map(({ service }) => service);

/** A route of the Gateway API for the Services of the Ingresses, which live in namespace `t`. */
const inT = (name: string, hostnames: readonly string[], rules: readonly JsonObject[], createdAt?: string) =>
  httpRoute(`t/${name}`, rules, { hostnames: [...hostnames] }, createdAt);
const path = (type: string, value: string, more: JsonObject = {}) => ({ path: { type, value }, ...more });
const prefix = (value: string, more: JsonObject = {}) => path('PathPrefix', value, more);
const everything = (service: string) => ({ backendRefs: [{ name: service, port: 80 }] });
const annotated = (annotations: Readonly<Record<string, string>>) => ({ annotations });
const nginx = (own: Readonly<Record<string, string>>) =>
  annotated(Object.fromEntries(Object.entries(own).map(([name, value]) => [`nginx.ingress.kubernetes.io/${name}`, value])));

const secretOf = (name: string, pem: string) => tlsSecret(name, pem, 't');

const all = (answer: string, others: Answers = {}): Answers => ({
  'ingress-v1': answer,
  'ingress-nginx': answer,
  traefik: answer,
  'traefik-strict': answer,
  'nginx-f5': answer,
  'gateway-api': answer,
  ...others,
});
const OLD = '2026-01-01T00:00:00Z';
const YOUNG = '2026-01-03T00:00:00Z';

const CATALOGUE: Readonly<Record<string, Divergence>> = {
  D1: {
    asks: 'whether `*.foo` covers `a.b.foo`',
    ingresses: 'i : *.foo.com Prefix / -> s',
    objects: [inT('r', ['*.foo.com'], [everything('s')])],
    witnesses: [
      ['http://a.foo.com/', all('s')],
      ['http://a.b.foo.com/', all('404', { 'nginx-f5': 's', 'gateway-api': 's' })],
      ['http://foo.com/', all('404')],
    ],
  },
  D2: {
    asks: 'whether Prefix `/foo` matches `/foobar`',
    ingresses: 'i : foo.com Prefix /foo -> s',
    objects: [inT('r', ['foo.com'], [rule(prefix('/foo'), 's')])],
    witnesses: [
      ['http://foo.com/foo/x', all('s')],
      ['http://foo.com/foobar', all('404', { traefik: 's', 'nginx-f5': 's' })],
    ],
  },
  D3: {
    asks: 'what a regular expression is held against',
    ingresses: 'i : foo.com Impl /api/v[0-9] -> s',
    metadata: {
      i: annotated({ 'nginx.ingress.kubernetes.io/use-regex': 'true', 'traefik.ingress.kubernetes.io/router.pathmatcher': 'PathRegexp' }),
    },
    objects: [inT('r', ['foo.com'], [rule(path('RegularExpression', '/api/v[0-9]'), 's')])],
    witnesses: [
      ['http://foo.com/api/v1', { 'ingress-nginx': 's', traefik: 's', 'gateway-api': 's', 'envoy-gateway': 's' }],
      ['http://foo.com/api/v1/extra', { 'ingress-nginx': 's', traefik: 's', 'gateway-api': 'undefined', 'envoy-gateway': '404' }],
      ['http://foo.com/API/v1', { 'ingress-nginx': 's', traefik: '404', 'gateway-api': 'undefined', 'envoy-gateway': '404' }],
      ['http://foo.com/x/api/v1', { 'ingress-nginx': '404', traefik: 's', 'gateway-api': 'undefined', 'envoy-gateway': '404' }],
    ],
  },
  D4: {
    asks: 'whether one expression changes the whole host',
    ingresses: 'a : foo.com Exact /foo -> exact ; b@2026-01-03 : foo.com Impl /bar.* -> rx',
    metadata: { b: nginx({ 'use-regex': 'true' }) },
    objects: [inT('r', ['foo.com'], [rule(path('Exact', '/foo'), 'exact'), rule(path('RegularExpression', '/bar.*'), 'rx')])],
    witnesses: [
      ['http://foo.com/foo', all('exact')],
      ['http://foo.com/FOO/extra', all('404', { 'ingress-nginx': 'exact' })],
    ],
  },
  D5: {
    asks: 'whether a rewrite implies expressions, and replaces the whole path',
    ingresses: 'i : foo.com Prefix /app -> s',
    metadata: { i: nginx({ 'rewrite-target': '/base' }) },
    objects: [
      inT(
        'r',
        ['foo.com'],
        [
          rule(prefix('/app'), 's', {
            filters: [{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/base' } } }],
          }),
        ],
      ),
    ],
    witnesses: [
      ['http://foo.com/app/x', { 'ingress-v1': 's', 'ingress-nginx': 's > /base', traefik: 's', 'gateway-api': 's > /base/x' }],
      ['http://foo.com/APPLE', { 'ingress-v1': '404', 'ingress-nginx': 's > /base', traefik: '404', 'gateway-api': '404' }],
    ],
  },
  D6: {
    asks: 'what becomes of `/foo` where only `/foo/` is defined',
    ingresses: 'i : foo.com Prefix /foo/ -> s',
    objects: [inT('r', ['foo.com'], [rule(prefix('/foo/'), 's')])],
    witnesses: [
      [
        'http://foo.com/foo',
        all('s', { 'ingress-nginx': '301 http://foo.com/foo/', 'nginx-f5': '301 http://foo.com/foo/', traefik: '404' }),
      ],
    ],
  },
  D7: {
    asks: 'whether `//`, `..` and `%2F` are resolved before matching',
    ingresses: 'i : foo.com Prefix /foo/bar -> s',
    objects: [inT('r', ['foo.com'], [rule(prefix('/foo/bar'), 's')])],
    witnesses: [
      ...['http://foo.com/foo//bar', 'http://foo.com/foo/x/../bar'].map((url): [string, Answers] => [
        url,
        { 'ingress-v1': 'undefined', 'ingress-nginx': 's', 'nginx-f5': 's', 'gateway-api': 'undefined', 'envoy-gateway': 's > /foo/bar' },
      ]),
      [
        'http://foo.com/foo%2Fbar',
        { 'ingress-v1': 'undefined', 'ingress-nginx': 's', traefik: '404', 'nginx-f5': 's', 'gateway-api': 'undefined' },
      ],
    ],
  },
  D8: {
    asks: 'which class counts where field and annotation disagree',
    ingresses: 'i : foo.com Prefix / -> s',
    metadata: { i: annotated({ 'kubernetes.io/ingress.class': 'other' }) },
    witnesses: [['http://foo.com/', { 'ingress-v1': '404', 'ingress-nginx': 's', traefik: 's', 'nginx-f5': '404' }]],
  },
  D9: {
    asks: 'who goes first among equally old ones',
    ingresses: 'one : foo.com Prefix / -> one ; two : foo.com Prefix / -> two',
    metadata: { one: { uid: 'ffffffff-0000-0000-0000-000000000001' }, two: { uid: '11111111-0000-0000-0000-000000000002' } },
    objects: [inT('one', ['foo.com'], [everything('one')]), inT('two', ['foo.com'], [everything('two')])],
    witnesses: [
      [
        'http://foo.com/',
        { 'ingress-v1': 'undefined', 'ingress-nginx': 'two', traefik: 'undefined', 'nginx-f5': 'one', 'gateway-api': 'one' },
      ],
    ],
  },
  D10: {
    asks: 'what one conflict costs',
    ingresses: 'old : foo.com Prefix /a -> olda ; new@2026-01-03 : foo.com Prefix /a -> newa ; new@2026-01-03 : foo.com Prefix /b -> newb',
    objects: [
      inT('old', ['foo.com'], [rule(prefix('/a'), 'olda')], OLD),
      inT('new', ['foo.com'], [rule(prefix('/a'), 'newa'), rule(prefix('/b'), 'newb')], YOUNG),
    ],
    witnesses: [
      ['http://foo.com/a', { 'ingress-nginx': 'olda', traefik: 'undefined', 'nginx-f5': 'olda', 'gateway-api': 'olda' }],
      ['http://foo.com/b', { 'ingress-nginx': 'newb', traefik: 'newb', 'nginx-f5': '404', 'gateway-api': 'newb' }],
    ],
  },
  D11: {
    asks: 'whether a certificate redirects to https without being asked',
    ingresses: 'i : a.foo.com Prefix / -> s ; i : tls a.foo.com -> covers',
    objects: [secretOf('covers', CERTIFICATES.precise), inT('r', ['a.foo.com'], [everything('s')])],
    witnesses: [
      [
        'http://a.foo.com/path/',
        all('s', { 'ingress-nginx': '308 https://a.foo.com/path', 'nginx-f5': '301 https://a.foo.com:443/path/' }),
      ],
    ],
  },
  D12: {
    asks: 'what becomes of requests for a Service that is missing',
    ingresses: 'i : foo.com Prefix / -> missing',
    objects: [inT('r', ['foo.com'], [everything('missing')])],
    witnesses: [['http://foo.com/', { 'ingress-nginx': '503', traefik: '404', 'nginx-f5': '502', 'gateway-api': '500' }]],
  },
  D13: {
    asks: 'what becomes of requests for a Service without ready endpoints',
    ingresses: 'i : foo.com Prefix / -> empty',
    objects: [inT('r', ['foo.com'], [everything('empty')])],
    witnesses: [['http://foo.com/', { 'ingress-nginx': '503', traefik: '404', 'nginx-f5': '502', 'gateway-api': '503' }]],
  },
  D14: {
    asks: 'whom a default backend beside rules serves',
    ingresses: 'i : default -> d ; i : foo.com Prefix /x -> s',
    witnesses: [
      ['http://foo.com/other', { 'ingress-v1': 'd', 'ingress-nginx': 'd', traefik: '404' }],
      ['http://unknown.com/', { 'ingress-v1': 'd', 'ingress-nginx': '404', traefik: '404' }],
    ],
  },
  D15: {
    asks: 'whether a wildcard host serves what the precise one lacks',
    ingresses: 'p : a.foo.com Prefix /a -> precise ; w : *.foo.com Prefix /b -> wild',
    objects: [inT('p', ['a.foo.com'], [rule(prefix('/a'), 'precise')]), inT('w', ['*.foo.com'], [rule(prefix('/b'), 'wild')])],
    witnesses: [
      [
        'http://a.foo.com/b',
        {
          'ingress-v1': 'undefined',
          'ingress-nginx': '404',
          traefik: 'wild',
          'nginx-f5': '404',
          'gateway-api': 'wild',
          'envoy-gateway': '404',
        },
      ],
    ],
  },
  D17: {
    asks: 'how many canaries there are, and what they have to share',
    ingresses:
      'm : foo.com Prefix /a -> main ; b@2026-01-02 : foo.com Prefix /a -> first ; c@2026-01-03 : foo.com Prefix /a -> second ; d@2026-01-03 : foo.com Exact /a -> exact',
    metadata: Object.fromEntries(
      ['b', 'c', 'd'].map((name) => [
        name,
        { ...nginx({ canary: 'true', 'canary-weight': '40' }), creationTimestamp: name === 'b' ? OLD : YOUNG },
      ]),
    ),
    objects: [
      inT(
        'r',
        ['foo.com'],
        [
          {
            matches: [prefix('/a')],
            backendRefs: ['main', 'first', 'second'].map((name) => ({ name, port: 80 })),
          },
        ],
      ),
    ],
    witnesses: [['http://foo.com/a', { 'ingress-nginx': 'main first', 'gateway-api': 'main first second' }]],
  },
  D18: {
    asks: 'whether a canary by cookie comes over',
    ingresses: 'm : foo.com Prefix /a -> main ; c : foo.com Prefix /a -> next',
    metadata: { c: nginx({ canary: 'true', 'canary-by-cookie': 'ck' }) },
    objects: [inT('r', ['foo.com'], [rule(prefix('/a'), 'main')])],
    witnesses: [
      ['http://foo.com/a', { 'ingress-nginx': 'main', 'gateway-api': 'main' }],
      ['http://foo.com/a', { 'ingress-nginx': 'next', 'gateway-api': 'main' }, [['Cookie', 'ck=always']]],
    ],
  },
  D19: {
    asks: 'whether paths count where TLS is passed through',
    ingresses: 'i : foo.com Prefix / -> root ; i : foo.com Prefix /a -> sa',
    metadata: { i: nginx({ 'ssl-passthrough': 'true' }) },
    witnesses: [['https://foo.com/a', { 'ingress-v1': 'sa', 'ingress-nginx': 'root' }]],
  },
  D21: {
    asks: 'how a method ranks against a longer prefix, and a precise host against a longer path',
    objects: [
      ...['method', 'long', 'wild', 'precise'].flatMap((name) => backend(name, 't')),
      inT('method', ['foo.com'], [rule(prefix('/a', { method: 'GET' }), 'method')], OLD),
      inT('long', ['foo.com'], [rule(prefix('/a/bcdefgh'), 'long')], YOUNG),
      inT('wild', ['*.foo.com'], [rule(prefix('/foo'), 'wild')], OLD),
      inT('precise', ['p.foo.com'], [rule(prefix('/'), 'precise')], YOUNG),
    ],
    witnesses: [
      ['http://foo.com/a/bcdefgh', { 'gateway-api': 'long', 'traefik-gateway': 'method' }],
      ['http://p.foo.com/foo', { 'gateway-api': 'precise', 'traefik-gateway': 'wild' }],
    ],
  },
  D24: {
    asks: 'which value of a repeated header counts',
    objects: [...backend('s', 't'), inT('r', ['foo.com'], [rule({ headers: [{ name: 'color', value: 'red' }] }, 's')])],
    witnesses: [
      [
        'http://foo.com/',
        { 'gateway-api': 'undefined', 'traefik-gateway': 's' },
        [
          ['color', 'blue'],
          ['color', 'red'],
        ],
      ],
    ],
  },
  D25: {
    asks: 'which value of a repeated query parameter counts',
    objects: [...backend('s', 't'), inT('r', ['foo.com'], [rule({ queryParams: [{ name: 'a', value: '1' }] }, 's')])],
    witnesses: [
      ['http://foo.com/?a=1&a=2', { 'gateway-api': 's', 'traefik-gateway': 's' }],
      ['http://foo.com/?a=2&a=1', { 'gateway-api': '404', 'traefik-gateway': 's' }],
    ],
  },
  D26: {
    asks: 'whether a hostname ranks as written or as intersected with the listener',
    listener: { hostname: '*.foo.example' },
    objects: [
      ...backend('wide', 't'),
      ...backend('none', 't'),
      inT('wide', ['*.example'], [rule(prefix('/x'), 'wide')], OLD),
      httpRoute('t/none', [rule(prefix('/'), 'none')], {}, YOUNG),
    ],
    witnesses: [['http://a.foo.example/x', { 'gateway-api': 'undefined', 'traefik-gateway': 'wide' }]],
  },
  D27: {
    asks: 'which redirect goes first',
    ingresses: 'i : foo.com Prefix / -> s',
    metadata: { i: nginx({ 'permanent-redirect': 'https://p.example.org/', 'temporal-redirect': 'https://t.example.org/' }) },
    witnesses: [['http://foo.com/', { 'ingress-v1': 's', 'ingress-nginx': '302 https://t.example.org/' }]],
  },
};

function rowOf(name: string): Divergence {
  const row = CATALOGUE[name];
  if (!row) throw new Error(`no divergence ${name}`);
  return row;
}

/** Every two dialects whose answers are told, and are not the same, of any witness. */
function pairsApart({ witnesses }: Divergence): readonly (readonly [DialectName, DialectName])[] {
  const named = [...INGRESS_DIALECTS, ...GATEWAY_DIALECTS].filter((dialect) => witnesses.some(([, answers]) => answers[dialect]));
  const differ = (a: DialectName, b: DialectName) =>
    witnesses.some(([, answers]) => {
      const [one, other] = [answers[a], answers[b]];
      return one && other && one !== other && one !== 'undefined' && other !== 'undefined';
    });
  return named.flatMap((a, index) => named.slice(index + 1).flatMap((b) => (differ(a, b) ? [[a, b] as const] : [])));
}

describe.each(Object.entries(CATALOGUE))('divergence %s', (_, row) => {
  const model = modelFor(row);

  const requests = row.witnesses.map(([url, answers, headers = []]) => ({ url, answers, headers }));
  it.each(requests)(`${row.asks}: $url`, ({ url, answers, headers }) => {
    const request = { ...requestFor(url), headers };
    const told = Object.keys(answers).map((name) => {
      const dialect = [...INGRESS_DIALECTS, ...GATEWAY_DIALECTS].find((one) => one === name);
      return [name, dialect && line(model, dialect, request)];
    });
    expect(Object.fromEntries(told)).toEqual(answers);
  });

  it.each(pairsApart(row))('is found between %s and %s, with requests that show it', (a, b) => {
    const { verdict, result } = diffRoutes({ a: model, b: model }, { a: sideOf(a), b: sideOf(b) });
    const witnesses = result.differences.flatMap((one) => one.witnesses);
    expect([verdict, witnesses.length > 0]).toEqual(['DIFFERENT', true]);
    for (const { method, url, headers, clientAddress } of witnesses) {
      const request: RouteRequest = {
        ...requestFor(url),
        method,
        headers: headers.map((text): [string, string] => [text.slice(0, text.indexOf(': ')), text.slice(text.indexOf(': ') + 2)]),
        clientAddress: clientAddress === null ? undefined : parseIp(clientAddress),
      };
      expect([url, ask(model, a, request).summary]).not.toEqual([url, ask(model, b, request).summary]);
    }
  });
});

/** Divergence D15: "by the text served; exclusive-vhost data planes 404", which is said beside the answer. */
it('a Gateway that serves what the precise host lacks by the text says that others do not', () => {
  const model = modelFor(rowOf('D15'));
  const { result } = ask(model, 'gateway-api', requestFor('http://a.foo.com/b'));
  expect(result.unspecified.map(({ code }) => code)).toEqual(['HOST_FALLTHROUGH_UNSPECIFIED']);
});

/** Divergence D20, rules A13, B21 and those of Traefik, which has no certificate for a name that none covers. */
it.each<[DialectName, string | null]>([
  ['ingress-v1', 'given'],
  ['ingress-nginx', null],
  ['traefik', null],
  ['nginx-f5', 'given'],
  ['gateway-api', 'given'],
])('divergence D20: a certificate that does not cover the host, by %s', (dialect, secret) => {
  const https = {
    port: 443,
    protocol: 'HTTPS',
    tls: { certificateRefs: [{ name: 'given', namespace: 't' }] },
    allowedRoutes: { namespaces: { from: 'All' } },
  };
  const grant = gatewayObject('ReferenceGrant', 't/given', {
    from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'shop' }],
    to: [{ group: '', kind: 'Secret' }],
  });
  const model = modelFor({
    asks: '',
    ingresses: 'i : b.example.org Prefix / -> s ; i : tls b.example.org -> given',
    listener: https,
    objects: [secretOf('given', CERTIFICATES.precise), grant, inT('r', ['b.example.org'], [everything('s')])],
    witnesses: [],
  });
  const request = requestFor('https://b.example.org/');
  expect(line(model, dialect, request)).toBe('s');
  expect(ask(model, dialect, request).result.certificate?.secret ?? null).toBe(secret);
  const { result } = diffRoutes(
    { a: model, b: model },
    { a: sideOf('ingress-v1'), b: sideOf(dialect), host: 'b.example.org', scheme: 'https' },
  );
  expect(result.counts.some(({ aspect }) => aspect === 'certificate')).toBe(secret === null);
});
