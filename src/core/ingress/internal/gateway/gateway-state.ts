import type { NetworkModel } from '../../../model/network-model.js';
import type { Gateway } from '../../../resources/gateway.js';
import { type Attachment, attachments, type Claim, claimsByGateway } from './attachments.js';
import { type JudgedListener, judgeListener } from './listener-status.js';
import { placedListeners } from './listeners.js';
import { overlappingTls } from './overlaps.js';

/** One Gateway with its listeners, those of ListenerSets included, and the routes on them. */
export interface GatewayState {
  readonly gateway: Gateway;
  readonly listeners: readonly JudgedListener[];
  readonly attachments: readonly Attachment[];
}

/** The states that were worked out, and who claims which Gateway. */
interface Known {
  readonly claims: ReadonlyMap<string, readonly Claim[]>;
  readonly states: Map<string, GatewayState>;
}

const knownOf = new WeakMap<NetworkModel, Known>();

/** The state of a Gateway (`namespace/name`), worked out once per model; undefined where there is no such Gateway. */
export function gatewayState(model: NetworkModel, name: string): GatewayState | undefined {
  const known = knownOf.get(model) ?? { claims: claimsByGateway(model), states: new Map() };
  knownOf.set(model, known);
  const found = known.states.get(name);
  if (found) return found;
  const gateway = model.gatewayApi.gateways.get(name);
  if (!gateway) return undefined;
  const placed = placedListeners(model, gateway);
  const overlaps = overlappingTls(placed);
  const listeners = placed.map((one) => judgeListener(model, gateway, one, overlaps.get(one.listener)));
  const state = { gateway, listeners, attachments: attachments(model, known.claims.get(name) ?? [], listeners) };
  known.states.set(name, state);
  return state;
}

/** How many routes are attached to a listener (rule G13). */
export function attachedRoutes({ attachments: all }: GatewayState, listener: JudgedListener): number {
  return new Set(all.filter(({ attached }) => attached.some((one) => one.listener === listener)).map(({ route }) => route)).size;
}
