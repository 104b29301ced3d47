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

/** A port that rules can name. */
export interface NamedPort {
  readonly name: string | undefined;
  readonly protocol: Protocol | undefined;
  readonly port: number;
}

/** Where names of ports are looked up: the containers of a pod, or "the endpoint's named ports, which may be referenced in security policy rules" of a host. */
export interface NamedPorts {
  namedPortsOf(endpoint: PolicyEndpoint): readonly NamedPort[];
}

type PortCriteria = Pick<CalicoRule, 'protocol' | 'source' | 'destination'>;

/** The protocol whose ports the rule may name; undefined where it has none. */
export function portProtocol({ protocol }: Pick<CalicoRule, 'protocol'>): Protocol | undefined {
  return WITH_PORTS.get(protocol);
}

/** All that a rule's protocol, ICMP and port criteria mean between two endpoints, whose named ports they may name. */
export function calicoConnections(
  rule: CalicoRule,
  names: NamedPorts,
  { source, destination }: { readonly source: PolicyEndpoint; readonly destination: PolicyEndpoint },
): ConnectionSet {
  const side = (criteria: CalicoRule['source'], of: Protocol, endpoint: PolicyEndpoint) =>
    sidePorts(criteria, (ports) => portsOf(ports, of, () => names.namedPortsOf(endpoint)));
  const protocol = portProtocol(rule);
  if (!protocol) return protocolConnections(rule);
  const between = connectionsBetween(protocol, side(rule.source, protocol, source), side(rule.destination, protocol, destination));
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
function sidePorts({ ports, notPorts }: PortCriteria['source'], meant: (ports: readonly CalicoPort[]) => PortSet): PortSet {
  const wanted = ports.length === 0 ? ALL_PORTS : meant(ports);
  return notPorts.length === 0 ? wanted : subtractPorts(wanted, meant(notPorts));
}

/** Numbers as they are; names as the endpoint has them, all that it has of that name and protocol (felix `calc/rule_scanner.go`, `namedPortsToIPSets`). */
export function portsOf(ports: readonly CalicoPort[], protocol: Protocol, known: () => readonly NamedPort[]): PortSet {
  return portSet(
    ports.flatMap((port) => {
      if (port.type === 'range') return [{ from: port.from, to: port.to }];
      const named = known().filter((one) => one.name === port.name && one.protocol === protocol);
      return named.map((one) => ({ from: one.port, to: one.port }));
    }),
  );
}
