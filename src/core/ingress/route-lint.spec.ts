import { describe, expect, it } from 'vitest';
import { gateway, backend, gatewayObject, httpRoute, listener, rule } from '../../../test/support/gateway-cluster.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes, ruleLine, withNginx } from '../../../test/support/route-lint.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { RouteLintCodeName } from './route-lint-codes.js';
import type { IngressDialectName } from './route-request.js';

type Annotations = Readonly<Record<string, Readonly<Record<string, string>>>>;

const objectsOf = (rules: string, annotations: Annotations = {}) => withNginx(ingressCluster(rules.replaceAll(' ; ', '\n')), annotations);

function linesOf(rules: string, dialect: IngressDialectName, annotations: Annotations = {}): readonly string[] {
  return lintRoutes(modelOf(objectsOf(rules, annotations)), { class: 'c', dialect }).rules.map(ruleLine);
}

/** `CODE object pointer` of one code. */
function found(code: RouteLintCodeName, objects: readonly KubernetesObject[], dialect?: IngressDialectName): readonly string[] {
  const { findings } = lintRoutes(modelOf(objects), { codes: [code], dialect });
  return findings.map(({ object, pointer }) => `${object.name} ${pointer}`);
}

describe('rules of the specification (KEP-1453 "Path matching semantics", "Hostname wildcards")', () => {
  it('have a witness that no longer prefix, no exact path and no precise host takes', () => {
    const rules =
      'a : foo.com Prefix / -> w ; a : foo.com Prefix /x -> w ; a : foo.com Exact /x -> w ; a : *.com Prefix /x -> w ; a : any Exact /x -> w';
    expect(linesOf(rules, 'ingress-v1')).toEqual([
      'a / live GET http://foo.com/',
      'a /x live GET http://foo.com/x/witness',
      'a /x live GET http://foo.com/x',
      'a /x live GET http://witness.com/x',
      'a /x live GET http://witness.example.invalid/x',
    ]);
  });

  it('a host that is taken is no witness of the wildcard', () => {
    expect(linesOf('a : *.com Prefix / -> w ; a : witness.com Prefix / -> w', 'ingress-v1')[0]).toBe('a / live GET http://witness1.com/');
  });

  it('equal paths of two Ingresses are undecided: the text does not say who wins', () => {
    expect(linesOf('a : foo.com Prefix /x -> w ; b : foo.com Prefix /x/ -> v', 'ingress-v1')).toEqual([
      'a /x undecided',
      'b /x/ undecided',
    ]);
  });

  it('of a path that the class interprets, the request of the same text: every reading accepts it', () => {
    expect(linesOf('a : foo.com Impl /x.* -> w', 'ingress-v1')).toEqual(['a /x.* live GET http://foo.com/x.*']);
  });

  it('https where the Ingress has a certificate for the host', () => {
    expect(linesOf('a : foo.com Prefix / -> w ; a : tls foo.com -> s', 'ingress-v1')).toEqual(['a / live GET https://foo.com/']);
  });
});

/** Rules B4 to B9, B14, B22 (kubernetes/ingress-nginx `internal/ingress/controller`). */
describe('rules of ingress-nginx', () => {
  const rows: readonly [what: string, rules: string, expected: readonly string[], annotations?: Annotations][] = [
    [
      'the first Ingress keeps a path of its type (B6)',
      'a@2026-01-01 : foo.com Prefix /x -> w ; b@2026-01-02 : foo.com Prefix /x -> v',
      ['a /x live GET http://foo.com/x', 'b /x shadowed by a'],
    ],
    [
      'a longer expression with an open end takes all of a shorter path (B7, B9)',
      'a : foo.com Impl /api/(.*) -> w ; a : foo.com Impl /api/ -> v',
      ['a /api/(.*) live GET http://foo.com/api/', 'a /api/ shadowed by a'],
      { a: { 'use-regex': 'true' } },
    ],
    [
      'the same without a slash leaves the path itself over',
      'a : foo.com Impl /api/(.*) -> w ; a : foo.com Impl /api -> v',
      ['a /api/(.*) live GET http://foo.com/api/', 'a /api live GET http://foo.com/api'],
      { a: { 'use-regex': 'true' } },
    ],
    [
      'expressions know no case, so that Exact /API hides /api (B9)',
      'a : foo.com Exact /API -> w ; a : foo.com Prefix /api -> v',
      ['a /API shadowed by a', 'a /api live GET http://foo.com/api'],
      { a: { 'use-regex': 'true' } },
    ],
    [
      'two expressions can hide a third together',
      'a : foo.com Impl /x(/a.*) -> w ; a : foo.com Impl /x([^/].*|/[^a].*) -> v ; a : foo.com Impl /x. -> u',
      ['a /x(/a.*) live GET http://foo.com/x/a', 'a /x([^/].*|/[^a].*) live GET http://foo.com/xa', 'a /x. live GET http://foo.com/x/'],
      { a: { 'use-regex': 'true' } },
    ],
    [
      'a canary is reached by its header (B22)',
      'a : foo.com Prefix / -> w ; b@2026-01-02 : foo.com Prefix / -> v',
      ['a / live GET http://foo.com/', 'b / live GET http://foo.com/ X-Try: always'],
      { b: { canary: 'true', 'canary-by-header': 'X-Try' } },
    ],
    [
      'a canary that gets nothing is not called live',
      'a : foo.com Prefix / -> w ; b@2026-01-02 : foo.com Prefix / -> v',
      ['a / live GET http://foo.com/', 'b / undecided'],
      { b: { canary: 'true' } },
    ],
    [
      'a canary of a path that nobody serves is dropped',
      'a : foo.com Prefix / -> w ; b@2026-01-02 : foo.com Prefix /y -> v',
      ['a / live GET http://foo.com/', 'b /y unreachable'],
      { b: { canary: 'true', 'canary-weight': '50' } },
    ],
    ['a resource is no backend', 'a : foo.com Prefix / -> Bucket/static', ['a / unreachable']],
    [
      'an expression that RE2 does not have is not judged',
      'a : foo.com Impl /(?=x)x -> w',
      ['a /(?=x)x undecided'],
      { a: { 'use-regex': 'true' } },
    ],
  ];
  it.each(rows)('%s', (_, rules, expected, annotations) => {
    expect(linesOf(rules, 'ingress-nginx', annotations)).toEqual(expected);
  });
});

