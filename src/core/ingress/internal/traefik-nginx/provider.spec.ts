import { finished } from '../../../kernel/steps.js';
import { describe, expect, it } from 'vitest';
import { ingressCluster } from '../../../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../../../test/support/model.js';
import { withNginx } from '../../../../../test/support/route-lint.js';
import type { NginxAnnotationsOf } from '../../../../../test/support/ask-ingress-nginx.js';
import { nginxProvider } from './provider.js';

type Options = Readonly<Record<string, string | boolean>>;

/** The rules of the routers that are made, those that are refused left out; of connections last. */
function rulesOf(rules: string, annotations: NginxAnnotationsOf, scheme: 'http' | 'https', options: Options = {}): readonly string[] {
  const controllers = [{ class: 'c', dialect: 'traefik-ingress-nginx', options }];
  const model = modelOf(withNginx(ingressCluster(rules.replaceAll(' ; ', '\n')), annotations), { ingress: { controllers } });
  const { routers, streams } = finished(nginxProvider(model, 'c', 0));
  const made = routers.filter(({ parts }) => parts.scheme === scheme && parts.fault === undefined && parts.made?.chain().ok);
  return [...made.map(({ parts }) => parts.text), ...(scheme === 'https' ? streams.map(({ parts }) => parts.text) : [])];
}

type Row = [what: string, rules: string, annotations: NginxAnnotationsOf, made: readonly string[], options?: Options];

const FOO = 'Host("foo.com")';

/** Cases of `pkg/provider/kubernetes/ingress-nginx/kubernetes_test.go` of traefik/traefik (at b1db3d3, and of its fixtures), and what `build.go` and `translator.go` beside it say of their neighbours. */
const UPSTREAM: Row[] = [
  ['Empty, no IngressClass', 'a# : foo.com Prefix / -> s', {}, []],
  ['Basic Auth', 'a : foo.com Prefix /basicauth -> s', {}, [`${FOO} && (Path("/basicauth") || PathPrefix("/basicauth/"))`]],
  ['an Exact path', 'a : foo.com Exact /exact -> s', {}, [`${FOO} && Path("/exact")`]],
  [
    'Default Backend of an Ingress beside its rules',
    'a : default -> d ; a : foo.com Prefix /foo -> s',
    {},
    [`${FOO} && (Path("/foo") || PathPrefix("/foo/"))`, FOO],
  ],
  ['Default Backend alone', 'a : default -> d', {}, ['PathPrefix("/")']],
  [
    'Rewrite target with use-regex false still applies regex',
    'a : foo.com Impl /something(/|$)(.*) -> s',
    { a: { 'rewrite-target': '/$2', 'use-regex': 'false' } },
    [String.raw`${FOO} && PathRegexp("(?i)^/something(/|$)(.*)")`],
  ],
  [
    'use-regex of one Ingress is that of the host, for paths that are not Exact',
    'a : foo.com Prefix /a -> s ; b : foo.com Prefix /b -> s ; b : foo.com Exact /e -> s ; b : bar.com Prefix /c -> s',
    { a: { 'use-regex': 'true' } },
    [
      `${FOO} && PathRegexp("(?i)^/b")`,
      `${FOO} && Path("/e")`,
      'Host("bar.com") && (Path("/c") || PathPrefix("/c/"))',
      `${FOO} && PathRegexp("(?i)^/a")`,
    ],
  ],
  [
    'App Root',
    'a : foo.com Prefix /bar -> s',
    { a: { 'app-root': '/foo' } },
    [`${FOO} && (Path("/bar") || PathPrefix("/bar/"))`, `${FOO} && Path("/")`],
  ],
  [
    'App Root with server-alias',
    'a : foo.com Prefix /bar -> s',
    { a: { 'app-root': '/foo', 'server-alias': 'alias1.com' } },
    [
      '(Host("foo.com") || Host("alias1.com")) && (Path("/bar") || PathPrefix("/bar/"))',
      '(Host("foo.com") || Host("alias1.com")) && Path("/")',
    ],
  ],
  ['App Root with a root path', 'a : foo.com Prefix / -> s', { a: { 'app-root': '/foo' } }, [`${FOO} && PathPrefix("/")`]],
  [
    'App Root, no prefix slash',
    'a : foo.com Prefix /bar -> s',
    { a: { 'app-root': 'foo' } },
    [`${FOO} && (Path("/bar") || PathPrefix("/bar/"))`],
  ],
  [
    'From To WWW Redirect, of a host without www',
    'a : foo.com Prefix / -> s',
    { a: { 'from-to-www-redirect': 'true' } },
    [`${FOO} && PathPrefix("/")`, 'Host("www.foo.com")'],
  ],
  [
    'From To WWW Redirect, of a host with www',
    'a : www.foo.com Prefix / -> s',
    { a: { 'from-to-www-redirect': 'true' } },
    ['Host("www.foo.com") && PathPrefix("/")', FOO],
  ],
  [
    'From To WWW Redirect, both names taken',
    'a : foo.com Prefix / -> s ; a : www.foo.com Prefix / -> t',
    { a: { 'from-to-www-redirect': 'true' } },
    [`${FOO} && PathPrefix("/")`, 'Host("www.foo.com") && PathPrefix("/")'],
  ],
  [
    'From To WWW Redirect, a wildcard (`TestBuildFromToWwwRedirect`)',
    'a : *.foo.com Prefix / -> s',
    { a: { 'from-to-www-redirect': 'true' } },
    ['Host("*.foo.com") && PathPrefix("/")'],
  ],
  [
    'Server alias that is the host of another Ingress',
    'a : foo.com Prefix / -> s ; b : bar.com Prefix / -> t',
    { a: { 'server-alias': 'bar.com,baz.com' } },
    ['Host("bar.com") && PathPrefix("/")', '(Host("foo.com") || Host("baz.com")) && PathPrefix("/")'],
  ],
  ['server-snippet without allowSnippetAnnotations', 'a : foo.com Prefix / -> s', { a: { 'server-snippet': 'x' } }, []],
  [
    'server-snippet with allowSnippetAnnotations',
    'a : foo.com Prefix / -> s',
    { a: { 'server-snippet': 'x' } },
    [`${FOO} && PathPrefix("/")`],
    { allowSnippetAnnotations: true },
  ],
  ['strictValidatePathType', 'a : foo.com Prefix /foo(.*) -> s ; a : foo.com Prefix /b -> t', {}, []],
  [
    'strictValidatePathType turned off',
    'a : foo.com Prefix /foo(.*) -> s',
    {},
    [`${FOO} && (Path("/foo(.*)") || PathPrefix("/foo(.*)/"))`],
    { strictValidatePathType: false },
  ],
  ['Auth TLS secret missing', 'a : foo.com Prefix / -> s', { a: { 'auth-tls-secret': 't/none' } }, []],
  ['Basic auth, secret missing', 'a : foo.com Prefix / -> s', { a: { 'auth-type': 'basic', 'auth-secret': 'none' } }, []],
  ['whitelist-source-range, no address', 'a : foo.com Prefix / -> s', { a: { 'whitelist-source-range': 'nobody' } }, []],
  ['Upstream vhost empty', 'a : foo.com Prefix / -> s', { a: { 'upstream-vhost': '' } }, []],
  ['Watch without class', 'a# : foo.com Prefix / -> s', {}, [`${FOO} && PathPrefix("/")`], { watchIngressWithoutClass: true }],
  ['Watch another namespace', 'a : foo.com Prefix / -> s', {}, [], { watchNamespace: 'other' }],
];

