import { describe, expect, it } from 'vitest';
import {
  askGateway,
  type Asked,
  backend,
  backendRef as to,
  conditionLine,
  gateway,
  gatewayLine,
  gatewayObject,
  gatewayStatusOf,
  httpRoute,
  listener,
  parentLine,
  rule,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { NetworkModel } from '../model/network-model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const BACKENDS = ['v1', 'v2', 'v3'].flatMap((name) => backend(name));
const prefix = (value: string): JsonObject => ({ path: { type: 'PathPrefix', value } });
const onHttp = (...routes: KubernetesObject[]) => modelOf([...gateway([listener('http')]), ...BACKENDS, ...routes]);
const lineOf = (model: NetworkModel, url: string, asked: Asked = {}) => gatewayLine(askGateway(model, `http://${url}`, asked));
const statusOf = (model: NetworkModel, name = 'r') => parentLine(model, 'HTTPRoute', `shop/${name}`);
const header = (name: string, value: string): JsonObject => ({ name, value });

type Headers = readonly (readonly [string, string])[];

/** The modifiers of kubernetes-sigs/gateway-api `conformance/tests/httproute-request-header-modifier.yaml` and `httproute-response-header-modifier.yaml`: one body, for both. */
const MODIFIERS: readonly [path: string, modifier: JsonObject][] = [
  ['/set', { set: [header('X-Header-Set', 'set-overwrites-values')] }],
  ['/add', { add: [header('X-Header-Add', 'add-appends-values')] }],
  ['/remove', { remove: ['X-Header-Remove'] }],
  [
    '/multiple',
    {
      set: [header('X-Header-Set-1', 'header-set-1'), header('X-Header-Set-2', 'header-set-2')],
      add: [header('X-Header-Add-1', 'header-add-1'), header('X-Header-Add-2', 'header-add-2'), header('X-Header-Add-3', 'header-add-3')],
      remove: ['X-Header-Remove-1', 'X-Header-Remove-2'],
    },
  ],
  [
    '/case-insensitivity',
    { set: [header('X-Header-Set', 'header-set')], add: [header('X-Header-Add', 'header-add')], remove: ['X-Header-Remove'] },
  ],
];

/** `conformance/tests/httproute-request-header-modifier.go`, `httproute-response-header-modifier.go`. */
describe('header modifiers', () => {
  const routed = (type: string, field: string) =>
    onHttp(
      httpRoute(
        'r',
        MODIFIERS.map(([path, modifier]) => rule(prefix(path), 'v1', { filters: [{ type, [field]: modifier }] })),
      ),
    );
  const requests = routed('RequestHeaderModifier', 'requestHeaderModifier');

  it.each<[path: string, sent: Headers, received: readonly string[]]>([
    ['/set', [['Some-Other-Header', 'val']], ['some-other-header: val', 'x-header-set: set-overwrites-values']],
    ['/set', [['X-Header-Set', 'some-other-value']], ['x-header-set: set-overwrites-values']],
    ['/add', [['Some-Other-Header', 'val']], ['some-other-header: val', 'x-header-add: add-appends-values']],
    ['/add', [['X-Header-Add', 'some-other-value']], ['x-header-add: some-other-value,add-appends-values']],
    ['/remove', [['X-Header-Remove', 'val']], []],
    [
      '/multiple',
      [['X-Header-Set-2', 'set-val-2'], ['X-Header-Add-2', 'add-val-2'], ['X-Header-Remove-2', 'remove-val-2'], ['Another-Header', 'another-header-val']], // prettier-ignore
      [
        'another-header: another-header-val',
        'x-header-add-1: header-add-1',
        'x-header-add-2: add-val-2,header-add-2',
        'x-header-add-3: header-add-3',
        'x-header-set-1: header-set-1',
        'x-header-set-2: header-set-2',
      ],
    ],
    [
      '/case-insensitivity',
      [['x-header-set', 'original-val-set'], ['x-header-add', 'original-val-add'], ['x-header-remove', 'original-val-remove'], ['Another-Header', 'another-header-val']], // prettier-ignore
      ['another-header: another-header-val', 'x-header-add: original-val-add,header-add', 'x-header-set: header-set'],
    ],
  ])('%s of a request with %j', (path, headers, received) => {
    const { result } = askGateway(requests, `http://a.com${path}`, { headers });
    const lines = result.forwarded?.headers.map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase()));
    expect(lines?.toSorted()).toEqual(received);
  });

  it('of answers are told in the order set, add, remove: what the backend says itself is not known', () => {
    const model = routed('ResponseHeaderModifier', 'responseHeaderModifier');
    const told = (path: string) =>
      askGateway(model, `http://a.com${path}`).result.responseHeaders.map(({ action, name, value }) => `${action} ${name} ${value ?? ''}`);
    expect(told('/set')).toEqual(['set X-Header-Set set-overwrites-values']);
    expect(told('/add')).toEqual(['add X-Header-Add add-appends-values']);
    expect(told('/remove')).toEqual(['remove X-Header-Remove ']);
    expect(told('/multiple')).toEqual([
      'set X-Header-Set-1 header-set-1',
      'set X-Header-Set-2 header-set-2',
      'add X-Header-Add-1 header-add-1',
      'add X-Header-Add-2 header-add-2',
      'add X-Header-Add-3 header-add-3',
      'remove X-Header-Remove-1 ',
      'remove X-Header-Remove-2 ',
    ]);
  });
});

