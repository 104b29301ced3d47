import type { NetworkModel } from '../../model/network-model.js';
import { CidrIndex } from '../../net/cidr-index.js';
import type { Ip } from '../../net/ip.js';
import type { CalicoIPAMBlock } from '../../resources/calico-ipam.js';
import type { CalicoIPPool } from '../../resources/calico-ip-pool.js';

const BLOCKS = new WeakMap<NetworkModel, CidrIndex<CalicoIPAMBlock>>();
const POOLS = new WeakMap<NetworkModel, CidrIndex<CalicoIPPool>>();

/** The imported blocks of Calico by their addresses; undefined where none was imported. Memoised: a model never changes. */
export function calicoBlockIndex(model: NetworkModel): CidrIndex<CalicoIPAMBlock> | undefined {
  const { blocks } = model.calico.ipam;
  if (model.profile.cni.plugin !== 'calico' || blocks.length === 0) return undefined;
  const known = BLOCKS.get(model) ?? CidrIndex.of(blocks.flatMap((block) => (block.cidr ? [[block.cidr, block] as const] : [])));
  BLOCKS.set(model, known);
  return known;
}

/** The pool with the longest prefix that holds the address, for whoever asks it of many addresses: as `encapsulation.ts` looks for it. */
export function calicoPoolOf(model: NetworkModel, ip: Ip): CalicoIPPool | undefined {
  const { ipPools } = model.calico;
  const known = POOLS.get(model) ?? CidrIndex.of(ipPools.flatMap((pool) => (pool.cidr ? [[pool.cidr, pool] as const] : [])));
  POOLS.set(model, known);
  return known.longestMatch(ip)?.at(-1);
}
