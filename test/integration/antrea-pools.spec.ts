import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../e2e/support/server.js';

const CLUSTER = '/api/v1/clusters/office';
const POOL = 'pods.antrea.desks.v4';
const MANIFESTS = `
{apiVersion: v1, kind: Node, metadata: {name: a}, spec: {podCIDR: 10.244.1.0/24}, status: {allocatable: {pods: "2"}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: shop, annotations: {ipam.antrea.io/ippools: desks}}}
---
apiVersion: crd.antrea.io/v1beta1
kind: IPPool
metadata: {name: desks}
spec: {ipRanges: [{start: 10.2.2.100, end: 10.2.2.104}], subnetInfo: {gateway: 10.2.2.1, prefixLength: 24}}
status: {ipAddresses: [{ipAddress: 10.2.2.100, phase: Preallocated, owner: {statefulSet: {namespace: shop, name: db, index: 0}}}]}
---
{apiVersion: v1, kind: Pod, metadata: {name: seen, namespace: shop}, spec: {nodeName: a, containers: [{name: c, image: i}]}, status: {phase: Running, podIP: 10.2.2.101}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {nodeName: a, containers: [{name: c, image: i}]}, status: {phase: Pending}}
---
{apiVersion: v1, kind: Pod, metadata: {name: named, namespace: shop, annotations: {ipam.antrea.io/pod-ips: 10.2.2.104}}, spec: {nodeName: a, containers: [{name: c, image: i}]}, status: {phase: Pending}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  replicas: 1
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i}]}}
`;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ PORTOLAN_DEMO: '0' });
  await server
    .send('post', '/api/v1/clusters')
    .send({ name: 'office', profile: { cni: { plugin: 'antrea' }, podCIDRs: ['10.244.0.0/16'] } })
    .expect(201);
  await server.send('post', `${CLUSTER}/snapshots`).set('content-type', 'application/yaml').send(MANIFESTS).expect(201);
});
afterAll(() => server.stop());

async function question(name: string, query: string): Promise<{ readonly verdict: string; readonly result: unknown }> {
  const { body } = await server.send('get', `${CLUSTER}/queries/${name}?${query}`).expect(200);
  return body as { readonly verdict: string; readonly result: unknown };
}

/** antrea-io/antrea `docs/antrea-ipam.md`; `pkg/ipam/poolallocator/allocator.go`; `pkg/agent/cniserver/ipam/antrea_ipam.go`, Add. */
describe('an IPPool of Antrea over HTTP', () => {
  it.each([
    ['the lowest that nobody has', 'pod/shop/web', '10.2.2.102'],
    ['what the pod names', 'pod/shop/named', '10.2.2.104'],
    ['what is kept for the StatefulSet', 'pod/shop/db-0', '10.2.2.100'],
  ])('next-free tells %s', async (_, pod, address) => {
    const { result } = await question('next-free', `pod=${pod}`);
    expect(result).toMatchObject({ pool: POOL, addresses: [address] });
  });

  it('ip-capacity counts what is kept for nobody, as far as kubelet takes pods', async () => {
    const { result } = await question('ip-capacity', `pool=${POOL}`);
    expect(result).toMatchObject({ pools: [{ pool: POOL, capacity: '5', used: '1', available: '3', moreNodes: null }] });
  });

  it('ip-owner tells the pool of an address, and GraphQL the same', async () => {
    const { result } = await question('ip-owner', 'ip=10.2.2.101');
    expect(result).toMatchObject({ owners: [{ name: 'Pod shop/seen' }], pools: [expect.objectContaining({ pool: POOL })] });
    const query = '{ cluster(name: "office") { nextFree(pod: { selector: "pod/shop/web" }) { verdict result { pool addresses } } } }';
    const { body } = await server.send('post', '/graphql').send({ query });
    expect(body).toMatchObject({ data: { cluster: { nextFree: { result: { pool: POOL, addresses: ['10.2.2.102'] } } } } });
  });

  it('an allocation takes none that is kept, and the pool is exhausted then', async () => {
    const allocate = (identifier: string) => server.send('post', `${CLUSTER}/ip-pools/${POOL}/allocations`).send({ identifier });
    for (const [identifier, ip] of Object.entries({ one: '10.2.2.102', two: '10.2.2.103', three: '10.2.2.104' })) {
      const { body } = await allocate(identifier).expect(201);
      expect(body).toMatchObject({ address: ip });
    }
    const { body } = await allocate('four').expect(409);
    expect(body).toMatchObject({ type: expect.stringContaining('pool-exhausted') });
  });
});
