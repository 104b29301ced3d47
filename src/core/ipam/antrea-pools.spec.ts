import { describe, expect, it, vi } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { formatIp, type IpFamily } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { normaliseObject } from '../resources/normalise-object.js';
import { AllocationBook } from './allocation-book.js';
import { allPools } from './all-pools.js';
import { ipamLint } from './ipam-lint.js';
import { nextFree } from './next-free.js';
import { poolCapacity } from './pool-capacity.js';
import { countAddresses, usableCount } from './usable-addresses.js';

const object = (apiVersion: string, kind: string, metadata: object, rest: object = {}): KubernetesObject =>
  ({ apiVersion, kind, metadata, ...rest }) as KubernetesObject;
const range = (text: string) => {
  const [start = '', end] = text.split('-');
  return end === undefined ? { cidr: text } : { start, end };
};
const v4 = { gateway: '10.2.2.1', prefixLength: 24 };
const v6 = { gateway: '2001::1', prefixLength: 64 };
const pool = (name: string, ranges: readonly string[], addresses: readonly object[] = [], subnetInfo: object = v4) =>
  object(
    'crd.antrea.io/v1beta1',
    'IPPool',
    { name },
    { spec: { ipRanges: ranges.map(range), subnetInfo }, status: { ipAddresses: addresses } },
  );
const taken = (ipAddress: string) => ({ ipAddress, phase: 'Allocated', owner: { pod: { name: 'q', namespace: 'ns', containerID: 'c' } } });
const keptFor = (ipAddress: string, name: string, index: number) => ({
  ipAddress,
  phase: 'Preallocated',
  owner: { statefulSet: { namespace: 'ns', name, index } },
});
const POOLS = 'ipam.antrea.io/ippools';
const IPS = 'ipam.antrea.io/pod-ips';
const pod = (annotations: Record<string, string>, name = 'p', ip?: string) =>
  object(
    'v1',
    'Pod',
    { name, namespace: 'ns', annotations },
    { spec: { nodeName: 'n', containers: [{ name: 'c' }] }, ...(ip ? { status: { phase: 'Running', podIPs: [{ ip }] } } : {}) },
  );
const cluster = (...objects: readonly KubernetesObject[]) =>
  modelOf([object('v1', 'Node', { name: 'n' }, { spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] } }), ...objects], {
    cni: { plugin: 'antrea' },
    podCIDRs: ['10.244.0.0/16'],
    serviceCIDRs: ['10.96.0.0/16'],
  });

/** Behind the network and the gateway; the pod itself has .2 by the model's own assumption. */
const FIRST_OF_NODE = '10.244.1.3';

/** The pool and the addresses that the pod `ns/p` gets; or why each pool of pods does not serve. */
function next(model: NetworkModel, count = 1, family: IpFamily = 4, key = 'ns/p'): readonly string[] {
  const answer = nextFree(model, new AllocationBook(), { count, seed: '', family, pod: model.podByKey.get(key) });
  if (!answer.ok) return [answer.error.kind];
  const { pool: name, addresses, rejectedPools } = answer.value.result;
  return name === null
    ? rejectedPools.filter(({ reason }) => !reason.startsWith('OTHER_')).map((one) => `${one.pool} ${one.reason}`)
    : [name, ...addresses];
}

