import type { Resource } from './resource.js';

/** Calico's ClusterInformation, what profiles are read from. */
export interface ClusterInformation extends Resource {
  readonly kind: 'ClusterInformation';
  /** `k8s`, `operator`, `aks` …: where and how Calico was installed. */
  readonly clusterTypes: readonly string[];
}
