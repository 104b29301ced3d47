import { allPools, preparePools } from '../../core/ipam/all-pools.js';
import type { FleetCluster } from '../../core/ipam/fleet-overlaps.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import { inStretches, Pace } from '../../manifests/pace.js';
import type { Cluster } from '../clusters/cluster.js';
import { ClusterStore } from '../clusters/cluster-store.js';
import { Coordinates } from '../clusters/coordinates.js';
import { ModelSource } from '../clusters/model-source.js';

/** Finds the address pools of many clusters at one time. */
export class FleetPools {
  constructor(
    private readonly clusters: ClusterStore,
    private readonly coordinates: Coordinates,
    private readonly models: ModelSource,
  ) {}

  /** Of those clusters that `admits` admits and that had a revision then, by name; now, where no time is given. Fails with `invalid-request` where `at` is no time. */
  async of(admits: (cluster: string) => boolean, at?: string): Promise<Result<readonly FleetCluster[], Problem>> {
    const found: FleetCluster[] = [];
    const pace = new Pace();
    for (const cluster of await this.clusters.list()) {
      if (!admits(cluster.name)) continue;
      const revision = await this.revisionOf(cluster, at);
      if (!revision.ok) return revision;
      if (revision.value === 0) continue;
      const model = await this.models.modelAt(cluster, revision.value);
      await inStretches(preparePools(model), pace);
      found.push({ name: cluster.name, revision: revision.value, pools: allPools(model) });
      if (pace.isDue) await pace.rest();
    }
    return ok(found);
  }

  /** 0 where there was none. */
  private async revisionOf(cluster: Cluster, at: string | undefined): Promise<Result<number, Problem>> {
    if (at === undefined || cluster.latestRevision === 0) return ok(cluster.latestRevision);
    const place = await this.coordinates.revisionOf(cluster, { at });
    return place.ok || place.error.kind !== 'unknown-revision' ? place : ok(0);
  }
}
