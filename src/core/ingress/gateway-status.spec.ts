import { describe, expect, it } from 'vitest';
import {
  askGateway,
  backend,
  conditionLine,
  gateway,
  gatewayObject,
  gatewayStatusOf,
  httpRoute,
  listener,
  rule,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { type GatewayStatusQuestion, statusOfGatewayObject } from './gateway-status.js';

const route = (spec: JsonObject = {}) => httpRoute('r', [rule({}, 'web')], spec);
const parentLine = (objects: readonly KubernetesObject[]) =>
  (gatewayStatusOf(modelOf(objects), 'HTTPRoute', 'shop/r').parents ?? []).map(({ conditions }) => conditionLine(conditions)).join(' | ');

/** kubernetes-sigs/gateway-api `apis/v1/shared_types.go`, `RouteConditionReason`, and `gateway_types.go`, `AllowedRoutes`. */
describe('attachment of a route', () => {
  const accepted = 'Accepted=True Accepted, ResolvedRefs=True ResolvedRefs';
  const refused = (reason: string) => `Accepted=False ${reason}, ResolvedRefs=True ResolvedRefs`;
  it.each<[what: string, listeners: JsonObject[], spec: JsonObject, expected: string]>([
    ['a listener of its namespace', [listener('http')], {}, accepted],
    [
      'a section that does not exist',
      [listener('http')],
      { parentRefs: [{ name: 'gw', sectionName: 'https' }] },
      refused('NoMatchingParent'),
    ],
    ['a port without a listener', [listener('http')], { parentRefs: [{ name: 'gw', port: 81 }] }, refused('NoMatchingParent')],
    [
      'a listener that takes other kinds',
      [listener('http', { allowedRoutes: { kinds: [{ kind: 'GRPCRoute' }] } })],
      {},
      refused('NotAllowedByListeners'),
    ],
    [
      'a listener that takes nobody',
      [listener('http', { allowedRoutes: { namespaces: { from: 'None' } } })],
      {},
      refused('NotAllowedByListeners'),
    ],
    [
      'a hostname that does not meet',
      [listener('http', { hostname: 'a.com' })],
      { hostnames: ['b.com'] },
      refused('NoMatchingListenerHostname'),
    ],
    ['one hostname of two that meets', [listener('http', { hostname: '*.a.com' })], { hostnames: ['b.com', 'x.y.a.com'] }, accepted],
    [
      'a wildcard that does not cover its own domain',
      [listener('http', { hostname: '*.a.com' })],
      { hostnames: ['a.com'] },
      refused('NoMatchingListenerHostname'),
    ],
    ['a wider wildcard of the route', [listener('http', { hostname: 'x.a.com' })], { hostnames: ['*.a.com'] }, accepted],
  ])('%s', (_, listeners, spec, expected) => {
    expect(parentLine([...gateway(listeners), ...backend('web'), route(spec)])).toBe(expected);
  });

  it('a selector of namespaces sees the label every namespace has for its name', () => {
    const namespaces = { from: 'Selector', selector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } };
    expect(parentLine([...gateway([listener('http', { allowedRoutes: { namespaces } })]), ...backend('web'), route()])).toBe(accepted);
  });

  it.each([
    [{ name: 'gone', port: 80 }, 'BackendNotFound'],
    [{ name: 'web', port: 81 }, 'BackendNotFound'],
    [{ name: 'web', kind: 'Bucket', group: 'example.com' }, 'InvalidKind'],
    [{ name: 'web', port: 80, namespace: 'other' }, 'RefNotPermitted'],
  ])('a backend %j is not resolved: %s', (reference, reason) => {
    const objects = [...gateway([listener('http')]), ...backend('web'), httpRoute('r', [{ backendRefs: [reference] }])];
    expect(parentLine(objects)).toBe(`Accepted=True Accepted, ResolvedRefs=False ${reason}`);
  });

  it('an HTTPRoute and a GRPCRoute on one hostname: the older is accepted (GRPCRoute, its description)', () => {
    const grpc = gatewayObject(
      'GRPCRoute',
      'g',
      { parentRefs: [{ name: 'gw' }], hostnames: ['*.a.com'], rules: [] },
      { createdAt: '2025-01-01T00:00:00Z' },
    );
    const objects = [...gateway([listener('http')]), ...backend('web'), route({ hostnames: ['x.a.com'] }), grpc];
    expect(parentLine(objects)).toBe(refused('Conflicted'));
    expect(gatewayStatusOf(modelOf(objects), 'GRPCRoute', 'shop/g').parents?.[0]?.conditions[0]).toMatchObject({
      type: 'Accepted',
      status: 'True',
    });
  });
});