/** `conformance/tests/httproute-listener-port-matching.go`. */
describe('routes that name a port', () => {
  const at = (port: number, hostname?: string) => listener(`on-${port}-${hostname ?? 'any'}`, { port, ...(hostname ? { hostname } : {}) });
  const on = (name: string, ...parents: JsonObject[]) =>
    httpRoute(name, [{ backendRefs: [to(name)] }], { parentRefs: parents.map((parent) => ({ name: 'gw', ...parent })) });
  const model = modelOf([
    ...gateway([at(80), at(8080, 'foo.com'), at(8080, 'bar.com'), at(8090, 'foo.com')]),
    ...BACKENDS,
    on('v1', { port: 80 }),
    on('v2', { port: 8080 }),
    on('v3', { port: 8090, sectionName: 'on-8090-foo.com' }),
  ]);

  it.each([
    ['foo.com', 80, 'ROUTED v1'],
    ['foo.com', 8080, 'ROUTED v2'],
    ['bar.com', 8080, 'ROUTED v2'],
    ['foo.com', 8090, 'ROUTED v3'],
    ['bar.com', 8090, 'NOT_FOUND 404'],
  ])('%s on %i: %s', (host, port, ends) => {
    expect(lineOf(model, `${host}/`, { port })).toBe(ends);
  });

  /** `conformance/tests/httproute-invalid-parentref-not-matching-section-name.go`. */
  it('a section that the Gateway does not have matches no parent', () => {
    const wrong = onHttp(on('v1', { sectionName: 'gone' }));
    expect(statusOf(wrong, 'v1')).toBe('Accepted=False NoMatchingParent, ResolvedRefs=True ResolvedRefs');
    expect(gatewayStatusOf(wrong, 'Gateway', 'shop/gw').listeners?.[0]?.attachedRoutes).toBe(0);
    expect(lineOf(wrong, 'a.com/')).toBe('NOT_FOUND 404');
  });
});

/** `conformance/tests/httproute-multiple-gateways.go`, `gateway-update-listener-hostname.go`. */
describe('a route and its Gateways', () => {
  it('is accepted by each on its own', () => {
    const second = gatewayObject('Gateway', 'second', {
      gatewayClassName: 'web',
      listeners: [listener('http', { hostname: 'other.com' })],
    });
    const route = httpRoute('r', [rule({}, 'v1')], { hostnames: ['a.com'], parentRefs: [{ name: 'gw' }, { name: 'second' }] });
    const parents = gatewayStatusOf(onHttp(second, route), 'HTTPRoute', 'shop/r').parents ?? [];
    expect(parents.map(({ name, conditions }) => `${name} ${conditionLine(conditions).split(', ')[0] ?? ''}`)).toEqual([
      'gw Accepted=True Accepted',
      'second Accepted=False NoMatchingListenerHostname',
    ]);
  });

  it('follows the hostname of the listener', () => {
    const withHostname = (hostname: string) =>
      modelOf([...gateway([listener('http', { hostname })]), ...BACKENDS, httpRoute('r', [rule({}, 'v1')], { hostnames: ['*.new.org'] })]);
    expect(statusOf(withHostname('very.old.org'))).toContain('Accepted=False NoMatchingListenerHostname');
    expect(statusOf(withHostname('very.new.org'))).toContain('Accepted=True Accepted');
    expect(lineOf(withHostname('very.new.org'), 'very.new.org/')).toBe('ROUTED v1');
    expect(lineOf(withHostname('very.new.org'), 'other.new.org/')).toBe('NOT_FOUND 404');
  });
});