/** antrea-io/antrea `pkg/ipam/poolallocator/allocator_test.go`; what is allocated stands in the status of the pool. */
describe('what Antrea gives of an IPPool', () => {
  it.each<[test: string, ranges: readonly string[], held: readonly string[], count: number, expected: string]>([
    ['TestAllocateNext', ['10.2.2.100-10.2.2.120'], [], 2, '10.2.2.100 10.2.2.101'],
    ['TestAllocateIP', ['10.2.2.100-10.2.2.120'], ['10.2.2.101'], 2, '10.2.2.100 10.2.2.102'],
    ['TestAllocateConflict', ['10.2.2.100-10.2.2.120'], ['10.2.2.100'], 1, '10.2.2.101'],
    ['TestAllocateNextMultiRange', ['10.2.2.100-10.2.2.101', '10.2.2.0/28'], [], 4, '10.2.2.100 10.2.2.101 10.2.2.2 10.2.2.3'],
    ['TestAllocateNextMultiRangeExausted', ['10.2.2.100-10.2.2.101', '10.2.2.200-10.2.2.200'], [], 3, '10.2.2.100 10.2.2.101 10.2.2.200'],
  ])('%s', (_, ranges, held, count, expected) => {
    const model = cluster(pool('a', ranges, held.map(taken)), pod({ [POOLS]: 'a' }));
    expect(next(model, count)).toEqual(['pods.antrea.a.v4', ...expected.split(' ')]);
  });

  it('TestAllocateReleaseSequence: the lowest of the first range that has one', () => {
    const ranges = ['2001::1000-2001::1000', '2001::/124'];
    const asking = pod({ [POOLS]: 'a' });
    expect(next(cluster(pool('a', ranges, [], v6), asking), 4, 6)).toEqual([
      'pods.antrea.a.v6',
      '2001::1000',
      '2001::2',
      '2001::3',
      '2001::4',
    ]);
    const held = ['2001::3', '2001::4'].map(taken);
    expect(next(cluster(pool('a', ranges, held, v6), asking), 3, 6)).toEqual(['pods.antrea.a.v6', '2001::1000', '2001::2', '2001::5']);
  });

  it('TestAllocateNextMultiRangeExausted: nothing is left', () => {
    const all = ['10.2.2.100', '10.2.2.101'].map(taken);
    expect(next(cluster(pool('a', ['10.2.2.100-10.2.2.101'], all), pod({ [POOLS]: 'a' })))).toContain('pods.antrea.a.v4 POOL_EXHAUSTED');
  });

  // `allocator.go`, initIPAllocators, and `pkg/ipam/ipallocator/allocator.go`: the broadcast address of a whole subnet, the gateway of a prefix, and 65,536 addresses.
  it.each<[ranges: readonly string[], count: bigint, first: string, last: string]>([
    [['10.2.2.0/24'], 253n, '10.2.2.2', '10.2.2.254'],
    [['10.2.2.0/28'], 14n, '10.2.2.2', '10.2.2.15'],
    [['10.2.2.0-10.2.2.15'], 16n, '10.2.2.0', '10.2.2.15'],
    [['10.2.2.64/28'], 15n, '10.2.2.65', '10.2.2.79'],
    [['10.2.2.0/31'], 0n, '', ''],
    [['10.0.0.0/8'], 65_535n, '10.0.0.1', '10.1.0.0'],
    [['10.2.2.9/32'], 0n, '', ''],
  ])('gives of %j %i addresses, from %s to %s', (ranges, count, first, last) => {
    const subnet = ranges[0] === '10.0.0.0/8' ? { gateway: '10.0.255.1', prefixLength: 8 } : v4;
    const [found] = allPools(cluster(pool('a', ranges, [], subnet))).filter(({ usableRule }) => usableRule === 'antrea');
    const usable = found?.usable ?? [];
    expect(countAddresses(usable)).toBe(count);
    const ends = [usable[0]?.first, usable.at(-1)?.last].map((value) => (value === undefined ? '' : formatIp({ family: 4, value })));
    expect(ends).toEqual([first, last]);
  });

  // AllocateNext gives up at `a.max-len(a.reservedIPs)`, wherever what is reserved lies; AllocateIP does not ask.
  it.each([
    [['10.2.2.64/28'], 14, '10.2.2.78', '10.2.2.79'],
    [['10.0.0.0/8'], 65_534, '10.0.255.255', '10.1.0.0'],
    [['10.2.2.8-10.2.2.9'], 2, '10.2.2.9', '10.2.2.9'],
  ] as const)('gives of %j by itself %i addresses, the last %s, and %s to who names it', (ranges, count, last, named) => {
    const subnet = ranges[0] === '10.0.0.0/8' ? { gateway: '10.0.255.1', prefixLength: 8 } : v4;
    const made = (annotations: object) => cluster(pool('a', ranges, [], subnet), pod({ [POOLS]: 'a', ...annotations }));
    const all = next(made({}), count).slice(1);
    expect([all.length, all.at(-1)]).toEqual([count, last]);
    expect(next(made({}), count + 1)).toContain('pods.antrea.a.v4 POOL_TOO_SMALL');
    expect(next(made({ [IPS]: named }))).toEqual(['pods.antrea.a.v4', named]);
  });

  it('counts a prefix by itself without its first address', () => {
    expect(usableCount('antrea', { family: 4, base: 0n, prefix: 24 })).toBe(255n);
    expect(usableCount('antrea', { family: 6, base: 0n, prefix: 64 })).toBe(65_536n);
  });
});

