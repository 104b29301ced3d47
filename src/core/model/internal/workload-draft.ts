import type { ObjectRef } from '../../kernel/object-ref.js';
import type { Workload } from '../../resources/workload.js';
import type { PodDraft } from './pod-draft.js';

/** A workload in the making: the top of an ownership chain, and the pods that were found or made for it. */
export interface WorkloadDraft {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  /** What makes its pods: the workload itself, or the live ReplicaSet below an owner that was not imported. */
  maker: Workload | undefined;
  readonly pods: PodDraft[];
}

/** Key of a workload: `Kind/namespace/name`. */
export function workloadKey(ref: ObjectRef): string {
  return `${ref.kind}/${ref.namespace ?? ''}/${ref.name}`;
}
