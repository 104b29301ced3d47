import type { ModelService, NetworkModel } from '../../core/model/network-model.js';
import type { Gateway } from '../../core/resources/gateway.js';
import { GATEWAY_GROUP, type ObjectReference } from '../../core/resources/gateway-reference.js';
import type { GatewayRoute } from '../../core/resources/gateway-route.js';
import type { ItemName } from '../objects/collection.js';
import { ROUTES } from '../objects/gateway-routes.js';
import { GATEWAYS } from '../objects/gateways.js';
import { SERVICES } from '../objects/services.js';
import { groupByKeys, keyOf, perModel } from './relation.js';

const isGateway = ({ group, kind }: ObjectReference): boolean => group === GATEWAY_GROUP && kind === 'Gateway';
const isService = ({ group, kind }: ObjectReference): boolean => group === '' && kind === 'Service';

/** The keys of what a route refers to, in the order of its references. */
function keysIn({ namespace: own }: GatewayRoute, references: readonly ObjectReference[]): readonly string[] {
  return references.map(({ namespace = own, name }) => keyOf({ namespace, name }));
}

const parentsOf = (route: GatewayRoute): readonly string[] => keysIn(route, route.parentRefs.filter(isGateway));
const backendsOf = (route: GatewayRoute): readonly string[] =>
  keysIn(
    route,
    route.rules.flatMap(({ backends }) => backends.filter(isService)),
  );

const routesByGateway = perModel((model) => groupByKeys(model.gatewayApi.routes, parentsOf));
const routesByService = perModel((model) => groupByKeys(model.gatewayApi.routes, backendsOf));
const routeByKey = perModel((model) =>
  groupByKeys(model.gatewayApi.routes, ({ kind, namespace, ref: { name } }) => [`${kind}/${keyOf({ namespace, name })}`]),
);

const routeNamed = (name: ItemName, model: NetworkModel): GatewayRoute | undefined =>
  routeByKey(model).get(`${name.kind}/${keyOf(name)}`)?.[0];

/** The routes that name a Gateway as their parent, whether it takes them or not. */
export const GATEWAY_ROUTES = {
  name: 'gateway.routes',
  to: ROUTES,
  related: (name: ItemName, model: NetworkModel): readonly GatewayRoute[] => routesByGateway(model).get(keyOf(name)) ?? [],
};

/** The Gateways that a route names as its parents; those that are not there are left out. */
export const ROUTE_GATEWAYS = {
  name: 'route.gateways',
  to: GATEWAYS,
  related: (name: ItemName, model: NetworkModel): readonly Gateway[] => {
    const route = routeNamed(name, model);
    return [...new Set(route ? parentsOf(route) : [])].flatMap((key) => model.gatewayApi.gateways.get(key) ?? []);
  },
};

/** The services that a route sends requests to, in the order of its rules; those that are not there are left out. */
export const ROUTE_SERVICES = {
  name: 'route.services',
  to: SERVICES,
  related: (name: ItemName, model: NetworkModel): readonly ModelService[] => {
    const route = routeNamed(name, model);
    return [...new Set(route ? backendsOf(route) : [])].flatMap((key) => model.services.get(key) ?? []);
  },
};

/** The routes that send requests to a service. */
export const SERVICE_ROUTES = {
  name: 'service.routes',
  to: ROUTES,
  related: (name: ItemName, model: NetworkModel): readonly GatewayRoute[] => routesByService(model).get(keyOf(name)) ?? [],
};
