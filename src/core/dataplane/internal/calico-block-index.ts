import type { NetworkModel } from '../../model/network-model.js';
import { CidrIndex } from '../../net/cidr-index.js';
import type { CalicoIPAMBlock } from '../../resources/calico-ipam.js';

const MEMORY = new WeakMap<NetworkModel, CidrIndex<CalicoIPAMBlock>>();

/** The imported blocks of Calico by their addresses; undefined where none was imported. Memoised: a model never changes. */
export function calicoBlockIndex(model: NetworkModel): CidrIndex<CalicoIPAMBlock> | undefined {
  const { blocks } = model.calico.ipam;
  if (model.profile.cni.plugin !== 'calico' || blocks.length === 0) return undefined;
  const known = MEMORY.get(model) ?? CidrIndex.of(blocks.flatMap((block) => (block.cidr ? [[block.cidr, block] as const] : [])));
  MEMORY.set(model, known);
  return known;
}
