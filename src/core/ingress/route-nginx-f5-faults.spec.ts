import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import { ask, line, OTHERS, server, subroutes, to } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const upstreams = (port: number, more: JsonObject = {}) => ({ upstreams: [{ name: 'u', service: 'a', port, ...more }] });
const LATER = { creationTimestamp: '2026-02-01T00:00:00Z' };
const ingress = (path: string, backend: JsonObject): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'i', namespace: 't', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: {
    ingressClassName: 'f5',
    rules: [{ host: 'foo.com', http: { paths: [{ path, pathType: 'ImplementationSpecific', backend: { service: backend } }] } }],
  },
});
const found = (objects: readonly KubernetesObject[]) =>
  lintRoutes(modelOf([...OTHERS, ...objects])).findings.map(({ code, object, pointer }) => `${code} ${object.name} ${pointer}`);

/**
 * nginx/kubernetes-ingress `validation/virtualserver.go` and `internal/k8s/validation.go` (an object with one fault is not served at all: 404), `configuration.go` (`chooseObjectMetaWinner`),
 * `internal/configs/virtualserver.go` (`generateUpstream`: a server that answers 502 where there are no endpoints).
 */
describe('what is wrong with a route of the controller of NGINX Inc.', () => {
  it.each<[what: string, objects: readonly KubernetesObject[], findings: readonly string[], answer: string]>([
    ['an upstream that is not there', [server('s', [to('/', 'nobody')])], ['ING-INVALID s /spec/routes/0'], 'NOT_FOUND 404'],
    ['a bad expression', [server('s', [to('~ ^/(', 'a')])], ['ING-INVALID s /spec/routes/0'], 'NOT_FOUND 404'],
    [
      'no port',
      [server('s', [to('/', 'u')], { upstreams: [{ name: 'u', service: 'a' }] })],
      ['ING-INVALID s /spec/routes/0'],
      'NOT_FOUND 404',
    ],
    ['a port that is none', [server('s', [to('/', 'u')], upstreams(0))], ['ING-INVALID s /spec/routes/0'], 'NOT_FOUND 404'],
    [
      'a port that the Service has not',
      [server('s', [to('/', 'u')], upstreams(81))],
      ['ING-PORT-MISSING s /spec/routes/0'],
      'PORT_MISSING 502',
    ],
    ['a Service that is not there', [server('s', [to('/', 'gone')])], ['ING-SERVICE-MISSING s /spec/routes/0'], 'SERVICE_MISSING 502'],
    ['a Service without endpoints', [server('s', [to('/', 'empty')])], ['ING-NO-ENDPOINTS s /spec/routes/0'], 'NO_ENDPOINTS empty=1 502'],
    [
      'a host that an older one has',
      [server('s', [to('/', 'b')], {}, LATER), server('o', [to('/', 'a')])],
      ['ING-CONFLICT s /spec/host'],
      'ROUTED a=1',
    ],
    [
      'a VirtualServerRoute that is not there',
      [server('s', [{ path: '/', route: 'r' }])],
      ['ING-RULE-IGNORED s /spec/routes/0'],
      'NOT_FOUND 404',
    ],
    [
      'a VirtualServerRoute with a fault',
      [server('s', [{ path: '/', route: 'r' }]), subroutes('r', [to('/', 'nobody')])],
      ['ING-RULE-IGNORED s /spec/routes/0', 'ING-RULE-IGNORED r /spec/subroutes/0'],
      'NOT_FOUND 404',
    ],
    [
      'a redirect of code 0',
      [server('s', [to('/', 'a')], { tls: { secret: 'x', redirect: { enable: true, code: 0 } } })],
      ['ING-INVALID s /spec/routes/0'],
      'NOT_FOUND 404',
    ],
    [
      'of an Ingress, a bad expression',
      [ingress('/(', { name: 'a', port: { number: 80 } })],
      ['ING-RULE-IGNORED i /spec/rules/0/http/paths/0'],
      'NOT_FOUND 404',
    ],
    [
      'of an Ingress, a Service that is not there',
      [ingress('/', { name: 'gone', port: { number: 80 } })],
      ['ING-SERVICE-MISSING i /spec/rules/0/http/paths/0/backend'],
      'SERVICE_MISSING 502',
    ],
    [
      'of an Ingress, a port that the Service has not',
      [ingress('/', { name: 'a', port: { number: 81 } })],
      ['ING-PORT-MISSING i /spec/rules/0/http/paths/0/backend'],
      'PORT_MISSING 502',
    ],
  ])('%s', (_what, objects, findings, answer) => {
    expect([found(objects), line(objects, 'http://foo.com/')]).toEqual([findings, answer]);
  });

  /** nginx merges slashes before it looks for a location (`merge_slashes`), so that no request has two in a row. */
  it('two slashes in a path, which no request has', () => {
    const objects = [server('s', [to('/a//b', 'a')])];
    expect(found(objects)).toEqual(['ING-RULE-IGNORED s /spec/routes/0']);
    expect(line(objects, 'http://foo.com/a//b')).toBe('NOT_FOUND 404');
  });
});

