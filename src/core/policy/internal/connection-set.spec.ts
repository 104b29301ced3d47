import { describe, expect, it } from 'vitest';
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  connectionsBetween,
  connectionsOf,
  connectionsOfProtocol,
  coversConnections,
  EVERY_PORT,
  formatConnections,
  icmpConnections,
  intersectConnections,
  NO_CONNECTIONS,
  subtractConnections,
  unionConnections,
  unionOfConnections,
} from './connection-set.js';

const only = (port: number) => [{ from: port, to: port }];
const allOf = (...sets: readonly ConnectionSet[]) => sets.reduce(unionConnections, NO_CONNECTIONS);

describe('connection sets', () => {
  it('have one object for everything and one for nothing, however they come about', () => {
    const numbers = Array.from({ length: 256 }, (_, number) => connectionsOfProtocol(number));
    expect(allOf(...numbers)).toBe(ALL_CONNECTIONS);
    expect(unionOfConnections(numbers)).toBe(ALL_CONNECTIONS);
    expect(unionOfConnections([])).toBe(NO_CONNECTIONS);
    expect(numbers.reduce(subtractConnections, ALL_CONNECTIONS)).toBe(NO_CONNECTIONS);
    expect(intersectConnections(connectionsOf('TCP'), connectionsOf('UDP'))).toBe(NO_CONNECTIONS);
    expect(connectionsBetween('TCP', [], only(80))).toBe(NO_CONNECTIONS);
  });

  it('know the protocols by the numbers that IANA assigned', () => {
    const named: readonly (readonly [number, string])[] = [
      [1, 'ICMP'],
      [6, 'TCP 1-65535'],
      [17, 'UDP 1-65535'],
      [47, 'protocol 47'],
      [58, 'ICMPv6'],
      [132, 'SCTP 1-65535'],
      [136, 'UDPLite 1-65535'],
    ];
    for (const [number, text] of named) expect(formatConnections(connectionsOfProtocol(number))).toBe(text);
  });

  it('keep source ports apart from destination ports', () => {
    const high = connectionsBetween('TCP', [{ from: 1024, to: 65535 }], only(80));
    expect(coversConnections(connectionsOf('TCP', 80, 80), high)).toBe(true);
    expect(coversConnections(high, connectionsOf('TCP', 80, 80))).toBe(false);
    expect(formatConnections(subtractConnections(connectionsOf('TCP', 80, 80), high))).toBe('TCP 80 from 1-1023');
  });
});

describe.each<readonly [string, ConnectionSet]>([
  ['All Connections', ALL_CONNECTIONS],
  ['All Connections', EVERY_PORT],
  ['No Connections', NO_CONNECTIONS],
  ['SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535', subtractConnections(ALL_CONNECTIONS, connectionsOf('TCP', 80, 80))],
  ['TCP 80,443,UDP 53', allOf(connectionsOf('UDP', 53, 53), connectionsOf('TCP', 443, 443), connectionsOf('TCP', 80, 80))],
  ['ICMP type 8,TCP 80', allOf(connectionsOf('TCP', 80, 80), icmpConnections('ICMP', only(8)))],
  ['ICMPv6 type 1 code 4', icmpConnections('ICMPv6', only(1), only(4))],
  ['TCP 22 from 1-1023,TCP 80', allOf(connectionsOf('TCP', 80, 80), connectionsBetween('TCP', [{ from: 1, to: 1023 }], only(22)))],
  [
    'ICMPv6,SCTP 1-65535,TCP 1-65535,UDP 1-65535,UDPLite 1-65535,other protocols',
    subtractConnections(ALL_CONNECTIONS, icmpConnections('ICMP')),
  ],
])('a connection set is written %s', (text, set) => {
  it('in the spelling of netpol-analyzer, and beyond it', () => {
    expect(formatConnections(set)).toBe(text);
  });
});