/** `gateway_types.go`, "Listeners … must be distinct", and `listenerset_types.go`. */
describe('listeners of a Gateway', () => {
  const conflicts = (listeners: JsonObject[]) =>
    (gatewayStatusOf(modelOf(gateway(listeners)), 'Gateway', 'shop/gw').listeners ?? []).map(
      ({ conditions }) => conditions.find(({ type }) => type === 'Conflicted')?.reason,
    );
  it.each<[string, JsonObject[], string[]]>([
    ['two names', [listener('a', { hostname: 'a.com' }), listener('b', { hostname: 'b.com' })], ['NoConflicts', 'NoConflicts']],
    ['one name twice: no winner may be picked', [listener('a'), listener('b')], ['HostnameConflict', 'HostnameConflict']],
    ['TCP beside HTTP', [listener('a'), listener('b', { protocol: 'TCP' })], ['ProtocolConflict', 'ProtocolConflict']],
    ['UDP beside TCP', [listener('a', { protocol: 'UDP' }), listener('b', { protocol: 'TCP' })], ['NoConflicts', 'NoConflicts']],
    [
      'TCP twice on one port, whatever the hostnames',
      [listener('a', { protocol: 'TCP', hostname: 'a.com' }), listener('b', { protocol: 'TCP', hostname: 'b.com' })],
      ['HostnameConflict', 'HostnameConflict'],
    ],
    [
      'UDP twice on one port, whatever the hostnames',
      [listener('a', { protocol: 'UDP', hostname: 'a.com' }), listener('b', { protocol: 'UDP' })],
      ['HostnameConflict', 'HostnameConflict'],
    ],
    ['TLS beside TCP', [listener('a', { protocol: 'TLS' }), listener('b', { protocol: 'TCP' })], ['ProtocolConflict', 'ProtocolConflict']],
    // `conformance/tests/gateway-listener-protocol-and-route-kind-conflicts.go` and `gateway-https-and-tls-passthrough-same-port.go`
    [
      'HTTPS beside TLS of one name',
      [listener('a', { protocol: 'HTTPS' }), listener('b', { protocol: 'TLS', tls: { mode: 'Passthrough' } })],
      ['ProtocolConflict', 'ProtocolConflict'],
    ],
    [
      'HTTPS beside TLS of a name that it covers',
      [listener('a', { protocol: 'HTTPS', hostname: '*.a.com' }), listener('b', { protocol: 'TLS', hostname: 'x.a.com' })],
      ['NoConflicts', 'NoConflicts'],
    ],
    ['two ports', [listener('a'), listener('b', { port: 81 })], ['NoConflicts', 'NoConflicts']],
  ])('%s', (_, listeners, expected) => {
    expect(conflicts(listeners)).toEqual(expected);
  });

  it('of ListenerSets the first by age wins, and those that are not let in say so', () => {
    const set = (name: string, createdAt: string) =>
      gatewayObject(
        'ListenerSet',
        name,
        { parentRef: { name: 'gw', namespace: 'shop' }, listeners: [listener('x', { hostname: 'x.com' })] },
        { createdAt },
      );
    const allowed = { allowedListeners: { namespaces: { from: 'Same' } } };
    const objects = [set('a', '2026-02-01T00:00:00Z'), set('z', '2026-01-01T00:00:00Z'), set('other/o', '2025-01-01T00:00:00Z')];
    const model = modelOf([...gateway([listener('http', { hostname: 'own.com' })], allowed), ...objects]);
    const line = (name: string) => conditionLine(gatewayStatusOf(model, 'ListenerSet', name).conditions);
    expect(line('shop/z')).toBe('Accepted=True Accepted, Programmed=True Programmed');
    expect(line('shop/a')).toBe('Accepted=False ListenersNotValid, Programmed=False ListenersNotValid');
    expect(line('other/o')).toBe('Accepted=False NotAllowed, Programmed=False NotAllowed');
    expect(gatewayStatusOf(model, 'Gateway', 'shop/gw').attachedListenerSets).toBe(1);
  });

  it('a certificate that does not exist: the references are not resolved, and nothing is served', () => {
    const https = listener('https', { port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'gone' }] } });
    const [own] = gatewayStatusOf(modelOf(gateway([https])), 'Gateway', 'shop/gw').listeners ?? [];
    expect(conditionLine(own?.conditions ?? [])).toBe(
      'Accepted=True Accepted, Programmed=False Invalid, ResolvedRefs=False InvalidCertificateRef, Conflicted=False NoConflicts',
    );
  });

  it('a route without any controller is not handled, and the answer says why', () => {
    const answer = statusOfGatewayObject(modelOf([route()]), { kind: 'HTTPRoute', namespace: 'shop', name: 'r' });
    expect(answer).toMatchObject({
      ok: true,
      value: { verdict: 'NOT_HANDLED', summary: 'HTTPRoute shop/r is not handled: Gateway shop/gw does not exist' },
    });
  });

  it('an object that does not exist is a problem with the nearest right name', () => {
    const answer = statusOfGatewayObject(modelOf([route()]), { kind: 'HTTPRoute', namespace: 'shop', name: 'rr' });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'unknown-object', hint: expect.stringContaining('shop/r') as unknown } });
  });
});

