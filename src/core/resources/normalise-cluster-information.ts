import type { ObjectRef } from '../kernel/object-ref.js';
import type { ClusterInformation } from './cluster-information.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';

/** Reads a Calico ClusterInformation (projectcalico/calico `api/pkg/apis/projectcalico/v3/clusterinfo.go`): "ClusterType describes the type of the cluster", parted by commas. */
export function normaliseClusterInformation(root: ObjectReader, ref: ObjectRef): ClusterInformation {
  const types = root.object('spec')?.filledText('clusterType')?.split(',') ?? [];
  return { ...readResource(root, ref), kind: 'ClusterInformation', clusterTypes: types.map((type) => type.trim()) };
}
