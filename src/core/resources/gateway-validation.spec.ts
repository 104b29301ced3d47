import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { normaliseObject } from './normalise-object.js';

const API = 'gateway.networking.k8s.io/v1';

/** Where the errors of an object are. */
const errorsOf = (kind: string, spec: JsonObject) => toldOf(kind, spec, 'error');

function toldOf(kind: string, spec: JsonObject, severity: string): readonly string[] {
  const { diagnostics } = normaliseObject({ apiVersion: API, kind, metadata: { name: 'o', namespace: 'n' }, spec });
  return diagnostics.filter((one) => one.severity === severity).map(({ pointer = '' }) => pointer);
}

const to = { name: 'test', port: 8080 };
const match = (type: string, value: string): JsonObject => ({ path: { type, value } });
const ruleOf = (rule: JsonObject): JsonObject => ({ rules: [rule] });
const filtered = (...filters: JsonObject[]): JsonObject => ruleOf({ filters });
const RULE = '/spec/rules/0';
const FILTER = `${RULE}/filters/0`;
const VALID: readonly string[] = [];

type Row = [what: string, spec: JsonObject, errors: readonly string[]];

/** kubernetes-sigs/gateway-api `pkg/test/cel/httproute_test.go`, TestHTTPPathMatch and TestBackendObjectReference. */
const PATHS: Row[] = [
  ...Object.entries<readonly string[]>({
    'PathPrefix foo': [`${RULE}/matches/0/path/value`],
    'PathPrefix /.': [`${RULE}/matches/0/path/value`],
    'Exact /foo/./bar': [`${RULE}/matches/0/path/value`],
    'FooBar /path': [`${RULE}/matches/0/path/type`],
    'PathPrefix /[]': [`${RULE}/matches/0/path/value`],
    'Exact /^': [`${RULE}/matches/0/path/value`],
    'RegularExpression /foo/./bar': VALID,
    'PathPrefix /path': VALID,
    "Exact /abc/123'/a-b-c/d@gmail/%0A": VALID,
  }).map(([written, errors]): Row => {
    const [type = '', value = ''] = written.split(' ');
    return [written, ruleOf({ matches: [match(type, value)], backendRefs: [to] }), errors];
  }),
  ['a Service without port', ruleOf({ backendRefs: [{ name: 'backend' }] }), [`${RULE}/backendRefs/0/port`]],
  [
    'a Service by its kind without port',
    ruleOf({ backendRefs: [{ group: '', kind: 'Service', name: 'backend' }] }),
    [`${RULE}/backendRefs/0/port`],
  ],
  ['another kind without port', ruleOf({ backendRefs: [{ group: 'foo.example.com', kind: 'Foo', name: 'backend' }] }), VALID],
];

const headers = { set: [{ name: 'name', value: 'foo' }], add: [{ name: 'add', value: 'foo' }], remove: ['remove'] };
const mirror = { backendRef: to };
const replace = (type: string, field: string): JsonObject => ({ path: { type, [field]: '/foo' } });
const BODIES: Readonly<Record<string, readonly [field: string, body: JsonObject]>> = {
  RequestHeaderModifier: ['requestHeaderModifier', headers],
  ResponseHeaderModifier: ['responseHeaderModifier', headers],
  RequestMirror: ['requestMirror', mirror],
  RequestRedirect: [
    'requestRedirect',
    { scheme: 'http', hostname: 'hostname', ...replace('ReplaceFullPath', 'replaceFullPath'), port: 8080, statusCode: 302 },
  ],
  ExtensionRef: ['extensionRef', { group: 'group', kind: 'kind', name: 'name' }],
  URLRewrite: ['urlRewrite', { hostname: 'hostname', ...replace('ReplaceFullPath', 'replaceFullPath') }],
};