/** `conformance/tests/httproute-invalid-cross-namespace-backend-ref.go`, `httproute-reference-grant.go`, `httproute-no-backend-refs.go`, `httproute-simple-same-namespace.go`. */
describe('backends of a rule', () => {
  const far = backend('web', 'back');
  const route = httpRoute('r', [{ backendRefs: [to('web', { namespace: 'back' })] }]);
  const grant = gatewayObject('ReferenceGrant', 'back/grant', {
    from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'shop' }],
    to: [{ group: '', kind: 'Service', name: 'web' }],
  });

  it('of another namespace need a grant, and are lost with it', () => {
    const [granted, revoked] = [onHttp(...far, route, grant), onHttp(...far, route)];
    expect([statusOf(granted), lineOf(granted, 'a.com/')]).toEqual([
      'Accepted=True Accepted, ResolvedRefs=True ResolvedRefs',
      'ROUTED web',
    ]);
    expect([statusOf(revoked), lineOf(revoked, 'a.com/')]).toEqual([
      'Accepted=True Accepted, ResolvedRefs=False RefNotPermitted',
      'NO_BACKEND 500',
    ]);
  });

  it('of its own need none, and a rule without any answers 500', () => {
    const model = onHttp(httpRoute('r', [rule(prefix('/some'), 'v1'), { matches: [prefix('/none')] }]));
    expect(lineOf(model, 'a.com/some')).toBe('ROUTED v1');
    expect(lineOf(model, 'a.com/none')).toBe('NO_BACKEND 500');
    expect(statusOf(model)).toBe('Accepted=True Accepted, ResolvedRefs=True ResolvedRefs');
  });
});

/** `conformance/tests/httproute-request-percentage-mirror.yaml`. */
describe('mirrors of a part of the requests', () => {
  const mirror = (name: string, part: JsonObject): JsonObject => ({
    type: 'RequestMirror',
    requestMirror: { backendRef: to(name), ...part },
  });

  it.each<[what: string, mirrors: JsonObject[], copies: readonly string[]]>([
    ['percent', [mirror('v2', { percent: 20 })], ['v2 20']],
    ['fraction', [mirror('v2', { fraction: { numerator: 25, denominator: 50 } })], ['v2 50']],
    ['several', [mirror('v2', { percent: 35 }), mirror('v3', { percent: 50 })], ['v2 35', 'v3 50']],
    ['none said: all (`HTTPRequestMirrorFilter`)', [mirror('v2', {})], ['v2 100']],
  ])('%s', (_, filters, copies) => {
    const { result, verdict } = askGateway(onHttp(httpRoute('r', [rule({}, 'v1', { filters })])), 'http://a.com/');
    expect(verdict).toBe('ROUTED');
    expect(result.mirrors.map(({ service, percent }) => `${service} ${percent}`)).toEqual(copies);
  });
});

/** `conformance/tests/httproute-timeout-request.go`, `httproute-timeout-backend-request.go`, `httproute-retry-backend-timeout.go`. */
describe('timeouts of a rule', () => {
  const limited = (limits: JsonObject) => onHttp(httpRoute('r', [rule({}, 'v1', limits)]));
  const slow = (delay: number, failures = 1) => ({ backendBehaviour: { failures, failure: undefined, delay } });

  it.each<[what: string, limits: JsonObject, delay: number, failures: number, ends: string]>([
    ['the request within its time', { timeouts: { request: '500ms' } }, 100, 1, 'ROUTED v1'],
    ['the request beyond it', { timeouts: { request: '500ms' } }, 1000, 1, 'TIMED_OUT 504'],
    ['none', { timeouts: { request: '0s' } }, 1000, 1, 'ROUTED v1'],
    ['the backend beyond its time', { timeouts: { backendRequest: '500ms' } }, 1000, 1, 'TIMED_OUT 504'],
    ['no time of the backend', { timeouts: { request: '0s', backendRequest: '0s' } }, 1000, 1, 'ROUTED v1'],
    ['tried again', { timeouts: { backendRequest: '500ms' }, retry: { attempts: 2 } }, 1000, 2, 'ROUTED v1'],
    ['tried too often', { timeouts: { backendRequest: '500ms' }, retry: { attempts: 2 } }, 1000, 3, 'TIMED_OUT 504'],
  ])('%s', (_, limits, delay, failures, ends) => {
    expect(lineOf(limited(limits), 'a.com/', slow(delay, failures))).toBe(ends);
  });
});
