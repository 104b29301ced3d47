import { qualifiedName } from '../../kernel/object-ref.js';
import { derived, observed, type Sourced } from '../../kernel/provenance.js';
import type { Service } from '../../resources/service.js';
import { nodePortStaticBand, takeFromBands } from '../banded-range.js';
import type { NetworkProfile } from '../network-profile.js';
import { fnvHash } from './fnv-hash.js';

/** Node ports by position of the port; undefined where the port has none. */
export type NodePorts = readonly (Sourced<number> | undefined)[];

/**
 * Node ports by service. Given ones are occupied first, wherever they lie; the others are taken from the node port range. Ports of one service
 * with the same number and different protocols share a node port; a health check port is of the same range (kubernetes `pkg/registry/core/service/storage/alloc.go`, `updateNodePorts`).
 */
export function allocateNodePorts(services: readonly Service[], profile: NetworkProfile): ReadonlyMap<string, NodePorts> {
  const { first, last } = profile.proxy.nodePortRange;
  const given = services.flatMap(({ ports, healthCheckNodePort }) => [...ports.map((port) => port.nodePort), healthCheckNodePort]);
  const taken = new Set(given.flatMap((port) => port ?? []));
  const take = (seed: string): number | undefined => {
    const count = last - first + 1;
    const offset = takeFromBands(BigInt(count), BigInt(nodePortStaticBand(last - first + 1)), fnvHash(seed), (one) =>
      taken.has(first + Number(one)),
    );
    if (offset === undefined) return undefined;
    taken.add(first + Number(offset));
    return first + Number(offset);
  };
  return new Map(services.map((service) => [qualifiedName(service.ref), nodePortsOf(service, take)]));
}

function nodePortsOf(service: Service, take: (seed: string) => number | undefined): NodePorts {
  const needed = service.type === 'NodePort' || (service.type === 'LoadBalancer' && service.allocateLoadBalancerNodePorts);
  // Of several that are given for one number, the first (`findRequestedNodePort`).
  const byPort = new Map(
    service.ports.toReversed().flatMap(({ port, nodePort }) => (nodePort === undefined ? [] : [[port, nodePort] as const])),
  );
  return service.ports.map((port) => {
    if (port.nodePort !== undefined) return observed(port.nodePort);
    if (!needed) return undefined;
    const chosen = byPort.get(port.port) ?? take(`${qualifiedName(service.ref)}:${port.port}`);
    if (chosen === undefined) return undefined;
    byPort.set(port.port, chosen);
    return derived(chosen);
  });
}