/** TestHTTPRouteFilter; `grpcroute_test.go`, TestGRPCRouteFilter: the field of the type, and no other. */
const FILTERS: Row[] = Object.entries(BODIES).flatMap(([type, [field, body]]): Row[] => {
  const [foreign, other] = type === 'RequestMirror' ? ['requestHeaderModifier', headers] : ['requestMirror', mirror];
  return [
    [`${type} with its field`, filtered({ type, [field]: body }), VALID],
    [`${type} without`, filtered({ type }), [`${FILTER}/${field}`]],
    [`${type} with another one`, filtered({ type, [foreign]: other }), [`${FILTER}/${field}`, `${FILTER}/${foreign}`]],
    [`${type} with both`, filtered({ type, [field]: body, [foreign]: other }), [`${FILTER}/${foreign}`]],
  ];
});

const redirect = (body: JsonObject): JsonObject => ({ type: 'RequestRedirect', requestRedirect: body });
const rewrite = (body: JsonObject): JsonObject => ({ type: 'URLRewrite', urlRewrite: body });
const byPrefix = replace('ReplacePrefixMatch', 'replacePrefixMatch');
const two = { matches: [match('PathPrefix', '/foo'), match('PathPrefix', '/bar')] };
const expression = { matches: [match('RegularExpression', '/foo')] };
const one = { matches: [match('PathPrefix', '/foo')] };

/** TestHTTPRouteRule; `apis/v1/httproute_types.go`, the validations of `HTTPRouteRule` and `HTTPRequestMirrorFilter`. */
const RULES: Row[] = [
  ['a redirect alone', filtered(redirect({ scheme: 'https', statusCode: 301 })), VALID],
  ['a redirect beside backends', ruleOf({ filters: [redirect({ scheme: 'https' })], backendRefs: [to] }), [`${RULE}/filters`]],
  ['a redirect beside a rewrite', filtered(redirect({ scheme: 'https' }), rewrite({ hostname: 'x.com' })), [`${RULE}/filters/1/type`]],
  [
    'the same of a backend',
    ruleOf({ backendRefs: [{ ...to, filters: [rewrite({ hostname: 'x.com' }), redirect({ scheme: 'https' })] }] }),
    [`${RULE}/backendRefs/0/filters/1/type`],
  ],
  ['a rewritten prefix', ruleOf({ ...one, filters: [rewrite(byPrefix)] }), VALID],
  ['of two matches', ruleOf({ ...two, filters: [rewrite(byPrefix)] }), [`${RULE}/filters`]],
  ['of an expression', ruleOf({ ...expression, filters: [rewrite(byPrefix)] }), [`${RULE}/filters`]],
  ['a redirected prefix', ruleOf({ ...one, filters: [redirect(byPrefix)] }), VALID],
  ['of two matches, redirected', ruleOf({ ...two, filters: [redirect(byPrefix)] }), [`${RULE}/filters`]],
  [
    'a repeated modifier',
    filtered(
      { type: 'RequestHeaderModifier', requestHeaderModifier: headers },
      { type: 'RequestHeaderModifier', requestHeaderModifier: headers },
    ),
    [`${RULE}/filters/1/type`],
  ],
  ['repeated mirrors', filtered({ type: 'RequestMirror', requestMirror: mirror }, { type: 'RequestMirror', requestMirror: mirror }), VALID],
  [
    'a modifier of another type',
    filtered(rewrite(replace('ReplacePrefixMatch', 'replaceFullPath'))),
    [`${FILTER}/urlRewrite/path/replacePrefixMatch`, `${FILTER}/urlRewrite/path/replaceFullPath`],
  ],
  [
    'a modifier with the fields of both types',
    filtered(rewrite({ path: { type: 'ReplaceFullPath', replaceFullPath: '/a', replacePrefixMatch: '/b' } })),
    [`${FILTER}/urlRewrite/path/replacePrefixMatch`],
  ],
  ['a redirect to a wildcard (`PreciseHostname`)', filtered(redirect({ hostname: '*.x.com' })), [`${FILTER}/requestRedirect/hostname`]],
  ['a rewrite to a wildcard', filtered(rewrite({ hostname: '*.x.com' })), [`${FILTER}/urlRewrite/hostname`]],
  ['a rewrite to an address ("IPs are not allowed")', filtered(rewrite({ hostname: '192.0.2.1' })), [`${FILTER}/urlRewrite/hostname`]],
  ['a rewrite to a name with capitals', filtered(rewrite({ hostname: 'X.com' })), [`${FILTER}/urlRewrite/hostname`]],
  ['a prefix that one backend replaces', ruleOf({ ...one, backendRefs: [{ ...to, filters: [rewrite(byPrefix)] }] }), VALID],
  ...[two, expression].flatMap((matches): Row[] =>
    [rewrite(byPrefix), redirect(byPrefix)].map((filter) => [
      `a prefix that one backend replaces by ${JSON.stringify(filter)} beside ${JSON.stringify(matches)}`,
      ruleOf({ ...matches, backendRefs: [to, { ...to, filters: [filter] }] }),
      [`${RULE}/backendRefs/1/filters`],
    ]),
  ),
  [
    'a percentage and a fraction',
    filtered({ type: 'RequestMirror', requestMirror: { ...mirror, percent: 5, fraction: { numerator: 1 } } }),
    [`${FILTER}/requestMirror/percent`],
  ],
  [
    'a fraction above 1',
    filtered({ type: 'RequestMirror', requestMirror: { ...mirror, fraction: { numerator: 5, denominator: 4 } } }),
    [`${FILTER}/requestMirror/fraction/numerator`],
  ],
];

