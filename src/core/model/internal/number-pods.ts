import { compareText } from '../../kernel/compare.js';
import type { ModelPod, ModelWorkload } from '../network-model.js';
import { inChunks } from './in-chunks.js';
import { inNamespaceOrder } from './in-namespace-order.js';
import type { PodDraft } from './pod-draft.js';
import { type WorkloadDraft, workloadKey } from './workload-draft.js';

/** Pods and workloads with their numbers, and by key. */
export interface Numbered {
  readonly pods: readonly ModelPod[];
  readonly podByKey: ReadonlyMap<string, ModelPod>;
  readonly workloads: readonly ModelWorkload[];
  readonly workloadByKey: ReadonlyMap<string, ModelWorkload>;
}

const byNameAndKind = (a: WorkloadDraft, b: WorkloadDraft) => compareText(a.name, b.name) || compareText(a.kind, b.kind);

/** Numbers the pods by their position and the workloads by namespace, name and kind, and ties one to the other. */
export function* numberPods(drafts: ReadonlyMap<string, WorkloadDraft>, pods: readonly PodDraft[]): Generator<undefined, Numbered> {
  const podByKey = new Map<string, ModelPod>();
  let next = 0;
  for (const chunk of inChunks(pods)) {
    for (const pod of chunk) {
      pod.id = next++;
      podByKey.set(`${pod.namespace}/${pod.name}`, pod);
    }
    yield;
  }
  const workloads: ModelWorkload[] = [];
  const ordered = yield* inNamespaceOrder(drafts.values(), (draft) => draft.namespace, byNameAndKind);
  for (const chunk of inChunks(ordered)) {
    for (const draft of chunk) workloads.push(numbered(draft, workloads.length));
    yield;
  }
  return { pods, podByKey, workloads, workloadByKey: new Map(workloads.map((workload) => [workloadKey(workload.ref), workload])) };
}

function numbered({ ref, namespace, name, kind, maker, pods }: WorkloadDraft, id: number): ModelWorkload {
  for (const pod of pods) pod.workload = id;
  return { id, ref, namespace, name, kind, template: maker?.template, pods: pods.map((pod) => pod.id).sort((a, b) => a - b) };
}
