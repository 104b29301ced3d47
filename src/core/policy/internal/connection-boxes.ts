import { formatIpProtocol } from '../../net/ip-protocol.js';
import type { PortBand, PortPlane } from '../../net/port-plane.js';
import { formatPorts, type PortSet } from '../../net/port-set.js';
import type { ConnectionBox } from '../connectivity-result.js';
import { ALL_CONNECTIONS, type ConnectionSet, type DetailedProtocol, protocolsIn } from './connection-set.js';

const EVERYTHING: ConnectionBox = { protocols: null, notProtocols: null, srcPorts: null, dstPorts: null, icmpType: null, icmpCode: null };

/** The set as boxes: their union is the set, and they have nothing in common. Whole protocols stand together, by name or by the ones that are missing. */
export function connectionBoxes(set: ConnectionSet): readonly ConnectionBox[] {
  if (set === ALL_CONNECTIONS) return [EVERYTHING];
  const details = protocolsIn(ALL_CONNECTIONS).flatMap((name) => name ?? []);
  const whole = details.filter((name) => set[name] === ALL_CONNECTIONS[name]);
  const others = set.others === ALL_CONNECTIONS.others;
  const missing = details.filter((name) => !whole.includes(name));
  const named = [...whole, ...numbersOf(set.others).map(formatIpProtocol)];
  const together = others ? { ...EVERYTHING, notProtocols: missing } : { ...EVERYTHING, protocols: named };
  return [...(others || named.length > 0 ? [together] : []), ...missing.flatMap((name) => planeBoxes(name, set[name]))];
}

function numbersOf(ports: PortSet): readonly number[] {
  return ports.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

/** Bands with the same second coordinate are one box. */
function planeBoxes(name: DetailedProtocol, plane: PortPlane): readonly ConnectionBox[] {
  const groups = new Map<string, PortBand[]>();
  for (const band of plane) {
    const key = formatPorts(band.across);
    groups.set(key, [...(groups.get(key) ?? []), band]);
  }
  const [whole] = ALL_CONNECTIONS[name];
  return [...groups.values()].map((bands) => {
    const [down, across] = [pairsOf(bands, whole), pairsOf(bands[0]?.across ?? [], whole?.across[0])];
    const ofBox = name === 'ICMP' || name === 'ICMPv6' ? { icmpType: down, icmpCode: across } : { dstPorts: down, srcPorts: across };
    return { ...EVERYTHING, protocols: [name], ...ofBox };
  });
}

/** `[[80, 80], [8000, 8010]]`; null for everything. */
function pairsOf(ranges: PortSet, whole: { readonly from: number; readonly to: number } | undefined): ConnectionBox['dstPorts'] {
  const [only] = ranges;
  if (ranges.length === 1 && only?.from === whole?.from && only?.to === whole?.to) return null;
  return ranges.map(({ from, to }) => [from, to]);
}
