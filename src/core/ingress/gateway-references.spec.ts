import { describe, expect, it } from 'vitest';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import {
  askGateway,
  backend,
  gateway,
  gatewayObject,
  gatewayStatusOf,
  httpRoute,
  listener,
  rule,
  tlsSecret,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const secret = (name: string, pem: string = CERTIFICATES.alternativeNames, namespace = 'shop') => tlsSecret(name, pem, namespace);
const SECRETS = [secret('good'), secret('malformed', 'Hello world\n'), secret('far', CERTIFICATES.alternativeNames, 'other')];
const grant = (to: JsonObject) =>
  gatewayObject('ReferenceGrant', 'other/g', {
    from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'shop' }],
    to: [{ group: '', kind: 'Secret', ...to }],
  });
const conditionsOf = (conditions: readonly { readonly type: string; readonly status: string; readonly reason: string }[], type: string) =>
  conditions.filter((one) => one.type === type).map(({ status, reason }) => `${status} ${reason}`);

const REFERENCES: readonly [what: string, reference: JsonObject, fault: string | undefined][] = [
  ['a Secret', { name: 'good' }, undefined],
  ['a Secret that does not exist', { name: 'gone' }, 'Invalid'],
  ['another group', { group: 'wrong.example.com', kind: 'Secret', name: 'good' }, 'Invalid'],
  ['another kind', { group: '', kind: 'WrongKind', name: 'good' }, 'Invalid'],
  ['a Secret without a certificate', { name: 'malformed' }, 'Invalid'],
  ['one of another namespace without a grant', { name: 'far', namespace: 'other' }, 'RefNotPermitted'],
];

/** kubernetes-sigs/gateway-api `conformance/tests/gateway-invalid-tls-certificateref.go` and `gateway-secret-*.go` (missing-referenced-secret, reference-grant-all-in-namespace). */
describe('a certificate of a listener', () => {
  const resolved = (reference: JsonObject, objects: readonly KubernetesObject[] = []) => {
    const https = listener('https', { port: 443, protocol: 'HTTPS', tls: { certificateRefs: [reference] } });
    const [own] = gatewayStatusOf(modelOf([...gateway([https]), ...SECRETS, ...objects]), 'Gateway', 'shop/gw').listeners ?? [];
    return conditionsOf(own?.conditions ?? [], 'ResolvedRefs')[0];
  };

  it.each(REFERENCES)('%s', (_, reference, fault) => {
    const expected = fault === undefined ? 'True ResolvedRefs' : `False ${fault === 'Invalid' ? 'InvalidCertificateRef' : fault}`;
    expect(resolved(reference)).toBe(expected);
  });

  it.each([
    ['all of a namespace', {}, 'True ResolvedRefs'],
    ['one by name', { name: 'far' }, 'True ResolvedRefs'],
    ['another name', { name: 'near' }, 'False RefNotPermitted'],
    ['another kind', { kind: 'ConfigMap' }, 'False RefNotPermitted'],
  ])('a grant for %s', (_, to, expected) => {
    expect(resolved({ name: 'far', namespace: 'other' }, [grant(to)])).toBe(expected);
  });
});

