import type { NetworkModel } from '../model/network-model.js';
import { type Band, nodePortBands } from './bands.js';
import { nodePortClaims } from './node-port-claims.js';

/** The node port range and how full it is. */
export interface NodePortUsage {
  readonly first: number;
  readonly last: number;
  /** Both ends included; null where the range has one band only. */
  readonly staticBand: Band<number> | null;
  readonly dynamicBand: Band<number> | null;
  readonly capacity: number;
  /** Numbers of the range that services have; a number belongs to one service, which may use it for TCP and UDP. */
  readonly used: number;
  readonly available: number;
  /** Numbers that services have though they are outside the range, ascending. */
  readonly outside: readonly number[];
}

/** How full the node port range of a cluster is. */
export function nodePortUsage(model: NetworkModel): NodePortUsage {
  const { first, last } = model.profile.proxy.nodePortRange;
  const all = new Set<number>();
  for (const { number } of nodePortClaims(model)) all.add(number);
  const outside = [...all].filter((port) => port < first || port > last).sort((a, b) => a - b);
  const bands = nodePortBands(first, last);
  const capacity = last - first + 1;
  const used = all.size - outside.length;
  return { first, last, staticBand: bands.static, dynamicBand: bands.dynamic, capacity, used, available: capacity - used, outside };
}
