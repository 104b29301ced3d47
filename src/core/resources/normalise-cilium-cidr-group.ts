import type { ObjectRef } from '../kernel/object-ref.js';
import type { CiliumCIDRGroup } from './cilium-cidr-group.js';
import { readCiliumCidrs } from './internal/read-cilium-cidrs.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';

/** Reads a CiliumCIDRGroup (cilium/cilium `pkg/k8s/apis/cilium.io/v2/cidrgroups_types.go`). What is no network is reported, and is not in the group. */
export function normaliseCiliumCIDRGroup(root: ObjectReader, ref: ObjectRef): CiliumCIDRGroup {
  if (!root.has('spec')) root.error('missing-field', 'spec', 'a CiliumCIDRGroup needs a spec');
  const spec = root.object('spec') ?? root.empty('spec');
  spec.expectOnly(new Set(['externalCIDRs']));
  return { ...readResource(root, ref), kind: 'CiliumCIDRGroup', cidrs: readCiliumCidrs(spec, 'externalCIDRs') };
}
