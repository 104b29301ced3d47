import { inMap } from '../../../kernel/in-map.js';
import type { GatewayRoute, GRPCRoute, HTTPRoute, StreamRoute } from '../../../resources/gateway-route.js';
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

/** Routes of connections of one kind that a listener has under one hostname; undefined: for every name. */
export interface StreamsUnder {
  readonly hostname: string | undefined;
  readonly routes: readonly StreamRoute[];
}

/** The routes of one listener by hostname; those of connections by their kind too. */
interface Tables {
  readonly requests: Map<string, ServedRoute[]>;
  readonly streams: Map<string, StreamsUnder & { readonly routes: StreamRoute[] }>;
}

const EVERY_HOST = '*';

const known = new WeakMap<GatewayState, ReadonlyMap<JudgedListener, Tables>>();

function tablesOn(state: GatewayState, listener: JudgedListener): Tables | undefined {
  return inMap(known, state, () => tablesOf(state)).get(listener);
}

/** The routes on a listener that some hostname makes reachable under a host, in the order of the routes; found by the names that can cover it, not by looking at each. */
export function routesByHost(state: GatewayState, listener: JudgedListener, host: string): readonly ServedRoute[] {
  const table = tablesOn(state, listener)?.requests;
  if (!table) return [];
  const found = new Set<ServedRoute>();
  for (const hostname of covering(host)) for (const served of table.get(hostname) ?? []) found.add(served);
  return [...found].sort((a, b) => a.position - b.position);
}

/** The routes of connections under the most specific hostname of a listener that covers a name; those for every name where the client names none. Equal for equal hostnames. */
export function mostSpecificStreams(
  state: GatewayState,
  listener: JudgedListener,
  kind: StreamRoute['kind'],
  name: string | undefined,
): StreamsUnder | undefined {
  const table = tablesOn(state, listener)?.streams;
  if (!table) return undefined;
  for (const hostname of name === undefined ? [EVERY_HOST] : covering(name)) {
    const under = table.get(`${kind} ${hostname}`);
    if (under) return under;
  }
  return undefined;
}

function tablesOf({ attachments }: GatewayState): ReadonlyMap<JudgedListener, Tables> {
  const tables = new Map<JudgedListener, Tables>();
  const seen = new Map<JudgedListener, Set<GatewayRoute>>();
  for (const [position, { route, attached }] of attachments.entries()) {
    for (const here of attached) {
      const routes = inMap(seen, here.listener, () => new Set<GatewayRoute>());
      if (routes.has(route)) continue; // a second parentRef to the same listener
      routes.add(route);
      const table = inMap(tables, here.listener, (): Tables => ({ requests: new Map(), streams: new Map() }));
      if (route.kind !== 'HTTPRoute' && route.kind !== 'GRPCRoute') addStream(table, route, here);
      else {
        const served = { route, here, position };
        for (const hostname of new Set(here.hostnames)) inMap(table.requests, hostname ?? EVERY_HOST, (): ServedRoute[] => []).push(served);
      }
    }
  }
  return tables;
}

/** Only TLS has names. */
function addStream({ streams }: Tables, route: StreamRoute, { hostnames }: AttachedRoute): void {
  for (const hostname of route.kind === 'TLSRoute' ? new Set(hostnames) : [undefined])
    inMap(streams, `${route.kind} ${hostname ?? EVERY_HOST}`, () => ({ hostname, routes: [] })).routes.push(route);
}

/** The hostnames that can cover a host, the most specific first: itself, a wildcard before each of its dots, every host. */
function covering(host: string): readonly string[] {
  const names = [host];
  for (let dot = host.indexOf('.', 1); dot >= 0; dot = host.indexOf('.', dot + 1)) names.push(`*${host.slice(dot)}`);
  return [...names, EVERY_HOST];
}