/** antrea-io/antrea `pkg/agent/cniserver/ipam/antrea_ipam_controller.go`, getIPPoolsByPod, getPoolAllocatorsByPod; `docs/antrea-ipam.md`. */
describe('which pods get addresses of an IPPool', () => {
  const a = pool('a', ['10.2.2.100-10.2.2.120']);
  const b = pool('b', ['10.2.3.100-10.2.3.120'], [], { gateway: '10.2.3.1', prefixLength: 24 });
  const namespace = object('v1', 'Namespace', { name: 'ns', annotations: { [POOLS]: 'b' } });

  it('those that name it, or whose namespace does, the pod before its namespace', () => {
    expect(next(cluster(a, b, namespace, pod({})))).toEqual(['pods.antrea.b.v4', '10.2.3.100']);
    expect(next(cluster(a, b, namespace, pod({ [POOLS]: 'a' })))).toEqual(['pods.antrea.a.v4', '10.2.2.100']);
    expect(next(cluster(a, b, pod({ [POOLS]: 'b,a' })))).toEqual(['pods.antrea.b.v4', '10.2.3.100']);
  });

  it('however many names there are, which are not gone through for each pool', () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `none-${index}`);
    const pools = Array.from({ length: 20 }, (_, index) => pool(`a-${index}`, [`10.3.${index}.2-10.3.${index}.9`]));
    const model = cluster(...pools, pod({ [POOLS]: [...names, 'a-7', 'a-3'].join(',') }));
    let gone = 0;
    const { indexOf } = Array.prototype;
    const spy = vi.spyOn(Array.prototype, 'indexOf').mockImplementation(function (this: unknown[], ...sought: [unknown, number?]) {
      gone += this.length;
      return indexOf.apply(this, sought);
    });
    const found = next(model);
    spy.mockRestore();
    expect(found).toEqual(['pods.antrea.a-7.v4', '10.3.7.2']);
    expect(gone).toBeLessThan(names.length);
  });

  it('and no others: these get one of their node’s range', () => {
    expect(next(cluster(a, b, pod({})))).toEqual(['pods.10.244.0.0_16', FIRST_OF_NODE]);
    expect(next(cluster(a, pod({ [POOLS]: 'a', [IPS]: '10.2.2.110' })))).toEqual(['pods.antrea.a.v4', '10.2.2.110']);
    const rejected = ['pods.10.244.0.0_16 POOL_NOT_ASKED_FOR', 'pods.antrea.a.v4 POOL_NOT_ASKED_FOR'];
    expect(next(cluster(a, pod({ [POOLS]: 'gone' })))).toEqual(rejected);
  });

  it('a pod that names what is no address, two of a family, or one of a family of which it names several pools gets none', () => {
    const six = pool('six', ['2001::/124'], [], v6);
    const asking = (pools: string, ips: string, family: IpFamily = 4) =>
      next(cluster(a, b, six, pod({ [POOLS]: pools, [IPS]: ips })), 1, family);
    expect(asking('a', '10.2.2.110, ,2001::5')).toEqual(['pods.antrea.a.v4', '10.2.2.110']);
    expect(asking('a,six', '10.2.2.110, 2001::5', 6)).toEqual(['pods.antrea.six.v6', '2001::5']);
    const none = ['pods.10.244.0.0_16', 'pods.antrea.a.v4', 'pods.antrea.b.v4'].map((one) => `${one} POOL_NOT_ASKED_FOR`);
    const faults = { '10.2.2.110,x': 'a', '10.2.2.110,10.2.2.111': 'a', '10.2.2.110': 'a,b', '10.2.3.110': 'gone,b,a' };
    for (const [ips, pools] of Object.entries(faults)) expect(asking(pools, ips).toSorted(), ips).toEqual(none);
    expect(asking('a,six', '10.2.2.110,10.2.2.111', 6)).toEqual(['pods.antrea.six.v6 POOL_NOT_ASKED_FOR']);
  });

  // `pkg/agent/cniserver/ipam/antrea_ipam.go`, Add, and getIPPoolsByPod: a pod is a StatefulSet's by its controller, and then what it names counts for nothing.
  it.each<[what: string, owner: string | undefined, named: string | undefined, expected: string]>([
    ['a pod of the StatefulSet gets what is kept for its place', 'StatefulSet', undefined, '10.2.2.101'],
    ['… whatever its template names', 'StatefulSet', '10.2.2.110', '10.2.2.101'],
    ['a pod that is only called so gets the next', undefined, undefined, '10.2.2.102'],
    ['… or what it names', undefined, '10.2.2.110', '10.2.2.110'],
    ['… and so does one of another controller', 'CloneSet', undefined, '10.2.2.102'],
  ])('%s', (_, kind, named, expected) => {
    const kept = pool('a', ['10.2.2.100-10.2.2.120'], [keptFor('10.2.2.100', 'web', 0), keptFor('10.2.2.101', 'web', 1)]);
    const owned = pod({ [POOLS]: 'a', ...(named === undefined ? {} : { [IPS]: named }) }, 'web-1');
    const ownerReferences = kind === undefined ? [] : [{ apiVersion: 'apps/v1', kind, name: 'web', uid: 'u', controller: true }];
    const model = cluster(kept, { ...owned, metadata: { ...owned.metadata, ownerReferences } });
    expect(next(model, 1, 4, 'ns/web-1')).toEqual(['pods.antrea.a.v4', expected]);
  });

  it('a StatefulSet for which a pool keeps nothing more gets the next', () => {
    const kept = pool('a', ['10.2.2.100-10.2.2.120'], [keptFor('10.2.2.100', 'web', 0)]);
    const template = {
      metadata: { labels: { a: 'b' }, annotations: { [POOLS]: 'a', [IPS]: '10.2.2.110' } },
      spec: { containers: [{ name: 'c' }] },
    };
    const spec = { replicas: 2, serviceName: 'web', selector: { matchLabels: { a: 'b' } }, template };
    const model = cluster(kept, object('apps/v1', 'StatefulSet', { name: 'web', namespace: 'ns' }, { spec }));
    expect(['ns/web-0', 'ns/web-1'].map((key) => next(model, 1, 4, key)[1])).toEqual(['10.2.2.100', '10.2.2.101']);
  });

  // `ipallocator/allocator.go`, Free: what is kept for somebody is not free; any node may get any of the rest, as many as kubelet takes pods.
  it('fit in as many as are kept for nobody, on whichever node', () => {
    const model = cluster(pool('a', ['10.2.2.100-10.2.2.104'], [taken('10.2.2.101'), keptFor('10.2.2.102', 'web', 0)]));
    const answer = finished(poolCapacity(model, new AllocationBook(), { pool: 'pods.antrea.a.v4' }));
    expect(answer).toMatchObject({
      ok: true,
      value: {
        result: { pools: [{ capacity: '5', available: '3', more: '3', limitedBy: 'POOL_LIMIT', moreNodes: null, nodes: [{ more: 3 }] }] },
      },
    });
  });

  it('no pod that has an address of one is out of place', () => {
    const findings = (ip: string, ...pools: readonly KubernetesObject[]) => {
      const model = cluster(...pools, pod({ [POOLS]: 'a' }, 'p', ip));
      const asked = { codes: undefined, severity: 'info', limit: 100 } as const;
      const { result } = finished(ipamLint(model, new AllocationBook(), asked));
      return result.findings.filter(({ addresses }) => addresses.includes(ip)).length;
    };
    expect([findings('10.2.2.100'), findings('10.2.2.100', a)]).toEqual([1, 0]);
    // The pool never gives it by itself: the pod has named it.
    expect(findings('10.2.2.111', pool('a', ['10.2.2.96/28']))).toBe(0);
  });
});