/** `return` and `if` of a server come before any location (ngx_http_rewrite_module): what is said of its paths must not be that they do not match. */
describe('a server that answers by itself', () => {
  it.each<[what: string, more: JsonObject]>([
    ['a redirect', { tls: { secret: 'x', redirect: { enable: true } } }],
    ['500 without its policy', { policies: [{ name: 'gone' }] }],
  ])('%s says of its paths that they are not asked', (_what, more) => {
    const { candidates } = ask([server('s', [to('/', 'a')], more)], 'http://foo.com/').result;
    expect(candidates).toMatchObject([{ outcome: 'no-match', reason: 'PATH_IGNORED', key: null }]);
  });
});

/** nginx `src/http/ngx_http.c`, `ngx_http_join_exact_locations`: `duplicate location "/a"`. */
describe('two paths of a VirtualServer that are one location', () => {
  const OTHER = server('o', [to('/', 'b')], { host: 'bar.com' });

  it.each<[what: string, objects: readonly KubernetesObject[], pointer: string]>([
    ['with and without `^~`', [server('s', [to('/a', 'a'), to('^~ /a', 'b')])], 's /spec/routes/1'],
    ['with `^~`, and without a blank behind it', [server('s', [to('^~ /a', 'a'), to('^~/a', 'b')])], 's /spec/routes/1'],
    [
      'and one of what it hands paths to',
      [server('s', [to('/a', 'a'), { path: '/', route: 'r' }]), subroutes('r', [to('/a', 'b')])],
      'r /spec/subroutes/0',
    ],
  ])('%s: nginx refuses the configuration of all hosts', (_what, objects, at) => {
    expect(found([...objects, OTHER])).toContain(`ING-INVALID ${at}`);
    for (const url of ['http://foo.com/a', 'http://bar.com/'])
      expect(line([...objects, OTHER], url)).toBe('UNDEFINED ? CONFIGURATION_REJECTED');
    const { candidates, unspecified } = ask([...objects, OTHER], 'http://foo.com/a').result;
    expect(new Set(candidates.map(({ outcome, reason }) => `${outcome} ${reason}`))).toEqual(new Set(['possible CONFIGURATION_REJECTED']));
    expect(unspecified[0]?.message).toContain('are one location to nginx');
  });

  it('are not an exact one and a prefix, nor expressions', () => {
    const objects = [server('s', [to('/a', 'a'), to('=/a', 'b'), to('~ ^/x', 'a'), to('~* ^/x', 'b')])];
    expect(line(objects, 'http://foo.com/a')).toBe('ROUTED b=1');
    expect(line(objects, 'http://foo.com/x')).toBe('ROUTED a=1');
  });
});

const rules = (
  name: string,
  host: string,
  paths: readonly (readonly [path: string, pathType: string, service: string])[],
  annotations: JsonObject = {},
) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 't', creationTimestamp: '2026-01-01T00:00:00Z', annotations },
    spec: {
      ingressClassName: 'f5',
      rules: [
        {
          host,
          http: {
            paths: paths.map(([path, pathType, service]) => ({
              path,
              pathType,
              backend: { service: { name: service, port: { number: 80 } } },
            })),
          },
        },
      ],
    },
  }) satisfies KubernetesObject;

