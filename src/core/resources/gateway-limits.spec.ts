import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../kernel/json.js';
import { normaliseObject } from './normalise-object.js';

const GROUP = 'gateway.networking.k8s.io';

function diagnosticsOf(kind: string, spec: JsonObject, version: string) {
  return normaliseObject({ apiVersion: `${GROUP}/${version}`, kind, metadata: { name: 'o', namespace: 'n' }, spec }).diagnostics;
}

/** Where the errors of an object are. */
function errorsOf(kind: string, spec: JsonObject, version = 'v1'): readonly string[] {
  return diagnosticsOf(kind, spec, version)
    .filter(({ severity }) => severity === 'error')
    .map(({ pointer = '' }) => pointer);
}

const many = <T>(count: number, one: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => one(index));
const to = (index = 0): JsonObject => ({ name: `b${index}`, port: 80 });
const listener = (index: number, more: JsonObject = {}): JsonObject => ({ name: `l${index}`, port: index + 1, protocol: 'HTTP', ...more });
const gateway = (more: JsonObject): JsonObject => ({ gatewayClassName: 'c', listeners: [listener(0)], ...more });
const rule = (more: JsonObject): JsonObject => ({ rules: [more] });
const match = (more: JsonObject): JsonObject => rule({ matches: [more] });
const filter = (type: string, field: string, body: JsonObject): JsonObject => rule({ filters: [{ type, [field]: body }] });
const header = (index: number): JsonObject => ({ name: `h${index}`, value: 'v' });
const stream = (more: JsonObject = {}): JsonObject => ({ rules: [{ backendRefs: [to()] }], ...more });
const tls = (more: JsonObject = {}): JsonObject => stream({ hostnames: ['a.example'], ...more });
const grant = (more: JsonObject): JsonObject => ({
  from: [{ group: GROUP, kind: 'HTTPRoute', namespace: 'a' }],
  to: [{ group: '', kind: 'Service' }],
  ...more,
});
const policy = (more: JsonObject, validation: JsonObject = {}): JsonObject => ({
  targetRefs: [{ group: '', kind: 'Service', name: 's' }],
  validation: { hostname: 'a.example', caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'ca' }], ...validation },
  ...more,
});
const frontend = (count: number): JsonObject =>
  gateway({
    tls: {
      frontend: { default: { validation: { caCertificateRefs: many(count, (i) => ({ group: '', kind: 'ConfigMap', name: `c${i}` })) } } },
    },
  });

/**
 * `MaxItems`: kubernetes-sigs/gateway-api `apis/v1/gateway_types.go`, `listenerset_types.go`, `httproute_types.go`, `grpcroute_types.go`, `tlsroute_types.go`, `tcproute_types.go`,
 * `udproute_types.go`, `referencegrant_types.go`, `backendtlspolicy_types.go`, `shared_types.go`; of authorities CHANGELOG/1.6 (#4088).
 */
