import type { UnmodelledObject } from '../../core/model/network-model.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { normaliseObject } from '../../core/resources/normalise-object.js';
import type { UnderstoodResource } from '../../core/resources/understood-resource.js';
import type { Pace } from '../../manifests/pace.js';
import type { Cluster } from '../clusters/cluster.js';
import type { RevisionStore } from '../clusters/revision-store.js';
import { identityKey } from '../imports/object-identity.js';

/** What an object was read as, and the length of its JSON text. */
export interface ReadObject {
  readonly resource: UnderstoodResource | undefined;
  readonly unmodelled: UnmodelledObject | undefined;
  readonly characters: number;
}

/** The objects of a revision as they were read, by identity. */
export interface ReadRevision {
  readonly revision: number;
  readonly objects: ReadonlyMap<string, ReadObject>;
}

/**
 * Reads the objects of a revision, resting whenever a stretch is over. Where another revision of the cluster is at hand, only what differs is read: what is the same
 * stays the same object. Revision 0 is the empty cluster.
 */
export async function readRevision(
  revisions: RevisionStore,
  cluster: Cluster,
  revision: number,
  pace: Pace,
  other?: ReadRevision,
): Promise<ReadRevision> {
  if (revision === 0) return { revision, objects: new Map() };
  const objects = new Map(other?.objects);
  for await (const batch of bodiesOf(revisions, cluster, revision, other?.revision)) {
    for (const [key, body] of batch) {
      if (body === null) objects.delete(key);
      else objects.set(key, readObject(body));
      if (pace.isDue) await pace.rest();
    }
  }
  return { revision, objects };
}

type Bodies = readonly (readonly [key: string, body: string | null])[];

/** Every object, or what differs from another revision; null: the object is not there. */
async function* bodiesOf(revisions: RevisionStore, cluster: Cluster, revision: number, other: number | undefined): AsyncGenerator<Bodies> {
  if (other === undefined) {
    for await (const batch of revisions.objectsAt(cluster, revision)) yield batch.map((one) => [identityKey(one), one.body]);
  } else if (other !== revision) {
    for await (const batch of revisions.changesBetween(cluster, other, revision))
      yield batch.map(({ identity, after }) => [identityKey(identity), after]);
  }
}

/** Reads the JSON text of an object. */
export function readObject(body: string): ReadObject {
  const object: KubernetesObject = JSON.parse(body); // what is stored was checked when it came in
  const { resource, unmodelled } = normaliseObject(object);
  return { resource, unmodelled, characters: body.length };
}
