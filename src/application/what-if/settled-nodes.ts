import { daemonPod, keepsDaemon, runsDaemon } from '../../core/model/daemon-pods.js';
import type { Node } from '../../core/resources/node.js';
import type { Pod } from '../../core/resources/pod.js';
import type { Workload } from '../../core/resources/workload.js';
import type { Pace } from '../../manifests/pace.js';
import type { ReadObject } from '../models/read-revision.js';
import { isActive, madePod } from './made-pods.js';

type Objects = ReadonlyMap<string, ReadObject>;

/** A node before and after; undefined: it is not there. */
interface ChangedNode {
  readonly old: Node | undefined;
  readonly now: Node | undefined;
}

/** The pods of a DaemonSet by their nodes, and one that others are like. */
interface Daemon {
  readonly key: string;
  readonly like: Pod;
  readonly pods: Map<string, string>;
}

/** A state in the making, and what it was before. */
interface Settling {
  readonly before: Objects;
  readonly objects: Map<string, ReadObject>;
  readonly pace: Pace;
}

/** Kinds whose controllers make a pod anew when one is deleted; one of a DaemonSet has no place without its node. */
const REMAKE: ReadonlySet<string> = new Set(['ReplicaSet', 'StatefulSet', 'ReplicationController', 'Job']);

/**
 * Lets pods follow the nodes: those of a node that is gone are deleted (kubernetes `pkg/controller/podgc`, deleteOrphaned), and their controllers make others; a DaemonSet gets a pod on each node that it runs on and did
 * not before, and loses those on nodes that it does not run on any more. Returns the keys of these pods. A workload of which no pod is there gets its pods from the model.
 */
export async function settleNodes(touched: Iterable<string>, { before, objects, pace }: Settling): Promise<readonly string[]> {
  const nodes = changedNodes(touched, before, objects);
  const changed: string[] = [];
  if (nodes.size === 0) return changed;
  const daemons = new Map<string, Daemon>();
  const remake: Pod[] = [];
  for (const [key, { resource: pod }] of objects) {
    if (pace.isDue) await pace.rest();
    if (pod?.kind !== 'Pod' || pod.spec.nodeName === undefined) continue;
    const owner = pod.owners.find(({ controller }) => controller);
    const node = nodes.get(pod.spec.nodeName);
    if (node && !node.now) {
      objects.delete(key);
      changed.push(key);
      if (owner && REMAKE.has(owner.kind) && isActive(pod)) remake.push(pod);
    } else if (owner?.kind === 'DaemonSet') daemonOf(daemons, pod, owner.name).pods.set(pod.spec.nodeName, key);
  }
  changed.push(...remakePods(remake, objects));
  for (const daemon of daemons.values()) changed.push(...(await settleDaemon(daemon, nodes, objects, pace)));
  return changed;
}

const NODE = '/Node//';

/** By name; of one that is made anew in the same change the pods stay. */
function changedNodes(touched: Iterable<string>, before: Objects, after: Objects): ReadonlyMap<string, ChangedNode> {
  const nodes = new Map<string, ChangedNode>();
  for (const key of touched) {
    if (!key.startsWith(NODE)) continue;
    const [old, now] = [before.get(key)?.resource, after.get(key)?.resource];
    nodes.set(key.slice(NODE.length), { old: old?.kind === 'Node' ? old : undefined, now: now?.kind === 'Node' ? now : undefined });
  }
  return nodes;
}

function daemonOf(daemons: Map<string, Daemon>, like: Pod, name: string): Daemon {
  const key = `apps/DaemonSet/${like.ref.namespace ?? ''}/${name}`;
  const known = daemons.get(key) ?? { key, like, pods: new Map<string, string>() };
  daemons.set(key, known);
  return known;
}

/** A pod of a StatefulSet has its name again, another has a new one. */
function remakePods(pods: readonly Pod[], objects: Map<string, ReadObject>): readonly string[] {
  const counts = new Map<string, number>();
  return pods.map((pod) => {
    const place = `/Pod/${pod.ref.namespace ?? ''}/`;
    const owner = pod.owners.find(({ controller }) => controller);
    const name = !owner || owner.kind === 'StatefulSet' ? pod.ref.name : freeName(place, `${owner.name}-new`, objects, counts);
    objects.set(place + name, madePod(pod, name));
    return place + name;
  });
}

/** `counts`: how many names with that beginning were tried, so that none is tried twice. */
function freeName(place: string, beginning: string, objects: Objects, counts: Map<string, number>): string {
  for (let number = counts.get(place + beginning) ?? 0; ; number++) {
    const name = `${beginning}-${number}`;
    if (objects.has(place + name)) continue;
    counts.set(place + beginning, number + 1);
    return name;
  }
}

/** Where a DaemonSet did not run for reasons that the objects do not tell, it does not run now. */
async function settleDaemon(
  { key, like, pods }: Daemon,
  nodes: ReadonlyMap<string, ChangedNode>,
  objects: Map<string, ReadObject>,
  pace: Pace,
): Promise<readonly string[]> {
  const daemon = objects.get(key)?.resource;
  const changed: string[] = [];
  if (daemon?.kind !== 'DaemonSet') return changed;
  for (const [name, { old, now }] of nodes) {
    if (pace.isDue) await pace.rest();
    if (!now) continue;
    const [pod, { spec }] = [pods.get(name), daemon.template];
    if (pod === undefined && runsOn(daemon, now) && !(old && runsOn(daemon, old))) {
      const made = daemonPod(daemon, like, name);
      const at = `/Pod/${made.ref.namespace ?? ''}/${made.ref.name}`;
      objects.set(at, { resource: made, unmodelled: undefined, characters: 0 });
      changed.push(at);
    } else if (pod !== undefined && old && keepsDaemon(spec, old) && !keepsDaemon(spec, now)) {
      objects.delete(pod);
      changed.push(pod);
    }
  }
  return changed;
}

function runsOn({ template }: Workload, node: Node): boolean {
  return runsDaemon(template.spec, { name: node.ref.name, labels: node.labels, resource: node });
}
