import type { ObjectRef } from '../kernel/object-ref.js';
import type { Cidr } from '../net/cidr.js';
import type { Ip, IpFamily } from '../net/ip.js';
import type { LabelSelector } from './label-selector.js';
import type { CiliumNode, CiliumPodIPPool } from './cilium-ipam.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readLabelSelector } from './internal/read-label-selector.js';
import { readResource } from './internal/read-resource.js';

/** Reads a CiliumNode (cilium/cilium `pkg/k8s/apis/cilium.io/v2/types.go`, `pkg/ipam/types/types.go`, IPAMSpec). */
export function normaliseCiliumNode(root: ObjectReader, ref: ObjectRef): CiliumNode {
  const spec = root.object('spec');
  const ipam = spec?.object('ipam');
  const router = (spec?.objects('addresses') ?? []).filter((one) => one.text('type') === 'CiliumInternalIP');
  const ofPools = ipam?.object('pools')?.objects('allocated') ?? [];
  return {
    ...readResource(root, ref),
    kind: 'CiliumNode',
    podCIDRs: [...(ipam?.cidrs('podCIDRs') ?? []), ...ofPools.flatMap((pool) => pool.cidrs('cidrs'))],
    routerIPs: router.flatMap((one) => one.ip('ip') ?? []),
    healthIPs: readPair(spec?.object('health')),
    ingressIPs: readPair(spec?.object('ingress')),
  };
}

/** `{ ipv4, ipv6 }`. */
function readPair(pair: ObjectReader | undefined): readonly Ip[] {
  return [pair?.ip('ipv4'), pair?.ip('ipv6')].flatMap((ip) => ip ?? []);
}

interface Family {
  readonly cidrs: readonly Cidr[];
  readonly maskSize: number | undefined;
}

/** Reads a CiliumPodIPPool, whose prefixes are texts in v2alpha1 and objects in v2 (cilium/cilium `pkg/k8s/apis/cilium.io/{v2alpha1,v2}/ippool_types.go`). */
export function normaliseCiliumPodIPPool(root: ObjectReader, ref: ObjectRef): CiliumPodIPPool {
  const spec = root.object('spec') ?? root.empty('spec');
  const isOld = ref.apiVersion === 'cilium.io/v2alpha1';
  const [v4, v6] = [readFamily(spec, 4, isOld), readFamily(spec, 6, isOld)];
  const resource = readResource(root, ref);
  return {
    ...resource,
    kind: 'CiliumPodIPPool',
    cidrs: [...v4.cidrs, ...v6.cidrs],
    maskSizes: { 4: v4.maskSize, 6: v6.maskSize },
    skipsMasquerade: resource.annotations['ipam.cilium.io/skip-masquerade'] === 'true',
    allowFirstIP: spec.boolean('allowFirstIP') ?? false,
    allowLastIP: spec.boolean('allowLastIP') ?? false,
    podSelector: readSelector(spec, 'podSelector'),
    namespaceSelector: readSelector(spec, 'namespaceSelector'),
  };
}

function readSelector(spec: ObjectReader, field: string): LabelSelector | undefined {
  const selector = spec.object(field);
  return selector && readLabelSelector(selector);
}

const POOL_CIDR_FIELDS: ReadonlySet<string> = new Set(['cidr']);

/** Of releases to come a prefix may name reserved addresses: that they are not read is told. */
function readPoolCidr(one: ObjectReader): readonly Cidr[] {
  one.expectOnly(POOL_CIDR_FIELDS);
  const cidr = one.cidr('cidr');
  return cidr ? [cidr] : [];
}

function readFamily(spec: ObjectReader, family: IpFamily, isOld: boolean): Family {
  const part = spec.object(`ipv${family}`);
  if (!part) return { cidrs: [], maskSize: undefined };
  const cidrs = isOld ? part.cidrs('cidrs') : part.objects('cidrs').flatMap(readPoolCidr);
  return { cidrs: cidrs.filter((cidr) => cidr.family === family), maskSize: part.integer('maskSize', 1, family === 4 ? 32 : 128) };
}
