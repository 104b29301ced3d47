import type { Cluster } from '../clusters/cluster.js';
import type { KindCount } from '../clusters/revision.js';
import type { RevisionStore } from '../clusters/revision-store.js';

/** The kinds of the objects that revisions of a cluster hold, as they counted them when they were written. */
export async function kindsAt(store: RevisionStore, cluster: Cluster, revisions: readonly number[]): Promise<readonly KindCount[]> {
  const found = await Promise.all(revisions.map(async (revision) => store.revision(cluster, revision)));
  return found.flatMap((revision) => revision?.statistics.kinds ?? []);
}
