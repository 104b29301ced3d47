import { assertNever } from '../../kernel/assert-never.js';
import { PROTOCOLS } from '../../net/protocol.js';
import type { CiliumPort, CiliumPortRule } from '../../resources/cilium-policy.js';
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  connectionsOf,
  connectionsOfProtocol,
  icmpConnections,
  NO_CONNECTIONS,
  unionOfConnections,
} from './connection-set.js';
import type { PortAt } from './layer.js';
import { namedPort, type PolicyEndpoint } from './policy-endpoint.js';

/** What the ports of a rule mean at a destination: everything where it names none. */
export function ciliumConnectionsAt(rules: readonly CiliumPortRule[], destination: PolicyEndpoint): ConnectionSet {
  return rules.length === 0 ? ALL_CONNECTIONS : unionOfConnections(rules.map((rule) => portRuleAt(rule, destination)));
}

/** What one element of `toPorts` or `icmps` means there. */
export function portRuleAt({ ports }: CiliumPortRule, destination: PolicyEndpoint): ConnectionSet {
  return unionOfConnections(ports.map((port) => portAt(port, destination).connections));
}

/** Each entry, for the evidence; an element without ports is one that means nothing. */
export function ciliumPortsAt(rules: readonly CiliumPortRule[], destination: PolicyEndpoint): readonly PortAt[] {
  return rules.flatMap(({ pointer, ports }): readonly PortAt[] => {
    if (ports.length > 0) return ports.map((port) => portAt(port, destination));
    const why = 'it names no port';
    return [{ pointer, connections: NO_CONNECTIONS, missing: 'PORT_INVALID', text: 'nothing', named: false, why }];
  });
}

/** Whether an entry is looked up by name on each destination. */
export function isNamedCiliumPort(port: CiliumPort): boolean {
  return port.type === 'port' && typeof port.port === 'string';
}

/**
 * "If ANY, omitted or empty, any protocols with transport ports (TCP, UDP, SCTP) match … Named port specified for a container may narrow this down, but may not
 * contradict this." ICMP has no codes here.
 */
function portAt(port: CiliumPort, destination: PolicyEndpoint): PortAt {
  const entry = {
    pointer: port.pointer,
    missing: undefined,
    text: describeCiliumPort(port),
    named: isNamedCiliumPort(port),
    why: undefined,
  };
  switch (port.type) {
    case 'invalid':
      return { ...entry, connections: NO_CONNECTIONS, missing: 'PORT_INVALID', why: port.why };
    case 'icmp': {
      const types = [{ from: port.icmpType, to: port.icmpType }];
      return { ...entry, connections: icmpConnections(port.family === 4 ? 'ICMP' : 'ICMPv6', types) };
    }
    case 'protocol':
      return { ...entry, connections: connectionsOfProtocol(port.protocol) };
    case 'port': {
      const protocols = port.protocol === 'ANY' ? PROTOCOLS : [port.protocol];
      const { port: number, endPort } = port;
      if (typeof number === 'string') return { ...entry, ...namedAt(number, protocols, destination) };
      const sets = protocols.map((protocol) =>
        number === undefined ? connectionsOf(protocol) : connectionsOf(protocol, number, endPort ?? number),
      );
      return { ...entry, connections: unionOfConnections(sets) };
    }
    default:
      return assertNever(port);
  }
}

function namedAt(name: string, protocols: readonly string[], destination: PolicyEndpoint): Pick<PortAt, 'connections' | 'missing'> {
  if (destination.kind !== 'pod') return { connections: NO_CONNECTIONS, missing: 'NAMED_PORT_NEEDS_POD' };
  const found = protocols.flatMap((protocol) => namedPort(destination.ports, name, protocol) ?? []);
  if (found.length === 0) return { connections: NO_CONNECTIONS, missing: 'NAMED_PORT_NOT_FOUND' };
  const sets = found.map(({ protocol, containerPort }) => connectionsOf(protocol, containerPort, containerPort));
  return { connections: unionOfConnections(sets), missing: undefined };
}

/** `TCP 80`, `ANY 8000-8010`, `ICMP type 8`, `protocol 112`. */
export function describeCiliumPort(port: CiliumPort): string {
  if (port.type === 'invalid') return 'nothing';
  if (port.type === 'icmp') return `${port.family === 4 ? 'ICMP' : 'ICMPv6'} type ${port.icmpType}`;
  if (port.type === 'protocol') return `protocol ${port.protocol}`;
  const protocol = port.protocol === 'ANY' ? 'TCP, UDP, SCTP' : port.protocol;
  if (port.port === undefined) return `all ${protocol} ports`;
  return `${protocol} ${port.port}${port.endPort === undefined ? '' : `-${port.endPort}`}`;
}
