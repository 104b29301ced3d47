import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AddressWatch } from '../../src/application/ipam/address-watch.js';
import { startServer, type TestServer } from './support/server.js';

const POD = (name: string, ip: string) => `
---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: t }
spec: { nodeName: a, containers: [{ name: c, image: c }] }
status: { phase: Running, podIP: ${ip}, podIPs: [{ ip: ${ip} }] }`;
const CONFIG = `
apiVersion: v1
kind: Node
metadata: { name: a }
spec: { podCIDR: 10.244.1.0/24, podCIDRs: [10.244.1.0/24] }`;
const PROFILE = { podCIDRs: ['10.244.0.0/22'], serviceCIDRs: ['10.96.0.0/28'], cni: { plugin: 'flannel' } };

/** Series: `shared/reference/ipam-dataplane.md` §12 (what utilisation shows) and §13.3.4 (a drift metric). */
describe('the metrics of addresses', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    for (const name of ['prod', 'test']) {
      await server.send('post', '/api/v1/clusters').send({ name, profile: PROFILE }).expect(201);
      const objects = `${CONFIG}${POD('web', '10.244.1.5')}${POD('api', '10.244.1.5')}`;
      const sent = server.send('post', `/api/v1/clusters/${name}/snapshots`);
      await sent.set('content-type', 'application/yaml').send(objects).expect(201);
    }
  });
  afterAll(() => server.stop());

  const scraped = async (token?: string): Promise<readonly string[]> => {
    await server.send('get', '/metrics', token).expect(200);
    await server.app.get(AddressWatch, { strict: false }).settled();
    return (await server.send('get', '/metrics', token).expect(200)).text.split('\n');
  };

  it('are there once somebody has asked about the cluster, for those who may see it', async () => {
    expect((await scraped()).filter((line) => line.startsWith('portolan_ip_'))).toEqual([
      'portolan_ip_pools_left_out 0',
      'portolan_ip_clusters_without_figures 2',
      'portolan_ip_book_corrections_total 0',
    ]);
    await server.send('get', '/api/v1/clusters/prod/queries/ip-pools').expect(200);
    const lines = await scraped();
    expect(lines).toEqual(
      expect.arrayContaining([
        'portolan_ip_pool_capacity{cluster="prod",pool="services.10.96.0.0_28",plane="service",family="4"} 14',
        'portolan_ip_pool_used{cluster="prod",pool="pods.10.244.0.0_22",plane="pod",family="4"} 1',
        'portolan_ip_drift{cluster="prod",code="SEVERAL_OWNERS"} 1',
        'portolan_ip_drift{cluster="prod",code="BLOCK_LEAK"} 0',
        'portolan_ip_figures_revision{cluster="prod"} 1',
        'portolan_ip_clusters_without_figures 1',
      ]),
    );
    const ofTest = (await scraped(await server.issue('viewer', ['test']))).filter((line) => line.startsWith('portolan_ip_'));
    expect(ofTest).toEqual([
      'portolan_ip_pools_left_out 0',
      'portolan_ip_clusters_without_figures 1',
      'portolan_ip_book_corrections_total 0',
    ]);
  });
});