/** Rules T1, T2 (traefik/traefik `pkg/provider/kubernetes/ingress/kubernetes.go`). */
describe('rules of Traefik', () => {
  it('a prefix covers characters, and a priority can hide what is longer', () => {
    const annotations = { 'traefik.ingress.kubernetes.io/router.priority': '1000' };
    const objects = objectsOf('a : foo.com Prefix /x -> w ; b : foo.com Prefix /xy -> v').map((object) =>
      object.metadata.name === 'a' && object.kind === 'Ingress' ? { ...object, metadata: { ...object.metadata, annotations } } : object,
    );
    const lines = (dialect: IngressDialectName) => lintRoutes(modelOf(objects), { class: 'c', dialect }).rules.map(ruleLine);
    expect(lines('traefik')).toEqual(['a /x live GET http://foo.com/x', 'b /xy shadowed by a']);
    expect(lines('traefik-strict')).toEqual(['a /x live GET http://foo.com/x', 'b /xy live GET http://foo.com/xy']);
  });
});

/** 6.3 of gateway-api `apis/v1/httproute_types.go`. */
describe('matches of a Gateway', () => {
  const path = (type: string, value: string) => ({ path: { type, value } });
  const header = (name: string, value: string) => ({ name, value });
  const linesOn = (...routes: readonly KubernetesObject[]) =>
    lintRoutes(modelOf([...gateway([listener('http')]), ...backend('s'), ...routes]), { gateway: 'shop/gw' }).rules.map(ruleLine);

  it('have a witness with method, headers and parameters, under a name that no other route has', () => {
    const match = { ...path('PathPrefix', '/x'), method: 'PUT', headers: [header('X-A', '1')], queryParams: [header('q', 'a b')] };
    expect(
      linesOn(
        httpRoute('a', [rule(match, 's')], { hostnames: ['*.example.com'] }),
        httpRoute('b', [rule(path('PathPrefix', '/'), 's')], { hostnames: ['witness.example.com'] }),
      ),
    ).toEqual(['a /x live PUT http://witness1.example.com/x?q=a%20b x-a: 1', 'b / live GET http://witness.example.com/']);
  });

  it('the older route hides the younger of the same match (key 8), the first rule the second (key 10)', () => {
    const same = [rule(path('PathPrefix', '/x'), 's')];
    expect(linesOn(httpRoute('a', same, {}, '2026-02-01T00:00:00Z'), httpRoute('b', same, {}, '2026-01-01T00:00:00Z'))).toEqual([
      'a /x shadowed by b',
      'b /x live GET http://witness.example.invalid/x',
    ]);
    expect(linesOn(httpRoute('a', [...same, ...same]))[1]).toBe('a /x shadowed by a');
  });

  it('a match that asks for more goes first and leaves the rest', () => {
    const more = { ...path('PathPrefix', '/x'), headers: [header('X-A', '1')] };
    expect(linesOn(httpRoute('a', [rule(path('PathPrefix', '/x'), 's'), rule(more, 's')]))).toEqual([
      'a /x live GET http://witness.example.invalid/x',
      'a /x live GET http://witness.example.invalid/x x-a: 1',
    ]);
  });

  it('an expression has a witness that it matches as a whole, as every implementation reads it', () => {
    const match = { ...path('RegularExpression', '/v[12]/x'), headers: [{ type: 'RegularExpression', name: 'x-a', value: 'a+b' }] };
    expect(linesOn(httpRoute('a', [rule(match, 's')]))).toEqual(['a /v[12]/x live GET http://witness.example.invalid/v1/x x-a: ab']);
  });

  it('a route that no listener takes is not reached', () => {
    expect(linesOn(httpRoute('a', [rule(path('PathPrefix', '/'), 's')], { parentRefs: [{ name: 'gw', sectionName: 'nope' }] }))).toEqual([
      'a / unreachable',
    ]);
  });

  it('a call of gRPC has a witness', () => {
    const spec = {
      parentRefs: [{ name: 'gw' }],
      rules: [{ matches: [{ method: { service: 'shop.Cart' } }], backendRefs: [{ name: 's', port: 80 }] }],
    };
    expect(linesOn(gatewayObject('GRPCRoute', 'g', spec))).toEqual([
      'g shop.Cart/* live POST http://witness.example.invalid/shop.Cart/Call content-type: application/grpc',
    ]);
  });
});