const cors = (body: JsonObject): JsonObject => filtered({ type: 'CORS', cors: body });
const ORIGINS = `${FILTER}/cors/allowOrigins`;

/** `httproute_experimental_test.go`, TestHTTPRouteCORS and TestHTTPRouteTimeouts. */
const LIMITS: Row[] = [
  ['origins', cors({ allowOrigins: ['https://xpto.com', 'http://*.abcd.com', 'http://*.abcd.com:12345'] }), VALID],
  ['every origin', cors({ allowOrigins: ['*'] }), VALID],
  ['every origin beside one', cors({ allowOrigins: ['*', 'https://xpto.com'] }), [ORIGINS]],
  ['a host alone', cors({ allowOrigins: ['https://xpto.com', 'xpto.com'] }), [`${ORIGINS}/1`]],
  ['a wildcard of a whole domain', cors({ allowOrigins: ['https://*.com'] }), VALID],
  ['a port that is none', cors({ allowOrigins: ['https://xpto.com:notaport'] }), [`${ORIGINS}/0`]],
  ['something before the scheme', cors({ allowOrigins: ['xpto/https://xpto.com'] }), [`${ORIGINS}/0`]],
  ['a method that is none', cors({ allowMethods: ['BAZINGA'] }), [`${FILTER}/cors/allowMethods/0`]],
  ['every method beside others', cors({ allowMethods: ['GET', '*', 'POST'] }), [`${FILTER}/cors/allowMethods`]],
  ['methods', cors({ allowMethods: ['GET', 'OPTIONS', 'POST'] }), VALID],
  ...['100us', '500ns', '1d', '0.5s'].map((request): Row => [
    `a time of ${request}`,
    ruleOf({ timeouts: { request } }),
    [`${RULE}/timeouts/request`],
  ]),
  ['a shorter attempt', ruleOf({ timeouts: { request: '4s', backendRequest: '2s' } }), VALID],
  ['an equal attempt', ruleOf({ timeouts: { request: '10s', backendRequest: '10s' } }), VALID],
  ['no limit of the whole', ruleOf({ timeouts: { request: '0s', backendRequest: '1ms' } }), VALID],
  ['a longer attempt', ruleOf({ timeouts: { request: '200ms', backendRequest: '1s' } }), [`${RULE}/timeouts/backendRequest`]],
  ['statuses to try again', ruleOf({ retry: { codes: [429, 503], attempts: 2, backoff: '100ms' } }), VALID],
  ['a status that is none', ruleOf({ retry: { codes: [503, 399] } }), [`${RULE}/retry/codes/1`]],
  ['a wait that is none', ruleOf({ retry: { backoff: '1d' } }), [`${RULE}/retry/backoff`]],
  [
    'a session',
    ruleOf({ sessionPersistence: { sessionName: 's', absoluteTimeout: '1h', cookieConfig: { lifetimeType: 'Permanent' } } }),
    VALID,
  ],
  [
    'a permanent cookie without its time',
    ruleOf({ sessionPersistence: { cookieConfig: { lifetimeType: 'Permanent' } } }),
    [`${RULE}/sessionPersistence/absoluteTimeout`],
  ],
  ['a session until some day', ruleOf({ sessionPersistence: { idleTimeout: 'soon' } }), [`${RULE}/sessionPersistence/idleTimeout`]],
  ['names of rules', { rules: [{ name: 'a' }, { name: 'b' }, {}] }, VALID],
  ['one name of two rules', { rules: [{ name: 'a' }, { name: 'a' }] }, ['/spec/rules/1/name']],
];

