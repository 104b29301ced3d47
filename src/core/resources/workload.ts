import type { LabelSelector } from './label-selector.js';
import type { PodSpec } from './pod.js';
import type { Labels, Resource } from './resource.js';

/** The kinds that own pods. */
export type WorkloadKind = 'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'CronJob' | 'ReplicationController';

/** The pods a workload makes. */
export interface PodTemplate {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly spec: PodSpec;
}

/** A workload of any kind. */
export interface Workload extends Resource {
  readonly kind: WorkloadKind;
  /** Wanted pods. A DaemonSet's follow from the nodes: undefined. A Job's is its parallelism; a CronJob's is 0. */
  readonly replicas: number | undefined;
  readonly selector: LabelSelector | undefined;
  readonly template: PodTemplate;
  /** StatefulSet only: the governing headless service. */
  readonly serviceName: string | undefined;
  /** StatefulSet only: `spec.ordinals.start`, the number of its first pod. */
  readonly firstOrdinal: number;
}
