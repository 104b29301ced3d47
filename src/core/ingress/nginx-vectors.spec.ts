import { describe, expect, it } from 'vitest';
import { askNginx, type AskedNginx, type NginxAnnotationsOf, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import { CERTIFICATES } from '../../../test/support/certificates.js';

/**
 * One vector for each comparator mistake about ingress-nginx that no other spec notices (`npm run mutants`). Functions are those of kubernetes/ingress-nginx
 * `internal/ingress/controller/controller.go` where no file is named.
 */
type Row = [what: string, rules: string, annotations: NginxAnnotationsOf, url: string, line: string, asked?: AskedNginx];

const CANARY = { canary: 'true', 'canary-weight': '100' };
const header = (name: string, value: string) => [name, value] as const;

const ROWS: readonly Row[] = [
  [
    'B4: an Exact / stands beside the default location',
    'a : foo.com Exact / -> exact ; a : foo.com Prefix / -> rest',
    {},
    'http://foo.com/',
    'ROUTED exact',
  ],
  [
    'B4: and a Prefix / takes the rest',
    'a : foo.com Exact / -> exact ; a : foo.com Prefix / -> rest',
    {},
    'http://foo.com/x',
    'ROUTED rest',
  ],
  [
    'B4: the default location has the annotations of the Ingress (`createServers`)',
    'a : foo.com Prefix /x -> s',
    { a: { 'permanent-redirect': 'http://other.com/' } },
    'http://foo.com/elsewhere',
    'REDIRECTED 301 = http://other.com/',
  ],
  [
    'B4: of default backends without rules the first',
    'a@2026-01-01 : default -> one ; b@2026-01-02 : default -> two',
    {},
    'http://x.com/',
    'DEFAULT_BACKEND one',
  ],
  [
    'B9, B10: a target / of the path / is no rewrite, and the host compares case (`location.go`, `needsRewrite`)',
    'a : foo.com Prefix / -> s ; b : foo.com Prefix /app -> app',
    { a: { 'rewrite-target': '/' } },
    'http://foo.com/APP/x',
    'ROUTED s',
  ],
  [
    'B13: a host under a wildcard host with a certificate is redirected too (`certificate.lua`)',
    'a : *.foo.com Prefix / -> wild ; a : tls *.foo.com -> gone ; b : x.foo.com Prefix / -> s',
    {},
    'http://x.foo.com/',
    'REDIRECTED 308 = https://x.foo.com',
  ],
  [
    'B20: passthrough by the SNI without case, to the backend of / (`pkg/tcpproxy/tcp.go`)',
    'a : foo.com Prefix / -> root ; a : foo.com Prefix /x -> s',
    { a: { 'ssl-passthrough': 'true' } },
    'https://FOO.com/x',
    'ROUTED root',
  ],
  [
    'B7: expressions by length, whatever their text (`getBackendServers`)',
    'a : foo.com Impl /.*x -> long ; a : foo.com Impl /z -> z',
    { a: { 'use-regex': 'true' } },
    'http://foo.com/z1x',
    'ROUTED long',
  ],
  [
    'B16: the first aliases of a host',
    'a@2026-01-01 : foo.com Prefix /a -> one ; b@2026-01-02 : foo.com Prefix /b -> two',
    { a: { 'server-alias': 'x.com' }, b: { 'server-alias': 'y.com' } },
    'http://x.com/a',
    'ROUTED one',
  ],
  [
    'B16: and no others',
    'a@2026-01-01 : foo.com Prefix /a -> one ; b@2026-01-02 : foo.com Prefix /b -> two',
    { a: { 'server-alias': 'x.com' }, b: { 'server-alias': 'y.com' } },
    'http://y.com/b',
    'NOT_FOUND 404',
  ],
  [
    'B16: a host is no alias',
    'a : aaa.com Prefix / -> one ; b : bar.com Prefix /b -> two',
    { a: { 'server-alias': 'bar.com' } },
    'http://bar.com/x',
    'NOT_FOUND 404',
  ],
  [
    'B15: from the name without www',
    'a : www.foo.com Prefix / -> s',
    { a: { 'from-to-www-redirect': 'true' } },
    'http://foo.com/x',
    'REDIRECTED 308 = http://www.foo.com:80/x',
  ],
  [
    'B15: the redirect before a wildcard',
    'a : foo.com Prefix / -> s ; b : *.foo.com Prefix / -> wild',
    { a: { 'from-to-www-redirect': 'true' } },
    'http://www.foo.com/x',
    'REDIRECTED 308 = http://foo.com:80/x',
  ],
  [
    'B15: an alias does not keep the redirect off (`buildRedirects` looks at hosts alone, and `nginx.tmpl` writes redirects first)',
    'a : foo.com Prefix / -> s ; b : bar.com Prefix / -> t',
    { a: { 'from-to-www-redirect': 'true' }, b: { 'server-alias': 'www.foo.com' } },
    'http://www.foo.com/x',
    'REDIRECTED 308 = http://foo.com:80/x',
  ],
  [
    'B15: a host does',
    'a : foo.com Prefix / -> s ; b : www.foo.com Prefix / -> t',
    { a: { 'from-to-www-redirect': 'true' } },
    'http://www.foo.com/x',
    'ROUTED t',
  ],
  ['B3: the dots of a wildcard are dots', 'a : *.foo.com Prefix / -> s', {}, 'http://a.fooxcom/', 'NOT_FOUND 404'],
  [
    'B22: a canary of the other type is dropped (`mergeAlternativeBackends`)',
    'm : foo.com Prefix /x -> main ; c : foo.com Exact /x -> canary',
    { c: CANARY },
    'http://foo.com/x',
    'ROUTED main',
  ],
  [
    'B22: one of the same type is not',
    'm : foo.com Exact /x -> main ; c : foo.com Exact /x -> canary',
    { c: CANARY },
    'http://foo.com/x',
    'ROUTED canary',
  ],
  [
    'B22: the first canary of a location',
    'm@2026-01-01 : foo.com Prefix /x -> main ; c@2026-01-02 : foo.com Prefix /x -> one ; d@2026-01-03 : foo.com Prefix /x -> two',
    { c: CANARY, d: CANARY },
    'http://foo.com/x',
    'ROUTED one',
  ],
  [
    'B22: header before cookie (`balancer.lua`, `route_to_alternative_balancer`)',
    'm : foo.com Prefix /x -> main ; c : foo.com Prefix /x -> canary',
    { c: { canary: 'true', 'canary-by-header': 'x-canary', 'canary-by-cookie': 'c' } },
    'http://foo.com/x',
    'ROUTED main',
    { headers: [header('x-canary', 'never'), header('cookie', 'c=always')] },
  ],
  [
    'B22: the total of weights is at least 100',
    'm : foo.com Prefix /x -> main ; c : foo.com Prefix /x -> canary',
    { c: { canary: 'true', 'canary-weight': '10', 'canary-weight-total': '50' } },
    'http://foo.com/x',
    'ROUTED main 0.9 canary 0.1',
  ],
];
it.each(ROWS)('%s', (_, rules, annotations, url, line, asked) => {
  expect(askNginx(rules, annotations, url, asked)).toBe(line);
});

/** Rule B21: `getServerConfigurations` and `extractTLSSecretName`: the first Ingress with `spec.tls`; the entry that names the host, else one whose certificate covers it. */
describe('the certificate of a host', () => {
  const secrets = ['first', 'second', 'other'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name, namespace: 't' },
    data: { 'tls.crt': Buffer.from(CERTIFICATES[name === 'other' ? 'commonName' : 'alternativeNames']).toString('base64'), 'tls.key': '' },
  }));
  const paths = 'a@2026-01-01 : shop.example.com Prefix /a -> s ; b@2026-01-02 : shop.example.com Prefix /b -> s';
  it.each([
    ['the first Ingress', 'a : tls shop.example.com -> first ; b : tls shop.example.com -> second', 'first'],
    ['none that is made out to another name', 'a : tls shop.example.com -> other', undefined],
    ['an entry that covers it', 'a : tls other.com -> first', 'first'],
    ['the entry that names it, even without a Secret', 'a : tls other.com -> first ; a : tls shop.example.com', undefined],
  ])('%s', (_, tls, secret) => {
    const answer = routeNginx(`${paths} ; ${tls}`, {}, 'https://shop.example.com/a', { objects: secrets });
    expect(answer.result.certificate?.secret).toBe(secret);
  });
});