describe('an IPPool of Antrea as it is written', () => {
  it('tells the subnet of each range by itself in v1alpha2', () => {
    const old = object('crd.antrea.io/v1alpha2', 'IPPool', { name: 'a' }, { spec: { ipRanges: [{ cidr: '10.2.2.0/28', ...v4 }] } });
    expect(next(cluster(old, pod({ [POOLS]: 'a' })))).toEqual(['pods.antrea.a.v4', '10.2.2.2']);
  });

  it.each<[string, object, string]>([
    ['no end', { start: '10.2.2.1' }, '/spec/ipRanges/0/end'],
    ['an end before the start', { start: '10.2.2.9', end: '10.2.2.1' }, '/spec/ipRanges/0/end'],
    ['two families', { start: '10.2.2.9', end: '2001::1' }, '/spec/ipRanges/0/end'],
    ['no address', { start: 'x', end: '10.2.2.1' }, '/spec/ipRanges/0/start'],
  ])('is told of with %s', (_, one, pointer) => {
    const { diagnostics } = normaliseObject(
      object('crd.antrea.io/v1beta1', 'IPPool', { name: 'a' }, { spec: { ipRanges: [one], subnetInfo: v4 } }),
    );
    expect(diagnostics.map((one) => one.pointer)).toEqual([pointer]);
  });
});
