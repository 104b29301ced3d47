import type { ClusterPort } from '../../resources/cluster-policy.js';
import { ALL_CONNECTIONS, type ConnectionSet, connectionsOf, NO_CONNECTIONS, unionOfConnections } from './connection-set.js';
import { namedPort, type PolicyEndpoint } from './policy-endpoint.js';

/** Why a port entry means nothing at a destination. */
export type PortMissing = 'NAMED_PORT_NOT_FOUND' | 'NAMED_PORT_NEEDS_POD' | 'PORT_INVALID';

/** What one port entry of a rule means at a destination; `missing` says why it means nothing there. */
export interface PortsAt {
  readonly connections: ConnectionSet;
  readonly missing: PortMissing | undefined;
}

/**
 * Resolves a port entry on the destination. "port represents the port on the given protocol. This can either be a numerical or named port on a pod. If this
 * field is not provided, this matches all port names and numbers" of the protocol; "endPort indicates that the range of ports from port to endPort if set,
 * inclusive, should be allowed" (networking/v1 NetworkPolicyPort). A named port is that of the pod that receives: in a NetworkPolicy with the entry's
 * protocol, in policies of the cluster with the protocol of the container port.
 */
export function portsAt(port: ClusterPort, destination: PolicyEndpoint): PortsAt {
  if (port.type === 'invalid') return { connections: NO_CONNECTIONS, missing: 'PORT_INVALID' };
  if (port.type === 'named') return namedAt(port.name, undefined, destination);
  if (port.port === undefined) return { connections: connectionsOf(port.protocol), missing: undefined };
  if (typeof port.port === 'string') return namedAt(port.port, port.protocol, destination);
  return { connections: connectionsOf(port.protocol, port.port, port.endPort ?? port.port), missing: undefined };
}

function namedAt(name: string, protocol: string | undefined, destination: PolicyEndpoint): PortsAt {
  if (destination.kind !== 'pod') return { connections: NO_CONNECTIONS, missing: 'NAMED_PORT_NEEDS_POD' };
  const found = namedPort(destination.ports, name, protocol);
  if (!found) return { connections: NO_CONNECTIONS, missing: 'NAMED_PORT_NOT_FOUND' };
  return { connections: connectionsOf(found.protocol, found.containerPort, found.containerPort), missing: undefined };
}

/** Whether the entry is looked up by name on each destination. */
export function isNamed(port: ClusterPort): boolean {
  return port.type === 'named' || (port.type === 'port' && typeof port.port === 'string');
}

/** All that a rule's ports mean at a destination. "If this field is empty or missing, this rule matches all ports". */
export function rulePortsAt(rule: { readonly ports: readonly ClusterPort[] }, destination: PolicyEndpoint): ConnectionSet {
  if (rule.ports.length === 0) return ALL_CONNECTIONS;
  return unionOfConnections(rule.ports.map((port) => portsAt(port, destination).connections));
}
