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
  rule,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { statusOfGatewayObject } from './gateway-status.js';

const GATEWAY = { kind: 'Gateway', namespace: 'shop', name: 'gw' } as const;
const lineOf = (objects: readonly KubernetesObject[], kind: Parameters<typeof gatewayStatusOf>[1] = 'Gateway', name = 'shop/gw') =>
  conditionLine(gatewayStatusOf(modelOf(objects), kind, name).conditions);
const withMetadata = (object: KubernetesObject, more: JsonObject): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, ...more },
});

/** kubernetes-sigs/gateway-api `apis/v1/gateway_types.go`, `ListenerStatus.AttachedRoutes`: "Routes with any other value for the Accepted condition MUST NOT be included". */
describe('the routes that a listener counts', () => {
  const attached = (...routes: KubernetesObject[]) =>
    gatewayStatusOf(modelOf([...gateway([listener('http')]), ...backend('web'), ...routes]), 'Gateway', 'shop/gw').listeners?.[0]
      ?.attachedRoutes;
  const oddFilter = rule({}, 'web', { filters: [{ type: 'Sparkle' }] });

  it('are those that are accepted', () => {
    expect(attached(httpRoute('a', [rule({}, 'web')]), httpRoute('b', [rule({}, 'nowhere')]))).toBe(2);
    expect(attached(httpRoute('a', [oddFilter, rule({}, 'web')]))).toBe(1);
  });

  it('are not those of which no rule can be served', () => {
    const routes = [httpRoute('a', [oddFilter]), httpRoute('b', [rule({ path: { type: 'Exact', value: 'no-slash' } }, 'web')])];
    expect(attached(...routes)).toBe(0);
    expect(lineOf([...gateway([listener('http')]), ...routes])).toContain('Accepted=True Accepted');
  });
});

/** `apis/v1/shared_types.go`, `RouteReasonIncompatibleFilters`. */
describe('a redirect beside a rewrite', () => {
  const both = rule({}, 'web', {
    filters: [
      { type: 'RequestRedirect', requestRedirect: { hostname: 'b.com' } },
      { type: 'URLRewrite', urlRewrite: { hostname: 'c.com' } },
    ],
    backendRefs: [],
  });
  const parent = (rules: JsonObject[]) =>
    conditionLine(
      gatewayStatusOf(
        modelOf([...gateway([listener('http')]), ...backend('web'), httpRoute('r', rules)]),
        'HTTPRoute',
        'shop/r',
      ).parents?.flatMap(({ conditions }) => conditions) ?? [],
    );

  it('is a combination of filters that is not accepted', () => {
    expect(parent([both])).toBe('Accepted=False IncompatibleFilters, ResolvedRefs=True ResolvedRefs');
    expect(parent([both, rule({}, 'web')])).toContain('Accepted=True Accepted');
    expect(parent([both, rule({}, 'web')])).toContain('PartiallyInvalid=True UnsupportedValue');
  });

  /** `HTTPRouteFilter.Type`: "unknown values here must result in […] `status: False`, with a Reason of `UnsupportedValue`"; `HTTPBackendRef.Filters` are the same. */
  it('a filter of a backend that nobody knows is no less odd than one of the rule', () => {
    const odd = { matches: [{}], backendRefs: [{ name: 'web', port: 80, filters: [{ type: 'Sparkle' }] }] };
    expect(parent([odd])).toBe('Accepted=False UnsupportedValue, ResolvedRefs=True ResolvedRefs');
    expect(parent([odd, rule({}, 'web')])).toContain('PartiallyInvalid=True UnsupportedValue');
  });
});

/** `apis/v1/gateway_types.go`, `GatewayConditionResolvedRefs`: "a positive-polarity summary of Listener's ResolvedRefs". */
describe('the references of a Gateway', () => {
  it('are resolved where those of its listeners are', () => {
    expect(lineOf(gateway([listener('http')]))).toContain('ResolvedRefs=True ResolvedRefs');
    const odd = listener('odd', { port: 81, allowedRoutes: { kinds: [{ kind: 'UDPRoute' }] } });
    expect(lineOf(gateway([listener('http'), odd]))).toContain('ResolvedRefs=False ListenersNotResolved');
  });
});