/** `apis/v1/gateway_types.go`, `GatewayInfrastructure.ParametersRef`, and `shared_types.go`, `ParentReference` and `AddressType`. */
describe('what belongs to an implementation or a mesh', () => {
  const ask = (objects: readonly KubernetesObject[], kind: GatewayStatusQuestion['kind'], name: string) => {
    const answer = statusOfGatewayObject(modelOf(objects), { kind, namespace: kind === 'GatewayClass' ? undefined : 'shop', name });
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  };

  it('a parent that does not exist beside one that does: accepted in part, and said so', () => {
    const parents = { parentRefs: [{ name: 'gw' }, { name: 'gone' }] };
    const answer = ask([...gateway([listener('http')]), ...backend('web'), route(parents)], 'HTTPRoute', 'r');
    expect(answer).toMatchObject({ verdict: 'PARTLY', summary: expect.stringContaining('Gateway shop/gone does not exist') as unknown });
  });

  it('a Service as parent belongs to a mesh: not judged, and not called missing', () => {
    const parents = { parentRefs: [{ group: '', kind: 'Service', name: 'web' }] };
    const answer = ask([...backend('web'), route(parents)], 'HTTPRoute', 'r');
    expect(answer).toMatchObject({
      verdict: 'NOT_HANDLED',
      confidence: 'INSUFFICIENT_INFO',
      assumptions: [{ code: 'PARENT_NOT_MODELLED' }],
    });
    const both = ask(
      [...gateway([listener('http')]), ...backend('web'), route({ parentRefs: [{ name: 'gw' }, ...parents.parentRefs] })],
      'HTTPRoute',
      'r',
    );
    expect(both).toMatchObject({ verdict: 'ACCEPTED', confidence: 'ASSUMED', assumptions: [{ code: 'PARENT_NOT_MODELLED' }] });
  });

  it('parameters are refused where nothing of theirs is stored, and an assumption everywhere', () => {
    const parametersRef = { group: 'traefik.io', kind: 'Middleware', name: 'p' };
    const objects = gateway([listener('http')], { infrastructure: { parametersRef } });
    const stored = { ...gatewayObject('Middleware', 'p', {}), apiVersion: 'traefik.io/v1alpha1' };
    const [accepted] = ask(objects, 'Gateway', 'gw').result.conditions;
    expect(accepted).toMatchObject({ status: 'False', reason: 'InvalidParameters' });
    const known = ask([...objects, stored], 'Gateway', 'gw');
    expect(known.result.conditions[0]).toMatchObject({ status: 'True', reason: 'Accepted' });
    expect(known.assumptions).toMatchObject([{ code: 'PARAMETERS_UNKNOWN' }]);
    expect(askGateway(modelOf(objects), 'http://a.com/')).toMatchObject({
      confidence: 'ASSUMED',
      assumptions: [{ code: 'PARAMETERS_UNKNOWN' }],
    });
  });

  it('an address of a type that the specification does not name is an assumption', () => {
    const answer = ask(gateway([listener('http')], { addresses: [{ type: 'example.com/x', value: 'y' }] }), 'Gateway', 'gw');
    expect(answer.result.conditions[0]).toMatchObject({ status: 'False', reason: 'UnsupportedAddress' });
    expect(answer.assumptions).toMatchObject([{ code: 'ADDRESS_TYPE_UNKNOWN' }]);
  });
});

