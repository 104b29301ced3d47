import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { AddressWatch, type WatchedAddresses } from '../../application/ipam/address-watch.js';
import { AllocationStore } from '../../application/ipam/allocation-store.js';
import type { PoolFigures } from '../../core/ipam/address-figures.js';

type Clusters = WatchedAddresses['clusters'];

/** What is told of each pool. */
const OF_POOLS = {
  capacity: ['capacity', 'usable addresses of a pool'],
  used: ['used', 'usable addresses of a pool that somebody has'],
  reserved: ['reserved', 'usable addresses of a pool that are reserved, used or not'],
  available: ['available', 'usable addresses of a pool that are neither used nor reserved'],
  largestFree: ['largest_free', 'addresses of the longest run of available ones of a pool'],
} as const satisfies Partial<Record<keyof PoolFigures, readonly [name: string, help: string]>>;

/** What `/metrics` tells of addresses. Series are bounded: those of the fullest pools of all clusters, and of a closed list of codes. */
@Injectable()
export class AddressMetrics {
  constructor(
    private readonly watch: AddressWatch,
    private readonly store: AllocationStore,
  ) {}

  /** In the Prometheus format. `visible`: the clusters that whoever asks may see; null: all. */
  async text(visible: readonly string[] | null): Promise<string> {
    const { clusters, pools, poolsLeftOut, without } = this.watch.look((cluster) => visible === null || visible.includes(cluster));
    const registry = new Registry();
    addPools(registry, pools);
    addDrift(registry, clusters);
    addStates(registry, clusters);
    addGauge(registry, 'portolan_ip_pools_left_out', 'pools that are not told of: others are fuller', poolsLeftOut);
    addGauge(registry, 'portolan_ip_clusters_without_figures', 'clusters whose models are not at hand', without);
    new Counter({
      name: 'portolan_ip_book_corrections_total',
      help: 'how often the database knew of an owner of an address that the book in memory did not',
      registers: [registry],
    }).inc(this.store.corrections);
    return registry.metrics();
  }
}

function addPools(registry: Registry, pools: WatchedAddresses['pools']): void {
  const labelNames = ['cluster', 'pool', 'plane', 'family'];
  for (const [member, [name, help]] of Object.entries(OF_POOLS)) {
    const gauge = new Gauge({ name: `portolan_ip_pool_${name}`, help, labelNames, registers: [registry] });
    for (const pool of pools) {
      const { cluster, plane, family } = pool;
      gauge.set({ cluster, pool: pool.name, plane, family: String(family) }, Number(Reflect.get(pool, member)));
    }
  }
}

function addDrift(registry: Registry, clusters: Clusters): void {
  const help = 'findings of ipam-lint about addresses in use and not allocated, allocated and not in use, or out of place';
  const gauge = new Gauge({ name: 'portolan_ip_drift', help, labelNames: ['cluster', 'code'], registers: [registry] });
  for (const { cluster, drift } of clusters) for (const [code, count] of drift) gauge.set({ cluster, code }, count);
}

/** Which state the figures are of. */
function addStates(registry: Registry, clusters: Clusters): void {
  const options = { labelNames: ['cluster'], registers: [registry] };
  const revision = new Gauge({ ...options, name: 'portolan_ip_figures_revision', help: 'the revision that figures of addresses are of' });
  const sequence = new Gauge({
    ...options,
    name: 'portolan_ip_figures_allocation_sequence',
    help: 'the allocation or release that they know of',
  });
  for (const one of clusters) {
    revision.set({ cluster: one.cluster }, one.revision);
    sequence.set({ cluster: one.cluster }, one.allocationSequence);
  }
}

function addGauge(registry: Registry, name: string, help: string, value: number): void {
  new Gauge({ name, help, registers: [registry] }).set(value);
}
