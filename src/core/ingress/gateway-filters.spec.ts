import { describe, expect, it } from 'vitest';
import {
  askGateway,
  backend,
  conditionLine,
  gateway,
  gatewayLine,
  gatewayObject,
  gatewayStatusOf,
  httpRoute,
  listener,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const URL = 'http://a.example.com/foo';
const modelWith = (rule: JsonObject, more: readonly KubernetesObject[] = []) =>
  modelOf([...gateway([listener('http')]), ...backend('web'), ...backend('auth'), ...more, httpRoute('r', [rule])]);
const answer = (rule: JsonObject, more: readonly KubernetesObject[] = []) => askGateway(modelWith(rule, more), URL);
const statusOf = (rule: JsonObject, more: readonly KubernetesObject[] = []) =>
  conditionLine(gatewayStatusOf(modelWith(rule, more), 'HTTPRoute', 'shop/r').parents?.[0]?.conditions ?? []);

/** gateway-api `geps/gep-2826`: "Return the configured `statusCode` for all matched requests", "NOT forward the request to any backend"; `conformance/tests/httproute-direct-response.go`. */
describe('a direct response', () => {
  const direct = { type: 'DirectResponse', directResponse: { statusCode: 403, body: { string: 'Forbidden' } } };

  it('is the answer of the gateway, with what other filters do to its headers', () => {
    const type = { type: 'ResponseHeaderModifier', responseHeaderModifier: { set: [{ name: 'Content-Type', value: 'text/plain' }] } };
    const { verdict, result } = answer({ filters: [direct, type] });
    expect({ verdict, status: result.status, backends: result.backends, forwarded: result.forwarded }).toEqual({
      verdict: 'ANSWERED',
      status: 403,
      backends: [],
      forwarded: null,
    });
    expect(result.responseHeaders).toEqual([{ action: 'set', name: 'Content-Type', value: 'text/plain' }]);
    expect(result.candidates).toMatchObject([{ backend: 'answer 403', outcome: 'selected' }]);
  });

  it('must not stand beside backends: such a route is refused', () => {
    const both = { filters: [direct], backendRefs: [{ name: 'web', port: 80 }] };
    expect(statusOf(both)).toBe('Accepted=False UnsupportedValue, ResolvedRefs=True ResolvedRefs');
  });
});

/** `apis/v1/httproute_types.go`, `HTTPRouteFilter.ExternalAuth`: "If there is any problem communicating with the external service, this filter MUST fail closed."; `conformance/tests/httproute-external-auth-{http,grpc}*.go`. */
describe('an auth service', () => {
  const asking = (backendRef: JsonObject): JsonObject => ({
    filters: [{ type: 'ExternalAuth', externalAuth: { protocol: 'HTTP', http: {}, backendRef: { port: 80, ...backendRef } } }],
    backendRefs: [{ name: 'web', port: 80 }],
  });
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'idle', namespace: 'shop' }, spec: { ports: [{ port: 80 }] } };

  it('is taken to let the client through, and the answer says so', () => {
    const { verdict, assumptions } = answer(asking({ name: 'auth' }));
    expect(verdict).toBe('ROUTED');
    expect(assumptions).toMatchObject([{ code: 'AUTHENTICATION_PASSED' }]);
    expect(assumptions[0]?.message).toContain('shop/auth:80');
    expect(statusOf(asking({ name: 'auth' }))).toBe('Accepted=True Accepted, ResolvedRefs=True ResolvedRefs');
  });

  it.each<[what: string, reference: JsonObject, more: readonly KubernetesObject[], resolved: string]>([
    ['does not exist', { name: 'gone' }, [], 'False BackendNotFound'],
    ['has no such port', { name: 'auth', port: 81 }, [], 'False BackendNotFound'],
    ['is in another namespace, without a grant', { name: 'far', namespace: 'away' }, backend('far', 'away'), 'False RefNotPermitted'],
    ['has no ready endpoint', { name: 'idle' }, [service], 'True ResolvedRefs'],
  ])('that %s lets nobody through', (_what, reference, more, resolved) => {
    expect(answer(asking(reference), more).verdict).toBe('FILTER_FAILED');
    expect(statusOf(asking(reference), more)).toBe(`Accepted=True Accepted, ResolvedRefs=${resolved}`);
  });

  /** `conformance/tests/httproute-external-auth-partially-invalid.go`: Accepted=True, PartiallyInvalid=True for any reason, ResolvedRefs=False/BackendNotFound. */
  it('of one of two rules that cannot be resolved makes the route partly invalid', () => {
    const rules = [
      { matches: [{ path: { value: '/valid' } }], ...asking({ name: 'auth' }) },
      { matches: [{ path: { value: '/invalid' } }], ...asking({ name: 'gone' }) },
    ];
    const model = modelOf([...gateway([listener('http')]), ...backend('web'), ...backend('auth'), httpRoute('r', rules)]);
    const conditions = gatewayStatusOf(model, 'HTTPRoute', 'shop/r').parents?.flatMap((parent) => parent.conditions) ?? [];
    expect(conditionLine(conditions)).toBe(
      'Accepted=True Accepted, ResolvedRefs=False BackendNotFound, PartiallyInvalid=True UnsupportedValue',
    );
    expect(conditions.at(-1)?.message).toMatch(/^Dropped Rule: \/spec\/rules\/1\//);
    expect(['/valid', '/invalid'].map((path) => askGateway(model, `http://a.com${path}`).verdict)).toEqual(['ROUTED', 'FILTER_FAILED']);
  });

  /** `HTTPExternalAuthFilter.ExternalAuthProtocol`: "`200` […] Any other code is considered an authorization failure"; `HTTPAuthConfig.AllowedResponseHeaders`. */
  it('lets the client through or not, as the question has it, and introduces it to the backend', () => {
    const told = (status: number, http: JsonObject = {}) => {
      const filter = { type: 'ExternalAuth', externalAuth: { protocol: 'HTTP', http, backendRef: { name: 'auth', port: 80 } } };
      const model = modelWith({ filters: [filter], backendRefs: [{ name: 'web', port: 80 }] });
      const headers = [['X-User', 'ann'] as const, ['X-Team', 'red'] as const, ['Host', 'auth'] as const];
      return askGateway(model, 'http://a.example.com/', { headers: [['x-user', 'eve']], auth: { status, headers } });
    };
    expect(told(200).result.forwarded?.headers).toEqual(['X-User: ann', 'X-Team: red']);
    expect(told(200, { allowedResponseHeaders: ['x-team'] }).result.forwarded?.headers).toEqual(['x-user: eve', 'X-Team: red']);
    expect(told(200).assumptions).toEqual([]);
    expect([204, 401, 403].map((status) => told(status).verdict)).toEqual(['REFUSED', 'REFUSED', 'REFUSED']);
    expect(told(401).result.unspecified[0]?.message).toContain('shop/auth:80 does not let the client through');
  });

  it('of another namespace is asked where a ReferenceGrant allows it', () => {
    const from = [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'shop' }];
    const grant = gatewayObject('ReferenceGrant', 'away/g', { from, to: [{ group: '', kind: 'Service' }] });
    expect(gatewayLine(answer(asking({ name: 'far', namespace: 'away' }), [...backend('far', 'away'), grant]))).toBe('ROUTED web');
  });
});

