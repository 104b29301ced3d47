import { describe, expect, it } from 'vitest';
import { requestFor } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { ask, header, line, OTHERS, server, subroutes, to } from '../../../test/support/virtual-servers.js';
import { differenceLines, diffRoutes } from '../../../test/support/route-diff.js';
import { lintRoutes, ruleLine } from '../../../test/support/route-lint.js';
import type { JsonObject } from '../kernel/json.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { route } from './route.js';
import type { RouteRequest } from './route-request.js';

const proxy = (path: string, rewritePath: string, more: JsonObject = {}): JsonObject => ({
  path,
  action: { proxy: { upstream: 'a', rewritePath, ...more } },
});

/** nginx/kubernetes-ingress `internal/configs/virtualserver.go` (`generatePath`), nginx `ngx_http_core_find_location`; docs "VirtualServer.Route", `path`. */
describe('routes of a VirtualServer', () => {
  const all = server('s', [to('/', 'a'), to('/tea', 'b'), to('=/tea/exact', 'a'), to('~ ^/t.*[.]png$', 'a'), to('~* [.]GIF$', 'a')]);

  it.each([
    ['/x', 'ROUTED a=1'],
    ['/teapot', 'ROUTED b=1'], // a prefix of nginx, by characters
    ['/tea/exact', 'ROUTED a=1'],
    ['/tea/exact/x', 'ROUTED b=1'],
    ['/tea/x.png', 'ROUTED a=1'], // an expression goes before a prefix
    ['/tea/x.PNG', 'ROUTED b=1'],
    ['/tea/x.gif', 'ROUTED a=1'],
  ])('%s: %s', (path, expected) => {
    expect(line([all], `http://foo.com${path}`)).toBe(expected);
  });

  /** The template writes the locations that redirect inside, of `matches` and `splits`, before all others, and those of VirtualServerRoutes behind its own. */
  it('that are expressions come in the order of the configuration, not of the object', () => {
    const matches = [{ conditions: [{ header: 'x', value: '1' }], action: { pass: 'b' } }];
    const inside = to('~ ^/t', 'b', { matches });
    expect(line([server('s', [to('~ ^/te', 'a'), inside])], 'http://foo.com/tea')).toBe('ROUTED b=1');
    const handed = server('s', [{ path: '~ ^/te', route: 'r' }, to('~ ^/t', 'a')]);
    expect(line([handed, subroutes('r', [to('~ ^/te', 'b')])], 'http://foo.com/tea')).toBe('ROUTED a=1');
  });

  // `ngx_http_core_find_static_location` adds a slash where `proxy_pass` stands
  it('send to the path with a slash where they proxy, not where they redirect inside', () => {
    expect(line([server('s', [to('/tea/', 'b'), to('/', 'a')])], 'http://foo.com/tea')).toBe('REDIRECTED 301 = http://foo.com/tea/');
    const matches = [{ conditions: [{ header: 'x', value: '1' }], action: { pass: 'b' } }];
    expect(line([server('s', [to('/tea/', 'b', { matches }), to('/', 'a')])], 'http://foo.com/tea')).toBe('ROUTED a=1');
  });

  it('are the only ones: what none of them takes is 404, and so is another host', () => {
    expect(line(to('/tea', 'a'), 'http://foo.com/x')).toBe('NOT_FOUND 404');
    expect(line(to('/tea', 'a'), 'http://bar.com/tea')).toBe('NOT_FOUND 404');
  });

  it('say of every candidate how it fared, expressions included', () => {
    const { candidates } = ask([all], 'http://foo.com/tea/x.png').result;
    expect(candidates.map(({ path, outcome, reason }) => [path, outcome, reason])).toEqual([
      ['=/tea/exact', 'no-match', 'LOCATION_NO_MATCH'],
      ['/tea', 'lost', 'EXPRESSION_FIRST'],
      ['/', 'lost', 'EXPRESSION_FIRST'],
      ['~ ^/t.*[.]png$', 'selected', 'PATH_SELECTED'],
      ['~* [.]GIF$', 'no-match', 'LOCATION_NO_MATCH'],
    ]);
  });

  it('answer 502 without Service or endpoints, unless error pages may take its place', () => {
    expect(line(to('/', 'empty'), 'http://foo.com/')).toBe('NO_ENDPOINTS empty=1 502');
    expect(line(to('/', 'gone'), 'http://foo.com/')).toBe('SERVICE_MISSING 502');
    const pages = [{ codes: [502], return: { code: 200, body: 'sorry' } }];
    expect(line(to('/', 'gone', { errorPages: pages }), 'http://foo.com/')).toBe('ANSWERED 200');
    const { verdict, assumptions } = ask([server('s', [to('/', 'a', { errorPages: pages })])], 'http://foo.com/');
    expect([verdict, assumptions.map(({ code }) => code)]).toEqual(['ROUTED', ['MIDDLEWARE_CONDITION']]);
  });
});

