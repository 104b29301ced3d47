import { forEachInSteps, type Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { GATEWAY_GROUP, type ParentReference } from '../../../resources/gateway-reference.js';
import type { GatewayRoute } from '../../../resources/gateway-route.js';
import { gatewayOf } from '../gateway/claims.js';
import { NearNames } from '../near-names.js';
import type { Ledger } from './ledger.js';

/** So many routes are looked at in one step. */
const STRETCH = 500;

/** Routes that name a Gateway, or a ListenerSet of one, that is not there (rule G7): no controller says so in a status. Parents of other kinds, such as Services of a mesh, are not looked for. */
export function* lintLostParents(model: NetworkModel, ledger: Ledger): Steps<void> {
  const { gateways, listenerSets, routes } = model.gatewayApi;
  const near = { Gateway: new NearNames([...gateways.keys()]), ListenerSet: new NearNames([...listenerSets.keys()]) };
  const lost = (route: GatewayRoute, parent: ParentReference): string | undefined => {
    const { group, kind } = parent;
    if (group !== GATEWAY_GROUP || (kind !== 'Gateway' && kind !== 'ListenerSet') || gatewayOf(model, route, parent)) return undefined;
    const name = `${parent.namespace ?? route.namespace}/${parent.name}`;
    const set = kind === 'ListenerSet' ? listenerSets.get(name) : undefined;
    if (set) return `${kind} ${name} is of no Gateway that exists`;
    const hint = near[kind].hintFor(name);
    return `${kind} ${name} does not exist${hint === undefined ? '' : ` (${hint})`}`;
  };
  yield* forEachInSteps(routes, STRETCH, (route) => {
    if (!ledger.wants(route.namespace)) return;
    for (const parent of route.parentRefs) {
      const message = lost(route, parent);
      if (message !== undefined) ledger.add({ code: 'ING-NOT-ATTACHED', object: route.ref, pointer: parent.pointer, message });
    }
  });
}