const auth = (body: JsonObject): JsonObject => filtered({ type: 'ExternalAuth', externalAuth: { backendRef: to, ...body } });
const AUTH = `${FILTER}/externalAuth`;
const named = (field: string, ...names: readonly string[]): JsonObject =>
  ruleOf({ matches: [{ [field]: names.map((name) => ({ name, value: 'v' })) }] });

/**
 * The validations of `HTTPExternalAuthFilter` and the keys of the lists of `HTTPRouteMatch` (`+listMapKey=name`), which are compared as they are written; "subsequent entries with an
 * equivalent header name MUST be ignored" is left for names in other letters. GEP-2826: a direct response has a status from 100 to 599.
 */
const EXPERIMENTAL: Row[] = [
  ['an auth service of HTTP', auth({ protocol: 'HTTP', http: { path: '/check' } }), VALID],
  ['an auth service of gRPC', auth({ protocol: 'GRPC', grpc: {} }), VALID],
  ['an auth service without protocol', auth({}), [`${AUTH}/protocol`]],
  ['HTTP without its settings', auth({ protocol: 'HTTP' }), [`${AUTH}/http`]],
  ['HTTP with those of gRPC', auth({ protocol: 'HTTP', http: {}, grpc: {} }), [`${AUTH}/grpc`]],
  [
    'an auth service that is nowhere',
    filtered({ type: 'ExternalAuth', externalAuth: { protocol: 'GRPC', grpc: {} } }),
    [`${AUTH}/backendRef`],
  ],
  ['a direct response', filtered({ type: 'DirectResponse', directResponse: { statusCode: 404 } }), VALID],
  ['one without status', filtered({ type: 'DirectResponse', directResponse: {} }), [`${FILTER}/directResponse/statusCode`]],
  ['one of status 600', filtered({ type: 'DirectResponse', directResponse: { statusCode: 600 } }), [`${FILTER}/directResponse/statusCode`]],
  ['a header twice', named('headers', 'x-a', 'x-a'), [`${RULE}/matches/0/headers/1/name`]],
  ['a header twice, in other letters', named('headers', 'x-a', 'X-A'), VALID],
  ['a parameter twice', named('queryParams', 'q', 'q'), [`${RULE}/matches/0/queryParams/1/name`]],
];

const parents = (...more: readonly JsonObject[]): JsonObject => ({ parentRefs: more.map((entry) => ({ name: 'example', ...entry })) });
const SECOND = ['/spec/parentRefs/1'];

/** `httproute_experimental_test.go`, TestHTTPRouteParentRefExperimental. */
const PARENTS: Row[] = [
  ['one parent twice', parents({}, {}), SECOND],
  ['one with a port, one without', parents({}, { port: 80 }), SECOND],
  ['one with section and port, one without', parents({}, { sectionName: 'foo', port: 80 }), SECOND],
  ['one port twice', parents({ port: 80 }, { port: 80 }), SECOND],
  ['one alone', parents({}), VALID],
  ['one alone, with section and port', parents({ sectionName: 'foo', port: 443 }), VALID],
  ['two ports', parents({ port: 80 }, { port: 443 }), VALID],
  ['a section, and a port', parents({ sectionName: 'foo' }, { port: 443 }), SECOND],
  ['two sections of one port', parents({ port: 443, sectionName: 'foo' }, { port: 443, sectionName: 'bar' }), VALID],
  ['a section, and a section with port', parents({ sectionName: 'foo' }, { sectionName: 'foo', port: 443 }), SECOND],
  ['two namespaces', parents({ namespace: 'test' }, {}), VALID],
];

