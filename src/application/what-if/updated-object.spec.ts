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
    expect(updatedObject(service({ clusterIP: 'None' }), stored)['spec']).toEqual({ clusterIP: 'None' });
  });

  it('keeps node ports by the name of the port, but for one that another port has now', () => {
    const stored = service({ type: 'NodePort', ports: ports(['a', 80, 30080], ['b', 81, 30081]) });
    const applied = (...all: readonly Port[]) => updatedObject(service({ type: 'LoadBalancer', ports: ports(...all) }), stored)['spec'];
    expect(applied(['a', 8080], ['c', 82])).toMatchObject({ ports: ports(['a', 8080, 30080], ['c', 82]) });
    expect(applied(['a', 80], ['c', 82, 30080])).toMatchObject({ ports: ports(['a', 80], ['c', 82, 30080]) });
    expect(updatedObject(service({ ports: ports(['a', 80]) }), stored)['spec']).toEqual({ ports: ports(['a', 80]) });
  });
});
