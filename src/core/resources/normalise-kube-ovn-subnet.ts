import type { ObjectRef } from '../kernel/object-ref.js';
import { parseCidr } from '../net/cidr.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { KubeOvnSubnet } from './kube-ovn-subnet.js';

/** Reads a Subnet of Kube-OVN (kubeovn/kube-ovn `pkg/apis/kubeovn/v1/subnet.go`): `cidrBlock` has one prefix of each family, parted by a comma. */
export function normaliseKubeOvnSubnet(root: ObjectReader, ref: ObjectRef): KubeOvnSubnet {
  const spec = root.object('spec') ?? root.empty('spec');
  const texts = spec.filledText('cidrBlock')?.split(',') ?? [];
  return {
    ...readResource(root, ref),
    kind: 'Subnet',
    cidrs: texts.flatMap((text) => parseCidr(text.trim()) ?? []),
    mtu: spec.integer('mtu', 0, 65_535) || undefined,
    isUnderlay: spec.filledText('vlan') !== undefined,
    isDefault: spec.boolean('default') ?? false,
  };
}
