import { type AddressFigures, addressFigures, FULLEST_FIRST, type PoolFigures } from '../../core/ipam/address-figures.js';
import { inStretches } from '../../manifests/pace.js';
import type { Cluster } from '../clusters/cluster.js';
import type { ClusterStore } from '../clusters/cluster-store.js';
import type { ModelCache } from '../models/model-cache.js';
import type { AllocationStore } from './allocation-store.js';

/** Pools that are told of, of all clusters together, and clusters. */
const MOST_POOLS = 2_000;
const MOST_CLUSTERS = 256;
/** How many times as long as figures took they stay: making them takes a twentieth of one core at most, however large a cluster is and however often somebody looks. */
const REST = 20;

/** The figures of a cluster, and what they were made of. */
export interface WatchedCluster extends AddressFigures {
  readonly cluster: string;
  readonly revision: number;
}

/** What was last figured. */
export interface WatchedAddresses {
  readonly clusters: readonly WatchedCluster[];
  /** The fullest pools of all of them. */
  readonly pools: readonly (PoolFigures & { readonly cluster: string })[];
  /** How many pools are not among those. */
  readonly poolsLeftOut: number;
  /** How many clusters nothing was figured of: their models are not at hand, for nobody has asked about them. */
  readonly without: number;
}

interface Kept extends WatchedCluster {
  readonly profileVersion: number;
  readonly notBefore: number;
}

/**
 * Figures about addresses for whoever looks every few seconds. A look costs next to nothing: it tells what was figured last, and has what has moved since figured in the background for the
 * looks to come. No model is made for it: a cluster that nobody asks about has no figures.
 */
export class AddressWatch {
  private readonly kept = new Map<string, Kept>();
  private names: ReadonlyMap<string, string> = new Map();
  private running: Promise<void> | undefined;

  constructor(
    private readonly clusters: Pick<ClusterStore, 'list'>,
    private readonly models: Pick<ModelCache, 'kept'>,
    private readonly allocations: Pick<AllocationStore, 'book'>,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** What was figured last of the clusters that `isSeen` admits. */
  look(isSeen: (cluster: string) => boolean): WatchedAddresses {
    // Where the clusters cannot be listed, the figures stay as they were; the next look tries again.
    this.running ??= this.refresh()
      .catch(() => undefined)
      .finally(() => (this.running = undefined));
    const clusters = [...this.kept.values()].filter(({ cluster }) => isSeen(cluster));
    const all = clusters.flatMap(({ cluster, pools }) => pools.map((pool) => ({ cluster, ...pool })));
    const pools = all.sort(FULLEST_FIRST).slice(0, MOST_POOLS);
    const poolsLeftOut = clusters.reduce((sum, one) => sum + one.poolsLeftOut, all.length - pools.length);
    return { clusters, pools, poolsLeftOut, without: [...this.names.values()].filter(isSeen).length - clusters.length };
  }

  /** Resolves when what the last look has started is done. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async refresh(): Promise<void> {
    const clusters = await this.clusters.list();
    this.names = new Map(clusters.map(({ id, name }) => [id, name]));
    for (const id of this.kept.keys()) if (!this.names.has(id)) this.kept.delete(id);
    // One that fails keeps its figures as they were, and keeps no other from its own; the next look tries again.
    for (const cluster of clusters) await this.figure(cluster).catch(() => undefined);
  }

  private async figure(cluster: Cluster): Promise<void> {
    const { id, name, latestRevision: revision, profileVersion } = cluster;
    const known = this.kept.get(id);
    const model = this.models.kept(cluster);
    if (!model || (known ? this.clock() < known.notBefore : this.kept.size >= MOST_CLUSTERS)) return;
    const book = await this.allocations.book(cluster);
    const isSame = known?.revision === revision && known.profileVersion === profileVersion;
    if (isSame && known.allocationSequence === book.sequence) return;
    const began = this.clock();
    const figures = await inStretches(addressFigures(model, book, MOST_POOLS));
    const ended = this.clock();
    this.kept.set(id, { ...figures, cluster: name, revision, profileVersion, notBefore: ended + REST * (ended - began) });
  }
}