/** `generateProxyPassRewrite`, `generateRewrites`, `generateReturn…`, `nginx.virtualserver.tmpl`; docs "Action". */
describe('actions', () => {
  it.each<[JsonObject, string, string]>([
    [proxy('/app/', '/v1/'), '/app/x?q=1', 'ROUTED a=1 > /v1/x?q=1'],
    [proxy('=/app', '/v1'), '/app', 'ROUTED a=1 > /v1'],
    [proxy('~ /app/([a-z]+)', '/v1/$1'), '/app/x', 'ROUTED a=1 > /v1/x'],
    [
      { path: '/', action: { redirect: { url: 'https://www.foo.com${request_uri}', code: 307 } } },
      '/x?q=1',
      'REDIRECTED 307 = https://www.foo.com/x?q=1',
    ],
    [{ path: '/', action: { redirect: { url: 'http://bar.com' } } }, '/', 'REDIRECTED 301 = http://bar.com'],
    [{ path: '/', action: { redirect: { url: 'http://bar.com/${http_x_forwarded_proto}' } } }, '/', 'REDIRECTED 301 = http://bar.com/'],
    [{ path: '/', action: { redirect: { url: 'http://bar.com/${http_x}' } } }, '/', 'NOT_FOUND 404'], // `validRedirectVariableNames`
    [{ path: '/', action: { return: { body: 'hello' } } }, '/', 'ANSWERED 200'],
    [{ path: '/', action: { return: { code: 418, body: 'tea' } } }, '/', 'ANSWERED 418'],
    [to('/', 'a', { 'location-snippets': 'return 418;' }), '/', 'UNDEFINED ? SNIPPET_NOT_EVALUATED'],
  ])('%j: %s %s', (one, path, expected) => {
    expect(line(one, `http://foo.com${path}`)).toBe(expected);
  });

  it('set headers of the request, and may leave out those of the client', () => {
    const set = [{ name: 'X-From', value: '${host}' }];
    const sent = (pass: boolean) =>
      ask([server('s', [proxy('/', '/', { requestHeaders: { pass, set } })])], 'http://foo.com/', header('X-A', '1')).result.forwarded
        ?.headers;
    expect(sent(true)).toEqual(['X-A: 1', 'X-From: foo.com']);
    expect(sent(false)).toEqual(['X-From: foo.com']);
  });

  /** `generateProxyHideHeaders`, `generateProxyAddHeaders`; docs "Action.Proxy.ResponseHeaders". */
  it('change headers of the answer, of each part their own', () => {
    const answers = (upstream: string, responseHeaders: JsonObject): JsonObject => ({ proxy: { upstream, responseHeaders } });
    const add = [{ name: 'X-Host', value: '${host}', always: true }];
    const route: JsonObject = {
      path: '/',
      splits: [
        { weight: 50, action: answers('a', { hide: ['Server'], add }) },
        { weight: 50, action: { proxy: { upstream: 'b', requestHeaders: { set: [{ name: 'X-From', value: 'b' }] } } } },
      ],
    };
    const { backends } = ask([server('s', [route])], 'http://foo.com/').result;
    expect(backends.map(({ responseHeaders, forwarded }) => [responseHeaders, forwarded?.headers])).toEqual([
      [
        [
          { action: 'remove', name: 'Server', value: null },
          { action: 'add', name: 'X-Host', value: 'foo.com' },
        ],
        [],
      ],
      [[], ['X-From: b']],
    ]);
  });

  it('share requests by weight, those of 0 left out; parts that end differently are not one answer', () => {
    const split = (...ways: readonly [number, JsonObject][]): JsonObject => ({
      path: '/',
      splits: ways.map(([weight, action]) => ({ weight, action })),
    });
    expect(line(split([90, { pass: 'a' }], [10, { pass: 'b' }]), 'http://foo.com/')).toBe('ROUTED a=0.9 b=0.1');
    expect(line(split([100, { pass: 'a' }], [0, { pass: 'b' }]), 'http://foo.com/')).toBe('ROUTED a=1');
    expect(line(split([50, { pass: 'a' }], [50, { return: { code: 404, body: 'none' } }]), 'http://foo.com/')).toBe(
      'UNDEFINED ? NOT_EVALUATED',
    );
    // a location of its own, to which nginx redirects inside: the prefix is cut by an expression
    const rewritten = {
      path: '/app/',
      splits: [
        { weight: 50, action: { proxy: { upstream: 'a', rewritePath: '/v1/' } } },
        { weight: 50, action: { pass: 'b' } },
      ],
    };
    const { backends } = ask([server('s', [rewritten])], 'http://foo.com/app/x').result;
    expect(backends.map(({ service, forwarded }) => [service, forwarded?.path])).toEqual([
      ['a', '/v1/x'],
      ['b', '/app/x'],
    ]);
  });
});