/** `conformance/tests/gateway-invalid-tls-backend-configuration.go` and `gateway-tls-backend-client-certificate.go`. */
describe('the certificate that a Gateway shows its backends', () => {
  const policy = gatewayObject('BackendTLSPolicy', 'p', {
    targetRefs: [{ group: '', kind: 'Service', name: 'web' }],
    validation: { hostname: 'abc.example.com', wellKnownCACertificates: 'System' },
  });
  const modelWith = (reference: JsonObject | undefined, objects: readonly KubernetesObject[] = [policy]) =>
    modelOf([
      ...gateway([listener('http')], reference ? { tls: { backend: { clientCertificateRef: reference } } } : {}),
      ...SECRETS,
      ...backend('web'),
      httpRoute('r', [rule({}, 'web')]),
      ...objects,
    ]);
  const conditions = (reference: JsonObject | undefined) => gatewayStatusOf(modelWith(reference), 'Gateway', 'shop/gw').conditions;
  const tlsOf = (...asked: Parameters<typeof modelWith>) => askGateway(modelWith(...asked), 'http://a.com/').result.backends[0]?.tls;

  it.each(REFERENCES)('%s', (_, reference, fault) => {
    const expected = fault === undefined ? 'True ResolvedRefs' : `False ${fault === 'Invalid' ? 'InvalidClientCertificateRef' : fault}`;
    expect(conditionsOf(conditions(reference), 'ResolvedRefs')).toEqual([expected]);
    expect(conditionsOf(conditions(reference), 'Accepted')).toEqual(['True Accepted']);
    expect(tlsOf(reference)?.clientCertificate).toBe(fault === undefined ? 'shop/good' : null);
  });

  it('breaks nothing where no reference is, and is shown to none without TLS', () => {
    expect(conditionsOf(conditions(undefined), 'ResolvedRefs')).toEqual(['True ResolvedRefs']);
    expect(tlsOf(undefined)).toMatchObject({ sni: 'abc.example.com', clientCertificate: null });
    expect(tlsOf({ name: 'good' }, [])).toBeNull();
    expect(tlsOf({ name: 'far', namespace: 'other' }, [policy, grant({})])).toMatchObject({ clientCertificate: 'other/far' });
  });
});

/** `apis/v1/policy_types.go`, `LocalPolicyTargetReferenceWithSectionName.SectionName` and `PolicyReasonTargetNotFound`; `backendtlspolicy_types.go`, `TargetRefs`. */
describe('what a BackendTLSPolicy is for', () => {
  const named = (port: string) =>
    backend('web').map((object) =>
      object.kind === 'Service' ? { ...object, spec: { clusterIP: '10.96.0.9', ports: [{ port: 80, name: port }] } } : object,
    );
  const policy = (name: string, target: JsonObject, createdAt?: string) =>
    gatewayObject(
      'BackendTLSPolicy',
      name,
      {
        targetRefs: [{ group: '', kind: 'Service', name: 'web', ...target }],
        validation: { hostname: `${name}.example.com`, wellKnownCACertificates: 'System' },
      },
      createdAt === undefined ? {} : { createdAt },
    );
  const modelWith = (...policies: readonly KubernetesObject[]) =>
    modelOf([...gateway([listener('http')]), ...named('web'), httpRoute('r', [rule({}, 'web')]), ...policies]);
  const accepted = (model: ReturnType<typeof modelOf>, name: string) =>
    conditionsOf(gatewayStatusOf(model, 'BackendTLSPolicy', `shop/${name}`).parents?.[0]?.conditions ?? [], 'Accepted');

  it('is attached to a port by its name, and to nothing where there is none of that name', () => {
    const model = modelWith(policy('port', { sectionName: 'web' }), policy('gone', { sectionName: 'admin' }));
    expect([accepted(model, 'port'), accepted(model, 'gone')]).toEqual([['True Accepted'], ['False TargetNotFound']]);
    expect(askGateway(model, 'http://a.com/').result.backends[0]?.tls?.sni).toBe('port.example.com');
  });

  it('goes by the port before the whole Service; of several the oldest, then the first by name', () => {
    const model = modelWith(
      policy('whole', {}, '2020-01-01T00:00:00Z'),
      policy('b', { sectionName: 'web' }, '2021-01-01T00:00:00Z'),
      policy('a', { sectionName: 'web' }, '2021-01-01T00:00:00Z'),
      policy('old', { sectionName: 'web' }, '2020-06-01T00:00:00Z'),
    );
    expect(['whole', 'old', 'a', 'b'].map((name) => accepted(model, name))).toEqual([
      ['True Accepted'],
      ['True Accepted'],
      ['False Conflicted'],
      ['False Conflicted'],
    ]);
    expect(askGateway(model, 'http://a.com/').result.backends[0]?.tls?.sni).toBe('old.example.com');
  });

  // `apis/v1/backendtlspolicy_types.go`, `TargetRefs`: "Support: Core for Kubernetes Service"
  it('clashes with those of a Service for no target of another kind that has its name', () => {
    const other = { group: 'example.com', kind: 'Backend', name: 'api' };
    const model = modelWith(
      ...named('api'),
      policy('of-api', { name: 'api' }, '2020-01-01T00:00:00Z'),
      gatewayObject('BackendTLSPolicy', 'p', {
        targetRefs: [{ group: '', kind: 'Service', name: 'web' }, other],
        validation: { hostname: 'p.example.com', wellKnownCACertificates: 'System' },
      }),
    );
    expect(accepted(model, 'p')).toEqual(['True Accepted']);
  });

  it('is used by nobody where its Service does not exist', () => {
    const answer = gatewayStatusOf(modelWith(policy('p', { name: 'gone' })), 'BackendTLSPolicy', 'shop/p');
    expect(answer.parents).toEqual([]);
  });
});