/** `apis/v1/gateway_types.go`, `Listener.TLS`: "required if the Protocol field is HTTPS or TLS"; `ListenerReasonInvalid`. */
describe('a listener inside TLS that is not told how', () => {
  it.each(['HTTPS', 'TLS'])('%s is not programmed', (protocol) => {
    const listeners = gatewayStatusOf(
      modelOf(gateway([listener('http'), listener('in', { port: 443, protocol })])),
      'Gateway',
      'shop/gw',
    ).listeners;
    expect(conditionLine(listeners?.[1]?.conditions ?? [])).toContain('Accepted=True Accepted, Programmed=False Invalid');
  });
});

/** `apis/v1/gateway_types.go`, `ProtocolType`: "Implementations can define their own protocols"; `ListenerReasonUnsupportedProtocol`. */
it('a protocol of an implementation is taken not to be known, and the answer says so', () => {
  const model = modelOf(gateway([listener('http'), listener('own', { port: 444, protocol: 'example.com/quic' })]));
  const answer = statusOfGatewayObject(model, GATEWAY);
  if (!answer.ok) throw new Error(answer.error.message);
  expect(conditionLine(answer.value.result.listeners?.[1]?.conditions ?? [])).toContain('Accepted=False UnsupportedProtocol');
  expect(answer.value.assumptions.map(({ code }) => code)).toEqual(['PROTOCOL_UNKNOWN']);
  expect(answer.value.confidence).toBe('ASSUMED');
});

/** `GatewaySpec.Listeners`: "That Condition SHOULD clearly indicate in the Message which Listeners are conflicted, and which are Accepted". */
it('a Gateway that is accepted in part names the listeners', () => {
  const listeners = [listener('a', { port: 81 }), listener('b', { port: 82 }), listener('c', { port: 82, protocol: 'TCP' })];
  const [accepted] = gatewayStatusOf(modelOf(gateway(listeners)), 'Gateway', 'shop/gw').conditions;
  expect(accepted).toMatchObject({ status: 'True', reason: 'ListenersNotValid', message: '`b`, `c` cannot be served, `a` can' });
});

/** `GatewayConditionInsecureFrontendValidationMode`: "either at the Gateway level or via a per-port override", whatever listeners there are. */
describe('clients without a valid certificate that are let in', () => {
  const validation = (mode: string) => ({
    validation: { mode, caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'ca' }] },
  });
  const [strict, lax] = [validation('AllowValidOnly'), validation('AllowInsecureFallback')];
  it.each<[what: string, frontend: JsonObject, told: boolean]>([
    ['by default', { default: lax }, true],
    ['on a port', { default: strict, perPort: [{ port: 8443, tls: lax }] }, true],
    ['nowhere', { default: strict }, false],
  ])('%s', (_, frontend, told) => {
    const { conditions } = gatewayStatusOf(modelOf(gateway([listener('http')], { tls: { frontend } })), 'Gateway', 'shop/gw');
    expect(conditionLine(conditions).includes('InsecureFrontendValidationMode=True ConfigurationChanged')).toBe(told);
  });
});

/** `ProtocolType`: "All Core ProtocolType values MUST be treated case-insensitively" (kubernetes-sigs/gateway-api#4755). */
it.each(['http', 'hTtP'])('`%s` is HTTP', (protocol) => {
  const [own] = gatewayStatusOf(modelOf(gateway([listener('web', { protocol })])), 'Gateway', 'shop/gw').listeners ?? [];
  expect(own?.supportedKinds.map(({ kind }) => kind)).toEqual(['HTTPRoute', 'GRPCRoute']);
  expect(conditionLine(own?.conditions ?? [])).toContain('Accepted=True Accepted, Programmed=True Programmed');
});

