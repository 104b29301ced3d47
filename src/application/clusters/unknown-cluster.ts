import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { problem, type Problem } from '../../core/kernel/problem.js';
import type { ClusterStore } from './cluster-store.js';

/** The problem of a name that no cluster has, with the nearest one that exists. */
export async function unknownCluster(clusters: ClusterStore, name: string): Promise<Problem> {
  const names = (await clusters.list()).map((cluster) => cluster.name);
  const hint =
    didYouMeanHint(name, names) ?? (names.length === 0 ? 'there is none yet: create one with `POST /api/v1/clusters`' : undefined);
  return problem('unknown-cluster', `there is no cluster \`${name}\``, hint === undefined ? {} : { hint });
}

/** It was there when the request began. */
export function clusterGone(name: string): Problem {
  return problem('unknown-cluster', `there is no cluster \`${name}\` any more`);
}