/** `conformance/tests/gateway-overlapping-tls-config-hostnames.go`; `apis/v1/gateway_types.go`: "MUST NOT be set when it is False". */
describe('listeners whose TLS overlaps', () => {
  const https = (name: string, hostname?: string, port = 443, more: JsonObject = {}) =>
    listener(name, { port, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'good' }] }, ...(hostname ? { hostname } : {}), ...more });
  const overlapping = (...listeners: JsonObject[]) =>
    (gatewayStatusOf(modelOf([...gateway(listeners), ...SECRETS]), 'Gateway', 'shop/gw').listeners ?? [])
      .filter(({ conditions }) => conditionsOf(conditions, 'OverlappingTLSConfig').includes('True OverlappingHostnames'))
      .map(({ name }) => name);

  it('have hostnames of which one covers the other, on one port', () => {
    const listeners = [
      https('foo', 'foo.example.com'),
      https('bar', 'bar.bar.example.com'),
      https('wild', '*.example.com'),
      https('apex', 'example.com'),
      https('port', 'foo.example.com', 9443),
    ];
    expect(overlapping(...listeners)).toEqual(['foo', 'bar', 'wild']);
  });

  it('or none, which covers all', () => {
    expect(overlapping(https('a', 'a.com'), https('any'))).toEqual(['a', 'any']);
    expect(overlapping(https('a', '*.a.com'), https('b', '*.b.a.com'))).toEqual(['a', 'b']);
    expect(overlapping(https('a', 'foo.example.com'), https('b', 'foo.example.org'))).toEqual([]);
  });

  it('but not with plain HTTP, nor with TLS that is passed through', () => {
    const passed = https('tls', '*.a.com', 443, { protocol: 'TLS', tls: { mode: 'Passthrough' } });
    expect(overlapping(https('a', 'x.a.com'), passed, listener('http'))).toEqual([]);
  });
});

/** `apis/v1/gateway_types.go`, `Listener.TLS`: "MUST use the longest matching SNI out of all available certificates for any TLS handshake"; `ListenerTLSConfig.Options`. */
describe('the certificate that a client is shown', () => {
  const shown = (tls: JsonObject, host: string) => {
    const https = listener('https', { port: 443, protocol: 'HTTPS', tls });
    const objects = [secret('wild'), secret('precise', CERTIFICATES.precise), httpRoute('r', [rule({}, 'web')]), ...backend('web')];
    return askGateway(modelOf([...gateway([https]), ...objects]), `https://${host}/`, { sni: host });
  };
  const refs = (...names: string[]): JsonObject => ({ certificateRefs: names.map((name) => ({ name })) });

  it.each([
    ['a.foo.com', 'precise'],
    ['b.foo.com', 'wild'],
    ['nobody.org', 'wild'], // the first one: no other fits better
  ])('%s: %s', (host, expected) => {
    expect(shown(refs('wild', 'precise'), host).result.certificate?.secret).toBe(expected);
  });

  it('is not known where only options of the implementation name it', () => {
    const { verdict, result, assumptions } = shown({ options: { 'example.com/certificate': 'a' } }, 'a.foo.com');
    expect([verdict, result.certificate]).toEqual(['ROUTED', null]);
    expect(assumptions.map(({ code }) => code)).toEqual(['CERTIFICATE_OF_CONTROLLER']);
  });
});
