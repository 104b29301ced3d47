import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import { formatIp, parseIp } from '../net/ip.js';
import type { NetworkModel } from '../model/network-model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { normaliseObject } from '../resources/normalise-object.js';
import { AllocationBook } from './allocation-book.js';
import { heldAddresses } from './held-addresses.js';
import { ipamLint } from './ipam-lint.js';
import { ownIp } from './own-ip.js';

const service = (name: string, ...clusterIPs: readonly string[]): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'bar', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { ...(clusterIPs.length > 0 ? { clusterIP: clusterIPs[0], clusterIPs: [...clusterIPs] } : {}), ports: [{ port: 80 }] },
});

const LABELS = { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' };

const address = (
  ip: string,
  name: string,
  parent: Record<string, string> = {},
  labels: Record<string, string> = LABELS,
): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: { name: ip, labels: { 'ipaddress.kubernetes.io/ip-family': ip.includes(':') ? 'IPv6' : 'IPv4', ...labels } },
  spec: { parentRef: { group: '', resource: 'services', namespace: 'bar', name, ...parent } },
});

const SERVICE_CIDRS = ['10.0.0.0/16', '2001:db8::/64', '192.168.1.0/24'];
const model = (objects: readonly KubernetesObject[]): NetworkModel =>
  modelOf(objects, { serviceCIDRs: SERVICE_CIDRS, podCIDRs: ['10.244.0.0/16'] });
const found = (objects: readonly KubernetesObject[]) =>
  finished(ipamLint(model(objects), new AllocationBook(), { codes: undefined, severity: 'warning', limit: 100 })).result.findings;
const codes = (objects: readonly KubernetesObject[]) => found(objects).map((one) => `${one.code} ${one.addresses.join()}`);

/** Rows of kubernetes `pkg/registry/core/service/ipallocator/controller/repairip_test.go`, TestRepairServiceIP. The grace of a minute needs a clock, which a model has not: the finding tells it. */
describe('IPAddresses against ClusterIPs', () => {
  const other = [service('other', '10.0.0.9'), address('10.0.0.9', 'other')];

  it.each<[string, readonly KubernetesObject[], readonly string[]]>([
    ['no changes needed single stack', [service('test-svc', '10.0.1.1'), address('10.0.1.1', 'test-svc')], []],
    [
      'no changes needed dual stack',
      [service('test-svc', '10.0.1.1', '2001:db8::10'), address('10.0.1.1', 'test-svc'), address('2001:db8::10', 'test-svc')],
      [],
    ],
    ['create IPAddress single stack', [service('test-svc', '10.0.1.1')], ['IP_ADDRESS_MISSING 10.0.1.1']],
    [
      'create IPAddresses dual stack',
      [service('test-svc', '10.0.1.1', '2001:db8::10')],
      ['IP_ADDRESS_MISSING 10.0.1.1', 'IP_ADDRESS_MISSING 2001:db8::10'],
    ],
    ['create IPAddress single stack from secondary', [service('test-svc', '192.168.1.1')], ['IP_ADDRESS_MISSING 192.168.1.1']],
    [
      'reconcile IPAddress single stack wrong reference',
      [service('test-svc', '10.0.1.1'), address('10.0.1.1', 'test-svc2')],
      ['IP_ADDRESS_MISMATCH 10.0.1.1'],
    ],
    ['one IP orphan after grace period', [address('10.0.1.1', 'test-svc')], ['IP_ADDRESS_LEAK 10.0.1.1']],
    [
      'Two IPAddresses referencing the same service',
      [service('test-svc', '10.0.1.1'), address('10.0.1.1', 'test-svc'), address('10.0.1.2', 'test-svc')],
      ['IP_ADDRESS_LEAK 10.0.1.2'],
    ],
    [
      'Two Services with same ClusterIP',
      [service('test-svc', '10.0.1.1'), service('test-svc2', '10.0.1.1'), address('10.0.1.1', 'test-svc2')],
      ['SEVERAL_OWNERS 10.0.1.1'],
    ],
  ])('%s', (_, objects, expected) => {
    expect(codes([...other, ...objects])).toEqual(expected);
  });

  // syncService and syncIPAddress of the same file, in branches that no row of the table goes through.
  it('sees one that is for no service, one without the labels, and leaves those of others alone', () => {
    const gateway = { group: 'gateway.networking.k8s.io', resource: 'gateways' };
    expect(codes([...other, service('web', '10.0.1.1'), address('10.0.1.1', 'web', {}, {})])).toEqual(['IP_ADDRESS_MISMATCH 10.0.1.1']);
    expect(codes([...other, address('10.0.1.1', 'edge', gateway)])).toEqual(['IP_ADDRESS_LEAK 10.0.1.1']);
    expect(codes([...other, address('10.0.1.1', 'edge', gateway, {})])).toEqual([]);
  });

  // syncIPAddress: "IF the time since it was created is greater than 60 seconds"; what is of no service, or of one with another address, is deleted at once.
  it('says when the loop takes away what is leaked', () => {
    const young = address('10.0.1.1', 'gone');
    const fixes = (...objects: readonly KubernetesObject[]) => found([...other, ...objects]).map(({ fix }) => fix);
    const created = { ...young, metadata: { ...young.metadata, creationTimestamp: '2026-01-02T03:04:05Z' } };
    expect(fixes(created)).toEqual([expect.stringContaining('more than 60 s old, since 2026-01-02T03:04:05Z')]);
    expect(fixes(young)).toEqual([expect.stringContaining('more than 60 s old;')]);
    expect(fixes(service('web', '10.0.1.2'), address('10.0.1.2', 'web'), address('10.0.1.1', 'web'))).toEqual([
      expect.stringContaining('as soon as it sees it'),
    ]);
  });

  it('finds as many as there are', () => {
    const one = model([service('other'), address('10.0.0.0', 'gone')]);
    const leaked = one.ipAddresses.get('10.0.0.0')!;
    const many = Array.from({ length: 150_000 }, (_, index) => [`${index}`, { ...leaked, ip: parseIp('10.0.0.0')! }] as const);
    const question = { codes: undefined, severity: 'warning', limit: 1 } as const;
    const { counts } = finished(ipamLint({ ...one, ipAddresses: new Map(many) }, new AllocationBook(), question)).result;
    expect(counts).toMatchObject([{ code: 'IP_ADDRESS_LEAK', count: 150_000, told: 1 }]);
  });

  it('finds nothing where no IPAddress of the allocator, or no service, was imported', () => {
    expect(codes([service('web', '10.0.1.1')])).toEqual([]);
    expect(codes([address('10.0.1.1', 'web')])).toEqual([]);
  });
});