const CANARY = 'a : foo.com Prefix / -> s ; b : foo.com Prefix / -> t';
const BASE = `${FOO} && PathPrefix("/")`;
const cookie = (value: string) => String.raw`HeaderRegexp("Cookie", "(^|;\\s*)foo=${value}(;|$)")`;

/** The canary cases of the same table; each canary joins the path that it shares. */
const CANARIES: [what: string, annotations: Readonly<Record<string, string>>, added: readonly string[]][] = [
  ['weight alone', { 'canary-weight': '10' }, []],
  ['header', { 'canary-by-header': 'Foo' }, ['(Header("Foo", "always"))']],
  ['header and value', { 'canary-by-header': 'Foo', 'canary-by-header-value': 'bar' }, ['(Header("Foo", "bar"))']],
  ['header and pattern', { 'canary-by-header': 'Foo', 'canary-by-header-pattern': 'bar(.*)' }, ['(HeaderRegexp("Foo", "bar(.*)"))']],
  [
    'header, cookie and weight',
    { 'canary-by-header': 'Foo', 'canary-by-cookie': 'foo', 'canary-weight': '10' },
    [`(Header("Foo", "always") || (${cookie('always')} && !Header("Foo", "never")))`, `(Header("Foo", "never") || ${cookie('never')})`],
  ],
];

describe("the routers of Traefik's ingress-nginx provider", () => {
  it.each(UPSTREAM)('are those of its own tests: %s', (_, rules, annotations, made, options) => {
    expect(rulesOf(rules, annotations, 'http', options)).toEqual(made);
    expect(rulesOf(rules, annotations, 'https', options)).toEqual(made);
  });

  it.each(CANARIES)('lead to a canary by %s', (_, annotations, added) => {
    const made = rulesOf(CANARY, { b: { canary: 'true', ...annotations } }, 'http');
    expect(made).toEqual([BASE, ...added.map((one) => `(${BASE}) && ${one}`)]);
  });

  it('pass TLS through by HostSNI, and plain HTTP to the same backend', () => {
    const passing = { a: { 'ssl-passthrough': 'true' } };
    expect(rulesOf('a : foo.com Prefix / -> s', passing, 'https')).toEqual(['HostSNI("foo.com")']);
    expect(rulesOf('a : foo.com Prefix / -> s', passing, 'http')).toEqual([BASE]);
  });
});