/** The same; `createLocation` of nginx/kubernetes-ingress `internal/configs/ingress.go` writes a location for each path. */
describe('two paths of an Ingress that are one location', () => {
  const OTHER = server('o', [to('/', 'b')], { host: 'bar.com' });
  const REJECTED = 'UNDEFINED ? CONFIGURATION_REJECTED';

  it.each<[what: string, one: KubernetesObject, expected: string]>([
    [
      'of two types',
      rules('i', 'foo.com', [
        ['/a', 'Prefix', 'a'],
        ['/a', 'ImplementationSpecific', 'b'],
      ]),
      REJECTED,
    ],
    [
      'exact ones',
      rules('i', 'foo.com', [
        ['/a', 'Exact', 'a'],
        ['/a', 'Exact', 'a'],
      ]),
      REJECTED,
    ],
    [
      'an exact one beside a prefix is another',
      rules('i', 'foo.com', [
        ['/a', 'Prefix', 'a'],
        ['/a', 'Exact', 'b'],
      ]),
      'ROUTED b=1',
    ],
    [
      'all of them exact by `path-regex`',
      rules(
        'i',
        'foo.com',
        [
          ['/a', 'Prefix', 'a'],
          ['/a', 'Exact', 'b'],
        ],
        { 'nginx.org/path-regex': 'exact' },
      ),
      REJECTED,
    ],
    [
      'expressions are tried one after the other',
      rules(
        'i',
        'foo.com',
        [
          ['/a', 'Prefix', 'a'],
          ['/a', 'Exact', 'b'],
        ],
        { 'nginx.org/path-regex': 'case_sensitive' },
      ),
      'ROUTED a=1',
    ],
  ])('%s', (_, one, expected) => {
    expect(line([one, OTHER], 'http://foo.com/a')).toBe(expected);
    expect(line([one, OTHER], 'http://bar.com/')).toBe(expected === REJECTED ? REJECTED : 'ROUTED b=1');
  });
});

/** nginx `ngx_http_auth_basic_handler`: a file that is not there is 403; `generateJWTConfig`: "NGINX Plus will reject such a key at runtime and return 500"; `secrets/store.go`: a path is written whether or not there is a Secret. */
describe('a Secret that an annotation asks clients by', () => {
  const secret = (name: string, type: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 't' },
    type,
  });
  const by = (annotation: string) => rules('i', 'foo.com', [['/', 'Prefix', 'a']], { [annotation]: 's' });

  it.each([
    ['nginx.org/basic-auth-secret', 'nginx.org/htpasswd', 'REFUSED 403'],
    ['nginx.com/jwt-key', 'nginx.org/jwk', 'REFUSED 500'],
  ])('%s lets nobody in where it is not there, or of another type than %s: %s', (annotation, type, expected) => {
    const asked = (...secrets: readonly KubernetesObject[]) => line([by(annotation), ...secrets], 'http://foo.com/');
    expect([asked(), asked(secret('s', type)), asked(secret('other', type)), asked(secret('s', 'Opaque'))]).toEqual([
      'ROUTED a=1',
      'ROUTED a=1',
      expected,
      expected,
    ]);
    const { assumptions, evidence } = ask([by(annotation), secret('other', type)], 'http://foo.com/');
    expect(assumptions).toEqual([]);
    expect(evidence.map(({ message }) => message).join()).toContain(`\`${annotation}\`: there is no Secret t/s`);
  });
});

/** Wildcards of nginx cover names of any depth (nginx.org "Server names"). */
it('a wildcard says truly why it does not cover the name above it', () => {
  const { result } = ask([rules('i', '*.foo.com', [['/', 'Prefix', 'a']])], 'http://foo.com/');
  expect(result.nearMisses.map(({ message }) => message)).toEqual([
    '`*.foo.com` covers the names below `foo.com`, so not `foo.com` itself',
  ]);
});
