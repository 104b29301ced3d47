import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '../../core/kernel/json.js';
import { compareText } from '../../core/kernel/compare.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import type { Pod } from '../../core/resources/pod.js';
import type { Workload } from '../../core/resources/workload.js';
import type { ReadObject } from '../models/read-revision.js';
import { isActive, madePod } from './made-pods.js';
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
  const renewed = new Set(renewedPods(old, now, next, pods));
  if (pods.length === 0 || (renewed.size === 0 && now.replicas === old.replicas)) return [];
  const staying = pods.filter((one) => !renewed.has(one)).sort((a, b) => firstToGo(now, a.pod, b.pod));
  const missing = (now.replicas ?? pods.length) - staying.length;
  const isLeft = staying.length > 0 && missing <= MOST_ADDED;
  const gone = isLeft ? [...renewed, ...staying.slice(0, Math.max(0, -missing))] : pods;
  for (const one of gone) objects.delete(one.key);
  return [
    ...gone.map((one) => one.key),
    ...(isLeft ? addPods(objects, staying, now, { count: missing, newFrom: firstNew(now, next) }) : []),
  ];
}

interface KeyedPod {
  readonly key: string;
  readonly pod: Pod;
}

function podAt(objects: ReadonlyMap<string, ReadObject>, key: string): KeyedPod | undefined {
  const pod = objects.get(key)?.resource;
  return pod?.kind === 'Pod' && isActive(pod) ? { key, pod } : undefined;
}

/** What the model understands of a template: of other images pods keep what they are here. */
function partsOf({ template: { labels, spec } }: Workload): readonly unknown[] {
  return [labels, spec];
}

/** The pods that make room for others: of a StatefulSet those from a number on that another template has, or that its status says are behind. */
function renewedPods(old: Workload, now: Workload, next: KubernetesObject, pods: readonly KeyedPod[]): readonly KeyedPod[] {
  if (!rollsOut(next)) return [];
  const isOther = !isDeepStrictEqual(partsOf(old), partsOf(now));
  if (now.kind !== 'StatefulSet') return isOther ? pods : [];
  const [first, revision] = [firstNew(now, next), updateRevision(next)];
  return pods.filter(({ pod }) => ordinalOf(pod) >= first && (isOther || isBehind(pod, revision)));
}

const REVISION = 'controller-revision-hash';

function isBehind({ labels }: Pod, revision: unknown): boolean {
  return typeof revision === 'string' && labels[REVISION] !== undefined && labels[REVISION] !== revision;
}

function updateRevision({ status }: KubernetesObject): unknown {
  return isJsonObject(status) ? status['updateRevision'] : undefined;
}

/** The first number that an update of a StatefulSet reaches: a partition leaves those below as they are (kubernetes `pkg/controller/statefulset/stateful_set_utils.go`, newVersionedStatefulSetPod). */
function firstNew({ firstOrdinal }: Workload, { spec }: KubernetesObject): number {
  const { updateStrategy } = isJsonObject(spec) ? spec : {};
  const { rollingUpdate } = isJsonObject(updateStrategy) ? updateStrategy : {};
  const partition = isJsonObject(rollingUpdate) ? rollingUpdate['partition'] : undefined;
  return firstOrdinal + (typeof partition === 'number' ? partition : 0);
}

/** ReplicaSets leave pods that they have as they are; so do a Deployment that is paused, and whoever waits for pods to be deleted. */
function rollsOut({ kind, spec }: KubernetesObject): boolean {
  const { paused, updateStrategy } = isJsonObject(spec) ? spec : {};
  const waits = isJsonObject(updateStrategy) && updateStrategy['type'] === 'OnDelete';
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

/** How many pods there are to be, and from which number on they are of the new template. */
interface Wanted {
  readonly count: number;
  readonly newFrom: number;
}

/** New pods are like those that stay, but for their names; where they run, and with which address, is for the model to say. */
function addPods(
  objects: Map<string, ReadObject>,
  [like]: readonly KeyedPod[],
  workload: Workload,
  { count, newFrom }: Wanted,
): readonly string[] {
  const added: string[] = [];
  if (!like) return added;
  const place = like.key.slice(0, like.key.lastIndexOf('/'));
  for (let number = workload.firstOrdinal; added.length < count; number++) {
    const name = workload.kind === 'StatefulSet' ? `${workload.ref.name}-${number}` : `${workload.ref.name}-new-${number}`;
    const key = `${place}/${name}`;
    if (objects.has(key)) continue;
    const pod = workload.kind === 'StatefulSet' ? ordinalPod(like.pod, workload, number, number >= newFrom) : like.pod;
    objects.set(key, madePod(pod, name));
    added.push(key);
  }
  return added;
}

function ordinalPod(like: Pod, { ref, template, serviceName }: Workload, number: number, isNew: boolean): Pod {
  const hostname = `${ref.name}-${number}`;
  const own = { 'apps.kubernetes.io/pod-index': String(number), 'statefulset.kubernetes.io/pod-name': hostname };
  if (!isNew) return { ...like, labels: { ...like.labels, ...own }, spec: { ...like.spec, hostname } };
  return { ...like, labels: { ...template.labels, ...own }, spec: { ...template.spec, hostname, subdomain: serviceName } };
}
