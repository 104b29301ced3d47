import { describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { Cluster } from '../clusters/cluster.js';
import { AddressWatch } from './address-watch.js';

const SETTINGS = { cni: { plugin: 'flannel' as const }, podCIDRs: ['10.244.0.0/22'], serviceCIDRs: ['10.96.0.0/28'] };
const NODES = 'node a 192.168.0.1 10.244.1.0/24\n service kubernetes 10.96.0.1';

const cluster = (name: string, latestRevision = 1): Cluster => ({
  id: `id of ${name}`,
  name,
  displayName: name,
  profile: {},
  profileVersion: 1,
  latestRevision,
  createdAt: new Date(0),
});

/** Looks at clusters whose models are at hand, which is asked for and never made; a figure takes one second of the clock. */
function watching(clusters: Cluster[]) {
  const models = new Map<string, NetworkModel>();
  const looked: string[] = [];
  const failing = new Set<string>();
  let time = 0;
  let isPaused = false;
  const watch = new AddressWatch(
    { list: async () => Promise.resolve(clusters) },
    { kept: ({ name, latestRevision }) => models.get(`${name}@${latestRevision}`) },
    {
      book: async ({ name }) => {
        looked.push(name);
        if (failing.has(name)) throw new Error('the database does not answer');
        return Promise.resolve(new AllocationBook());
      },
    },
    () => (isPaused ? time : (time += 1_000)),
  );
  const settled = async (isSeen: (name: string) => boolean = () => true) => {
    watch.look(isSeen);
    await watch.settled();
    return watch.look(isSeen);
  };
  const passed = (ms: number): void => {
    time += ms;
  };
  return { watch, models, looked, failing, settled, passed, pause: () => (isPaused = true) };
}

/** What is counted: shared/reference/ipam-dataplane.md §12 ("TOTAL, IN USE, RESERVED, FREE per pool"; the audit classes). */
describe('figures about addresses for who looks every few seconds', () => {
  it('are those of how full pools are, the fullest first, and of what is out of place', async () => {
    const { models, settled } = watching([cluster('prod')]);
    models.set('prod@1', addressCluster(`${NODES}\n pod web a 10.244.1.5\n pod api a 10.244.1.5\n pod far a 10.9.9.9`, SETTINGS));
    const { clusters, pools } = await settled();
    const pods = 1024n - 3n; // host-local gives neither the network, the gateway nor the broadcast address of the node's range
    expect(pools.map(({ name, capacity, used, available }) => [name, capacity, used, available])).toEqual([
      ['services.10.96.0.0_28', 14n, 1n, 13n],
      ['pods.10.244.0.0_22', pods, 1n, pods - 1n],
    ]);
    const drift = Object.fromEntries([...(clusters[0]?.drift ?? [])].filter(([, count]) => count > 0));
    expect(drift).toEqual({ SEVERAL_OWNERS: 1, IN_USE_OUTSIDE_POOLS: 1 });
    expect(clusters[0]?.drift.get('BLOCK_LEAK')).toBe(0);
  });

  it('are told at once as they were: nobody waits for them', () => {
    const { watch, models } = watching([cluster('prod')]);
    models.set('prod@1', addressCluster(NODES, SETTINGS));
    expect(watch.look(() => true)).toEqual({ clusters: [], pools: [], poolsLeftOut: 0, without: 0 });
  });

  it('are there of no cluster whose model is not at hand, which is said', async () => {
    const { models, looked, settled } = watching([cluster('prod'), cluster('test')]);
    models.set('prod@1', addressCluster(NODES, SETTINGS));
    const { clusters, without } = await settled();
    expect([clusters.map((one) => one.cluster), without, looked.includes('test')]).toEqual([['prod'], 1, false]);
  });

  it('stay for twenty times as long as they took, then follow the newest revision', async () => {
    const named = [cluster('prod', 1)];
    const one = watching(named);
    one.models.set('prod@1', addressCluster(NODES, SETTINGS));
    one.models.set('prod@2', addressCluster(`${NODES}\n pod web a 10.244.1.5`, SETTINGS));
    await one.settled(); // took one second
    one.pause();
    named[0] = cluster('prod', 2);
    expect((await one.settled()).clusters.map(({ revision }) => revision)).toEqual([1]);
    one.passed(19_000);
    expect((await one.settled()).clusters.map(({ revision }) => revision)).toEqual([1]);
    one.passed(1_000);
    const { clusters, pools } = await one.settled();
    expect([clusters.map(({ revision }) => revision), pools.map(({ used }) => used)]).toEqual([[2], [1n, 1n]]);
  });

  it('are of those clusters alone that whoever looks may see', async () => {
    const { models, settled } = watching([cluster('prod'), cluster('test')]);
    models.set('prod@1', addressCluster(NODES, SETTINGS));
    const { clusters, pools, without } = await settled((name) => name === 'test');
    expect([clusters, pools, without]).toEqual([[], [], 1]);
  });

  it('of one cluster that cannot be had keep nobody from those of another, and come when they can', async () => {
    const { models, failing, settled } = watching([cluster('broken'), cluster('prod')]);
    for (const name of ['broken@1', 'prod@1']) models.set(name, addressCluster(NODES, SETTINGS));
    failing.add('broken');
    const { clusters, without } = await settled();
    expect([clusters.map((one) => one.cluster), without]).toEqual([['prod'], 1]);
    failing.clear();
    expect((await settled()).clusters.map((one) => one.cluster).sort()).toEqual(['broken', 'prod']);
  });

  it('go with their cluster', async () => {
    const named = [cluster('prod')];
    const { models, settled } = watching(named);
    models.set('prod@1', addressCluster(NODES, SETTINGS));
    expect((await settled()).clusters).toHaveLength(1);
    named.pop();
    expect((await settled()).clusters).toEqual([]);
  });
});