/** `apis/v1/backendtlspolicy_types.go`: "the client MUST receive an HTTP 5xx error response"; `WellKnownCACertificates`: "a Reason `Invalid`"; `conformance/tests/backendtlspolicy-invalid-ca-certificate-ref.go`. */
describe('a BackendTLSPolicy without an authority that can be used', () => {
  const policy = (validation: JsonObject) =>
    gatewayObject('BackendTLSPolicy', 'p', { targetRefs: [{ group: '', kind: 'Service', name: 'web' }], validation });
  const reference = (name: string, kind = 'ConfigMap') => ({ caCertificateRefs: [{ group: '', kind, name }] });
  const hostname = 'web.example.com';

  it.each<[what: string, validation: JsonObject, accepted: string, resolved: string]>([
    ['a ConfigMap that does not exist', { hostname, ...reference('gone') }, 'False NoValidCACertificate', 'False InvalidCACertificateRef'],
    ['another kind', { hostname, ...reference('web', 'Service') }, 'False NoValidCACertificate', 'False InvalidKind'],
    ['neither references nor the system', { hostname }, 'False Invalid', 'True ResolvedRefs'],
    ['both', { hostname, wellKnownCACertificates: 'System', ...reference('gone') }, 'False Invalid', 'True ResolvedRefs'],
    ['well-known ones of another name', { hostname, wellKnownCACertificates: 'Mine' }, 'False Invalid', 'True ResolvedRefs'],
    ['no hostname', { wellKnownCACertificates: 'System' }, 'False Invalid', 'True ResolvedRefs'],
    ['a wildcard for a hostname', { hostname: '*.com', wellKnownCACertificates: 'System' }, 'False Invalid', 'True ResolvedRefs'],
  ])('%s', (_, validation, accepted, resolved) => {
    const model = modelOf([...gateway([listener('http')]), ...backend('web'), route(), policy(validation)]);
    const conditions = gatewayStatusOf(model, 'BackendTLSPolicy', 'shop/p').parents?.[0]?.conditions ?? [];
    expect(conditionLine(conditions)).toBe(`Accepted=${accepted}, ResolvedRefs=${resolved}`);
    expect(askGateway(model, 'http://a.com/')).toMatchObject({ verdict: 'NO_BACKEND', result: { status: 500 } });
  });
});

/** The markers `+kubebuilder:validation` of `apis/v1/*_types.go`: what the CRD refuses is never stored, so that no controller sees it. */
describe('an object that the API server refuses', () => {
  const spec = { hostnames: Array.from({ length: 17 }, (_, index) => `h${index}.example`) };
  const model = modelOf([...gateway([listener('http')]), ...backend('web'), httpRoute('r', [rule({}, 'web')], spec)]);

  it('says so beside the status that it would have', () => {
    const answer = statusOfGatewayObject(model, { kind: 'HTTPRoute', namespace: 'shop', name: 'r' });
    if (!answer.ok) throw new Error(answer.error.message);
    const { verdict, warnings, evidence } = answer.value;
    expect(verdict).toBe('ACCEPTED');
    expect(warnings).toEqual([
      {
        code: 'API_SERVER_REFUSES',
        message: '/spec/hostnames: the API server refuses the object: 17 entries, and at most 16 are allowed',
      },
    ]);
    expect(evidence[0]).toMatchObject({ reason: 'API_SERVER_REFUSES', pointer: '/spec/hostnames', outcome: 'no-match' });
  });

  it('is found by the lint, in its place', () => {
    const { findings } = lintRoutes(model, { gateway: 'shop/gw' });
    expect(findings.map(({ code, pointer }) => `${code} ${pointer ?? ''}`)).toEqual(['ING-REFUSED /spec/hostnames']);
  });
});