/** `generateMatchesConfig`, `generateValueForMatchesRouteMap`; nginx `map`: texts without case, `~` and `~*` expressions; docs "Condition". */
describe('matches', () => {
  const when = (condition: JsonObject, ...more: readonly JsonObject[]): JsonObject =>
    to('/', 'b', { matches: [{ conditions: [condition, ...more], action: { pass: 'a' } }] });

  it.each<[JsonObject, Partial<RouteRequest>, string]>([
    [{ header: 'X-Team', value: 'Blue' }, header('x-team', 'blue'), 'a'],
    [{ header: 'X-Team', value: 'Blue' }, header('x-team', 'red'), 'b'],
    [{ header: 'X-Team', value: '!blue' }, header('x-team', 'red'), 'a'],
    [{ header: 'X-Team', value: '!blue' }, {}, 'a'], // absent is the empty text, which is another
    [{ header: 'X-Team', value: '~^b' }, header('x-team', 'blue'), 'a'],
    [{ header: 'X-Team', value: '~^B' }, header('x-team', 'blue'), 'b'],
    [{ header: 'X-Team', value: '~*^B' }, header('x-team', 'blue'), 'a'],
    [{ cookie: 'user', value: 'john' }, header('cookie', 'x=1; user=john'), 'a'],
    [{ argument: 'v', value: '2' }, { query: 'v=2&v=3' }, 'a'],
    [{ variable: '$request_method', value: 'POST' }, { method: 'POST' }, 'a'],
    [{ variable: '$request_method', value: 'POST' }, {}, 'b'],
    [{ variable: '$query_string', value: 'q=1' }, { query: 'q=1' }, 'a'],
    [{ variable: '$request_uri', value: '/?q=1' }, { query: 'q=1' }, 'a'],
    [{ variable: '$https', value: 'on' }, {}, 'b'], // of http it is empty
  ])('%j %j: %s', (condition, more, expected) => {
    expect(line(when(condition), 'http://foo.com/', more)).toMatch(new RegExp(`^ROUTED ${expected}=1`));
  });

  it('take all conditions of one, and the first that holds; what is not known is not guessed', () => {
    const both = when({ header: 'x', value: '1' }, { argument: 'q', value: '1' });
    expect(line(both, 'http://foo.com/?q=1', header('x', '1'))).toBe('ROUTED a=1');
    expect(line(both, 'http://foo.com/', header('x', '1'))).toBe('ROUTED b=1');
    expect(line(when({ variable: '$remote_port', value: '1234' }), 'http://foo.com/')).toBe('UNDEFINED ? VARIABLE_UNKNOWN');
    const client = when({ variable: '$remote_addr', value: '10.0.0.1' });
    expect(line(client, 'http://foo.com/', { clientAddress: parseIp('10.0.0.1') })).toBe('ROUTED a=1');
    expect(line(client, 'http://foo.com/')).toBe('UNDEFINED ? VARIABLE_UNKNOWN');
  });
});

