import { ALL_PORTS, formatPorts, intersectPorts, NO_PORTS, type PortSet, portSet, subtractPorts, unionPorts } from '../../net/port-set.js';
import { type Protocol, PROTOCOLS } from '../../net/protocol.js';

/** The connections that two endpoints may have: for each protocol the destination's ports. */
export type ConnectionSet = Readonly<Record<Protocol, PortSet>>;

/** Every port of every protocol. */
export const ALL_CONNECTIONS: ConnectionSet = { SCTP: ALL_PORTS, TCP: ALL_PORTS, UDP: ALL_PORTS };

/** Nothing. */
export const NO_CONNECTIONS: ConnectionSet = { SCTP: NO_PORTS, TCP: NO_PORTS, UDP: NO_PORTS };

/** Some ports of one protocol. */
export function connectionsOf(protocol: Protocol, from = 1, to = 65535): ConnectionSet {
  return { ...NO_CONNECTIONS, [protocol]: portSet([{ from, to }]) };
}

function combine(a: ConnectionSet, b: ConnectionSet, operation: (a: PortSet, b: PortSet) => PortSet): ConnectionSet {
  return canonical({ SCTP: operation(a.SCTP, b.SCTP), TCP: operation(a.TCP, b.TCP), UDP: operation(a.UDP, b.UDP) });
}

/** The empty and the full set are one object each, so that the common cases are an identity check. */
function canonical(set: ConnectionSet): ConnectionSet {
  if (PROTOCOLS.every((protocol) => set[protocol].length === 0)) return NO_CONNECTIONS;
  return PROTOCOLS.every((protocol) => isFull(set[protocol])) ? ALL_CONNECTIONS : set;
}

function isFull(ports: PortSet): boolean {
  return ports.length === 1 && ports[0]?.from === 1 && ports[0].to === 65535;
}

/** Connections of either set. */
export function unionConnections(a: ConnectionSet, b: ConnectionSet): ConnectionSet {
  if (a === b || a === ALL_CONNECTIONS || b === NO_CONNECTIONS) return a;
  return b === ALL_CONNECTIONS || a === NO_CONNECTIONS ? b : combine(a, b, unionPorts);
}

/** Connections of both sets. */
export function intersectConnections(a: ConnectionSet, b: ConnectionSet): ConnectionSet {
  if (a === b || a === NO_CONNECTIONS || b === ALL_CONNECTIONS) return a;
  return b === NO_CONNECTIONS || a === ALL_CONNECTIONS ? b : combine(a, b, intersectPorts);
}

/** Connections of `a` that are not in `b`. */
export function subtractConnections(a: ConnectionSet, b: ConnectionSet): ConnectionSet {
  if (b === NO_CONNECTIONS || a === NO_CONNECTIONS) return a;
  return b === ALL_CONNECTIONS || a === b ? NO_CONNECTIONS : combine(a, b, subtractPorts);
}

/** Whether there is nothing in it. */
export function noConnections(set: ConnectionSet): boolean {
  return set === NO_CONNECTIONS || PROTOCOLS.every((protocol) => set[protocol].length === 0);
}

/** Whether every connection of `inner` is in `outer`. */
export function coversConnections(outer: ConnectionSet, inner: ConnectionSet): boolean {
  return outer === ALL_CONNECTIONS || noConnections(subtractConnections(inner, outer));
}

/** Whether the two sets are the same. */
export function sameConnections(a: ConnectionSet, b: ConnectionSet): boolean {
  return a === b || (coversConnections(a, b) && coversConnections(b, a));
}

const texts = new WeakMap<ConnectionSet, string>();

/**
 * netpol-analyzer's spelling: `All Connections`, `No Connections`, or the protocols in alphabetical order, `SCTP 1-65535,TCP 80,443,UDP 53`, without a blank
 * after a comma.
 */
export function formatConnections(set: ConnectionSet): string {
  const known = texts.get(set);
  if (known !== undefined) return known;
  const parts = PROTOCOLS.filter((protocol) => set[protocol].length > 0).map((protocol) => `${protocol} ${formatPorts(set[protocol])}`);
  const all = PROTOCOLS.every((protocol) => isFull(set[protocol]));
  const text = all ? 'All Connections' : parts.length === 0 ? 'No Connections' : parts.join(',');
  texts.set(set, text);
  return text;
}