/** `apis/v1/gateway_types.go`, `GatewayStatus.Conditions`: "MUST always update the observedGeneration"; `conformance/tests/{gatewayclass,gateway,httproute}-observed-generation-bump.go`. */
describe('the generation that a condition is about', () => {
  const [gatewayClass, gw] = gateway([listener('http')]);
  const objects = [
    gatewayClass,
    gw && withMetadata(gw, { generation: 7 }),
    withMetadata(httpRoute('r', [rule({}, 'web')]), { generation: 3 }),
  ];
  const model = modelOf(objects.flatMap((object) => object ?? []));

  it('is that of the object, of its listeners and parents too', () => {
    const { conditions, listeners } = gatewayStatusOf(model, 'Gateway', 'shop/gw');
    const all = [...conditions, ...(listeners ?? []).flatMap((one) => one.conditions)];
    expect(new Set(all.map(({ observedGeneration }) => observedGeneration))).toEqual(new Set([7]));
    const { parents } = gatewayStatusOf(model, 'HTTPRoute', 'shop/r');
    expect(parents?.flatMap((one) => one.conditions.map(({ observedGeneration }) => observedGeneration))).toEqual([3, 3]);
  });

  it('is not told of what was never in a cluster', () => {
    expect(gatewayStatusOf(model, 'GatewayClass', 'web').conditions[0]?.observedGeneration ?? null).toBeNull();
  });
});

/** Rule G43; `conformance/tests/gateway-static-addresses.go`, `gateway-optional-address-value.go`; `apis/v1/gateway_types.go`, `GatewayReasonAddressNotUsable`, `GatewayReasonAddressNotAssigned`, `GatewaySpecAddress.Value`. */
describe('the addresses that a Gateway asks for', () => {
  const POD: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'shop' },
    spec: { containers: [{ name: 'c' }] },
    status: { podIP: '10.244.0.7', phase: 'Running' },
  };
  const asking = (addresses: JsonObject[], status?: JsonObject, generation = 2) => {
    const [gatewayClass, gw] = gateway([listener('http')], { addresses });
    if (!gatewayClass || !gw) throw new Error('no Gateway');
    const made = withMetadata(gw, { generation });
    return modelOf([gatewayClass, status ? { ...made, status } : made, POD]);
  };
  const answer = (...asked: Parameters<typeof asking>) => {
    const status = statusOfGatewayObject(asking(...asked), GATEWAY);
    if (!status.ok) throw new Error(status.error.message);
    const programmed = status.value.result.conditions.find(({ type }) => type === 'Programmed');
    return `${programmed?.status} ${programmed?.reason} ${status.value.assumptions.map(({ code }) => code).join(' ')}`.trim();
  };
  const programmed = (status: string, reason: string, observedGeneration = 2) => ({
    conditions: [{ type: 'Programmed', status, reason, message: 'so it is', observedGeneration }],
  });
  const taken = 'True Programmed ADDRESS_TAKEN_AS_USABLE';

  it.each<[what: string, addresses: JsonObject[], status: JsonObject | undefined, expected: string]>([
    ['none', [], undefined, 'True Programmed'],
    ['one that only the network knows of', [{ value: '192.0.2.1' }], undefined, taken],
    ['one to be assigned', [{ type: 'IPAddress' }], undefined, taken],
    ['a name', [{ type: 'Hostname', value: 'gw.example.com' }], undefined, taken],
    ['one that is bound', [{ value: '192.0.2.1' }], { addresses: [{ value: '192.0.2.1' }] }, 'True Programmed'],
    ['one that is bound and written otherwise', [{ value: '2001:db8::1' }], { addresses: [{ value: '2001:db8:0::1' }] }, 'True Programmed'],
    ['one that was assigned', [{}], { addresses: [{ value: '192.0.2.9' }] }, 'True Programmed'],
    ['another than is bound', [{ value: '192.0.2.1' }], { addresses: [{ value: '192.0.2.2' }] }, taken],
    ['that of a pod', [{ value: '10.244.0.7' }], undefined, 'False AddressNotUsable'],
    ['none at all', [{ value: 'my-address' }], undefined, 'False AddressNotUsable'],
    ['one the controller refuses', [{ value: '192.0.2.1' }], programmed('False', 'AddressNotUsable'), 'False AddressNotUsable'],
    ['one the controller has not got', [], programmed('False', 'AddressNotAssigned'), 'False AddressNotAssigned'],
    ['one the controller has', [{ value: '192.0.2.1' }], programmed('True', 'Programmed'), 'True Programmed'],
    ['one of another generation', [{ value: '192.0.2.1' }], programmed('False', 'AddressNotUsable', 1), taken],
    ['one beside listeners that wait', [{ value: '192.0.2.1' }], programmed('False', 'Pending'), taken],
  ])('%s', (_, addresses, status, expected) => {
    expect(answer(addresses, status)).toBe(expected);
  });

  it('of a type that nobody names are not accepted, whatever else', () => {
    expect(answer([{ type: 'example.com/Named', value: 'a' }])).toBe('False Invalid ADDRESS_TYPE_UNKNOWN');
  });

  it('keep the ListenerSets of the Gateway from being programmed', () => {
    const set = gatewayObject('ListenerSet', 'more', { parentRef: { name: 'gw' }, listeners: [listener('a', { port: 81 })] });
    const more = { addresses: [{ value: '10.244.0.7' }], allowedListeners: { namespaces: { from: 'Same' } } };
    const line = lineOf([...gateway([listener('http')], more), set, POD], 'ListenerSet', 'shop/more');
    expect(line).toBe('Accepted=True Accepted, Programmed=False ParentNotProgrammed');
  });
});