describe('findings', () => {
  it('ING-INVALID: a path or host that the API server refuses (validateHTTPIngressPath, validateIngressRules)', () => {
    expect(found('ING-INVALID', objectsOf('a : foo.com Prefix /a//b -> w ; a : 10.0.0.1 Prefix / -> w'))).toEqual([
      'a /spec/rules/0/http/paths/0',
      'a /spec/rules/1/http/paths/0',
    ]);
  });

  it('ING-CLASS-NOT-HANDLED: other classes are defined, this one is not', () => {
    expect(found('ING-CLASS-NOT-HANDLED', objectsOf('a#undefined-c : foo.com Prefix / -> w ; b : foo.com Prefix / -> w'))).toEqual(['a ']);
  });

  it('backends: no Service, no port, no ready endpoint; default backends count', () => {
    const objects = objectsOf('a : foo.com Prefix /x -> missing-s ; a : foo.com Prefix /y -> w:99 ; b : default -> empty-e');
    expect(found('ING-SERVICE-MISSING', objects)).toEqual(['a /spec/rules/0/http/paths/0/backend']);
    expect(found('ING-PORT-MISSING', objects)).toEqual(['a /spec/rules/1/http/paths/0/backend']);
    expect(found('ING-NO-ENDPOINTS', objects)).toEqual(['b /spec/defaultBackend']);
  });

  it('ING-SECRET-MISSING: nothing is said where no Secret was imported at all', () => {
    const objects = objectsOf('a : foo.com Prefix / -> w ; a : tls foo.com -> nope');
    const other: KubernetesObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'other', namespace: 't' } };
    expect(found('ING-SECRET-MISSING', objects)).toEqual([]);
    expect(found('ING-SECRET-MISSING', [...objects, other])).toEqual(['a /spec/tls/0/secretName']);
  });

  it('ING-CONFLICT: who claims the same, by which age and owner, and who wins', () => {
    const objects = objectsOf('a@2026-01-01 : foo.com Prefix /x -> w ; b@2026-01-02 : foo.com Prefix /x -> v');
    expect(found('ING-CONFLICT', objects, 'ingress-nginx')).toEqual(['b /spec/rules/0/http/paths/0']);
    expect(found('ING-CONFLICT-UNDEFINED', objects, 'ingress-v1')).toEqual([
      'a /spec/rules/0/http/paths/0',
      'b /spec/rules/0/http/paths/0',
    ]);
    const [conflict] = lintRoutes(modelOf(objects), { dialect: 'ingress-nginx' }).conflicts;
    expect(conflict?.claims.map(({ object, createdAt, wins }) => [object.name, createdAt, wins])).toEqual([
      ['a', '2026-01-01T00:00:00Z', true],
      ['b', '2026-01-02T00:00:00Z', false],
    ]);
  });

  it('ING-PATTERN-BACKTRACKS of ingress-nginx (PCRE), and of nobody else', () => {
    const objects = objectsOf('a : foo.com Impl /x(a+)+$ -> w ; a : foo.com Impl /y(/|$)(.*) -> w', { a: { 'use-regex': 'true' } });
    expect(found('ING-PATTERN-BACKTRACKS', objects, 'ingress-nginx')).toEqual(['a /spec/rules/0/http/paths/0']);
    expect(found('ING-PATTERN-BACKTRACKS', objects, 'traefik')).toEqual([]);
  });

  it('ING-CONFIGURATION-REJECTED, at what nginx refuses (rule B6)', () => {
    const twice = objectsOf('a : foo.com Prefix /x -> w ; b : foo.com Prefix /x/ -> w');
    expect(found('ING-CONFIGURATION-REJECTED', twice, 'ingress-nginx')).toHaveLength(1);
    expect(found('ING-CONFIGURATION-REJECTED', twice, 'traefik')).toEqual([]);
    const broken = objectsOf('a : foo.com Impl /y -> w ; a : foo.com Impl /x( -> w', { a: { 'use-regex': 'true' } });
    expect(found('ING-CONFIGURATION-REJECTED', broken, 'ingress-nginx')).toEqual(['a /spec/rules/1/http/paths/0']);
    const www = objectsOf('a : *.foo.com Prefix /x -> w', { a: { 'from-to-www-redirect': 'true' } });
    expect(found('ING-CONFIGURATION-REJECTED', www, 'ingress-nginx')).toEqual(['a /spec/rules/0/http/paths/0']);
  });

  /** `internal/ingress/inspector/inspector_test.go`, TestValidatePathType: on since 1.12, and with dots since 1.12.6 and 1.13.2. */
  describe('ING-WEBHOOK-REFUSES', () => {
    const refused = (path: string, options: Readonly<Record<string, string>> = {}) => {
      const model = modelOf(objectsOf(path), { ingress: { controllers: [{ class: 'c', dialect: 'ingress-nginx', options }] } });
      return lintRoutes(model, { codes: ['ING-WEBHOOK-REFUSES'] }).findings.map(({ object, pointer }) => `${object.name} ${pointer}`);
    };
    const told = ['a /spec/rules/0/http/paths/0/path'];

    it.each([
      ['Exact /foo.+', told],
      ['Prefix /foo/bar/[a-z]{3}', told],
      ['Prefix /x(/|$)(.*)', told],
      ['Exact /xpto/lala', []],
      ['Prefix /xpto/ab0/x_ss-9', []],
      ['Exact /.well-known/acme-challenge/x', []],
      ['Impl /foo.+', []],
    ])('%s', (path, expected) => {
      expect(refused(`a : foo.com ${path} -> w`)).toEqual(expected);
    });

    it('as the controller is set, or of which version it is', () => {
      const path = 'a : foo.com Exact /foo.+ -> w';
      expect(refused(path, { 'strict-validate-path-type': 'false' })).toEqual([]);
      expect(refused(path, { version: '1.11.5' })).toEqual([]);
      expect(refused(path, { version: '1.11.5', 'strict-validate-path-type': 'true' })).toEqual(told);
      const dot = 'a : foo.com Exact /app.js -> w';
      expect(['1.12.5', '1.12.6', '1.13.1', '1.13.2'].map((version) => refused(dot, { version }).length)).toEqual([1, 0, 1, 0]);
    });

    it('by no other controller', () => {
      expect(found('ING-WEBHOOK-REFUSES', objectsOf('a : foo.com Exact /foo.+ -> w'), 'traefik')).toEqual([]);
    });
  });

  it('ING-ANNOTATION-NOT-MODELLED, ING-PATTERN-UNSUPPORTED', () => {
    const objects = objectsOf('a : foo.com Impl /(?=x)x -> w', { a: { 'use-regex': 'true', 'enable-modsecurity': 'true' } });
    expect(found('ING-ANNOTATION-NOT-MODELLED', objects, 'ingress-nginx')).toEqual(['a /metadata/annotations']);
    expect(found('ING-PATTERN-UNSUPPORTED', objects, 'ingress-nginx')).toEqual(['a /spec/rules/0/http/paths/0']);
  });

  it('of a Gateway: backends without a grant (rule G28), routes and listeners that nobody serves', () => {
    const other = { matches: [{}], backendRefs: [{ name: 's', namespace: 'else', port: 80 }] } as JsonObject;
    const objects = [
      ...gateway([listener('http'), listener('tls', { port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'nope' }] } })]),
      ...backend('s', 'else'),
      httpRoute('a', [other]),
      httpRoute('b', [other], { parentRefs: [{ name: 'gw', sectionName: 'nope' }] }),
    ];
    expect(found('ING-BACKEND-REFUSED', objects)).toContain('a /spec/rules/0/backendRefs/0');
    expect(found('ING-NOT-ATTACHED', objects)).toEqual(['b /spec/parentRefs/0']);
    const lost = [{ name: 'gone' }, { name: 'gw' }, { kind: 'ListenerSet', name: 'gone' }, { group: '', kind: 'Service', name: 'gone' }];
    expect(found('ING-NOT-ATTACHED', [...objects.slice(0, -1), httpRoute('c', [other], { parentRefs: lost })])).toEqual([
      'c /spec/parentRefs/0',
      'c /spec/parentRefs/2',
    ]);
    expect(found('ING-LISTENER-NOT-SERVED', objects)).toEqual(['gw /spec/listeners/1']);
  });
});
