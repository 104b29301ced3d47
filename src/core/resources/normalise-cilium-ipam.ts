import type { ObjectRef } from '../kernel/object-ref.js';
import type { Cidr } from '../net/cidr.js';
import type { IpFamily } from '../net/ip.js';
import type { CiliumNode, CiliumPodIPPool } from './cilium-ipam.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';

/** Reads a CiliumNode (cilium/cilium `pkg/k8s/apis/cilium.io/v2/types.go`, `pkg/ipam/types/types.go`, IPAMSpec). */
export function normaliseCiliumNode(root: ObjectReader, ref: ObjectRef): CiliumNode {
  const ipam = root.object('spec')?.object('ipam');
  const ofPools = ipam?.object('pools')?.objects('allocated') ?? [];
  return {
    ...readResource(root, ref),
    kind: 'CiliumNode',
    podCIDRs: [...(ipam?.cidrs('podCIDRs') ?? []), ...ofPools.flatMap((pool) => pool.cidrs('cidrs'))],
  };
}

/** Reads a CiliumPodIPPool (cilium/cilium `pkg/k8s/apis/cilium.io/v2alpha1/ippool_types.go`). */
export function normaliseCiliumPodIPPool(root: ObjectReader, ref: ObjectRef): CiliumPodIPPool {
  const spec = root.object('spec') ?? root.empty('spec');
  const [v4, v6] = [readFamily(spec, 4), readFamily(spec, 6)];
  return {
    ...readResource(root, ref),
    kind: 'CiliumPodIPPool',
    cidrs: [...v4.cidrs, ...v6.cidrs],
    maskSizes: { 4: v4.maskSize, 6: v6.maskSize },
  };
}

function readFamily(spec: ObjectReader, family: IpFamily): { readonly cidrs: readonly Cidr[]; readonly maskSize: number | undefined } {
  const part = spec.object(`ipv${family}`);
  if (!part) return { cidrs: [], maskSize: undefined };
  const cidrs = part.cidrs('cidrs').filter((cidr) => cidr.family === family);
  return { cidrs, maskSize: part.integer('maskSize', 1, family === 4 ? 32 : 128) };
}
