import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import { objectsOf, modelOf } from '../../../test/support/model.js';
import type { IngressControllerProfile } from '../model/network-profile.js';

const ROOT = 'a : foo.com Prefix / -> s';
const PATHS = 'a : foo.com Prefix /check-no-tls -> s ; a : foo.com Prefix /other -> s';

type Annotations = Readonly<Record<string, string>>;
type Options = NonNullable<AskedNginx['options']>;

type Row = [options: Options, rules: string, annotations: Annotations, url: string, expected: string, client?: string];

/** `internal/ingress/controller/template/template_test.go`, TestIsLocationInLocationList. */
const IN_LIST: readonly Row[] = (
  [
    ['/match', true],
    [',/match', true],
    ['/dontmatch', false],
    [',/dontmatch', false],
    ['/dontmatch,/match', true],
    ['/dontmatch,/dontmatcheither', false],
  ] as const
).map(([list, isIn]) => [
  { 'no-tls-redirect-locations': list, 'force-ssl-redirect': true },
  'a : foo.com Prefix /match -> s',
  {},
  'http://foo.com/match',
  isIn ? 'ROUTED s' : 'REDIRECTED 308 = https://foo.com/match',
]);

/** kubernetes/ingress-nginx `docs/user-guide/nginx-configuration/configmap.md`, `internal/ingress/controller/config/config.go`; an annotation goes before what the controller is set to. */
describe('settings of ingress-nginx', () => {
  const FORCED = { 'force-ssl-redirect': 'true' };
  it.each<Row>([
    [{ 'force-ssl-redirect': 'true' }, ROOT, {}, 'http://foo.com/x/', 'REDIRECTED 308 = https://foo.com/x'],
    [{ 'force-ssl-redirect': true }, ROOT, { 'force-ssl-redirect': 'false' }, 'http://foo.com/x', 'ROUTED s'],
    [{ 'ssl-redirect': 'false' }, `${ROOT} ; a : tls foo.com -> cert`, {}, 'http://foo.com/', 'ROUTED s'],
    [
      { 'ssl-redirect': 'false' },
      `${ROOT} ; a : tls foo.com -> cert`,
      { 'ssl-redirect': 'true' },
      'http://foo.com/',
      'REDIRECTED 308 = https://foo.com',
    ],
    // `internal/ingress/controller/template/configmap.go`, validRedirectCodes
    [{ 'http-redirect-code': '301' }, ROOT, FORCED, 'http://foo.com/', 'REDIRECTED 301 = https://foo.com'],
    [{ 'http-redirect-code': '308' }, ROOT, FORCED, 'http://foo.com/', 'REDIRECTED 308 = https://foo.com'],
    [{ 'http-redirect-code': '404' }, ROOT, FORCED, 'http://foo.com/', 'REDIRECTED 308 = https://foo.com'],
    [
      { 'http-redirect-code': '302' },
      ROOT,
      { 'from-to-www-redirect': 'true' },
      'http://www.foo.com/',
      'REDIRECTED 302 = http://foo.com:80',
    ],
    [{ 'preserve-trailing-slash': 'true' }, ROOT, FORCED, 'http://foo.com/x/', 'REDIRECTED 308 = https://foo.com/x/'],
    [{ 'use-port-in-redirects': 'true' }, ROOT, FORCED, 'http://foo.com/x', 'REDIRECTED 308 = https://foo.com:443/x'],
    [{ 'relative-redirects': 'true' }, ROOT, { 'permanent-redirect': '/new' }, 'http://foo.com/', 'REDIRECTED 301 = /new'],
    // `test/e2e/settings/no_tls_redirect_locations.go`
    [{ 'no-tls-redirect-locations': '/check-no-tls' }, PATHS, FORCED, 'http://foo.com/check-no-tls', 'ROUTED s'],
    [{ 'no-tls-redirect-locations': '/check-no-tls' }, PATHS, FORCED, 'http://foo.com/other', 'REDIRECTED 308 = https://foo.com/other'],
    ...IN_LIST,
    [
      { 'no-tls-redirect-locations': '' },
      'a : foo.com Prefix /.well-known/acme-challenge -> s',
      FORCED,
      'http://foo.com/.well-known/acme-challenge/t',
      'REDIRECTED 308 = https://foo.com/.well-known/acme-challenge/t',
    ],
    [{}, 'a : foo.com Prefix /.well-known/acme-challenge -> s', FORCED, 'http://foo.com/.well-known/acme-challenge/t', 'ROUTED s'],
    // `ipallowlist/main_test.go`, TestParseAnnotationsWithDefaultConfig
    [{ 'whitelist-source-range': '4.4.4.0/24,1.2.3.4/32' }, ROOT, {}, 'http://foo.com/', 'REFUSED 403', '10.0.0.1'],
    [{ 'whitelist-source-range': '4.4.4.0/24,1.2.3.4/32' }, ROOT, {}, 'http://foo.com/', 'ROUTED s', '1.2.3.4'],
    [
      { 'whitelist-source-range': '4.4.4.0/24' },
      ROOT,
      { 'allowlist-source-range': '10.0.0.0/24' },
      'http://foo.com/',
      'ROUTED s',
      '10.0.0.1',
    ],
    [{ 'denylist-source-range': '4.4.4.0/24' }, ROOT, {}, 'http://foo.com/', 'REFUSED 403', '4.4.4.4'],
    // `controller.go`, dropSnippetDirectives
    [
      { 'allow-snippet-annotations': 'false', 'annotations-risk-level': 'Critical' },
      ROOT,
      { 'configuration-snippet': 'return 418;' },
      'http://foo.com/',
      'ROUTED s',
    ],
  ])('%j: %s %j %s', (options, rules, annotations, url, expected, client) => {
    expect(askNginx(rules, { a: annotations }, url, { options, ...(client === undefined ? {} : { client }) })).toBe(expected);
  });

  it('leave a snippet open that is run', () => {
    const asked = { options: { 'allow-snippet-annotations': 'true', 'annotations-risk-level': 'Critical' } };
    expect(askNginx(ROOT, { a: { 'configuration-snippet': 'return 418;' } }, 'http://foo.com/', asked)).toMatch(
      /^UNDEFINED .*SNIPPET_NOT_EVALUATED/,
    );
  });

  it('tell whether TLS can be passed through', () => {
    const passing = { a: { 'ssl-passthrough': 'true' } };
    const answered = (options: Options) => {
      const { result, assumptions } = routeNginx(ROOT, passing, 'https://foo.com/', { options });
      return [result.backends[0]?.tls === null ? 'ended' : 'passed', ...assumptions.map(({ code }) => code)];
    };
    expect(answered({})).toEqual(['passed', 'SSL_PASSTHROUGH_ENABLED']);
    expect(answered({ 'enable-ssl-passthrough': true })).toEqual(['passed']);
    expect(answered({ 'enable-ssl-passthrough': 'false' })).toEqual(['ended']);
  });

  // `config.go`: `ProxyBodySize: bodySize`, "1m"; `annotations/proxy`: that of the Ingress goes before it; ngx_http_core_module, `client_max_body_size`: "Setting size to 0 disables checking"
  it.each<[method: string, options: Options, annotations: Record<string, string>, limit: string | undefined]>([
    ['GET', {}, {}, undefined],
    ['POST', {}, {}, '1m'],
    ['PATCH', {}, { 'proxy-body-size': 'x' }, '1m'],
    ['POST', {}, { 'proxy-body-size': '8m' }, '8m'],
    ['POST', {}, { 'proxy-body-size': '0' }, undefined],
    ['GET', { 'proxy-body-size': '8k' }, {}, '8k'],
    ['POST', { 'proxy-body-size': '0' }, {}, undefined],
    ['POST', { 'proxy-body-size': '8k' }, { 'proxy-body-size': '9k' }, '9k'],
  ])('tell how large a body may be: %s %j %j', (method, options, annotations, limit) => {
    const { assumptions } = routeNginx(ROOT, { a: annotations }, 'http://foo.com/', { method, options });
    const told = assumptions.filter(({ code }) => code === 'LIMIT_NOT_PLAYED').map(({ message }) => message);
    expect(told).toEqual(limit === undefined ? [] : [expect.stringContaining(`bodies larger than ${limit} are answered with 413`)]);
  });

  it('do not send the catch-all of an Ingress without rules to https', () => {
    // `createServers`: "Redirect and rewrite can affect the catch all behavior, skip for now"
    expect(askNginx('a : default -> s', { a: FORCED }, 'http://foo.com/')).toBe('DEFAULT_BACKEND s');
  });
});