/** `grpcroute_test.go`, TestGRPCMethodMatch and TestGRPCRouteFilter. */
const call = (method: JsonObject): JsonObject => ruleOf({ matches: [{ method }] });
const CALL = `${RULE}/matches/0/method`;
const CALLS: Row[] = [
  ['a service', call({ service: 'foo.Test.Example' }), VALID],
  ['a method', call({ method: 'Login' }), VALID],
  ['neither', call({}), [`${CALL}/service`]],
  // "At least one of Service and Method MUST be a non-empty string" (`GRPCMethodMatch.Service`); its rule takes no empty name
  ['an empty service', call({ service: '' }), [`${CALL}/service`]],
  ['an empty service beside a method', call({ service: '', method: 'Login' }), [`${CALL}/service`]],
  ['an empty method beside a service', call({ service: 'foo.Test', method: '' }), [`${CALL}/method`]],
  ['empty expressions', call({ type: 'RegularExpression', service: '', method: '' }), [`${CALL}/service`]],
  ['expressions without their type', call({ service: '.*', method: '.*' }), [`${CALL}/service`, `${CALL}/method`]],
  ['expressions of type Exact', call({ type: 'Exact', service: '.*', method: '.*' }), [`${CALL}/service`, `${CALL}/method`]],
  ['an expression for the method', call({ method: '.*' }), [`${CALL}/method`]],
  ['expressions', call({ type: 'RegularExpression', service: '.*', method: '.*' }), VALID],
  ['a leading dot', call({ type: 'Exact', service: '.foo.Test.Example' }), VALID],
  ['a filter of HTTP alone', filtered(rewrite({ hostname: 'x.com' })), [`${FILTER}/type`]],
  ['a hostname that is none', { hostnames: ['a.com', '*'] }, ['/spec/hostnames/1']],
  ['a hostname with capitals (the pattern of `Hostname`)', { hostnames: ['A.com'] }, ['/spec/hostnames/0']],
];

const gateway = (...listeners: JsonObject[]): JsonObject => ({ gatewayClassName: 'foo', listeners });
const listener = (protocol: string, more: JsonObject = {}): JsonObject => ({ name: 'l', protocol, port: 8080, ...more });
const LISTENER = '/spec/listeners/0';
const listenerSet = (...listeners: JsonObject[]): JsonObject => ({ parentRef: { name: 'example' }, listeners });
const addressed = (...addresses: JsonObject[]): JsonObject => ({ ...gateway(listener('HTTP')), addresses });

