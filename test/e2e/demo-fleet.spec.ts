import { afterEach, describe, expect, it } from 'vitest';
import { ClusterStore } from '../../src/application/clusters/cluster-store.js';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { startServer, type TestServer } from './support/server.js';

const FLEET = ['atoll', 'fjord', 'harbor', 'heritage'];

describe('the demo fleet', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  const latestRevisions = async () =>
    Object.fromEntries((await server.app.get(ClusterStore).list()).map(({ name, latestRevision }) => [name, latestRevision]));

  it('is completed where a start was killed, and a cluster of it that was deleted stays deleted', async () => {
    server = await startServer();
    const clusters = server.app.get(ClusterStore);
    await clusters.create({ name: 'atoll', displayName: 'atoll (demo)', profile: {} });
    expect(await loadDemoFleet(server.app, 'demo')).toEqual(FLEET);
    expect(await latestRevisions()).toEqual({ atoll: 1, fjord: 1, harbor: 1, heritage: 1 });
    expect(await loadDemoFleet(server.app, 'demo')).toEqual([]);
    await clusters.delete('fjord');
    expect(await loadDemoFleet(server.app, 'demo')).toEqual([]);
    expect(await latestRevisions()).toEqual({ atoll: 1, harbor: 1, heritage: 1 });
  });

  it.each([
    ['another name', { name: 'mine', displayName: 'mine' }],
    ['a name of the fleet', { name: 'harbor', displayName: 'our harbor' }],
  ])('does not join a cluster that somebody made, under %s', async (_, cluster) => {
    server = await startServer();
    await server.app.get(ClusterStore).create({ ...cluster, profile: {} });
    expect(await loadDemoFleet(server.app, 'demo')).toEqual([]);
    expect(await latestRevisions()).toEqual({ [cluster.name]: 0 });
  });
});
