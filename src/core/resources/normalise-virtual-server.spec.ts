import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { normaliseObject } from './normalise-object.js';

/** Where a VirtualServer is wrong, beside what makes a good one. */
function errorsOf(spec: JsonObject): readonly string[] {
  const upstreams = [{ name: 'a', service: 'a', port: 80 }];
  const routes = [{ path: '/', action: { pass: 'a' } }];
  const object = {
    apiVersion: 'k8s.nginx.org/v1',
    kind: 'VirtualServer',
    metadata: { name: 'o', namespace: 'n' },
    spec: { host: 'foo.com', upstreams, routes, ...spec },
  };
  const { diagnostics } = normaliseObject(object);
  return diagnostics.map(({ severity, pointer = '' }) => `${severity} ${pointer}`);
}

const ROUTE = '/spec/routes/0';
const route = (more: JsonObject): JsonObject => ({ routes: [{ path: '/', action: { pass: 'a' }, ...more }] });
const path = (text: string): JsonObject => route({ path: text });

/** nginx/kubernetes-ingress `pkg/apis/configuration/validation/virtualserver.go`: `validateVirtualServerSpec`, `validateUpstreams`, `validateRoute`, `validateAction`, `validateSplits`, `validateCondition`. */
const CONDITION = `${ROUTE}/matches/0/conditions/0`;
const condition = (one: JsonObject): JsonObject => route({ matches: [{ conditions: [{ value: '1', ...one }], action: { pass: 'a' } }] });
const proxy = (more: JsonObject): JsonObject => route({ action: { proxy: { upstream: 'a', ...more } } });

const handed = (routeSelector: JsonObject): JsonObject => ({ routes: [{ path: '/', routeSelector }] });
const PAGE = `${ROUTE}/errorPages/0`;
const page = (more: JsonObject): JsonObject => route({ errorPages: [{ codes: [502], return: { body: 'x', ...more } }] });

/** The same: `validateUpstreams`; rows of `TestParseTime`, `TestParseSize`, `TestParseOffset`, `TestParseLBMethodForPlus` (`internal/configs/parsing_helpers_test.go`), `TestValidateUpstreamStatusMatch`. */
describe('an upstream', () => {
  const of = (more: JsonObject) => errorsOf({ upstreams: [{ name: 'a', service: 'a', port: 80, ...more }] });

  it.each<[field: string, good: readonly string[], bad: readonly string[]]>([
    [
      'connect-timeout',
      ['1h30m 5 100ms', '10ms', '1', '5m 30s', '5w', '11M', '100y', '600'],
      ['5s 5s', 'ss', 'rM', 'm0m', 's1s', '-5s', '1L', '11 11', ' ', '   '],
    ],
    ['buffer-size', ['1', '2k', '2K', '3m', '3M'], ['-1', 'blah', '4g', '4G']],
    ['client-max-body-size', ['1', '2k', '3M', '4g', '4G'], ['-1', 'blah']],
    [
      'lb-method',
      ['least_conn', 'round_robin', 'ip_hash', 'random two least_conn', 'hash $request_id consistent', 'least_time last_byte inflight'],
      ['blabla', 'hash123', 'least_time', 'least_time inflight header', 'random one', 'random two ip_hash', 'hash $a conwrongspelling'],
    ],
    ['next-upstream', ['error timeout', 'http_502 non_idempotent', 'off'], ['error error', 'http_418', 'on']],
    ['service', ['coffee-svc', 'coffee/coffee-svc'], ['namespace/service/extra', 'namespace//service', '/service', '123service']],
    ['type', ['http', 'grpc'], ['https']],
  ])('%s', (field, good, bad) => {
    for (const text of good) expect([text, of({ [field]: text })]).toEqual([text, []]);
    for (const text of bad) expect([text, of({ [field]: text })]).toEqual([text, [`error /spec/upstreams/0/${field}`]]);
  });

  it.each<[what: string, more: JsonObject, errors: readonly string[]]>([
    ['a backup', { backup: 'b', backupPort: 80 }, []],
    ['a backup without port', { backup: 'b' }, ['backupPort']],
    ['a backup beside hashes', { backup: 'b', backupPort: 80, 'lb-method': 'ip_hash' }, ['backup']],
    ['a health check', { healthCheck: { enable: true, statusMatch: '! 500', interval: '20s', fails: 3 } }, []],
    ['one with odd codes', { healthCheck: { statusMatch: '200-100' } }, ['healthCheck/statusMatch']],
    ['one of gRPC beside http', { healthCheck: { grpcStatus: 12 } }, ['healthCheck/grpcStatus']],
    ['one that lasts and need not pass', { healthCheck: { persistent: true } }, ['healthCheck/persistent']],
    ['a cookie', { sessionCookie: { enable: true, name: 'srv_id', expires: 'max', samesite: 'Lax' } }, []],
    ['a cookie without name', { sessionCookie: { enable: true } }, ['sessionCookie/name']],
    ['buffers without size', { buffers: { number: 4 } }, ['buffers/size']],
    ['labels beside the address of the Service', { 'use-cluster-ip': true, subselector: { a: 'b' } }, ['subselector']],
    ['failures below zero', { 'max-fails': -1 }, ['max-fails']],
  ])('%s', (_what, more, errors) => {
    expect(of(more)).toEqual(errors.map((field) => `error /spec/upstreams/0/${field}`));
  });
});