/** `gateway_test.go`, TestValidateGateway. */
const GATEWAYS: Row[] = [
  ['TLS with HTTP', gateway(listener('HTTP', { tls: {} })), [`${LISTENER}/tls`]],
  ['TLS with TCP', gateway(listener('TCP', { tls: {} })), [`${LISTENER}/tls`]],
  ['HTTPS passed through', gateway(listener('HTTPS', { tls: { mode: 'Passthrough' } })), [`${LISTENER}/tls/mode`]],
  ['HTTPS with certificates', gateway(listener('HTTPS', { tls: { certificateRefs: [{ name: 'foo' }] } })), VALID],
  ...['HTTPS', 'HTTP', 'TCP', 'UDP'].map((protocol): Row => [`${protocol} without TLS`, gateway(listener(protocol)), VALID]),
  ['TLS without TLS', gateway(listener('TLS')), [`${LISTENER}/tls`]],
  ['a hostname with TCP', gateway(listener('TCP', { hostname: 'foo' })), [`${LISTENER}/hostname`]],
  ['a hostname with UDP', gateway(listener('UDP', { hostname: 'foo' })), [`${LISTENER}/hostname`]],
  ['HTTPS ended without certificates', gateway(listener('HTTPS', { tls: { mode: 'Terminate' } })), [`${LISTENER}/tls/certificateRefs`]],
  ['TLS ended without certificates', gateway(listener('TLS', { tls: { mode: 'Terminate' } })), [`${LISTENER}/tls/certificateRefs`]],
  [
    'options instead',
    gateway(listener('TLS', { tls: { mode: 'Terminate', options: { 'networking.example.com/tls-version': '1.2' } } })),
    VALID,
  ],
  [
    'one name three times',
    gateway(listener('HTTP'), listener('HTTP', { port: 8000 }), listener('HTTP', { port: 80 })),
    ['/spec/listeners/1/name', '/spec/listeners/2/name'],
  ],
  [
    'one port, protocol and hostname',
    gateway(listener('HTTP', { name: 'foo', hostname: 'foo.com' }), listener('HTTP', { name: 'bar', hostname: 'foo.com' })),
    ['/spec/listeners/1'],
  ],
  [
    'one port and protocol, without hostname',
    gateway(listener('HTTP', { name: 'foo' }), listener('HTTP', { name: 'bar' })),
    ['/spec/listeners/1'],
  ],
  ['another hostname', gateway(listener('HTTP', { name: 'foo', hostname: 'foo.com' }), listener('HTTP', { name: 'bar' })), VALID],
  [
    'another protocol',
    gateway(
      listener('HTTP', { name: 'foo', hostname: 'foo.com' }),
      listener('HTTPS', { name: 'bar', hostname: 'foo.com', tls: { certificateRefs: [{ name: 'foo' }] } }),
    ),
    VALID,
  ],
  [
    'addresses',
    addressed(
      { type: 'IPAddress', value: '1.2.3.4' },
      { type: 'IPAddress', value: '1111:2222:3333:4444::' },
      { type: 'Hostname', value: 'foo.bar' },
    ),
    VALID,
  ],
  [
    'no addresses',
    addressed(
      { type: 'IPAddress', value: '1.2.3.4:8080' },
      { type: 'Hostname', value: '*foo/bar' },
      { type: 'Hostname', value: '12:34:56::' },
    ),
    [0, 1, 2].map((at) => `/spec/addresses/${at}/value`),
  ],
];

/** `listenerset_test.go`, TestValidateListenerSet. */
const SETS: Row[] = [
  ['TLS passed through', listenerSet(listener('TLS', { tls: { mode: 'Passthrough' } })), VALID],
  ['TLS without TLS', listenerSet(listener('TLS')), [`${LISTENER}/tls`]],
  ['TLS without mode and certificates', listenerSet(listener('TLS', { tls: {} })), [`${LISTENER}/tls/certificateRefs`]],
];

const policy = (validation: JsonObject): JsonObject => ({ targetRefs: [{ group: '', kind: 'Service', name: 'name' }], validation });
const checked = (subjectAltName: JsonObject): JsonObject =>
  policy({
    hostname: 'foo.example.com',
    caCertificateRefs: [{ group: 'group', kind: 'kind', name: 'name' }],
    subjectAltNames: [subjectAltName],
  });
const ALTERNATIVE = '/spec/validation/subjectAltNames/0';

/** `backendtlspolicy_test.go`, TestBackendTLSPolicyValidation. */
const POLICIES: Row[] = [
  ['authorities of the system', policy({ hostname: 'foo.example.com', wellKnownCACertificates: 'System' }), VALID],
  ['nothing', policy({}), ['/spec/validation/hostname']],
  [
    'both kinds of authorities',
    policy({
      hostname: 'foo.example.com',
      wellKnownCACertificates: 'System',
      caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'n' }],
    }),
    ['/spec/validation/caCertificateRefs'],
  ],
  [
    'unknown authorities',
    policy({ hostname: 'foo.example.com', wellKnownCACertificates: 'bar' }),
    ['/spec/validation/wellKnownCACertificates'],
  ],
  ['a name', checked({ type: 'Hostname', hostname: 'foo.example.com' }), VALID],
  ['a URI', checked({ type: 'URI', uri: 'spiffe://mycluster.example' }), VALID],
  ['no name', checked({ type: 'Hostname', hostname: '' }), [`${ALTERNATIVE}/hostname`]],
  ['a name for a URI', checked({ type: 'URI', hostname: 'foo.example.com' }), [`${ALTERNATIVE}/uri`, `${ALTERNATIVE}/hostname`]],
  ['no URI', checked({ type: 'URI', uri: '' }), [`${ALTERNATIVE}/uri`]],
  ['a URI beside a name', checked({ type: 'Hostname', hostname: 'foo.example.com', uri: 'test' }), [`${ALTERNATIVE}/uri`]],
  ['a URI without scheme', checked({ type: 'URI', uri: 'foo.example.com' }), [`${ALTERNATIVE}/uri`]],
];