/** `internal/k8s/configuration.go`: `buildVirtualServerRoutes`, `validateVSRs`, `validateVSRSelectors`; `validation/virtualserver.go`, `validateVirtualServerRouteSubroutes`. */
describe('VirtualServerRoutes', () => {
  const handed = server('s', [{ path: '/tea', route: 'tea' }, to('/', 'a')]);

  it('serve what a VirtualServer hands to them, by name or labels', () => {
    const tea = subroutes('tea', [to('/tea/green', 'b'), to('/tea', 'a')]);
    expect(line([handed, tea], 'http://foo.com/tea/green')).toBe('ROUTED b=1');
    expect(ask([handed, tea], 'http://foo.com/tea/green').result.candidates[0]).toMatchObject({
      object: 'VirtualServerRoute t/tea',
      pointer: '/spec/subroutes/0',
    });
    const selecting = server('s', [{ path: '/tea', routeSelector: { matchLabels: { app: 'tea' } } }]);
    expect(line([selecting, subroutes('any', [to('/tea', 'b')], {}, { labels: { app: 'tea' } })], 'http://foo.com/tea')).toBe('ROUTED b=1');
  });

  it.each<[string, readonly KubernetesObject[]]>([
    ['does not exist', []],
    ['is of another host', [subroutes('tea', [to('/tea', 'b')], { host: 'bar.com' })]],
    ['has a path that the prefix does not cover', [subroutes('tea', [to('/coffee', 'b')])]],
    ['is of another class', [subroutes('tea', [to('/tea', 'b')], { ingressClassName: 'other' })]],
  ])('one that %s serves nothing: the shorter prefix does', (_what, more) => {
    expect(line([handed, ...more], 'http://foo.com/tea')).toBe('ROUTED a=1');
  });

  // `validateDuplicateVSRPaths` goes through the paths of all before it leaves any out
  it('that have a path of one before them are left out as a whole, and others lose to their paths all the same', () => {
    const routes = ['one', 'two', 'three'].map((route, index) => ({ path: '/tea/'.slice(0, index + 2), route }));
    const both = [
      server('s', [...routes, to('/', 'a')]),
      subroutes('one', [to('/tea/x', 'b')]),
      subroutes('two', [to('/tea/y', 'b'), to('/tea/x', 'b')]),
    ];
    const last = subroutes('three', [to('/tea/y', 'b'), to('/tea/z', 'b')]);
    expect(['x', 'y', 'z'].map((path) => line([...both, last], `http://foo.com/tea/${path}`))).toEqual([
      'ROUTED b=1',
      'ROUTED a=1',
      'ROUTED a=1',
    ]);
  });

  // `validateVSRSelectors` ranges over a map of Go, whose order is random
  it('of one selector with the same path may both be left out', () => {
    const labels = { labels: { app: 'tea' } };
    const objects = [
      server('s', [{ path: '/tea', routeSelector: { matchLabels: { app: 'tea' } } }, to('/', 'a')]),
      subroutes('one', [to('/tea/x', 'b'), to('/tea/one', 'b')], {}, labels),
      subroutes('two', [to('/tea/x', 'a')], {}, labels),
      subroutes('three', [to('/tea/three', 'b')], {}, labels),
    ];
    expect(['x', 'one', 'three'].map((path) => line(objects, `http://foo.com/tea/${path}`))).toEqual([
      'UNDEFINED ? NOT_EVALUATED',
      'UNDEFINED ? NOT_EVALUATED',
      'ROUTED b=1',
    ]);
  });

  // `validateHost`: IsDNS1123Subdomain, IsWildcardDNS1123Subdomain
  it.each(['Foo.com', 'foo_bar.com', '*.*.com', 'foo.com:80', '*'])('have no host %s', (host) => {
    const { findings } = lintRoutes(modelOf([...OTHERS, server('s', [to('/', 'a')], { host })]));
    expect(findings.map(({ code }) => code)).toEqual(['ING-INVALID']);
  });
});