const MOST: [kind: string, most: number, pointer: string, spec: (count: number) => JsonObject][] = [
  ['Gateway', 64, '/spec/listeners', (count) => gateway({ listeners: many(count, listener) })],
  ['Gateway', 16, '/spec/addresses', (count) => gateway({ addresses: many(count, (i) => ({ value: `192.0.2.${i}` })) })],
  [
    'Gateway',
    8,
    '/spec/listeners/0/allowedRoutes/kinds',
    (count) => gateway({ listeners: [listener(0, { allowedRoutes: { kinds: many(count, (i) => ({ kind: `K${i}` })) } })] }),
  ],
  ['Gateway', 16, '/spec/tls/frontend/default/validation/caCertificateRefs', frontend],
  [
    'Gateway',
    16,
    '/spec/infrastructure/annotations',
    (count) => gateway({ infrastructure: { annotations: Object.fromEntries(many(count, (i) => [`a${i}`, ''])) } }),
  ],
  ['ListenerSet', 64, '/spec/listeners', (count) => ({ parentRef: { name: 'g' }, listeners: many(count, listener) })],
  ['HTTPRoute', 32, '/spec/parentRefs', (count) => ({ parentRefs: many(count, (i) => ({ name: `g${i}` })) })],
  ['HTTPRoute', 16, '/spec/hostnames', (count) => ({ hostnames: many(count, (i) => `h${i}.example`) })],
  ['HTTPRoute', 16, '/spec/rules', (count) => ({ rules: many(count, () => ({})) })],
  ['HTTPRoute', 64, '/spec/rules/0/matches', (count) => rule({ matches: many(count, (i) => ({ path: { value: `/${i}` } })) })],
  ['HTTPRoute', 16, '/spec/rules/0/matches/0/headers', (count) => match({ headers: many(count, header) })],
  ['HTTPRoute', 16, '/spec/rules/0/matches/0/queryParams', (count) => match({ queryParams: many(count, header) })],
  ['HTTPRoute', 16, '/spec/rules/0/backendRefs', (count) => rule({ backendRefs: many(count, to) })],
  [
    'HTTPRoute',
    16,
    '/spec/rules/0/filters',
    (count) => rule({ filters: many(count, (i) => ({ type: 'RequestMirror', requestMirror: { backendRef: to(i) } })) }),
  ],
  [
    'HTTPRoute',
    16,
    '/spec/rules/0/filters/0/requestHeaderModifier/set',
    (count) => filter('RequestHeaderModifier', 'requestHeaderModifier', { set: many(count, header) }),
  ],
  [
    'HTTPRoute',
    64,
    '/spec/rules/0/filters/0/cors/allowOrigins',
    (count) => filter('CORS', 'cors', { allowOrigins: many(count, (i) => `https://o${i}.example`) }),
  ],
  ['GRPCRoute', 16, '/spec/rules', (count) => ({ rules: many(count, () => ({})) })],
  ['GRPCRoute', 16, '/spec/rules/0/matches/0/headers', (count) => match({ headers: many(count, header) })],
  ['TLSRoute', 1, '/spec/rules', (count) => tls({ rules: many(count, () => ({ backendRefs: [to()] })) })],
  ['TLSRoute', 1024, '/spec/hostnames', (count) => tls({ hostnames: many(count, (i) => `h${i}.example`) })],
  ['TCPRoute', 1, '/spec/rules', (count) => stream({ rules: many(count, () => ({ backendRefs: [to()] })) })],
  ['UDPRoute', 16, '/spec/rules/0/backendRefs', (count) => stream({ rules: [{ backendRefs: many(count, to) }] })],
  [
    'ReferenceGrant',
    16,
    '/spec/from',
    (count) => grant({ from: many(count, (i) => ({ group: GROUP, kind: 'HTTPRoute', namespace: `n${i}` })) }),
  ],
  ['ReferenceGrant', 16, '/spec/to', (count) => grant({ to: many(count, (i) => ({ group: '', kind: 'Service', name: `s${i}` })) })],
  [
    'BackendTLSPolicy',
    16,
    '/spec/targetRefs',
    (count) => policy({ targetRefs: many(count, (i) => ({ group: '', kind: 'Service', name: `s${i}` })) }),
  ],
  [
    'BackendTLSPolicy',
    5,
    '/spec/validation/subjectAltNames',
    (count) => policy({}, { subjectAltNames: many(count, (i) => ({ type: 'Hostname', hostname: `h${i}.example` })) }),
  ],
];

/** The total of the matches of a route: "must be less than 128", where the rule itself says `<= 128` (`tests/cel/match_validation_test.go`, TestRoute129Matches). */
const matches = (...counts: readonly number[]): JsonObject => ({
  rules: counts.map((count) => ({ matches: many(count, (i) => ({ headers: [header(i)] })) })),
});