describe('an address that only an IPAddress tells of', () => {
  const kept = [service('other', '10.0.0.9'), address('10.0.1.1', 'gone')];

  // KEP-1880: uniqueness is the name of the object, whoever it is for.
  it('is owned by whom it is for, and nobody else gets it', () => {
    const answer = ownIp(model(kept), new AllocationBook(), parseIp('10.0.1.1')!);
    expect(answer.verdict).toBe('OWNED');
    expect(answer.result.owners).toMatchObject([
      { type: 'ipAddress', plane: 'service', name: 'Service bar/gone', object: { kind: 'IPAddress' } },
    ]);
    expect(heldAddresses(model(kept)).map(({ first }) => formatIp({ family: 4, value: first }))).toContain('10.0.1.1');
  });

  it('is the ClusterIP of a service that has none yet', () => {
    const { services } = model([service('web'), address('10.0.7.7', 'web')]);
    expect(services.get('bar/web')?.clusterIPs.map(({ value, provenance }) => [formatIp(value), provenance])).toEqual([
      ['10.0.7.7', 'derived'],
    ]);
  });

  // KEP-1880: an address is of one service; the one that is seen with it goes before the one that the IPAddress names.
  it('is not the ClusterIP of whom it is for where another service has it', () => {
    const { services, ipOwners } = model([service('web'), service('other', '10.0.7.7'), address('10.0.7.7', 'web')]);
    expect(ipOwners.get('10.0.7.7')).toMatchObject([{ type: 'clusterIP', service: 'bar/other' }]);
    expect(services.get('bar/web')?.clusterIPs.map(({ value }) => formatIp(value))).not.toContain('10.0.7.7');
  });

  it('may be one of very many that are kept for one service: the first is its ClusterIP', () => {
    const many = Array.from({ length: 50_000 }, (_, index) => address(`10.0.${index >> 8}.${index & 255}`, 'web'));
    const { services } = model([service('web'), ...many]);
    expect(services.get('bar/web')?.clusterIPs.map(({ value }) => formatIp(value))).toEqual(['10.0.0.0']);
  });

  it('beside a service that has it, is told and owns nothing', () => {
    const answer = ownIp(model([service('web', '10.0.1.1'), address('10.0.1.1', 'web')]), new AllocationBook(), parseIp('10.0.1.1')!);
    expect(answer.result.owners.map(({ type }) => type)).toEqual(['clusterIP']);
    expect(answer.evidence.map(({ reason }) => reason)).toContain('HELD_BY_IP_ADDRESS');
  });
});

// kubernetes `pkg/apis/networking/validation/validation.go`, ValidateIPAddress.
describe('an IPAddress that is refused', () => {
  it.each<[string, KubernetesObject, string]>([
    ['a name that is not canonical', address('2001:db8:0::1', 'web'), '/metadata/name'],
    ['a name that is no address', address('10.0.0', 'web'), '/metadata/name'],
    ['no parent', { ...address('10.0.0.1', 'web'), spec: {} }, '/spec/parentRef'],
    ['a parent without a resource', address('10.0.0.1', 'web', { resource: '' }), '/spec/parentRef/resource'],
    ['a parent without a name', address('10.0.0.1', ''), '/spec/parentRef/name'],
  ])('%s', (_, object, pointer) => {
    expect(normaliseObject(object).diagnostics).toMatchObject([{ severity: 'error', pointer }]);
  });
});