/** `buildHostsAndResources`, `chooseObjectMetaWinner`; `nginx.virtualserver.tmpl`. */
describe('a VirtualServer', () => {
  const ingress = (createdAt: string): KubernetesObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'i', namespace: 't', creationTimestamp: createdAt },
    spec: {
      ingressClassName: 'f5',
      rules: [
        {
          host: 'foo.com',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'b', port: { number: 80 } } } }] },
        },
      ],
    },
  });

  it('has its host alone, or the older Ingress has it', () => {
    expect(line([server('s', [to('/', 'a')]), ingress('2026-02-01T00:00:00Z')], 'http://foo.com/')).toBe('ROUTED a=1');
    expect(line([server('s', [to('/', 'a')]), ingress('2025-02-01T00:00:00Z')], 'http://foo.com/')).toBe('ROUTED b=1');
    const { candidates } = ask([server('s', [to('/', 'a')]), ingress('2025-02-01T00:00:00Z')], 'http://foo.com/').result;
    expect(candidates.at(-1)).toMatchObject({ object: 'VirtualServer t/s', outcome: 'excluded', reason: 'HOST_TAKEN' });
  });

  it('takes https where it has a Secret, and sends clients there where it is told to', () => {
    const secure = (redirect?: JsonObject) => [server('s', [to('/', 'a')], { tls: { secret: 'cert', ...(redirect ? { redirect } : {}) } })];
    expect(line(secure(), 'http://foo.com/')).toBe('ROUTED a=1');
    expect(line(secure(), 'https://foo.com/')).toBe('ROUTED a=1');
    expect(line(to('/', 'a'), 'https://foo.com/')).toBe('NOT_FOUND 404');
    expect(line(secure({ enable: true }), 'http://foo.com/x?q=1')).toBe('REDIRECTED 301 = https://foo.com/x?q=1');
    const proxied = secure({ enable: true, code: 302, basedOn: 'x-forwarded-proto' });
    expect(line(proxied, 'http://foo.com/')).toBe('ROUTED a=1');
    expect(line(proxied, 'http://foo.com/', header('X-Forwarded-Proto', 'http'))).toBe('REDIRECTED 302 = https://foo.com/');
  });

  it('says what is not evaluated', () => {
    expect(line([server('s', [to('/', 'a')], { 'server-snippets': 'return 418;' })], 'http://foo.com/')).toBe(
      'UNDEFINED ? SNIPPET_NOT_EVALUATED',
    );
  });

  it('without a class is read by every controller of its kind, and by one that nothing names', () => {
    const classless = server('s', [to('/', 'a')], { ingressClassName: '' });
    expect(line([classless], 'http://foo.com/')).toBe('ROUTED a=1');
    const answer = route(modelOf([...OTHERS.filter(({ kind }) => kind !== 'IngressClass'), classless]), {
      request: requestFor('http://foo.com/'),
      class: undefined,
      dialect: undefined,
    });
    expect(answer.ok && answer.value.verdict).toBe('ROUTED');
    expect(answer.ok && answer.value.assumptions).toMatchObject([{ code: 'CLASSLESS_HANDLED' }]);
  });

  it('that the controller refuses serves nobody, and says why', () => {
    const broken = server('s', [to('/', 'nobody')]);
    expect(line([broken], 'http://foo.com/')).toBe('NOT_FOUND 404');
    const { result, summary } = ask([broken], 'http://foo.com/');
    expect(result.candidates[0]).toMatchObject({ outcome: 'excluded', reason: 'INGRESS_REFUSED' });
    expect(result.nearMisses).toMatchObject([{ reason: 'INGRESS_REFUSED', object: 'VirtualServer t/s' }]);
    expect(summary).toContain('nearest: VirtualServer t/s, the controller refuses it as a whole: there is no upstream `nobody`');
  });

  it('is named where a host is spelt nearly like its own', () => {
    expect(ask([server('s', [to('/', 'a')])], 'http://fooo.com/').result.nearMisses).toMatchObject([
      { reason: 'HOST_SPELLING', object: 'VirtualServer t/s', pointer: '/spec/host' },
    ]);
    expect(ask([server('s', [{ path: '/', action: { return: { code: 418, body: 'tea' } } }])], 'http://foo.com/').summary).toContain(
      '→ the controller answers 418',
    );
  });
});

