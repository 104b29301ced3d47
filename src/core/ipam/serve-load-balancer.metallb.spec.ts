import { describe, expect, it } from 'vitest';
import { balanced, type Balanced, metalLbPool as pool, served, servedTo } from '../../../test/support/balanced-cluster.js';

const kept = (priority: number, namespaces: readonly string[], team = false) => ({
  serviceAllocation: {
    ...(priority > 0 ? { priority } : {}),
    ...(namespaces.length > 0 ? { namespaces } : {}),
    ...(team ? { serviceSelectors: [{ matchLabels: { team: 'metallb' } }] } : {}),
  },
});
const POOLS = [
  pool('pool1', ['1.2.3.0/31']),
  pool('pool2', ['3.4.5.6/32'], { autoAssign: false }),
  pool('pool3', ['1000::/127']),
  pool('pool4', ['2000::1/128'], { autoAssign: false }),
  pool('pool5', ['1.2.3.0/31', '1000::/127']),
  pool('pool6', ['7.8.9.0/31'], kept(10, ['test-ns1'])),
  pool('pool7', ['10.11.12.0/31'], kept(11, ['test-ns1'])),
  pool('pool8', ['13.14.15.0/31'], kept(9, [], true)),
  pool('pool9', ['16.17.18.0/31'], kept(0, ['test-ns2'])),
  pool('pool10', ['19.20.21.0/31'], kept(8, [], true)),
  pool('pool11', ['22.23.24.0/31'], kept(8, ['test-ns1'], true)),
  pool('pool12', ['25.26.27.0/31'], kept(5, ['test-ns1'], true)),
];
const V4 = { clusterIPs: ['1.2.3.4'] };
const V6 = { clusterIPs: ['3000::1'] };
const BOTH = { clusterIPs: ['1.2.3.4', '3000::1'] };
const REQUIRED = { ...BOTH, ipFamilyPolicy: 'RequireDualStack' };
const PREFERRED = { ...BOTH, ipFamilyPolicy: 'PreferDualStack' };
const ips = (text: string) => ({ 'metallb.io/loadBalancerIPs': text });
const from = (name: string) => ({ 'metallb.io/address-pool': name });
const MetalLB = { labels: { team: 'metallb' } };

