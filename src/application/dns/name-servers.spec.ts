import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FakeClusterStore } from '../../../test/support/fake-revision-store.js';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import type { Cluster } from '../clusters/cluster.js';
import { ModelSource } from '../clusters/model-source.js';
import { NameServers } from './name-servers.js';

/** Longer than an absent cluster is taken for absent. */
const FORGOTTEN_MS = 1_100;

/** The model of revision n has one service, at 10.96.0.n. */
class NumberedModels extends ModelSource {
  readonly asked: number[] = [];
  override modelAt = async (_cluster: Cluster, revision: number) => {
    this.asked.push(revision);
    await delay(1);
    return modelOf(serviceCluster(`namespace t; service api 10.96.0.${revision} http:80>80`), { serviceCIDRs: ['10.96.0.0/12'] });
  };
}

function serversAt(latestRevision: number) {
  const clusters = new FakeClusterStore();
  const models = new NumberedModels();
  const set = (revision: number): void => {
    clusters.cluster = { ...clusters.cluster, latestRevision: revision };
  };
  set(latestRevision);
  const servers = new NameServers(clusters, models);
  const ask = async () => (await servers.newest('prod'))?.answer({ name: 'api.t.svc.cluster.local.', type: 'A' }).answer[0]?.data;
  return { clusters, models, servers, set, ask };
}

describe('the name server of a cluster', () => {
  it('is that of the newest revision, whose number is its serial', async () => {
    const { ask, set, servers } = serversAt(1);
    expect(await ask()).toBe('10.96.0.1');
    set(2);
    expect(await ask()).toBe('10.96.0.2');
    const soa = (await servers.newest('prod'))?.answer({ name: 'cluster.local.', type: 'SOA' });
    expect(soa?.answer[0]?.data.split(' ')[2]).toBe('2');
  });

  it('is looked for once by many that ask at the same time', async () => {
    const { ask, models } = serversAt(3);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(Array(3).fill('10.96.0.3'));
    expect(models.asked).toEqual([3]);
  });

  it('is none before the first import, and is not looked for again at once', async () => {
    const { ask, set, servers } = serversAt(0);
    expect([await ask(), await servers.newest('nobody')]).toEqual([undefined, undefined]);
    set(1);
    expect(await ask()).toBeUndefined();
    await delay(FORGOTTEN_MS);
    expect(await ask()).toBe('10.96.0.1');
  });

  it('fails while it cannot be read, and does not ask the database for every question', async () => {
    const { ask, clusters } = serversAt(1);
    const { find } = clusters;
    let finds = 0;
    clusters.find = async () => {
      finds++;
      return Promise.reject(new Error('the database is away'));
    };
    for (let n = 0; n < 3; n++) await expect(ask()).rejects.toThrow('the database is away');
    expect(finds).toBe(1);
    clusters.find = find;
    await delay(FORGOTTEN_MS);
    expect(await ask()).toBe('10.96.0.1');
  });
});
