import type { Cluster } from '../clusters/cluster.js';
import type { RevisionStore } from '../clusters/revision-store.js';
import type { ObjectFilter, StoredObject } from '../clusters/stored-object.js';

/** The first few stored objects that a filter admits. */
export async function collectObjects(
  store: RevisionStore,
  cluster: Cluster,
  revision: number,
  filter: ObjectFilter,
  limit = 10,
): Promise<readonly StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const batch of store.objectsAt(cluster, revision, filter, { limit })) objects.push(...batch);
  return objects;
}
