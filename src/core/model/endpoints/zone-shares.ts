import type { ModelNode } from '../network-model.js';

/** Nodes that run no ordinary pods do not count. */
const EXCLUDED = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/**
 * Each zone's share of the CPUs, in the order of the zones' names; undefined where one node that counts has no zone or tells no CPUs (kubernetes/endpointslice
 * `topologycache/topologycache.go`, `SetNodes`).
 */
export function zoneShares(nodes: Iterable<ModelNode>): ReadonlyMap<string, number> | undefined {
  const cpus = new Map<string, number>();
  let total = 0;
  for (const { resource, zone, labels } of nodes) {
    if (resource?.ready !== true || EXCLUDED.some((label) => Object.hasOwn(labels, label))) continue;
    const { cpuMillis = 0 } = resource;
    if (zone === undefined || cpuMillis === 0) return undefined;
    cpus.set(zone, (cpus.get(zone) ?? 0) + cpuMillis);
    total += cpuMillis;
  }
  if (total === 0) return undefined;
  return new Map([...cpus.keys()].sort().map((zone) => [zone, (cpus.get(zone) ?? 0) / total]));
}