/** metallb/metallb `controller/controller_test.go`, `TestControllerMutation`: what a service has in the end; nothing: an error is logged, and it has none. */
describe('MetalLB', () => {
  it.each<[string, Balanced, string]>([
    ['simple', { spec: V4 }, '1.2.3.0'],
    ['a certain address', { spec: { ...V4, loadBalancerIP: '1.2.3.1' } }, '1.2.3.1'],
    ['a certain address, by annotation', { annotations: ips('1.2.3.1'), spec: V4 }, '1.2.3.1'],
    ['both', { annotations: ips('1.2.3.1'), spec: { ...V4, loadBalancerIP: '1.2.3.2' } }, ''],
    ['address and pool do not fit', { annotations: { ...ips('1.2.3.1'), ...from('pool2') }, spec: V4 }, ''],
    ['no address', { annotations: ips('please sir may I have an IP address thank you'), spec: V4 }, ''],
    ['two of one family', { annotations: ips('1.2.3.1,1.2.3.2'), spec: V4 }, ''],
    ['an address of no pool; the one it had is taken away', { spec: { ...V4, loadBalancerIP: '1.2.3.4' }, has: ['1.2.3.1'] }, ''],
    ['a certain pool', { annotations: from('pool1'), spec: V4 }, '1.2.3.0'],
    ['another pool than it has', { annotations: from('pool2'), spec: V4, has: ['1.2.3.0'] }, '3.4.5.6'],
    ['an unknown pool', { annotations: from('does-not-exist'), spec: V4 }, ''],
    ['an address of no pool in the status', { spec: V4, has: ['2.3.4.5'] }, '1.2.3.0'],
    ['a certain address of a pool that is not automatic', { spec: { ...V4, loadBalancerIP: '3.4.5.6' } }, '3.4.5.6'],
    ['the same, local', { spec: { ...V4, loadBalancerIP: '3.4.5.6', externalTrafficPolicy: 'Local' } }, '3.4.5.6'],
    ['IPv4 for a service of IPv6', { spec: { ...V6, loadBalancerIP: '1.2.3.1' } }, ''],
    ['the same, by annotation', { annotations: ips('1.2.3.1'), spec: V6 }, ''],
    ['IPv6 for a service of IPv4', { spec: { ...V4, loadBalancerIP: '1000::' } }, ''],
    ['the same, by annotation', { annotations: ips('1000::'), spec: V4 }, ''],
    ['IPv6 in the status of a service of IPv4', { spec: V4, has: ['1000::'] }, '1.2.3.0'],
    ['IPv4 in the status of a service of IPv6', { spec: V6, has: ['1.2.3.0'] }, '1000::'],
    ['dual stack', { spec: REQUIRED }, '1.2.3.0 1000::'],
    ['dual stack of a certain pool', { annotations: from('pool5'), spec: REQUIRED }, '1.2.3.0 1000::'],
    ['dual stack preferred', { spec: PREFERRED }, '1.2.3.0 1000::'],
    ['preferred, one ClusterIP', { namespace: 'test-ns1', spec: { ...PREFERRED, ...V4 } }, '7.8.9.0'],
    ['preferred, of a pool of both', { annotations: from('pool5'), spec: PREFERRED }, '1.2.3.0 1000::'],
    ['preferred, of a pool of IPv4', { annotations: from('pool1'), spec: PREFERRED }, '1.2.3.0'],
    ['preferred, one ClusterIP of IPv6', { annotations: from('pool3'), spec: { ...PREFERRED, ...V6 } }, '1000::'],
    ['one address for both families', { spec: { ...BOTH, loadBalancerIP: '1.2.3.1' } }, ''],
    ['the same, by annotation', { annotations: ips('1.2.3.1'), spec: BOTH }, ''],
    ['two certain addresses', { annotations: ips('1.2.3.0,1000::'), spec: REQUIRED }, '1.2.3.0 1000::'],
    [
      'dual stack, one family in the status',
      { spec: { ...REQUIRED, clusterIPs: ['3000::1', '5.6.7.8'] }, has: ['1000::'] },
      '1.2.3.0 1000::',
    ],
    ['two certain addresses for one family', { annotations: ips('1.2.3.0,1000::'), spec: V4 }, ''],
    ['a namespace with pools of its own', { namespace: 'test-ns1', spec: V4 }, '7.8.9.0'],
    ['a namespace with a pool without priority', { namespace: 'test-ns2', spec: V4 }, '16.17.18.0'],
    ['labels with pools of their own', { ...MetalLB, spec: V4 }, '19.20.21.0'],
    ['a namespace and labels', { ...MetalLB, namespace: 'test-ns1', spec: V4 }, '25.26.27.0'],
    ['three in the status', { spec: V4, has: ['1.2.3.0', '1.2.3.1', '1.2.3.2'] }, '1.2.3.0'],
  ])('%s', (_, asking, expected) => {
    const { result } = servedTo('s', [...POOLS, balanced('s', asking)]);
    expect(result.addresses.map(({ ip }) => ip).sort()).toEqual(expected.split(' ').filter(Boolean));
    expect(result.reason === null).toBe(expected !== '');
  });

  /** `internal/config/config.go`, `addressPoolServiceAllocationsFromCR`: namespaces by their labels. */
  it.each([
    ['zone: east', 'test', '7.8.9.0'],
    ['zone: west', 'test', '1.2.3.0'],
  ])('namespaces with %s', (label, namespace, expected) => {
    const [name = '', value = ''] = label.split(': ');
    const pools = [
      pool('open', ['1.2.3.0/31']),
      pool('east', ['7.8.9.0/31'], { serviceAllocation: { namespaceSelectors: [{ matchLabels: { zone: 'east' } }] } }),
    ];
    const labelled = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { [name]: value } } };
    expect(served([...pools, labelled, balanced('s', { namespace, spec: V4 })])).toEqual([`s: EXPECTED ${expected}`]);
  });

  it('a pool that is kept for nobody in particular serves only a service that names it (`internal/allocator/allocator.go`, `Allocate`)', () => {
    const odd = pool('odd', ['7.8.9.0/31'], kept(5, []));
    const asking = [balanced('a', { spec: V4 }), balanced('b', { annotations: from('odd'), spec: V4 })];
    expect(served([odd, ...asking])).toEqual(['a: PENDING POOL_EXHAUSTED', 'b: EXPECTED 7.8.9.0']);
    expect(servedTo('a', [odd, ...asking]).result.pools).toMatchObject([{ pool: 'odd', serves: false, reason: 'BALANCER_BY_NAME_ONLY' }]);
  });

  /** `TestDeleteRecyclesIP`. */
  it('an address is given once, and again when its service is gone', () => {
    const one = [pool('default', ['1.2.3.0/32'])];
    expect(served([...one, balanced('a', { has: ['1.2.3.0'], spec: V4 }), balanced('b', { spec: V4 })])).toEqual([
      'a: ASSIGNED 1.2.3.0',
      'b: PENDING POOL_EXHAUSTED',
    ]);
    expect(served([...one, balanced('b', { spec: V4 })])).toEqual(['b: EXPECTED 1.2.3.0']);
  });

  it('addresses that end in .0 and .255 are avoided, and ranges are as good as prefixes', () => {
    const buggy = pool('p', ['192.0.2.254 - 192.0.3.1'], { avoidBuggyIPs: true });
    const asking = ['a', 'b', 'c'].map((name) => balanced(name, { spec: V4 }));
    expect(served([buggy, ...asking])).toEqual(['a: EXPECTED 192.0.2.254', 'b: EXPECTED 192.0.3.1', 'c: PENDING POOL_EXHAUSTED']);
  });
});

