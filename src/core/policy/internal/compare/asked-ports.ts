import { PROTOCOLS, type Protocol } from '../../../net/protocol.js';
import type { ClusterPort } from '../../../resources/cluster-policy.js';
import type { ContainerPort } from '../../../resources/pod.js';
import { isCiliumPolicy } from '../acting-cilium-policy.js';
import { isClusterPolicy } from '../acting-cluster-policy.js';
import { portProtocol } from '../calico-connections.js';
import { isCalicoPolicy } from '../calico-layers.js';
import { DIRECTIONS } from '../direction.js';
import type { AnyPolicy } from '../layer.js';

/** A port as a rule has it, for one protocol: a name, or numbers. */
interface AskedPort {
  readonly protocol: Protocol;
  readonly name: string | undefined;
  readonly from: number;
  readonly to: number;
}

/**
 * What names of ports can stand for: nothing, or as many different numbers of every stretch as there are names, so that two of them may be the same and may
 * differ. Undefined where that is more than `most`.
 */
export function portMaps(policies: readonly AnyPolicy[], most: number): readonly (readonly ContainerPort[])[] | undefined {
  const ports = policies.flatMap(askedPorts);
  const wanted = new Map<string, Set<Protocol>>();
  for (const { name, protocol } of ports) {
    if (name === undefined) continue;
    const protocols = wanted.get(name) ?? new Set<Protocol>();
    wanted.set(name, protocols.add(protocol));
  }
  let all: readonly (readonly ContainerPort[])[] = [[]];
  for (const [name, protocols] of wanted) {
    const options = [...protocols].flatMap((protocol) =>
      numbersOf(ports, protocol, wanted.size).map((containerPort): ContainerPort => ({
        name,
        protocol,
        containerPort,
        hostPort: undefined,
        hostIP: undefined,
      })),
    );
    if (all.length * (options.length + 1) > most) return undefined;
    all = all.flatMap((map) => [map, ...options.map((one) => [...map, one])]);
  }
  return all;
}

function askedPorts(policy: AnyPolicy): readonly AskedPort[] {
  const numbers = (protocol: Protocol, from: number, to: number): AskedPort => ({ protocol, name: undefined, from, to });
  const named = (protocol: Protocol, name: string): AskedPort => ({ protocol, name, from: 0, to: 0 });
  if (isCiliumPolicy(policy)) {
    const rules = policy.specs.flatMap((spec) => DIRECTIONS.flatMap((direction) => spec[direction].rules));
    return rules
      .flatMap(({ ports }) => ports.flatMap((one) => one.ports))
      .flatMap((port) => {
        if (port.type !== 'port' || port.port === undefined) return [];
        const { port: number, endPort } = port;
        const protocols = port.protocol === 'ANY' ? PROTOCOLS : [port.protocol];
        return protocols.map((one) => (typeof number === 'string' ? named(one, number) : numbers(one, number, endPort ?? number)));
      });
  }
  if (isCalicoPolicy(policy)) {
    return DIRECTIONS.flatMap((direction) => policy[direction]).flatMap((rule) => {
      const protocol = portProtocol(rule);
      const entries = [rule.source, rule.destination].flatMap((side) => [...side.ports, ...side.notPorts]);
      return protocol === undefined
        ? []
        : entries.map((port) => (port.type === 'name' ? named(protocol, port.name) : numbers(protocol, port.from, port.to)));
    });
  }
  if (policy.kind !== 'NetworkPolicy' && !isClusterPolicy(policy)) return [];
  return DIRECTIONS.flatMap((direction) => policy[direction].flatMap((rule): readonly ClusterPort[] => rule.ports)).flatMap((port) => {
    if (port.type === 'invalid') return [];
    if (port.type === 'named') return PROTOCOLS.map((one) => named(one, port.name));
    if (port.port === undefined) return [];
    return typeof port.port === 'string' ? named(port.protocol, port.port) : numbers(port.protocol, port.port, port.endPort ?? port.port);
  });
}

/** Some numbers of every stretch of a protocol's ports that the rules tell apart. */
function numbersOf(ports: readonly AskedPort[], protocol: Protocol, some: number): readonly number[] {
  const starts = new Set([1]);
  for (const port of ports) {
    if (port.name !== undefined || port.protocol !== protocol) continue;
    starts.add(Math.max(1, port.from));
    if (port.to < 65535) starts.add(port.to + 1);
  }
  const sorted = [...starts].sort((a, b) => a - b);
  return sorted.flatMap((start, position) => {
    const end = (sorted[position + 1] ?? 65536) - 1;
    return Array.from({ length: Math.min(some, end - start + 1) }, (_, offset) => start + offset);
  });
}