const HALVES = [
  { weight: 50, action: { pass: 'a' } },
  { weight: 50, action: { pass: 'a' } },
];

describe('a VirtualServer', () => {
  it.each<[what: string, spec: JsonObject, errors: readonly string[]]>([
    ['good', {}, []],
    ['without host', { host: '' }, ['error /spec/host']],
    ['an upstream without port', { upstreams: [{ name: 'a', service: 'a' }] }, ['error /spec/upstreams/0/port']],
    ['a prefix', path('/tea'), []],
    ['an exact path', path('=/tea'), []],
    ['an expression', path('~ ^/tea.*[.]png$'), []],
    ['one that is none', path('~* ^/tea('), [`error ${ROUTE}/path`]],
    ['a path without slash', path('tea'), [`error ${ROUTE}/path`]],
    ['a path with a semicolon', path('/tea;'), [`error ${ROUTE}/path`]],
    [
      'a path twice',
      {
        routes: [
          { path: '/', action: { pass: 'a' } },
          { path: '/', action: { pass: 'a' } },
        ],
      },
      ['error /spec/routes/1/path'],
    ],
    ['an upstream that is not there', route({ action: { pass: 'b' } }), [`error ${ROUTE}/action`]],
    ['an action and splits', route({ splits: [{ weight: 100, action: { pass: 'a' } }] }), [`error ${ROUTE}/action`]],
    ['an action and a route', route({ route: 'x/y' }), [`error ${ROUTE}/action`]],
    [
      'weights of 90',
      {
        routes: [
          {
            path: '/',
            splits: [
              { weight: 80, action: { pass: 'a' } },
              { weight: 10, action: { pass: 'a' } },
            ],
          },
        ],
      },
      [`error ${ROUTE}/splits`],
    ],
    [
      'a condition of two things',
      route({ matches: [{ conditions: [{ header: 'x', cookie: 'y', value: '1' }], action: { pass: 'a' } }] }),
      [`error ${ROUTE}/matches/0/conditions/0/header`],
    ],
    // `validateRoute`, `validateMatch`, `countActions`: a list of none and an empty text are as if they were not there
    ['an action and splits of none', route({ splits: [] }), []],
    ['nothing but splits of none', { routes: [{ path: '/', splits: [] }] }, [`error ${ROUTE}/action`]],
    ['an action that passes nowhere beside a proxy', route({ action: { pass: '', proxy: { upstream: 'a' } } }), []],
    ['a match that does nothing', route({ matches: [{ conditions: [{ header: 'x', value: '1' }] }] }), [`error ${ROUTE}/matches/0/action`]],
    [
      'a match with an action and splits',
      route({ matches: [{ conditions: [{ header: 'x', value: '1' }], action: { pass: 'a' }, splits: HALVES }] }),
      [`error ${ROUTE}/matches/0/action`],
    ],
    ['a match without conditions', route({ matches: [{ action: { pass: 'a' } }] }), [`error ${ROUTE}/matches/0/conditions`]],
    // `pathFmt`, `validateUpstreamName`, `validateCondition`, `validateActionProxyRewritePath`, `validateActionProxyHeader` of `validation/virtualserver.go`
    ['a path with a backslash', path('/tea\\'), [`error ${ROUTE}/path`]],
    [
      'an upstream whose name is no label',
      {
        upstreams: [
          { name: 'a', service: 'a', port: 80 },
          { name: 'A_b', service: 'a', port: 80 },
        ],
      },
      ['error /spec/upstreams/1/name'],
    ],
    ['a cookie with a dash', condition({ cookie: 'my-cookie' }), [`error ${CONDITION}/cookie`]],
    ['an argument with a dash', condition({ argument: 'my-arg' }), [`error ${CONDITION}/argument`]],
    ['a header with a blank', condition({ header: 'my header' }), [`error ${CONDITION}/header`]],
    ['a variable', condition({ variable: '$request_method' }), []],
    ['a variable without `$`', condition({ variable: 'request_method' }), [`error ${CONDITION}/variable`]],
    ['a variable that may not be compared', condition({ variable: '$host' }), [`error ${CONDITION}/variable`]],
    ['a value with a quotation mark', condition({ header: 'x', value: '"' }), [`error ${CONDITION}/value`]],
    ['a rewrite', proxy({ rewritePath: '/tea' }), []],
    ['a rewrite with a variable', proxy({ rewritePath: '/$host' }), [`error ${ROUTE}/action/proxy/rewritePath`]],
    ['a rewrite without slash', proxy({ rewritePath: 'tea' }), [`error ${ROUTE}/action/proxy/rewritePath`]],
    ['a rewrite of an expression', { routes: [{ path: '~ ^/(.*)', action: { proxy: { upstream: 'a', rewritePath: 'x$1' } } }] }, []],
    ['a header with variables', proxy({ requestHeaders: { set: [{ name: 'X', value: '${scheme}-${http_y}' }] } }), []],
    [
      'a header with a variable without braces',
      proxy({ requestHeaders: { set: [{ name: 'X', value: '$scheme' }] } }),
      [`error ${ROUTE}/action/proxy/requestHeaders/set/0/value`],
    ],
    [
      'a header with an unknown variable',
      proxy({ responseHeaders: { add: [{ name: 'X', value: '${uri}' }] } }),
      [`error ${ROUTE}/action/proxy/responseHeaders/add/0/value`],
    ],
    [
      'a header without a name',
      proxy({ requestHeaders: { set: [{ value: 'x' }] } }),
      [`error ${ROUTE}/action/proxy/requestHeaders/set/0/name`],
    ],
    // `TestValidateRouteSelector`, `TestValidateErrorPageHeaderFails`, `TestValidateErrorPageRedirectFails`, `TestValidateVirtualServerServiceName`
    [
      'a selector with an empty value',
      handed({ matchLabels: { goodkey: 'goodvalue', key: '' } }),
      [`error ${ROUTE}/routeSelector/matchLabels`],
    ],
    ['a prefix before expressions', path('^~ /tea'), []],
    ['one without a slash', path('^~ tea'), [`error ${ROUTE}/path`]],
    ['an expression with a quotation mark', path('~ ^/tea"'), [`error ${ROUTE}/path`]],
    [
      'a page with an unknown variable',
      page({ headers: [{ name: 'X', value: '${invalid_var}' }] }),
      [`error ${PAGE}/return/headers/0/value`],
    ],
    ['a page with the status of the backend', page({ headers: [{ name: 'X', value: '${upstream_status}' }] }), []],
    ['a page with a bad name', page({ headers: [{ name: 'Header-!!#Name' }] }), [`error ${PAGE}/return/headers/0/name`]],
    ['a URL in quotation marks', route({ action: { redirect: { url: '"http://nginx.com"' } } }), [`error ${ROUTE}/action/redirect/url`]],
    ['a URL without braces', route({ action: { redirect: { url: '$scheme://nginx.com' } } }), [`error ${ROUTE}/action/redirect/url`]],
    ['a body with a variable', route({ action: { return: { body: '${request_uri} ${arg_a}' } } }), []],
    ['a body with another', route({ action: { return: { body: '${uri}' } } }), [`error ${ROUTE}/action/return/body`]],
    ['a type with a brace', route({ action: { return: { body: 'x', type: 'a{b' } } }), [`error ${ROUTE}/action/return/type`]],
    [
      'a header to leave unread',
      proxy({ responseHeaders: { ignore: ['Server'] } }),
      [`error ${ROUTE}/action/proxy/responseHeaders/ignore/0`],
    ],
    ['a route of a bad name', { routes: [{ path: '/', route: 'a/b/c' }] }, [`error ${ROUTE}/route`]],
    ['a Secret of a bad name', { tls: { secret: '-a' } }, ['error /spec/tls/secret']],
  ])('%s', (_what, spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors);
  });
});