/** metallb/metallb `internal/allocator/allocator.go`: `Allocate`, `pinnedPoolsForService`, `findBestPoolForService`, `Assign`; `controller/service.go`: `allocateIPs`. */
describe('the pools of an answer', () => {
  const pools = [
    pool('any', ['10.1.0.0/31']),
    pool('hand', ['10.2.0.0/31'], { autoAssign: false }),
    pool('late', ['10.3.0.0/31'], kept(20, ['ns'])),
    pool('none', ['10.4.0.0/31'], kept(1, ['other'])),
    pool('other', ['fd00::/127']),
    pool('soon', ['10.5.0.0/31'], kept(10, ['ns'])),
    pool('unranked', ['10.6.0.0/31'], kept(0, ['ns'])),
  ];
  const told = (service: Balanced, others: Parameters<typeof servedTo>[1] = []) =>
    servedTo('s', [...pools, ...others, balanced('s', { namespace: 'ns', ...service })]).result.pools.map(
      ({ pool: name, serves, reason }) => `${name} ${serves ? 'serves' : reason}`,
    );

  it('are in the order in which they are tried: kept ones by priority, then those for anybody, then those that are not', () => {
    expect(told({ spec: V4 })).toEqual([
      'soon serves',
      'late serves',
      'unranked serves',
      'any serves',
      'other OTHER_FAMILY',
      'hand BALANCER_BY_NAME_ONLY',
      'none BALANCER_SELECTOR',
    ]);
  });

  it('begin with the one that is asked for', () => {
    expect(told({ annotations: from('hand'), spec: V4 }).slice(0, 2)).toEqual(['hand serves', 'any BALANCER_OTHER_POOL']);
  });

  it.each<[string, Balanced]>([
    ['spec.loadBalancerIP', { spec: { ...V4, loadBalancerIP: '10.2.0.1' } }],
    ['an annotation', { annotations: ips('10.2.0.1'), spec: V4 }],
  ])('begin with that of the address that %s asks for, whether automatic or not; no other serves', (_, service) => {
    const [first, ...rest] = told(service);
    expect(first).toBe('hand serves');
    expect(rest).toEqual(['any', 'late', 'none', 'other', 'soon', 'unranked'].map((name) => `${name} BALANCER_OTHER_POOL`));
    expect(told(service, [balanced('before', { has: ['10.2.0.1'], spec: V4 })])[0]).toBe('hand BALANCER_TAKEN');
    expect(told({ ...service, annotations: { ...service.annotations, ...from('any') } })[0]).toBe('hand BALANCER_OTHER_POOL');
  });

  it('serve one family alone where both are preferred, and none where both are required', () => {
    const automatic = (lines: readonly string[]) => lines.filter((line) => /^(any|other|soon) /.test(line));
    expect(automatic(told({ spec: PREFERRED }))).toEqual(['soon serves', 'any serves', 'other serves']);
    const without = ['soon OTHER_FAMILY', 'any OTHER_FAMILY', 'other OTHER_FAMILY'];
    expect(automatic(told({ spec: REQUIRED }))).toEqual(without);
    const contradicts = without.map((line) => line.replace('OTHER_FAMILY', 'BALANCER_REQUEST'));
    expect(automatic(told({ spec: { ...REQUIRED, ...V4 } }))).toEqual(contradicts);
  });
});
