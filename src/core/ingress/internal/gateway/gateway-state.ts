import { inMap } from '../../../kernel/in-map.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Gateway } from '../../../resources/gateway.js';
import type { GatewayRoute } from '../../../resources/gateway-route.js';
import { type Attachment, attachments } from './attachments.js';
import { claimsTo } from './claims.js';
import { type JudgedListener, judgeListener } from './listener-status.js';
import { placedListeners } from './listeners.js';
import { overlappingTls } from './overlaps.js';
import { isAccepted } from './route-conditions.js';

/** One Gateway with its listeners, those of ListenerSets included, and the routes on them. */
export interface GatewayState {
  readonly gateway: Gateway;
  readonly listeners: readonly JudgedListener[];
  readonly attachments: readonly Attachment[];
}

const states = new WeakMap<NetworkModel, Map<string, GatewayState>>();

/** The state of a Gateway (`namespace/name`), worked out once per model; undefined where there is no such Gateway. */
export function gatewayState(model: NetworkModel, name: string): GatewayState | undefined {
  const gateway = model.gatewayApi.gateways.get(name);
  return (
    gateway &&
    inMap(
      inMap(states, model, () => new Map<string, GatewayState>()),
      name,
      () => stateOf(model, gateway),
    )
  );
}

function stateOf(model: NetworkModel, gateway: Gateway): GatewayState {
  const placed = placedListeners(model, gateway);
  const overlaps = overlappingTls(placed);
  const listeners = placed.map((one) => judgeListener(model, gateway, one, overlaps.get(one.listener)));
  return { gateway, listeners, attachments: attachments(model, claimsTo(model, gateway), listeners) };
}

/**
 * How many routes are attached to each listener, those without any left out (rule G13): routes whose condition Accepted is True, whatever becomes of the listener
 * (`apis/v1/gateway_types.go`, `ListenerStatus.AttachedRoutes`).
 */
export function attachedRoutes({ attachments: all }: GatewayState): ReadonlyMap<JudgedListener, number> {
  const routes = new Map<JudgedListener, Set<GatewayRoute>>();
  for (const attachment of all.filter(isAccepted))
    for (const { listener } of attachment.attached) inMap(routes, listener, () => new Set<GatewayRoute>()).add(attachment.route);
  return new Map([...routes].map(([listener, { size }]) => [listener, size]));
}
