import { parseCidr } from '../../../src/core/net/cidr.js';
import { type IpRange, rangeOfCidr } from '../../../src/core/net/ip-set.js';
import { formatIp, parseIp } from '../../../src/core/net/ip.js';
import type { Outcome } from '../set-result.js';

/** One box of connections; a field that is missing, or null, is everything. */
export interface BoxData {
  readonly protocols?: readonly string[] | null;
  readonly notProtocols?: readonly string[] | null;
  readonly srcPorts?: Ranges | null;
  readonly dstPorts?: Ranges | null;
  readonly icmpType?: Ranges | null;
  readonly icmpCode?: Ranges | null;
}

type Ranges = readonly (readonly number[])[];

interface ListedConnection {
  readonly from: string;
  readonly to: string;
  readonly boxes: readonly BoxData[];
}

/** Compares a listing with rows `[source, destination, key]`, as sets of connections per pair; address ranges are cut to common boundaries. */
export function calicoPairs(
  rows: readonly (readonly string[])[],
  keys: Readonly<Record<string, readonly BoxData[]>>,
  result: unknown,
): Outcome {
  const listed = (result as { connections: readonly ListedConnection[] }).connections;
  const expected = rows.map(([from = '', to = '', key = '']): ListedConnection => ({ from, to, boxes: keys[key] ?? [] }));
  const actual = listed.map(({ from, to, boxes }) => ({ from: from.replace(/^Pod /, ''), to: to.replace(/^Pod /, ''), boxes }));
  const cuts = { from: cutsOf([...expected, ...actual], 'from'), to: cutsOf([...expected, ...actual], 'to') };
  const [wanted, found] = [pieces(expected, cuts), pieces(actual, cuts)];
  const wrong = [...new Set([...wanted.keys(), ...found.keys()])].filter(
    (pair) => !sameBoxes(wanted.get(pair) ?? [], found.get(pair) ?? []),
  );
  if (wrong.length === 0) return { pass: true };
  const show = (side: ReadonlyMap<string, readonly BoxData[]>) => wrong.slice(0, 5).map((pair) => [pair, side.get(pair) ?? 'none']);
  return { pass: false, expected: { pairs: show(wanted), of: wrong.length }, actual: show(found) };
}

/** The addresses of a name; undefined: it is a pod. */
function rangeOf(name: string): IpRange | undefined {
  const cidr = parseCidr(name);
  if (cidr) return rangeOfCidr(cidr);
  const [first = '', last = first] = name.split('-');
  const [low, high] = [parseIp(first), parseIp(last)];
  return low && high ? { family: low.family, first: low.value, last: high.value } : undefined;
}

/** Where ranges of one side begin, and where they have ended, by family. */
function cutsOf(connections: readonly ListedConnection[], side: 'from' | 'to'): ReadonlyMap<number, readonly bigint[]> {
  const cuts = new Map<number, Set<bigint>>([
    [4, new Set()],
    [6, new Set()],
  ]);
  for (const one of connections) {
    const range = rangeOf(one[side]);
    if (range)
      cuts
        .get(range.family)
        ?.add(range.first)
        .add(range.last + 1n);
  }
  return new Map([...cuts].map(([family, set]) => [family, [...set].sort((a, b) => (a < b ? -1 : 1))]));
}

type Cuts = Readonly<Record<'from' | 'to', ReadonlyMap<number, readonly bigint[]>>>;

function pieces(connections: readonly ListedConnection[], cuts: Cuts): ReadonlyMap<string, readonly BoxData[]> {
  const found = new Map<string, readonly BoxData[]>();
  for (const { from, to, boxes } of connections) {
    for (const source of namesOf(from, cuts.from)) {
      for (const destination of namesOf(to, cuts.to)) found.set(`${source} => ${destination}`, boxes);
    }
  }
  return found;
}

function namesOf(name: string, cuts: Cuts['from']): readonly string[] {
  const range = rangeOf(name);
  if (!range) return [name];
  const { family, first, last } = range;
  return (cuts.get(family) ?? []).filter((cut) => cut >= first && cut <= last).map((value) => formatIp({ family, value }));
}

const ICMP = new Set(['ICMP', 'ICMPv6']);
/** Types of ICMP as the rows count them. */
const LAST_TYPE = 254;
const PORTS = [1, 65535] as const;

/** Whether two unions of boxes hold the same points, asked at a point of every stretch in which neither changes. */
function sameBoxes(a: readonly BoxData[], b: readonly BoxData[]): boolean {
  const boxes = [...a, ...b];
  const named = boxes.flatMap(({ protocols, notProtocols }) => [...(protocols ?? []), ...(notProtocols ?? [])]);
  for (const protocol of new Set([...named, 'ICMP', 'TCP', 'UDP', 'ICMPv6', 'SCTP', 'UDPLite', 'any other'])) {
    const icmp = ICMP.has(protocol);
    const downs = pointsOf(
      boxes.flatMap((box) => (icmp ? box.icmpType : box.dstPorts) ?? []),
      icmp ? [0, LAST_TYPE] : PORTS,
    );
    const acrosses = pointsOf(
      boxes.flatMap((box) => (icmp ? box.icmpCode : box.srcPorts) ?? []),
      icmp ? [0, 255] : PORTS,
    );
    for (const down of downs) {
      for (const across of acrosses) if (holds(a, protocol, down, across) !== holds(b, protocol, down, across)) return false;
    }
  }
  return true;
}

function pointsOf(ranges: Ranges, [first, last]: readonly [number, number]): readonly number[] {
  const points = ranges.flatMap(([from = 0, to = 0]) => [from, to + 1]);
  return [...new Set([first, ...points])].filter((point) => point <= last);
}

function holds(boxes: readonly BoxData[], protocol: string, down: number, across: number): boolean {
  const icmp = ICMP.has(protocol);
  return boxes.some((box) => {
    if (box.protocols && !box.protocols.includes(protocol)) return false;
    if (box.notProtocols?.includes(protocol)) return false;
    const [downs, acrosses] = icmp ? [box.icmpType, box.icmpCode] : [box.dstPorts, box.srcPorts];
    return within(downs, down) && within(acrosses, across);
  });
}

function within(ranges: Ranges | null | undefined, value: number): boolean {
  return !ranges || ranges.some(([from = 0, to = 0]) => from <= value && value <= to);
}
