import { describe, expect, it } from 'vitest';
import { updatedObject } from './updated-object.js';

type Port = readonly [name: string, port: number, nodePort?: number];

const metadata = { name: 'web', namespace: 'shop' };
const before = { ...metadata, uid: 'u-1', creationTimestamp: '2026-01-01T00:00:00Z', generation: 4 };
const status = { addresses: [{ value: '192.0.2.1' }] };
const gateway = (more: object) => ({ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata, ...more });

/** `rest.BeforeUpdate` of k8s.io/apiserver; `PrepareForUpdate` of the strategies counts generations. */
describe('an object that is updated', () => {
  it('stays who it is, with its age and its status', () => {
    const stored = gateway({ metadata: before, spec: { listeners: [] }, status });
    const applied = gateway({
      metadata: { ...metadata, uid: 'forged', creationTimestamp: '2020-01-01T00:00:00Z' },
      spec: { listeners: [] },
    });
    expect(updatedObject(applied, stored)).toEqual(stored);
    expect(updatedObject({ ...applied, status: { addresses: [] } }, stored)).toEqual(stored);
  });

  it('has one generation more where its spec is another one, and the status that is supposed', () => {
    const stored = gateway({ metadata: before, spec: { listeners: [] }, status });
    const other = { addresses: [{ value: '192.0.2.2' }] };
    const applied = gateway({ spec: { listeners: [{}] }, status: other });
    expect(updatedObject(applied, stored)).toMatchObject({ metadata: { generation: 5 }, status: other });
  });
});

/** `patchAllocatedValues` of kubernetes/pkg/registry/core/service/storage/storage.go, and `TestPatchAllocatedValues` beside it. */
describe('a Service that is updated', () => {
  const service = (spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata, spec: { ...spec } });
  const ports = (...all: readonly Port[]) =>
    all.map(([name, port, nodePort]) => ({ name, port, ...(nodePort === undefined ? {} : { nodePort }) }));

  it('keeps its addresses between the types that have some', () => {
    const stored = service({ type: 'ClusterIP', clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1'] });
    expect(updatedObject(service({ type: 'NodePort' }), stored)['spec']).toMatchObject({
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1', 'fd00::1'],
    });
    expect(updatedObject(service({ type: 'ExternalName', externalName: 'a.b' }), stored)['spec']).toEqual({
      type: 'ExternalName',
      externalName: 'a.b',
    });
    // `normalizeClusterIPs`: the address was changed and the list was not
    expect(updatedObject(service({ clusterIP: 'None' }), stored)['spec']).toEqual({ clusterIP: 'None', clusterIPs: ['None'] });
    expect(updatedObject(service({ type: 'NodePort', clusterIPs: [] }), stored)['spec']).toMatchObject({
      clusterIPs: ['10.0.0.1', 'fd00::1'],
    });
  });

  it('keeps node ports by the name of the port, but for one that another port has now', () => {
    const stored = service({ type: 'NodePort', ports: ports(['a', 80, 30080], ['b', 81, 30081]) });
    const applied = (...all: readonly Port[]) => updatedObject(service({ type: 'LoadBalancer', ports: ports(...all) }), stored)['spec'];
    expect(applied(['a', 8080], ['c', 82])).toMatchObject({ ports: ports(['a', 8080, 30080], ['c', 82]) });
    expect(applied(['a', 80], ['c', 82, 30080])).toMatchObject({ ports: ports(['a', 80], ['c', 82, 30080]) });
    expect(updatedObject(service({ ports: ports(['a', 80]) }), stored)['spec']).toEqual({ ports: ports(['a', 80]) });
  });

  it('keeps the port of health checks where both have one (`needsHCNodePort`)', () => {
    const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local' };
    const stored = service({ ...local, healthCheckNodePort: 31000 });
    expect(updatedObject(service(local), stored)['spec']).toEqual({ ...local, healthCheckNodePort: 31000 });
    expect(updatedObject(service({ ...local, healthCheckNodePort: 32000 }), stored)['spec']).toMatchObject({ healthCheckNodePort: 32000 });
    expect(updatedObject(service({ type: 'LoadBalancer' }), stored)['spec']).toEqual({ type: 'LoadBalancer' });
  });
});

/** `TestBeforeUpdate`-like rules of `rest.BeforeUpdate`: "an update can never remove/change a deletion timestamp", nor remove the grace period. */
describe('an object that is being deleted', () => {
  it('stays so', () => {
    const going = { ...before, deletionTimestamp: '2026-02-01T00:00:00Z', deletionGracePeriodSeconds: 30 };
    const stored = gateway({ metadata: going, spec: {} });
    expect(updatedObject(gateway({ spec: {} }), stored).metadata).toEqual(going);
    const other = { ...metadata, deletionTimestamp: '2030-01-01T00:00:00Z', deletionGracePeriodSeconds: 5 };
    expect(updatedObject(gateway({ metadata: other, spec: {} }), stored).metadata).toMatchObject({
      deletionTimestamp: '2026-02-01T00:00:00Z',
      deletionGracePeriodSeconds: 5,
    });
  });
});

/** customresource `strategy.go`, `PrepareForUpdate`: "except for the changes to `metadata`, any other changes cause the generation to increment"; the same of EndpointSlices. */
describe('the generation', () => {
  const policy = (more: object) => ({ apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata, ...more });

  it('counts what stands beside `spec`, and not metadata, status or the version', () => {
    const stored = policy({ metadata: before, specs: [{ a: 1 }] });
    expect(updatedObject(policy({ specs: [{ a: 2 }] }), stored).metadata).toMatchObject({ generation: 5 });
    expect(updatedObject(policy({ specs: [{ a: 1 }], status: { x: 1 } }), stored).metadata).toMatchObject({ generation: 4 });
    const labelled = { ...policy({ metadata: { ...metadata, labels: { a: 'b' } }, specs: [{ a: 1 }] }), apiVersion: 'cilium.io/v3' };
    expect(updatedObject(labelled, stored).metadata).toMatchObject({ generation: 4 });
  });
});

/** An apply changes what the manifest, or the one before it, says (kubernetes.io "Declarative Management", merge patch calculation). */
describe('what others complete', () => {
  it('stays: the node of a Pod, the ranges of a Node', () => {
    const pod = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec } });
    const stored = pod({ nodeName: 'n1', hostNetwork: true });
    expect(updatedObject(pod({ hostNetwork: false }), stored)['spec']).toEqual({ nodeName: 'n1', hostNetwork: false });
    expect(updatedObject(pod({ nodeName: 'n2' }), stored)['spec']).toEqual({ nodeName: 'n2' });
    const node = (spec?: object) => ({ apiVersion: 'v1', kind: 'Node', metadata, ...(spec ? { spec: { ...spec } } : {}) });
    const ranges = { podCIDR: '10.0.0.0/24', podCIDRs: ['10.0.0.0/24'] };
    expect(updatedObject(node(), node({ ...ranges, taints: [] }))['spec']).toEqual(ranges);
  });
});
