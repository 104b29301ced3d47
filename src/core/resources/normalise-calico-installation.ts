import type { ObjectRef } from '../kernel/object-ref.js';
import type { CalicoInstallation } from './calico-installation.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';

/** Reads an Installation of Calico's operator (tigera/operator `api/v1/installation_types.go`): "If not specified, Calico will perform MTU auto-detection based on the cluster network." */
export function normaliseCalicoInstallation(root: ObjectReader, ref: ObjectRef): CalicoInstallation {
  const spec = root.object('spec') ?? root.empty('spec');
  const mtu = spec.has('calicoNetwork') ? spec.object('calicoNetwork')?.integer('mtu', 0, 65_535) : undefined;
  const cniType = spec.has('cni') ? spec.object('cni')?.filledText('type') : undefined;
  return { ...readResource(root, ref), kind: 'Installation', mtu: mtu || undefined, cniType: cniType ?? 'Calico' };
}
