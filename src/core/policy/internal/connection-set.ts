import { combinePlanes, hasPair, NO_PLANE, planeOf, type PortPlane, samePlanes } from '../../net/port-plane.js';
import {
  ALL_PORTS,
  formatPorts,
  hasPort,
  intersectPorts,
  NO_PORTS,
  type PortSet,
  portSet,
  samePorts,
  subtractPorts,
  unionPorts,
} from '../../net/port-set.js';
import { type Protocol, PROTOCOLS } from '../../net/protocol.js';

/** The protocols of which more is judged than their number, by that number (IANA "Assigned Internet Protocol Numbers"). */
const NUMBERS = { ICMP: 1, TCP: 6, UDP: 17, ICMPv6: 58, SCTP: 132, UDPLite: 136 } as const;

/** A protocol with ports, or with types and codes. */
export type DetailedProtocol = keyof typeof NUMBERS;

const DETAILED: readonly DetailedProtocol[] = ['ICMP', 'ICMPv6', 'SCTP', 'TCP', 'UDP', 'UDPLite'];

/** Types of ICMP, and codes. */
const ALL_OCTETS: PortSet = [{ from: 0, to: 255 }];

/** Protocols by their number, without the detailed ones. */
const OTHER_PROTOCOLS: PortSet = subtractPorts(ALL_OCTETS, portSet(Object.values(NUMBERS).map((number) => ({ from: number, to: number }))));

const ALL_OF: Readonly<Record<DetailedProtocol, PortPlane>> = {
  ICMP: planeOf(ALL_OCTETS, ALL_OCTETS),
  ICMPv6: planeOf(ALL_OCTETS, ALL_OCTETS),
  SCTP: planeOf(ALL_PORTS, ALL_PORTS),
  TCP: planeOf(ALL_PORTS, ALL_PORTS),
  UDP: planeOf(ALL_PORTS, ALL_PORTS),
  UDPLite: planeOf(ALL_PORTS, ALL_PORTS),
};

/**
 * The connections that two endpoints may have, of every IP protocol. TCP, UDP, SCTP, UDPLite: destination port and source port; ICMP, ICMPv6: type and code;
 * any other protocol: by its number, all of it or nothing. Canonical, part by part: what is empty or everything is one object each.
 */
export interface ConnectionSet extends Readonly<Record<DetailedProtocol, PortPlane>> {
  /** Numbers of the other protocols. */
  readonly others: PortSet;
}

/** Everything, of every IP protocol. */
export const ALL_CONNECTIONS: ConnectionSet = { ...ALL_OF, others: OTHER_PROTOCOLS };

/** Nothing. */
export const NO_CONNECTIONS: ConnectionSet = {
  ICMP: NO_PLANE,
  ICMPv6: NO_PLANE,
  SCTP: NO_PLANE,
  TCP: NO_PLANE,
  UDP: NO_PLANE,
  UDPLite: NO_PLANE,
  others: NO_PORTS,
};

/** Every port of TCP, UDP and SCTP: all that the policies of Kubernetes' own APIs speak of ("All Connections" of netpol-analyzer). */
export const EVERY_PORT: ConnectionSet = { ...NO_CONNECTIONS, SCTP: ALL_OF.SCTP, TCP: ALL_OF.TCP, UDP: ALL_OF.UDP };

/** Sets of {@link connectionsOf} by their ends: equal sets are mostly one object, which operations on them see at once. */
const ofPorts: Readonly<Record<Protocol, Map<number, ConnectionSet>>> = { TCP: new Map(), UDP: new Map(), SCTP: new Map() };
/** So many of a protocol are remembered, then none of them. */
const MOST_REMEMBERED = 4096;

/** Some destination ports of one protocol. */
export function connectionsOf(protocol: Protocol, from = 1, to = 65535): ConnectionSet {
  const known = ofPorts[protocol];
  const key = from * 2 ** 26 + to;
  let set = known.get(key);
  if (!set) {
    if (known.size === MOST_REMEMBERED) known.clear();
    set = connectionsBetween(protocol, ALL_PORTS, [{ from, to }]);
    known.set(key, set);
  }
  return set;
}

/** Connections from some ports to some ports. */
export function connectionsBetween(protocol: Protocol | 'UDPLite', sources: PortSet, destinations: PortSet): ConnectionSet {
  return canonical({ ...NO_CONNECTIONS, [protocol]: planeOf(destinations, sources) });
}

/** Messages of some types and codes; codes left out: every one. */
export function icmpConnections(protocol: 'ICMP' | 'ICMPv6', types: PortSet = ALL_OCTETS, codes: PortSet = ALL_OCTETS): ConnectionSet {
  return canonical({ ...NO_CONNECTIONS, [protocol]: planeOf(types, codes) });
}

