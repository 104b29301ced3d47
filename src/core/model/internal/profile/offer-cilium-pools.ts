import type { CiliumPodIPPool } from '../../../resources/cilium-ipam.js';
import type { ConfigMap } from '../../../resources/config-map.js';
import type { CiliumTold } from './cilium-told.js';
import { flagOf } from './config-value.js';
import type { ProfileDraft } from './profile-draft.js';
import { toldBy } from './told-by.js';

/**
 * In the mode of several pools: the ranges of all of them, the default one first, of which nodes get their first range (`Documentation/network/concepts/ipam/multi-pool.rst`,
 * `--ipam-multi-pool-pre-allocation`, `default=8`). Where nothing tells the mode, that there are such pools does: no other mode reads them.
 */
export function offerCiliumPools(draft: ProfileDraft, told: CiliumTold | undefined, all: readonly CiliumPodIPPool[]): void {
  const key = 'ipam-default-ip-pool';
  const byDefault = told?.data[key] || 'default';
  const isDefault = ({ ref }: CiliumPodIPPool): boolean => ref.name === byDefault;
  const pools = [...all.filter(isDefault), ...all.filter((pool) => !isDefault(pool))];
  const [first] = pools;
  if ((told && told.data['ipam'] !== 'multi-pool') || !first) return;
  const cidrs = pools.flatMap((pool) => pool.cidrs);
  const why = pools.length === 1 ? 'the pool of Cilium' : `the ${pools.length} pools of Cilium`;
  draft.offer('podCIDRs', cidrs.length > 0 ? cidrs : undefined, toldBy(first.ref, '/spec', why));
  draft.offer('nodeCIDRMaskSizes.v4', first.maskSizes[4], toldBy(first.ref, '/spec/ipv4/maskSize', 'what each node gets of the pool'));
  draft.offer('nodeCIDRMaskSizes.v6', first.maskSizes[6], toldBy(first.ref, '/spec/ipv6/maskSize', 'what each node gets of the pool'));
  if (!told) {
    draft.offer('cni.ipam', 'multi-pool', toldBy(first.ref, '/spec', 'pools of Cilium are of the mode multi-pool alone'));
    return;
  }
  const at = (name: string) => told.at(name, `\`${name}\` of cilium-config`);
  draft.offer('cni.defaultPool', told.data[key] || undefined, at(key));
  const ahead = 'ipam-multi-pool-pre-allocation';
  draft.offer('cni.preAllocated', preAllocatedOf(told.data[ahead] ?? ''), at(ahead));
  offerExemptPools(draft, told.data, pools);
}

/** `default=8,mars=16`; undefined: nothing, or what the agent does not start with (`pkg/ipam/multipool_manager.go`, ParseMultiPoolPreAllocMap). */
function preAllocatedOf(text: string): Readonly<Record<string, number>> | undefined {
  const counts = text.split(',').map((pair) => /^\s*([^=\s]+)=(\d{1,9})\s*$/.exec(pair));
  return counts.every((count) => count !== null)
    ? Object.fromEntries(counts.map(([, pool = '', count]) => [pool, Number(count)]))
    : undefined;
}

/**
 * Pools whose pods keep their addresses outside: those that say so, and where `only-masquerade-default-pool` is on every other than the default one. Masquerading by BPF
 * alone heeds it (cilium/cilium `pkg/ipam/multipool.go`, `shouldSkipMasqForPool`).
 */
function offerExemptPools(draft: ProfileDraft, data: ConfigMap['data'], pools: readonly CiliumPodIPPool[]): void {
  if (!flagOf(data['enable-bpf-masquerade'])) return;
  const byDefault = draft.get('cni.defaultPool') ?? 'default';
  const onlyDefault = flagOf(data['only-masquerade-default-pool']) === true;
  const exempt = pools.filter((pool) => pool.skipsMasquerade || (onlyDefault && pool.ref.name !== byDefault));
  const [first] = exempt;
  if (!first) return;
  const pointer = first.skipsMasquerade ? '/metadata/annotations/ipam.cilium.io~1skip-masquerade' : '/metadata/name';
  const why = first.skipsMasquerade ? 'Cilium skips masquerading for its pods' : 'not the default pool, which alone is masqueraded';
  draft.offer(
    'masquerade.exemptSources',
    exempt.flatMap((pool) => pool.cidrs),
    toldBy(first.ref, pointer, why),
  );
}
