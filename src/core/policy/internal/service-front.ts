import type { Ip } from '../../net/ip.js';
import type { ModelService } from '../../model/network-model.js';
import type { ServicePort } from '../../resources/service.js';
import type { CalicoBook } from './calico-book.js';
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  connectionsOf,
  coversConnections,
  intersectConnections,
  NO_CONNECTIONS,
  noConnections,
} from './connection-set.js';
import type { Direction } from './direction.js';
import type { FlowSides, LayerJudgement } from './judge-layer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** Where clients of a service aim, before its address is translated to that of an endpoint. */
export interface ServiceFront {
  readonly clusterIPs: readonly Ip[];
  readonly asked: ConnectionSet;
  /** On every node; undefined: the service has no node port. */
  readonly atNodes: ConnectionSet | undefined;
}

/** The front of one port of a service; undefined: it is headless, and clients aim at its endpoints. */
export function frontOf({ clusterIPs, nodePorts, resource }: ModelService, port: ServicePort | undefined): ServiceFront | undefined {
  if (!port || clusterIPs.length === 0) return undefined;
  const nodePort = nodePorts[resource.ports.indexOf(port)]?.value;
  const at = (number: number) => connectionsOf(port.protocol, number, number);
  return {
    clusterIPs: clusterIPs.map(({ value }) => value),
    asked: at(port.port),
    atNodes: nodePort === undefined ? undefined : at(nodePort),
  };
}

/** What a policy sees that acts before addresses are translated. */
export interface Untranslated {
  readonly destination: PolicyEndpoint;
  readonly asked: ConnectionSet;
}

/**
 * What pre-DNAT policies see of a connection through a service, at the node that translates it: that of a pod which sends, else, for clients outside, the one of
 * the endpoint, whose node port they are taken to aim at. Undefined: the destination itself.
 */
export function untranslated(
  calico: CalicoBook,
  direction: Direction,
  { source, destination }: FlowSides,
  front: ServiceFront,
): Untranslated | undefined {
  if (direction === 'ingress' ? source.kind !== 'address' : source.kind !== 'pod') return undefined;
  const family = destination.address?.family;
  if (direction === 'ingress' && front.atNodes && destination.kind === 'pod') {
    const { node } = destination;
    const address = calico.hosts.addressOf(node, family);
    return { destination: { kind: 'host', node, labels: undefined, address }, asked: front.atNodes };
  }
  const address = front.clusterIPs.find((ip) => ip.family === family) ?? front.clusterIPs[0];
  return address && { destination: { kind: 'address', address }, asked: front.asked };
}

/** What a layer says of all connections to the endpoint, by what it says of those to the front. */
export function behindFront(layer: LayerJudgement, asked: ConnectionSet): LayerJudgement {
  const covers = (set: ConnectionSet) => (coversConnections(set, asked) ? ALL_CONNECTIONS : NO_CONNECTIONS);
  const meets = (set: ConnectionSet) => (noConnections(intersectConnections(set, asked)) ? NO_CONNECTIONS : ALL_CONNECTIONS);
  const policies = layer.policies.map(({ acting, rules }) => ({
    acting,
    rules: rules.map(({ rule, concerns, admitsPeer, peers, ports, portsAtDestination, matched, decides }) => {
      const told = { portsAtDestination: meets(portsAtDestination), matched: meets(matched), decides: meets(decides) };
      return { rule, concerns, admitsPeer, peers, ports, ...told };
    }),
  }));
  const { at, open, gate } = layer;
  return { at, open, gate, allowed: covers(layer.allowed), denied: meets(layer.denied), passed: covers(layer.passed), policies };
}
