import type { ObjectRef } from '../../kernel/object-ref.js';
import { derived, observed } from '../../kernel/provenance.js';
import type { Pod } from '../../resources/pod.js';
import type { Workload } from '../../resources/workload.js';
import { inChunks } from './in-chunks.js';
import { type PodDraft, UNNUMBERED } from './pod-draft.js';
import type { ResourceIndex } from './resource-index.js';
import { topOf, topOwner } from './top-owner.js';
import { type WorkloadDraft, workloadKey } from './workload-draft.js';

/** Every workload with its imported pods, by key. ReplicaSets and Jobs below another workload are part of it; a dead ReplicaSet is none. */
export function* foldWorkloads(index: ResourceIndex): Generator<undefined, Map<string, WorkloadDraft>> {
  const imported = new Map([...index.workloads.values()].flat().map((workload) => [workloadKey(workload.ref), workload]));
  const drafts = new Map<string, WorkloadDraft>();
  for (const chunk of inChunks([...imported.values()])) {
    for (const workload of chunk) addWorkload(drafts, workload, imported);
    yield;
  }
  for (const chunk of inChunks(index.pods)) {
    for (const pod of chunk) draftFor(drafts, topOwner(pod, imported)).pods.push(importedPod(pod));
    yield;
  }
  for (const [key, draft] of drafts) if (isDeadReplicaSet(draft)) drafts.delete(key);
  return drafts;
}

function addWorkload(drafts: Map<string, WorkloadDraft>, workload: Workload, imported: ReadonlyMap<string, Workload>): void {
  const top = topOf(workload.ref, workload.template.labels, imported);
  const draft = draftFor(drafts, top);
  const isTop = workloadKey(top) === workloadKey(workload.ref);
  // Below an owner that was not imported, the ReplicaSet that wants pods makes them.
  if (isTop || (!imported.has(workloadKey(top)) && !draft.maker && workload.replicas !== 0)) draft.maker = workload;
}

function draftFor(drafts: Map<string, WorkloadDraft>, ref: ObjectRef): WorkloadDraft {
  const key = workloadKey(ref);
  const known = drafts.get(key);
  if (known) return known;
  const draft: WorkloadDraft = { ref, namespace: ref.namespace ?? 'default', name: ref.name, kind: ref.kind, maker: undefined, pods: [] };
  drafts.set(key, draft);
  return draft;
}

function isDeadReplicaSet(draft: WorkloadDraft): boolean {
  return draft.kind === 'ReplicaSet' && draft.maker?.replicas === 0 && draft.pods.length === 0;
}

/** A pod with a status is as it says; one without comes from a manifest, and the model lets it run. */
function importedPod(pod: Pod): PodDraft {
  const { status } = pod;
  const finished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return {
    id: UNNUMBERED,
    ref: pod.ref,
    namespace: pod.ref.namespace ?? 'default',
    name: pod.ref.name,
    labels: pod.labels,
    spec: pod.spec,
    provenance: pod.derived ? 'derived' : 'observed',
    resource: pod,
    workload: UNNUMBERED,
    nodeName: pod.spec.nodeName === undefined ? undefined : observed(pod.spec.nodeName),
    placementProblem: undefined,
    // A finished pod holds no address, though its status may still name one that is somebody else's by now.
    ips: status && !finished ? status.podIPs.map(observed) : [],
    phase: status ? observed(status.phase) : derived('Running' as const),
    ready: status ? observed(status.ready) : derived(true),
    terminating: pod.terminating,
    finished,
  };
}
