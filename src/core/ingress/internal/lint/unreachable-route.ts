import type { NetworkModel } from '../../../model/network-model.js';
import type { AttachedRoute } from '../gateway/attachments.js';
import type { GatewayState } from '../gateway/gateway-state.js';
import { missingClass } from '../gateway/missing-class.js';

/** Why nothing ever reaches a route through a Gateway, whatever it matches; undefined where a listener serves it. */
export function unreachableRoute(model: NetworkModel, { gateway }: GatewayState, attached: readonly AttachedRoute[]): string | undefined {
  const missing = missingClass(model, gateway);
  if (missing !== undefined) return missing;
  if (attached.length === 0) return 'the route is attached to no listener';
  return attached.some(({ listener }) => listener.programmed) ? undefined : 'no listener that the route is attached to is served';
}
