import type { ObjectRef } from '../../kernel/object-ref.js';
import type { Labels, OwnerReference, Resource } from '../../resources/resource.js';
import type { Workload } from '../../resources/workload.js';
import { workloadKey } from './workload-draft.js';

/** The kinds in the middle of an ownership chain: their own controller is what people name. */
const MIDDLE: ReadonlySet<string> = new Set(['ReplicaSet', 'Job', 'ReplicationController']);
/** The group of a workload kind, for owner references that name none. */
const NATIVE_GROUPS: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'apps/v1'],
  ['ReplicaSet', 'apps/v1'],
  ['StatefulSet', 'apps/v1'],
  ['DaemonSet', 'apps/v1'],
  ['Job', 'batch/v1'],
  ['CronJob', 'batch/v1'],
]);

/** The reference that controls a resource. Dumps may lack `controller`; a single owner then counts. */
function controllerOf(resource: Resource): OwnerReference | undefined {
  return resource.owners.find((owner) => owner.controller) ?? (resource.owners.length === 1 ? resource.owners[0] : undefined);
}

/**
 * The workload people would name for a pod: the top of Pod → ReplicaSet → Deployment or Pod → Job → CronJob; the pod itself when nothing owns
 * it or when it mirrors a static pod (owner `Node`). An owner that was not imported still gives its name; a ReplicaSet or Job that was not
 * imported is folded into the Deployment or CronJob its name is made of, when that was imported.
 */
export function topOwner(pod: Resource, imported: ReadonlyMap<string, Workload>): ObjectRef {
  const owner = controllerOf(pod);
  if (!owner || owner.kind === 'Node') return pod.ref;
  return topOf(ownerRef(owner, pod.ref.namespace ?? 'default'), pod.labels, imported);
}

/** The top of the chain that starts with a workload. */
export function topOf(ref: ObjectRef, podLabels: Labels, imported: ReadonlyMap<string, Workload>): ObjectRef {
  const found = imported.get(workloadKey(ref));
  if (!MIDDLE.has(ref.kind)) return found?.ref ?? ref;
  if (!found) return namesake(ref, podLabels, imported) ?? ref;
  const owner = controllerOf(found);
  return owner ? topOf(ownerRef(owner, ref.namespace ?? 'default'), podLabels, imported) : found.ref;
}

function ownerRef(owner: OwnerReference, namespace: string): ObjectRef {
  const kind = owner.kind || 'Unknown';
  const apiVersion = owner.apiVersion || (NATIVE_GROUPS.get(kind) ?? 'v1');
  return { apiVersion, kind, namespace, name: owner.name };
}

/** `web-6d4cf56db6` is of Deployment `web` when the pod carries that hash; `backup-29034120` is of CronJob `backup`. */
function namesake(ref: ObjectRef, podLabels: Labels, imported: ReadonlyMap<string, Workload>): ObjectRef | undefined {
  const dash = ref.name.lastIndexOf('-');
  const [name, suffix] = [ref.name.slice(0, dash), ref.name.slice(dash + 1)];
  if (dash <= 0) return undefined;
  const hashed = ref.kind === 'ReplicaSet' && podLabels['pod-template-hash'] === suffix;
  const scheduled = ref.kind === 'Job' && /^\d+$/.test(suffix);
  const kind = hashed ? 'Deployment' : scheduled ? 'CronJob' : undefined;
  return kind && imported.get(workloadKey({ ...ref, kind, name }))?.ref;
}