const json = (value: object) => JSON.stringify(value);
const deployment = (namespace: string, image: string, ...args: readonly string[]) =>
  json({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'ingress-nginx-controller', namespace },
    spec: {
      selector: { matchLabels: { app: 'nginx' } },
      template: {
        metadata: { labels: { app: 'nginx' } },
        spec: { containers: [{ name: 'controller', image, args: ['/nginx-ingress-controller', ...args] }] },
      },
    },
  });
const configMap = (namespace: string, name: string, data: Record<string, string>) =>
  json({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data });
const ingressClass = (name: string, controller: string) =>
  json({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name }, spec: { controller } });

/** How the Helm chart of ingress-nginx starts its controllers (`charts/ingress-nginx/templates/_params.tpl`). */
describe('controllers of ingress-nginx that run', () => {
  const controllers = async (...objects: readonly string[]): Promise<readonly IngressControllerProfile[]> =>
    modelOf(await objectsOf(objects.join('\n---\n'))).profile.ingress.controllers;
  const IMAGE = 'registry.k8s.io/ingress-nginx/controller:v1.14.0@sha256:00';

  it('are set by their ConfigMaps and flags', async () => {
    const running = await controllers(
      ingressClass('nginx', 'k8s.io/ingress-nginx'),
      deployment(
        'ingress',
        IMAGE,
        '--controller-class=k8s.io/ingress-nginx',
        '--configmap=$(POD_NAMESPACE)/ingress-nginx-controller',
        '--default-backend-service=$(POD_NAMESPACE)/ingress-nginx-defaultbackend',
        '--enable-annotation-validation=false',
        '--enable-ssl-passthrough',
        '--tcp-services-configmap=$(POD_NAMESPACE)/tcp',
        '--http-port=8080',
      ),
      configMap('ingress', 'ingress-nginx-controller', {
        'annotations-risk-level': 'Critical',
        'no-tls-redirect-locations': '/x',
        'proxy-body-size': '8m',
      }),
    );
    const options = {
      version: '1.14.0',
      'annotations-risk-level': 'Critical',
      'no-tls-redirect-locations': '/x',
      'proxy-body-size': '8m',
      'enable-annotation-validation': 'false',
      'ingress-class': 'nginx',
      'default-backend-service': 'ingress/ingress-nginx-defaultbackend',
      'enable-ssl-passthrough': 'true',
      'tcp-services-configmap': 'ingress/tcp',
      'http-port': '8080',
    };
    expect(running).toEqual([{ class: 'nginx', dialect: 'ingress-nginx', options }]);
  });

  it('serve the classes of their own name', async () => {
    const running = await controllers(
      ingressClass('internal', 'k8s.io/internal-nginx'),
      ingressClass('nginx', 'k8s.io/ingress-nginx'),
      deployment('internal', IMAGE, '--controller-class=k8s.io/internal-nginx', '--configmap=internal/settings'),
      configMap('internal', 'settings', { 'ssl-redirect': 'false' }),
    );
    expect(running).toEqual([
      { class: 'internal', dialect: 'ingress-nginx', options: { version: '1.14.0', 'ingress-class': 'nginx', 'ssl-redirect': 'false' } },
      { class: 'nginx', dialect: 'ingress-nginx', options: {} },
    ]);
  });
});
