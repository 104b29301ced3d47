import type { GRPCRoute, HTTPRoute } from '../../../resources/gateway-route.js';
import type { AttachedRoute } from './attachments.js';
import type { GatewayState } from './gateway-state.js';
import type { JudgedListener } from './listener-status.js';

/** An HTTPRoute or GRPCRoute on a listener. */
export interface ServedRoute {
  readonly route: HTTPRoute | GRPCRoute;
  readonly here: AttachedRoute;
  /** Position among the routes of the Gateway. */
  readonly position: number;
}

type ByHostname = Map<string, ServedRoute[]>;

const EVERY_HOST = '*';

const known = new WeakMap<GatewayState, Map<JudgedListener, ByHostname>>();

/** The routes on a listener that some hostname makes reachable under a host, in the order of the routes; found by the names that can cover it, not by looking at each. */
export function routesByHost(state: GatewayState, listener: JudgedListener, host: string): readonly ServedRoute[] {
  const tables = known.get(state) ?? tablesOf(state);
  known.set(state, tables);
  const table = tables.get(listener);
  if (!table) return [];
  const found = new Set<ServedRoute>();
  for (const hostname of covering(host)) for (const served of table.get(hostname) ?? []) found.add(served);
  return [...found].sort((a, b) => a.position - b.position);
}

function tablesOf({ attachments }: GatewayState): Map<JudgedListener, ByHostname> {
  const tables = new Map<JudgedListener, ByHostname>();
  const seen = new Map<JudgedListener, Set<HTTPRoute | GRPCRoute>>();
  for (const [position, { route, attached }] of attachments.entries()) {
    if (route.kind !== 'HTTPRoute' && route.kind !== 'GRPCRoute') continue;
    for (const here of attached) {
      const routes = seen.get(here.listener) ?? new Set();
      seen.set(here.listener, routes);
      if (routes.has(route)) continue; // a second parentRef to the same listener
      routes.add(route);
      const table: ByHostname = tables.get(here.listener) ?? new Map();
      tables.set(here.listener, table);
      const served = { route, here, position };
      for (const hostname of new Set(here.hostnames)) {
        const key = hostname ?? EVERY_HOST;
        const list = table.get(key);
        if (list) list.push(served);
        else table.set(key, [served]);
      }
    }
  }
  return tables;
}

/** The hostnames that can cover a host: itself, a wildcard before each of its dots, every host. */
function covering(host: string): readonly string[] {
  const names = [host, EVERY_HOST];
  for (let dot = host.indexOf('.', 1); dot >= 0; dot = host.indexOf('.', dot + 1)) names.push(`*${host.slice(dot)}`);
  return names;
}