/** All of one IP protocol, 0 … 255; `6` is TCP. */
export function connectionsOfProtocol(number: number): ConnectionSet {
  const detailed = DETAILED.find((name) => NUMBERS[name] === number);
  return detailed ? { ...NO_CONNECTIONS, [detailed]: ALL_OF[detailed] } : { ...NO_CONNECTIONS, others: [{ from: number, to: number }] };
}

/** Every part that is empty or everything becomes one object, and so does the whole, so that the common cases are an identity check. */
function canonical(set: ConnectionSet): ConnectionSet {
  const others = set.others.length === 0 ? NO_PORTS : samePorts(set.others, OTHER_PROTOCOLS) ? OTHER_PROTOCOLS : set.others;
  const part = (name: DetailedProtocol) =>
    set[name].length === 0 ? NO_PLANE : samePlanes(set[name], ALL_OF[name]) ? ALL_OF[name] : set[name];
  const parts: ConnectionSet = {
    ICMP: part('ICMP'),
    ICMPv6: part('ICMPv6'),
    SCTP: part('SCTP'),
    TCP: part('TCP'),
    UDP: part('UDP'),
    UDPLite: part('UDPLite'),
    others,
  };
  if (hasParts(parts, NO_CONNECTIONS)) return NO_CONNECTIONS;
  return hasParts(parts, ALL_CONNECTIONS) ? ALL_CONNECTIONS : parts;
}

function hasParts(set: ConnectionSet, constant: ConnectionSet): boolean {
  return set.others === constant.others && DETAILED.every((name) => set[name] === constant[name]);
}

/** An operation on sets of numbers that makes nothing of two empty sets. */
type Operation = (a: PortSet, b: PortSet) => PortSet;

function combine(a: ConnectionSet, b: ConnectionSet, operation: Operation): ConnectionSet {
  const part = (name: DetailedProtocol) => combinePlanes(a[name], b[name], operation);
  return canonical({
    ICMP: part('ICMP'),
    ICMPv6: part('ICMPv6'),
    SCTP: part('SCTP'),
    TCP: part('TCP'),
    UDP: part('UDP'),
    UDPLite: part('UDPLite'),
    others: operation(a.others, b.others),
  });
}

/** Connections of either set. */
export function unionConnections(a: ConnectionSet, b: ConnectionSet): ConnectionSet {
  if (a === b || a === ALL_CONNECTIONS || b === NO_CONNECTIONS) return a;
  return b === ALL_CONNECTIONS || a === NO_CONNECTIONS ? b : combine(a, b, unionPorts);
}

