import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '../../core/kernel/json.js';
import { compareText } from '../../core/kernel/compare.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import type { Pod } from '../../core/resources/pod.js';
import type { Workload } from '../../core/resources/workload.js';
import type { ReadObject } from '../models/read-revision.js';
import type { OwnedObjects } from './owned-objects.js';

/** More new pods than these are left to the model, which makes those of a workload without pods, and says where there would be too many. */
const MOST_ADDED = 10_000;

/** An object that is updated: as it was read before, as it is now, and its text. */
export interface Update {
  readonly key: string;
  readonly before: ReadObject | undefined;
  readonly next: KubernetesObject;
}

/**
 * Gives a workload that is updated the pods that its controller would have in the end: of another template all are new, of another number of replicas some come or go. Returns the keys of those pods. A workload
 * of which no pod is there gets its pods from the model.
 */
export function settleWorkload({ key, before, next }: Update, objects: Map<string, ReadObject>, owned: OwnedObjects): readonly string[] {
  const [old, now] = [before?.resource, objects.get(key)?.resource];
  if (!old || !now || !('template' in old) || !('template' in now) || now.kind === 'Job' || now.kind === 'CronJob') return [];
  const pods = owned.below(key).flatMap((one) => podAt(objects, one) ?? []);
  const wanted = now.replicas ?? pods.length;
  const isRolledOut = !isDeepStrictEqual(partsOf(old), partsOf(now)) && rollsOut(next);
  const isTooMany = wanted - pods.length > MOST_ADDED;
  if (pods.length === 0 || (!isRolledOut && now.replicas === old.replicas)) return [];
  if (!isRolledOut && !isTooMany && wanted > pods.length) return addPods(objects, pods, now, wanted - pods.length);
  const gone = isRolledOut || isTooMany ? pods : pods.sort((a, b) => firstToGo(now, a.pod, b.pod)).slice(0, pods.length - wanted);
  for (const one of gone) objects.delete(one.key);
  return gone.map((one) => one.key);
}

interface KeyedPod {
  readonly key: string;
  readonly pod: Pod;
}

/** A pod that its controller counts: neither finished nor on its way out (`FilterActivePods`). */
function podAt(objects: ReadonlyMap<string, ReadObject>, key: string): KeyedPod | undefined {
  const pod = objects.get(key)?.resource;
  if (pod?.kind !== 'Pod' || pod.terminating || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return undefined;
  return { key, pod };
}

/** What the model understands of a template: of other images pods keep what they are here. */
function partsOf({ template: { labels, spec } }: Workload): readonly unknown[] {
  return [labels, spec];
}

/** ReplicaSets leave pods that they have as they are; so do a Deployment that is paused, and whoever waits for pods to be deleted. */
function rollsOut({ kind, spec }: KubernetesObject): boolean {
  const { paused, updateStrategy } = isJsonObject(spec) ? spec : {};
  const waits =
    isJsonObject(updateStrategy) &&
    (updateStrategy['type'] === 'OnDelete' ||
      (isJsonObject(updateStrategy['rollingUpdate']) && Boolean(updateStrategy['rollingUpdate']['partition'])));
  return (kind === 'Deployment' && paused !== true) || ((kind === 'StatefulSet' || kind === 'DaemonSet') && !waits);
}

const PHASES = ['Pending', 'Unknown', 'Running'];

/** `ActivePodsWithRanks` of kubernetes/pkg/controller/controller_utils.go, as far as it is known here; a StatefulSet ends at the highest number. */
function firstToGo({ kind }: Workload, a: Pod, b: Pod): number {
  if (kind === 'StatefulSet') return ordinalOf(b) - ordinalOf(a);
  const rank = ({ spec, status }: Pod) => [
    spec.nodeName === undefined ? 0 : 1,
    PHASES.indexOf(status?.phase ?? 'Running'),
    status?.ready === false ? 0 : 1,
  ];
  const [ofA, ofB] = [rank(a), rank(b)];
  const differing = ofA.findIndex((value, index) => value !== ofB[index]);
  if (differing >= 0) return (ofA[differing] ?? 0) - (ofB[differing] ?? 0);
  return compareText(b.createdAt ?? '', a.createdAt ?? '') || compareText(a.ref.name, b.ref.name);
}

function ordinalOf({ ref }: Pod): number {
  return Number(/-(\d+)$/.exec(ref.name)?.[1] ?? Number.MAX_SAFE_INTEGER);
}

/** New pods are like those that are there, but for their names; where they run, and with which address, is for the model to say. */
function addPods(objects: Map<string, ReadObject>, [like]: readonly KeyedPod[], workload: Workload, count: number): readonly string[] {
  const added: string[] = [];
  if (!like) return added;
  const place = like.key.slice(0, like.key.lastIndexOf('/'));
  for (let number = workload.firstOrdinal; added.length < count; number++) {
    const name = workload.kind === 'StatefulSet' ? `${workload.ref.name}-${number}` : `${workload.ref.name}-new-${number}`;
    const key = `${place}/${name}`;
    if (objects.has(key)) continue;
    objects.set(key, { resource: newPod(like.pod, workload, name, number), unmodelled: undefined, characters: 0 });
    added.push(key);
  }
  return added;
}

function newPod(like: Pod, { kind }: Workload, name: string, number: number): Pod {
  const isOrdinal = kind === 'StatefulSet';
  const own = { 'apps.kubernetes.io/pod-index': String(number), 'statefulset.kubernetes.io/pod-name': name };
  return {
    ...like,
    ref: { ...like.ref, name },
    labels: isOrdinal ? { ...like.labels, ...own } : like.labels,
    spec: { ...like.spec, nodeName: undefined, ...(isOrdinal ? { hostname: name } : {}) },
    status: undefined,
  };
}
