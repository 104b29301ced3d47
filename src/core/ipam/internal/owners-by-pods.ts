import { inMap } from '../../kernel/in-map.js';
import type { Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import { type Cidr, formatCidr } from '../../net/cidr.js';
import { CidrIndex } from '../../net/cidr-index.js';
import type { Ip } from '../../net/ip.js';

/** By the number of a block; null: no node's. */
export type BlockOwners = ReadonlyMap<bigint, string | null>;

/** A range that is cut into blocks of so many bits. */
export interface CutRange {
  readonly cidr: Cidr;
  readonly bits: bigint;
}

const PODS_A_STEP = 1000;

/** By range: whose each block is, the node’s with most pods and devices in it; of equals the first by name. Addresses that the model gives by itself tell nothing. One walk over the pods serves every range. */
export function* ownersByPods(model: NetworkModel, ranges: readonly CutRange[]): Steps<ReadonlyMap<string, BlockOwners>> {
  const counts = ranges.map((range) => ({ ...range, blocks: new Map<bigint, Map<string, number>>() }));
  const index = yield* CidrIndex.inSteps(counts.map((one) => [one.cidr, one] as const));
  const count = (node: string, ip: Ip): void => {
    for (const { bits, blocks } of index.at(ip)) {
      const nodes = inMap(blocks, ip.value >> bits, () => new Map<string, number>());
      nodes.set(node, (nodes.get(node) ?? 0) + 1);
    }
  };
  for (const { name, devices } of model.nodes.values()) for (const { ip } of devices) count(name, ip);
  for (const [place, { nodeName, ips, finished, spec }] of model.pods.entries()) {
    if (place % PODS_A_STEP === 0) yield;
    if (!nodeName || finished || spec.hostNetwork) continue;
    for (const { value, provenance } of ips) if (provenance === 'observed') count(nodeName.value, value);
  }
  return new Map(
    counts.map(({ cidr, blocks }) => [formatCidr(cidr), new Map([...blocks].map(([block, nodes]) => [block, most(nodes)]))] as const),
  );
}

function most(nodes: ReadonlyMap<string, number>): string {
  return [...nodes].reduce((best, one) => (one[1] > best[1] || (one[1] === best[1] && one[0] < best[0]) ? one : best))[0];
}
