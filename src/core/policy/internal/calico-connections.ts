import { IP_PROTOCOLS } from '../../net/ip-protocol.js';
import { ALL_PORTS, type PortSet, portSet, subtractPorts } from '../../net/port-set.js';
import type { Protocol } from '../../net/protocol.js';
import type { CalicoPort, CalicoRule, IcmpMatch } from '../../resources/calico-policy.js';
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  connectionsBetween,
  connectionsOfProtocol,
  icmpConnections,
  subtractConnections,
} from './connection-set.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** Protocols with ports, by their number. */
const WITH_PORTS: ReadonlyMap<number | undefined, Protocol> = new Map([
  [IP_PROTOCOLS.TCP, 'TCP'],
  [IP_PROTOCOLS.UDP, 'UDP'],
  [IP_PROTOCOLS.SCTP, 'SCTP'],
]);

const ICMP: ReadonlyMap<number | undefined, 'ICMP' | 'ICMPv6'> = new Map([
  [IP_PROTOCOLS.ICMP, 'ICMP'],
  [IP_PROTOCOLS.ICMPv6, 'ICMPv6'],
]);

type PortCriteria = Pick<CalicoRule, 'protocol' | 'source' | 'destination'>;

/** The protocol whose ports the rule may name; undefined where it has none. */
export function portProtocol({ protocol }: Pick<CalicoRule, 'protocol'>): Protocol | undefined {
  return WITH_PORTS.get(protocol);
}

/** All that a rule's protocol, ICMP and port criteria mean between two endpoints, whose named ports they may name. */
export function calicoConnections(rule: CalicoRule, source: PolicyEndpoint, destination: PolicyEndpoint): ConnectionSet {
  const protocol = portProtocol(rule);
  if (!protocol) return protocolConnections(rule);
  const between = connectionsBetween(
    protocol,
    sidePorts(rule.source, protocol, source),
    sidePorts(rule.destination, protocol, destination),
  );
  return rule.notProtocol === rule.protocol ? subtractConnections(between, connectionsOfProtocol(rule.notProtocol ?? 0)) : between;
}

/** What protocol, notProtocol, icmp and notICMP leave, ports aside. */
export function protocolConnections({ protocol, notProtocol, icmp, notIcmp }: CalicoRule): ConnectionSet {
  const family = ICMP.get(protocol);
  let set = protocol === undefined ? ALL_CONNECTIONS : connectionsOfProtocol(protocol);
  if (family && icmp) set = messages(family, icmp);
  if (notProtocol !== undefined) set = subtractConnections(set, connectionsOfProtocol(notProtocol));
  if (notIcmp?.type !== undefined) {
    // Where the rule names no protocol, a message of either family is meant: a packet that is none is not excluded.
    for (const one of family ? [family] : ICMP.values()) set = subtractConnections(set, messages(one, notIcmp));
  }
  return set;
}

function messages(family: 'ICMP' | 'ICMPv6', { type, code }: IcmpMatch): ConnectionSet {
  if (type === undefined) return icmpConnections(family);
  return code === undefined ? icmpConnections(family, only(type)) : icmpConnections(family, only(type), only(code));
}

function only(number: number): PortSet {
  return [{ from: number, to: number }];
}

/** The ports of one side: any of `ports`, if there are some, and none of `notPorts`. */
function sidePorts({ ports, notPorts }: PortCriteria['source'], protocol: Protocol, endpoint: PolicyEndpoint): PortSet {
  const wanted = ports.length === 0 ? ALL_PORTS : portsOf(ports, protocol, endpoint);
  return notPorts.length === 0 ? wanted : subtractPorts(wanted, portsOf(notPorts, protocol, endpoint));
}

/** Numbers as they are; names as the endpoint has them, all that it has of that name and protocol (felix `calc/rule_scanner.go`, `namedPortsToIPSets`). */
export function portsOf(ports: readonly CalicoPort[], protocol: Protocol, endpoint: PolicyEndpoint): PortSet {
  return portSet(
    ports.flatMap((port) => {
      if (port.type === 'range') return [{ from: port.from, to: port.to }];
      if (endpoint.kind !== 'pod') return [];
      const named = endpoint.ports.filter((one) => one.name === port.name && one.protocol === protocol);
      return named.map(({ containerPort }) => ({ from: containerPort, to: containerPort }));
    }),
  );
}
