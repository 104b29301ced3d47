import { Injectable } from '@nestjs/common';
import type { Cluster } from '../../application/clusters/cluster.js';
import { ClusterNotices, type ClusterNotice } from './cluster-notices.js';

/**
 * The clusters as they are now, so that a read need not ask the database for the newest revision. Holds only what is true: notices of the database correct it,
 * own writes are noted at once, and while no notices are heard it holds nothing.
 */
@Injectable()
export class ClusterMemory {
  private readonly clusters = new Map<string, Cluster>();
  private hearing = false;
  private changes = 0;

  constructor(notices: ClusterNotices) {
    notices.listen({
      heard: () => this.restart(true),
      deaf: () => this.restart(false),
      notice: (notice) => this.correct(notice),
    });
  }

  get(name: string): Cluster | undefined {
    return this.clusters.get(name);
  }

  /** Marks the moment before a read of the database. */
  get mark(): number {
    return this.changes;
  }

  /** Keeps what a read that began at `mark` found, unless something changed meanwhile. */
  keep(cluster: Cluster, mark: number): void {
    if (this.hearing && mark === this.changes) this.clusters.set(cluster.name, cluster);
  }

  /** Notes what this process itself just wrote. */
  wrote(name: string, id: string, revision: number): void {
    this.changes++;
    const known = this.clusters.get(name);
    if (known?.id !== id) this.clusters.delete(name);
    else if (known.latestRevision < revision) this.clusters.set(name, { ...known, latestRevision: revision });
  }

  /** Forgets a cluster that this process changed or deleted. */
  forget(name: string): void {
    this.changes++;
    this.clusters.delete(name);
  }

  private restart(hearing: boolean): void {
    this.changes++;
    this.hearing = hearing;
    this.clusters.clear();
  }

  private correct({ name, id, revision, profileVersion }: ClusterNotice): void {
    const known = this.clusters.get(name);
    const sameSettings = known?.id === id && known.profileVersion === profileVersion;
    if (revision !== null && sameSettings) this.wrote(name, id, revision);
    else this.forget(name);
  }
}