const target = (name: string, sectionName?: string, more: JsonObject = {}): JsonObject => ({
  group: '',
  kind: 'Service',
  name,
  ...(sectionName === undefined ? {} : { sectionName }),
  ...more,
});
const targeting = (...targetRefs: JsonObject[]): JsonObject => ({
  targetRefs,
  validation: { hostname: 'foo.example.com', wellKnownCACertificates: 'System' },
});

/** `backendtlspolicy_test.go`, TestBackendTLSPolicyTargetRefs. */
const TARGETS: Row[] = [
  ['one target twice', targeting(target('example'), target('example')), ['/spec/targetRefs/1']],
  ['with one section alone', targeting(target('example'), target('example2'), target('example', 'foo')), ['/spec/targetRefs/2']],
  ['one section twice', targeting(target('example', 'foo'), target('example', 'bar'), target('example', 'foo')), ['/spec/targetRefs/2']],
  ['one target', targeting(target('example')), VALID],
  ['one target with a section', targeting(target('example', 'foo')), VALID],
  ['other sections', targeting(target('example', 'foo'), target('example', 'bar'), target('example', 'jin')), VALID],
  ['other names', targeting(target('example', 'foo'), target('example2', 'foo'), target('example3', 'foo')), VALID],
  ['other kinds', targeting(target('example', 'foo'), target('example', 'foo', { kind: 'NotService' })), VALID],
  ['other groups', targeting(target('example', 'foo'), target('example', 'foo', { group: 'svc.other.io' })), VALID],
];

describe('what the API server refuses is an error in its place', () => {
  it.each([...PATHS, ...FILTERS, ...RULES, ...LIMITS, ...EXPERIMENTAL, ...PARENTS])('HTTPRoute: %s', (_, spec, errors) => {
    expect(errorsOf('HTTPRoute', spec)).toEqual(errors);
  });

  it.each([...CALLS, ...FILTERS.filter(([what]) => !/^(?:RequestRedirect|URLRewrite)/.test(what)), ...PARENTS])(
    'GRPCRoute: %s',
    (_, spec, errors) => {
      expect(errorsOf('GRPCRoute', spec)).toEqual(errors);
    },
  );

  it.each(GATEWAYS)('Gateway: %s', (_, spec, errors) => {
    expect(errorsOf('Gateway', spec)).toEqual(errors);
  });

  it.each(SETS)('ListenerSet: %s', (_, spec, errors) => {
    expect(errorsOf('ListenerSet', spec)).toEqual(errors);
  });

  it.each([...POLICIES, ...TARGETS])('BackendTLSPolicy: %s', (_, spec, errors) => {
    expect(errorsOf('BackendTLSPolicy', spec)).toEqual(errors);
  });
});

/** `apis/v1/httproute_types.go`, `HTTPHeaderFilter`: "Only one action for a given header name is permitted"; no rule of the CRD refuses it. */
describe('several actions on one header', () => {
  const own = (body: JsonObject) =>
    toldOf('HTTPRoute', filtered({ type: 'RequestHeaderModifier', requestHeaderModifier: body }), 'warning');
  const header = (name: string): JsonObject => ({ name, value: 'v' });
  it.each<[body: JsonObject, fields: readonly string[]]>([
    [{ set: [header('a')], add: [header('b')], remove: ['c'] }, []],
    [{ set: [header('x-a')], add: [header('X-A')] }, ['add']],
    [{ add: [header('a')], remove: ['b', 'A'] }, ['remove']],
  ])('%j is told in its place', (body, fields) => {
    expect(own(body)).toEqual(fields.map((field) => `${FILTER}/requestHeaderModifier/${field}`));
  });
});