/** `MinItems`, `+required`, `MinLength`, `MaxLength`, `Pattern`, `listMapKey` and `listType=set` of the same files. */
const OTHERS: [what: string, kind: string, spec: JsonObject, errors: readonly string[]][] = [
  ['128 matches', 'HTTPRoute', matches(64, 64), []],
  ['129 matches', 'HTTPRoute', matches(64, 64, 1), ['/spec/rules']],
  ['129 matches of calls', 'GRPCRoute', matches(64, 64, 1), ['/spec/rules']],
  ['no rules', 'HTTPRoute', { rules: [] }, ['/spec/rules']],
  ['no rules of calls', 'GRPCRoute', { rules: [] }, []],
  ['no hostnames of TLS', 'TLSRoute', stream(), ['/spec/hostnames']],
  ['an empty list of them', 'TLSRoute', tls({ hostnames: [] }), ['/spec/hostnames']],
  ['no rules of TLS', 'TLSRoute', { hostnames: ['a.example'] }, ['/spec/rules']],
  ['no rules of TCP', 'TCPRoute', {}, ['/spec/rules']],
  ['no backends of UDP', 'UDPRoute', rule({}), ['/spec/rules/0/backendRefs']],
  ['a rule whose name has capitals', 'HTTPRoute', rule({ name: 'First' }), ['/spec/rules/0/name']],
  ['an empty section', 'HTTPRoute', { parentRefs: [{ name: 'g', sectionName: '' }] }, ['/spec/parentRefs/0/sectionName']],
  ['a namespace with a dot', 'HTTPRoute', { parentRefs: [{ name: 'g', namespace: 'a.b' }] }, ['/spec/parentRefs/0/namespace']],
  ['a path of 1,025 characters', 'HTTPRoute', match({ path: { value: `/${'a'.repeat(1024)}` } }), ['/spec/rules/0/matches/0/path/value']],
  [
    'a header name with a colon',
    'HTTPRoute',
    match({ headers: [{ name: ':method', value: 'GET' }] }),
    ['/spec/rules/0/matches/0/headers/0/name'],
  ],
  ['a header without value', 'HTTPRoute', match({ headers: [{ name: 'a' }] }), ['/spec/rules/0/matches/0/headers/0/value']],
  [
    'an empty value of a parameter',
    'HTTPRoute',
    match({ queryParams: [{ name: 'a', value: '' }] }),
    ['/spec/rules/0/matches/0/queryParams/0/value'],
  ],
  [
    'a header that is set twice',
    'HTTPRoute',
    filter('RequestHeaderModifier', 'requestHeaderModifier', { set: [header(1), header(1)] }),
    ['/spec/rules/0/filters/0/requestHeaderModifier/set/1/name'],
  ],
  [
    'a header that is removed twice',
    'HTTPRoute',
    filter('ResponseHeaderModifier', 'responseHeaderModifier', { remove: ['a', 'a'] }),
    ['/spec/rules/0/filters/0/responseHeaderModifier/remove/1'],
  ],
  ['a status twice (CHANGELOG/1.6, #4907)', 'HTTPRoute', rule({ retry: { codes: [503, 503] } }), ['/spec/rules/0/retry/codes/1']],
  ['no attempt (the same)', 'HTTPRoute', rule({ retry: { attempts: 0 } }), ['/spec/rules/0/retry/attempts']],
  [
    'a service of 1,025 characters',
    'GRPCRoute',
    match({ method: { service: 'a'.repeat(1025) } }),
    ['/spec/rules/0/matches/0/method/service'],
  ],
  ['a section name with capitals', 'Gateway', gateway({ listeners: [listener(0, { name: 'Web' })] }), ['/spec/listeners/0/name']],
  [
    'a domain for a protocol',
    'Gateway',
    gateway({ listeners: [listener(0, { protocol: 'foo.example.com' })] }),
    ['/spec/listeners/0/protocol'],
  ],
  ['no protocol', 'Gateway', gateway({ listeners: [{ name: 'a', port: 80 }] }), ['/spec/listeners/0/protocol']],
  ['one address twice', 'Gateway', gateway({ addresses: [{ value: '192.0.2.1' }, { value: '192.0.2.1' }] }), ['/spec/addresses/1']],
  [
    'one port twice',
    'Gateway',
    gateway({ tls: { frontend: { default: {}, perPort: [443, 443].map((port) => ({ port, tls: {} })) } } }),
    ['/spec/tls/frontend/perPort/1/port'],
  ],
  ['no authority', 'Gateway', frontend(0), ['/spec/tls/frontend/default/validation/caCertificateRefs']],
  ['a controller without path', 'GatewayClass', { controllerName: 'example.com' }, ['/spec/controllerName']],
  ['a long description', 'GatewayClass', { controllerName: 'example.com/a', description: 'd'.repeat(65) }, ['/spec/description']],
  // `MaxLength` of k8s.io/kube-openapi/pkg/validation/validate/values.go counts runes
  ['64 characters, every other of two units', 'GatewayClass', { controllerName: 'example.com/a', description: '⚓🚢'.repeat(32) }, []],
  ['65 of them', 'GatewayClass', { controllerName: 'example.com/a', description: '🚢'.repeat(65) }, ['/spec/description']],
  ['a grant from nobody', 'ReferenceGrant', grant({ from: [] }), ['/spec/from']],
  ['a grant to nothing', 'ReferenceGrant', { from: [{ group: GROUP, kind: 'HTTPRoute', namespace: 'a' }] }, ['/spec/to']],
  ['a grant without group', 'ReferenceGrant', grant({ to: [{ kind: 'Service' }] }), ['/spec/to/0/group']],
  ['a policy without target', 'BackendTLSPolicy', policy({ targetRefs: [] }), ['/spec/targetRefs']],
  ['a target without kind', 'BackendTLSPolicy', policy({ targetRefs: [{ group: '', name: 's' }] }), ['/spec/targetRefs/0/kind']],
  [
    'an authority without kind',
    'BackendTLSPolicy',
    policy({}, { caCertificateRefs: [{ name: 'ca' }] }),
    ['/spec/validation/caCertificateRefs/0/kind'],
  ],
];

