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
  ])('%s', (_what, spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors);
  });
});