/** Connections of any of the sets: neighbours first, so that no large set is gone through for each small one. */
export function unionOfConnections(sets: readonly ConnectionSet[]): ConnectionSet {
  let left = sets;
  while (left.length > 1) {
    const pairs = Array.from({ length: Math.ceil(left.length / 2) }, (_, at) => left.slice(2 * at, 2 * at + 2));
    left = pairs.map(([a = NO_CONNECTIONS, b = NO_CONNECTIONS]) => unionConnections(a, b));
  }
  return left[0] ?? NO_CONNECTIONS;
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

/** Whether some connection is in both: mostly seen by their ends, without making anything. */
export function haveConnections(a: ConnectionSet, b: ConnectionSet): boolean {
  if (a === b) return a !== NO_CONNECTIONS;
  const near = reachEachOther(a.others, b.others) || DETAILED.some((name) => reachEachOther(a[name], b[name]));
  return near && intersectConnections(a, b) !== NO_CONNECTIONS;
}

/** Whether neither begins behind the end of the other. */
function reachEachOther(a: PortSet, b: PortSet): boolean {
  const [first, last] = [a[0], a.at(-1)];
  const [otherFirst, otherLast] = [b[0], b.at(-1)];
  if (!first || !last || !otherFirst || !otherLast) return false;
  return first.from <= otherLast.to && otherFirst.from <= last.to;
}

/** Whether there is nothing in it. */
export function noConnections(set: ConnectionSet): boolean {
  return set === NO_CONNECTIONS;
}

/** Whether every connection of `inner` is in `outer`. */
export function coversConnections(outer: ConnectionSet, inner: ConnectionSet): boolean {
  if (outer === ALL_CONNECTIONS || outer === inner) return true;
  if (inner.others !== outer.others && subtractPorts(inner.others, outer.others).length > 0) return false;
  return DETAILED.every((name) => {
    const [asked, all] = [inner[name], outer[name]];
    return asked.length === 0 || asked === all || (all.length > 0 && combinePlanes(asked, all, subtractPorts).length === 0);
  });
}

/** Whether the two sets are the same. */
export function sameConnections(a: ConnectionSet, b: ConnectionSet): boolean {
  return a === b || (samePorts(a.others, b.others) && DETAILED.every((name) => samePlanes(a[name], b[name])));
}

/** One connection; `down` is its destination port or ICMP type, `across` its source port or ICMP code. */
export interface ConnectionPoint {
  /** Of the IP protocol. */
  readonly number: number;
  readonly down: number;
  readonly across: number;
}

/** Whether the set has the connection. */
export function hasConnection(set: ConnectionSet, { number, down, across }: ConnectionPoint): boolean {
  const detailed = DETAILED.find((name) => NUMBERS[name] === number);
  return detailed ? hasPair(set[detailed], down, across) : hasPort(set.others, number);
}

/** The protocols of which the set has something; `undefined` stands for the others together. */
export function protocolsIn(set: ConnectionSet): readonly (DetailedProtocol | undefined)[] {
  const named = DETAILED.filter((name) => set[name].length > 0);
  return set.others.length === 0 ? named : [...named, undefined];
}

/** Nobody narrowed the question: it is about every port, or about everything. */
export function isEverything(asked: ConnectionSet): boolean {
  return asked === ALL_CONNECTIONS || sameConnections(asked, EVERY_PORT);
}

/** The only IP protocol of the set, by its number; undefined where there are several, or none. */
export function onlyProtocol(set: ConnectionSet): number | undefined {
  const numbers = [
    ...DETAILED.flatMap((name) => (set[name].length > 0 ? [NUMBERS[name]] : [])),
    ...set.others.flatMap(({ from, to }) => (from === to ? [from] : [from, to])),
  ];
  return numbers.length === 1 ? numbers[0] : undefined;
}

/** Protocols that the policies of Kubernetes' own APIs do not speak of. */
const BEYOND: readonly DetailedProtocol[] = DETAILED.filter((name) => !PROTOCOLS.some((protocol) => protocol === name));

const texts = new WeakMap<ConnectionSet, string>();

/**
 * netpol-analyzer's spelling: `All Connections`, `No Connections`, or the protocols in alphabetical order, `SCTP 1-65535,TCP 80,443,UDP 53`, without a blank
 * after a comma. Other protocols are told where some of them are in the set and some are not: `ICMP type 8,TCP 80 from 1024-65535,protocol 50-51`.
 */
export function formatConnections(set: ConnectionSet): string {
  let text = texts.get(set);
  if (text === undefined) {
    text = textOf(set);
    texts.set(set, text);
  }
  return text;
}

function textOf(set: ConnectionSet): string {
  const none = BEYOND.every((name) => set[name].length === 0) && set.others.length === 0;
  // Beside nothing of the three, all of the others is something to tell.
  const some = PROTOCOLS.some((name) => set[name].length > 0);
  const all = some && BEYOND.every((name) => samePlanes(set[name], ALL_OF[name])) && samePorts(set.others, OTHER_PROTOCOLS);
  const told: readonly DetailedProtocol[] = none || all ? PROTOCOLS : DETAILED;
  if ((none || all) && PROTOCOLS.every((name) => samePlanes(set[name], ALL_OF[name]))) return 'All Connections';
  const parts = told.flatMap((name) => planeTexts(name, set[name]));
  if (!none && !all && set.others.length > 0) {
    parts.push(samePorts(set.others, OTHER_PROTOCOLS) ? 'other protocols' : `protocol ${formatPorts(set.others)}`);
  }
  return parts.length === 0 ? 'No Connections' : parts.join(',');
}

/** Bands with the same second coordinate together. */
function planeTexts(name: DetailedProtocol, plane: PortPlane): readonly string[] {
  const groups = new Map<string, PortPlane>();
  for (const band of plane) {
    const across = formatPorts(band.across);
    groups.set(across, [...(groups.get(across) ?? []), band]);
  }
  const icmp = name === 'ICMP' || name === 'ICMPv6';
  const everything = formatPorts(icmp ? ALL_OCTETS : ALL_PORTS);
  return [...groups].map(([across, bands]) => {
    if (!icmp) return `${name} ${formatPorts(bands)}${across === everything ? '' : ` from ${across}`}`;
    const code = across === everything ? '' : ` code ${across}`;
    return formatPorts(bands) === everything && code === '' ? name : `${name} type ${formatPorts(bands)}${code}`;
  });
}

const keys = new WeakMap<ConnectionSet, string>();

/** Equal for equal sets, and for no others. */
export function connectionsKey(set: ConnectionSet): string {
  let key = keys.get(set);
  if (key === undefined) {
    const bands = (plane: PortPlane) => plane.map((band) => `${formatPorts([band])}:${formatPorts(band.across)}`).join(' ');
    key = [...DETAILED.map((name) => (set[name] === ALL_OF[name] ? '*' : bands(set[name]))), formatPorts(set.others)].join(';');
    keys.set(set, key);
  }
  return key;
}
