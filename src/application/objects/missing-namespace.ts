import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { problem, type Problem } from '../../core/kernel/problem.js';
import type { Cluster } from '../clusters/cluster.js';
import type { RevisionStore } from '../clusters/revision-store.js';
import { collectObjects } from './collect-objects.js';

/** How many names are looked through for the nearest one. */
const MAX_CANDIDATES = 1_000;

/** The problem of a namespace that a revision has neither an object in nor an object of; undefined where it is there. */
export async function missingNamespace(
  store: RevisionStore,
  cluster: Cluster,
  revision: number,
  namespace: string,
): Promise<Problem | undefined> {
  for (const filter of [{ namespace }, { kinds: ['Namespace'], name: namespace }]) {
    if ((await collectObjects(store, cluster, revision, filter, 1)).length > 0) return undefined;
  }
  const all = await collectObjects(store, cluster, revision, { kinds: ['Namespace'] }, MAX_CANDIDATES);
  const names = all.map(({ name }) => name);
  const hint = didYouMeanHint(namespace, names);
  return problem('unknown-namespace', `there is no namespace \`${namespace}\``, hint === undefined ? {} : { hint });
}