/** `PathMatchRegularExpression` leaves the dialect to the implementation: what no dialect takes for an expression matches nothing anywhere. */
describe('an expression that is none', () => {
  const broken = { matches: [{ path: { type: 'RegularExpression', value: '/re(gex' } }], backendRefs: [{ name: 'auth', port: 80 }] };
  const plain = { backendRefs: [{ name: 'web', port: 80 }] };
  const model = modelOf([...gateway([listener('http')]), ...backend('web'), ...backend('auth'), httpRoute('r', [broken, plain])]);

  it('matches nothing, and the candidate says why', () => {
    const { verdict, result, evidence } = askGateway(model, 'http://a.example.com/re(gex');
    expect(verdict).toBe('ROUTED');
    expect(result.backends.map((one) => one.service)).toEqual(['web']);
    expect(result.candidates[0]).toMatchObject({ outcome: 'no-match', reason: 'MATCH_INVALID', own: '`/re(gex` is no regular expression' });
    expect(evidence.find(({ reason }) => reason === 'MATCH_INVALID')?.message).toBe(
      'RegularExpression /re(gex does not match: `/re(gex` is no regular expression',
    );
  });

  it('makes the route partly invalid: `PartiallyInvalid`, "Dropped Rule"', () => {
    const [parent] = gatewayStatusOf(model, 'HTTPRoute', 'shop/r').parents ?? [];
    expect(conditionLine(parent?.conditions ?? [])).toBe(
      'Accepted=True Accepted, ResolvedRefs=True ResolvedRefs, PartiallyInvalid=True UnsupportedValue',
    );
    expect(parent?.conditions.at(-1)?.message).toMatch(/^Dropped Rule: \/spec\/rules\/0: /);
  });
});