describe('what is asked around', () => {
  const objects = [
    server('s', [to('/tea', 'a'), to('=/tea', 'gone'), to('~ ^/x[0-9]$', 'b')]),
    server('late', [to('/', 'a')], {}, { creationTimestamp: '2026-05-01T00:00:00Z' }),
  ];

  it('route-lint shows a request for each route, and what nobody reaches', () => {
    const { rules, findings, conflicts } = lintRoutes(modelOf([...OTHERS, ...objects]));
    expect(rules.map(ruleLine)).toEqual([
      's /tea live GET http://foo.com/tea/witness',
      's =/tea live GET http://foo.com/tea',
      's ~ ^/x[0-9]$ live GET http://foo.com/x0',
      'late / unreachable',
    ]);
    expect(findings.map(({ code, object: { name } }) => `${code} ${name}`)).toEqual(['ING-SERVICE-MISSING s', 'ING-CONFLICT late']);
    expect(conflicts).toMatchObject([{ host: 'foo.com', decided: true }]);
  });

  /** `addProblemsForOrphanOrIgnoredVsrs`: "VirtualServer … ignores VirtualServerRoute"; `validateVSRs`: "VirtualServerRoute … doesn't exist or invalid". */
  it('route-lint tells of paths that are handed to nobody, and of VirtualServerRoutes that get none', () => {
    const handing = server('s', [
      { path: '/tea', route: 'tea' },
      { path: '/milk', route: 'gone' },
    ]);
    const handed = [
      subroutes('tea', [to('/tea', 'a')]),
      subroutes('other', [to('/x', 'a')]),
      subroutes('late', [to('/y', 'a')], { host: 'bar.com' }),
    ];
    const { rules, findings } = lintRoutes(modelOf([...OTHERS, handing, ...handed]));
    expect(rules.map(ruleLine)).toEqual([
      'tea /tea live GET http://foo.com/tea',
      's /milk unreachable',
      'late /y unreachable',
      'other /x unreachable',
    ]);
    expect(findings.map(({ code, object: { name }, pointer }) => `${code} ${name} ${pointer}`)).toEqual([
      'ING-RULE-IGNORED s /spec/routes/1',
      'ING-RULE-IGNORED late /spec/subroutes/0',
      'ING-RULE-IGNORED other /spec/subroutes/0',
    ]);
  });

  it('route-diff compares them with the Ingresses that they are to replace', () => {
    const old = modelOf(ingressCluster('a : foo.com Prefix /x -> a'));
    const side = { by: 'ingress', class: undefined, dialect: undefined } as const;
    const diff = (...routes: readonly JsonObject[]) =>
      diffRoutes({ a: old, b: modelOf([...OTHERS, server('s', routes)]) }, { a: side, b: side });
    expect(differenceLines(diff(to('/x', 'a')).result)).toContain('GET http://foo.com/xwitness: status; NOT_FOUND 404, ROUTED a');
    // without a Secret the host takes no https, which the specification leaves to the certificate of the controller
    expect(differenceLines(diff(to('=/x', 'a'), to('/x/', 'a')).result).filter((text) => !text.startsWith('GET https:'))).toEqual([]);
    const matched = to('/x/', 'a', { matches: [{ conditions: [{ header: 'X-Team', value: 'blue' }], action: { pass: 'b' } }] });
    expect(differenceLines(diff(to('=/x', 'a'), matched).result)).toContain(
      'GET http://foo.com/x/ X-Team: blue: backend; ROUTED a, ROUTED b',
    );
  });
});

/** nginx `ngx_http_core_find_location`, nginx/kubernetes-ingress `generateMatchesConfig`, `buildVirtualServerRoutes`. */
describe('which of several routes', () => {
  it('an exact location before expressions, and those in their order', () => {
    const all = server('s', [to('~ ^/x', 'b'), to('=/x', 'a'), to('~ ^/x.*', 'empty')]);
    expect([line([all], 'http://foo.com/x'), line([all], 'http://foo.com/xy')]).toEqual(['ROUTED a=1', 'ROUTED b=1']);
  });

  it('the first match whose conditions hold', () => {
    const match = (value: string, upstream: string): JsonObject => ({
      conditions: [{ header: value, value: '1' }],
      action: { pass: upstream },
    });
    const all = to('/', 'empty', { matches: [match('x-one', 'a'), match('x-two', 'b')] });
    const headers = ['x-one', 'x-two'].map((name) => [name, '1'] as const);
    expect(line(all, 'http://foo.com/', { headers })).toBe('ROUTED a=1');
  });

  it('a path that was handed on once stays there, and one that is not below the prefix goes nowhere', () => {
    const handing = server('s', [
      { path: '/a', route: 'one' },
      { path: '/a/x', route: 'two' },
    ]);
    const one = subroutes('one', [to('/a/x', 'a')]);
    expect(line([handing, one, subroutes('two', [to('/a/x', 'b')])], 'http://foo.com/a/x')).toBe('ROUTED a=1');
    expect(line([handing, subroutes('one', [to('/b', 'a')])], 'http://foo.com/b')).toBe('NOT_FOUND 404');
  });
});