describe('limits of the CRDs', () => {
  it.each(MOST)('%s: at most %i entries at %s', (kind, most, pointer, spec) => {
    expect(errorsOf(kind, spec(most))).toEqual([]);
    expect(errorsOf(kind, spec(most + 1))).toEqual([pointer]);
  });

  it.each(OTHERS)('%s: %s', (_, kind, spec, errors) => {
    expect(errorsOf(kind, spec)).toEqual(errors);
  });

  it('a kind without spec is refused', () => {
    const { diagnostics } = normaliseObject({ apiVersion: `${GROUP}/v1`, kind: 'ReferenceGrant', metadata: { name: 'o', namespace: 'n' } });
    expect(diagnostics.map(({ pointer }) => pointer)).toEqual(['/spec']);
  });

  /** `config/crd/experimental/gateway.networking.k8s.io_tlsroutes.yaml` of v1.4: v1alpha2 asks for no hostnames, and takes 16 rules. */
  it('older versions of a kind ask for less', () => {
    expect(errorsOf('TLSRoute', stream({ rules: many(16, () => ({ backendRefs: [to()] })) }), 'v1alpha2')).toEqual([]);
  });

  it('nothing is lost: what is beyond a limit is read all the same', () => {
    const { resource } = normaliseObject({
      apiVersion: `${GROUP}/v1`,
      kind: 'HTTPRoute',
      metadata: { name: 'o', namespace: 'n' },
      spec: { rules: many(17, () => ({})) },
    });
    expect(resource?.kind === 'HTTPRoute' && resource.rules.length).toBe(17);
  });
});

describe('fields that a kind does not have', () => {
  it.each<[kind: string, spec: JsonObject, pointer: string, hint: string]>([
    ['HTTPRoute', rule({ backendRef: [to()] }), '/spec/rules/0/backendRef', 'backendRefs'],
    ['HTTPRoute', { hostname: ['a.example'] }, '/spec/hostname', 'hostnames'],
    ['Gateway', gateway({ listeners: [listener(0, { allowedroutes: {} })] }), '/spec/listeners/0/allowedroutes', 'allowedRoutes'],
    ['GRPCRoute', rule({ timeouts: {} }), '/spec/rules/0/timeouts', ''],
  ])('%s: %j', (kind, spec, pointer, hint) => {
    const [first, ...others] = diagnosticsOf(kind, spec, 'v1');
    expect(others).toEqual([]);
    expect(first).toMatchObject({ severity: 'warning', code: 'unknown-field', pointer });
    expect(first?.hint ?? '').toContain(hint);
  });

  it('a list of another type is told once', () => {
    const spec: Record<string, Json> = { parentRefs: 'web', rules: [7] };
    expect(errorsOf('HTTPRoute', spec)).toEqual(['/spec/parentRefs', '/spec/rules/0']);
  });
});