/** gateway-api GEP-3793 "Default Gateways". */
describe('a route that uses default Gateways', () => {
  const defaulted = { parentRefs: [], useDefaultGateways: 'All' };
  const open = listener('http', { allowedRoutes: { namespaces: { from: 'All' } } });
  const cluster = (route: KubernetesObject, more: JsonObject = { defaultScope: 'All' }, listeners = [open]) =>
    modelOf([...gateway(listeners, more), ...backend('web'), route]);

  it('is attached to each, as if it named them', () => {
    const model = cluster(httpRoute('r', [rule({}, 'web')], defaulted));
    expect(gatewayLine(askGateway(model, 'http://a.com/'))).toBe('ROUTED web');
    const { parents } = gatewayStatusOf(model, 'HTTPRoute', 'shop/r');
    expect(parents?.map(({ name, conditions }) => `${name}: ${conditionLine(conditions)}`)).toEqual([
      'gw: Accepted=True Accepted, ResolvedRefs=True ResolvedRefs',
    ]);
    expect(conditionLine(gatewayStatusOf(model, 'Gateway', 'shop/gw').conditions)).toContain('DefaultGateway=True');
  });

  it('is attached to no Gateway that is none', () => {
    const model = cluster(httpRoute('r', [rule({}, 'web')], defaulted), {});
    expect(gatewayLine(askGateway(model, 'http://a.com/'))).toBe('NOT_FOUND 404');
    expect(gatewayStatusOf(model, 'HTTPRoute', 'shop/r').parents).toEqual([]);
    expect(conditionLine(gatewayStatusOf(model, 'Gateway', 'shop/gw').conditions)).not.toContain('DefaultGateway');
  });

  it('needs to be let in like any other', () => {
    const far = gatewayObject('HTTPRoute', 'far/r', { useDefaultGateways: 'All', rules: [] });
    const line = (listeners: JsonObject[]) =>
      gatewayStatusOf(cluster(far, { defaultScope: 'All' }, listeners), 'HTTPRoute', 'far/r').parents?.map(({ conditions }) =>
        conditionLine(conditions),
      );
    expect(line([listener('http')])?.[0]).toContain('Accepted=False NotAllowedByListeners');
    expect(line([open])?.[0]).toContain('Accepted=True Accepted');
  });

  it('counts once where it names the Gateway, too', () => {
    const model = cluster(httpRoute('r', [rule({}, 'web')], { useDefaultGateways: 'All' }));
    expect(gatewayStatusOf(model, 'Gateway', 'shop/gw').listeners?.[0]?.attachedRoutes).toBe(1);
    expect(askGateway(model, 'http://a.com/').result.candidates).toHaveLength(1);
  });
});
