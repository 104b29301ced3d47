import { inMap } from '../../../kernel/in-map.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { GATEWAY_GROUP, type ParentReference } from '../../../resources/gateway-reference.js';
import type { Gateway } from '../../../resources/gateway.js';
import type { GatewayRoute } from '../../../resources/gateway-route.js';

/** A route that wants to be attached to a Gateway: by an entry of `parentRefs`, or because the Gateway takes such routes by default. */
export interface Claim {
  readonly route: GatewayRoute;
  readonly parent: ParentReference;
}

/** Who claims which Gateway. */
interface Claims {
  /** By the Gateway (`namespace/name`) that an entry of `parentRefs` leads to. */
  readonly named: ReadonlyMap<string, readonly Claim[]>;
  readonly byDefault: readonly GatewayRoute[];
}

const claimsOf = new WeakMap<NetworkModel, Claims>();
const defaultParents = new WeakMap<Gateway, ParentReference>();

/** The claims to a Gateway: those that name it, and those of routes that use default Gateways where it is one (gateway-api GEP-3793). */
export function claimsTo(model: NetworkModel, gateway: Gateway): readonly Claim[] {
  const { named, byDefault } = inMap(claimsOf, model, () => readClaims(model));
  const own = named.get(`${gateway.namespace}/${gateway.ref.name}`) ?? [];
  if (!gateway.isDefault) return own;
  const parent = defaultParent(gateway);
  return [...own, ...byDefault.map((route): Claim => ({ route, parent }))];
}

/** A default Gateway as a parent that stands in no `parentRefs`: the same object for each of its routes. */
export function defaultParent(gateway: Gateway): ParentReference {
  const { namespace, ref } = gateway;
  return inMap(defaultParents, gateway, () => ({
    pointer: '/spec/useDefaultGateways',
    group: GATEWAY_GROUP,
    kind: 'Gateway',
    namespace,
    name: ref.name,
    sectionName: undefined,
    port: undefined,
  }));
}

function readClaims(model: NetworkModel): Claims {
  const named = new Map<string, Claim[]>();
  for (const route of model.gatewayApi.routes) {
    for (const parent of route.parentRefs) {
      const gateway = gatewayOf(model, route, parent);
      if (gateway !== undefined) inMap(named, gateway, (): Claim[] => []).push({ route, parent });
    }
  }
  return { named, byDefault: model.gatewayApi.routes.filter(({ usesDefaultGateways }) => usesDefaultGateways) };
}

/** `namespace/name` of the Gateway that a parent leads to; undefined where it leads to none that exists. */
export function gatewayOf(model: NetworkModel, route: GatewayRoute, parent: ParentReference): string | undefined {
  if (parent.group !== GATEWAY_GROUP) return undefined;
  const key = `${parent.namespace ?? route.namespace}/${parent.name}`;
  if (parent.kind === 'Gateway') return model.gatewayApi.gateways.has(key) ? key : undefined;
  const set = parent.kind === 'ListenerSet' ? model.gatewayApi.listenerSets.get(key) : undefined;
  if (!set?.parentRef) return undefined;
  const above = `${set.parentRef.namespace ?? set.namespace}/${set.parentRef.name}`;
  return model.gatewayApi.gateways.has(above) ? above : undefined;
}
