import { compareBy } from '../../../kernel/compare.js';
import { inMap } from '../../../kernel/in-map.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Gateway, GatewayListener, ListenerProtocol, ListenerSet } from '../../../resources/gateway.js';
import { GATEWAY_GROUP } from '../../../resources/gateway-reference.js';
import { ageOf } from './age.js';
import { namespaceAllowed } from './allowed-namespaces.js';

/** Why a listener cannot be served beside another. */
export type ListenerConflict = 'HostnameConflict' | 'ProtocolConflict';

/** A listener where it stands: in the Gateway itself or in a ListenerSet. */
export interface PlacedListener {
  readonly owner: Gateway | ListenerSet;
  readonly listener: GatewayListener;
  readonly conflict: { readonly reason: ListenerConflict; readonly with: string } | undefined;
}

/** By age, then by name, as everywhere in the Gateway API; what was never in a cluster counts as youngest. */
export const byAge = compareBy<{
  readonly createdAt: string | undefined;
  readonly ref: { readonly namespace?: string | undefined; readonly name: string };
}>(ageOf, ({ ref }) => `${ref.namespace ?? ''}/${ref.name}`);

/** The ListenerSets that name a Gateway and are let in, in the order of their precedence (`apis/v1/listenerset_types.go`). */
function allowedSets(model: NetworkModel, gateway: Gateway): readonly ListenerSet[] {
  const naming = inMap(setsOf, model, () => setsByGateway(model)).get(`${gateway.namespace}/${gateway.ref.name}`) ?? [];
  return naming.filter((set) => namespaceAllowed(model, gateway.allowedListeners, gateway.namespace, set.namespace)).sort(byAge);
}

const setsOf = new WeakMap<NetworkModel, ReadonlyMap<string, readonly ListenerSet[]>>();

/** The ListenerSets by the Gateway that they name. */
function setsByGateway({ gatewayApi }: NetworkModel): ReadonlyMap<string, readonly ListenerSet[]> {
  const sets = new Map<string, ListenerSet[]>();
  for (const set of gatewayApi.listenerSets.values()) {
    if (set.parentRef?.kind !== 'Gateway' || set.parentRef.group !== GATEWAY_GROUP) continue;
    inMap(sets, `${set.parentRef.namespace ?? set.namespace}/${set.parentRef.name}`, (): ListenerSet[] => []).push(set);
  }
  return sets;
}

/**
 * All listeners of a Gateway with their conflicts: within the Gateway every clashing listener is refused, for no winner may be picked; a listener of a ListenerSet
 * is refused where an earlier one of the list (Gateway, sets by age, by name) clashes with it (rules G2 and G3, 6.1).
 */
export function placedListeners(model: NetworkModel, gateway: Gateway): readonly PlacedListener[] {
  const claims = new Claims();
  for (const listener of gateway.listeners) claims.add(listener);
  const own = gateway.listeners.map((listener): PlacedListener => ({ owner: gateway, listener, conflict: claims.against(listener) }));
  const added = allowedSets(model, gateway).flatMap((owner) =>
    owner.listeners.map((listener): PlacedListener => {
      const conflict = claims.against(listener);
      if (!conflict) claims.add(listener);
      return { owner, listener, conflict };
    }),
  );
  return [...own, ...added];
}

/** What a protocol speaks on the wire: listeners of one port must agree. */
const WIRE: Readonly<Record<ListenerProtocol, string>> = { HTTP: 'http', HTTPS: 'tls', TLS: 'tls', TCP: 'tcp', UDP: 'udp' };

/** Who claims which port by which protocol and name. The first two of each are enough to find another than oneself. */
class Claims {
  private readonly byWire = new Map<string, GatewayListener[]>();
  private readonly byHostname = new Map<string, GatewayListener[]>();

  add(listener: GatewayListener): void {
    if (listener.protocol === undefined) return;
    const wire = `${listener.port} ${WIRE[listener.protocol]}`;
    note(this.byWire, wire, listener);
    note(this.byHostname, `${wire} ${distinctName(listener)}`, listener);
  }

  against(listener: GatewayListener): PlacedListener['conflict'] {
    if (listener.protocol === undefined) return undefined;
    const wire = WIRE[listener.protocol];
    const same = this.byHostname.get(`${listener.port} ${wire} ${distinctName(listener)}`)?.find((other) => other !== listener);
    if (same) return { reason: same.protocol === listener.protocol ? 'HostnameConflict' : 'ProtocolConflict', with: same.name };
    if (wire === 'udp') return undefined;
    for (const other of ['http', 'tls', 'tcp']) {
      const [first] = other === wire ? [] : (this.byWire.get(`${listener.port} ${other}`) ?? []);
      if (first) return { reason: 'ProtocolConflict', with: first.name };
    }
    return undefined;
  }
}

/** Listeners of TCP and UDP are told apart by their port alone: a hostname means nothing to them (`GatewaySpec.Listeners`, "Distinct Listeners"). */
function distinctName({ protocol, hostname }: GatewayListener): string {
  return protocol === 'TCP' || protocol === 'UDP' ? '' : (hostname ?? '');
}

function note(claims: Map<string, GatewayListener[]>, key: string, listener: GatewayListener): void {
  const known = claims.get(key);
  if (!known) claims.set(key, [listener]);
  else if (known.length < 2) known.push(listener);
}
