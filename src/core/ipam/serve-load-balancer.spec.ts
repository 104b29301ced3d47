import { describe, expect, it } from 'vitest';
import {
  ciliumPool as pool,
  metalLbPool,
  balanced as service,
  type Balanced,
  served,
  servedTo,
} from '../../../test/support/balanced-cluster.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const A = pool('pool-a', ['10.0.10.0/24']);
const SINGLE = { ipFamilyPolicy: 'SingleStack' };
const v4 = { ...SINGLE, ipFamilies: ['IPv4'] };
const v6 = { ...SINGLE, ipFamilies: ['IPv6'] };
const key = (value: string) => ({ 'lbipam.cilium.io/sharing-key': value });
const OTHER_PODS =
  'ExternalTrafficPolicy local but selecting different set of pods without lbipam.cilium.io/sharing-permit-different-pods on both services';
const born = (day: number) => ({ creationTimestamp: `2022-10-${day}T13:30:00Z` });

/** cilium/cilium `operator/pkg/lbipam/lbipam_test.go`; each row is named after its test. What the test does one after the other stands here as what there is then. */
describe('LB IPAM of Cilium', () => {
  it.each<[string, readonly KubernetesObject[], readonly string[]]>([
    ['AllocHappyPath, IPv4', [pool('a', ['10.0.10.0/24', 'ff::/48']), service('s', { spec: v4 })], ['s: EXPECTED 10.0.10.0']],
    [
      'AllocHappyPath, IPv6 in place of the IPv4 address it has',
      [pool('a', ['10.0.10.0/24', 'ff::/48']), service('s', { spec: v6, has: ['10.0.10.0'] })],
      ['s: EXPECTED ff::'],
    ],
    ['ReallocOnInit', [A, service('s', { spec: SINGLE, has: ['192.168.1.12'] })], ['s: EXPECTED 10.0.10.0']],
    [
      'AllocOnInit',
      [A, service('a', { has: ['10.0.10.123'] }), service('b', { has: ['10.0.10.124'], spec: { loadBalancerIP: '10.0.10.124' } })],
      ['a: ASSIGNED 10.0.10.123', 'b: ASSIGNED 10.0.10.124'],
    ],
    [
      'PoolSelectorBasic',
      [
        pool('a', ['10.0.10.0/24'], { serviceSelector: { matchLabels: { color: 'red' } } }),
        service('blue', { labels: { color: 'blue' } }),
        service('red', { labels: { color: 'red' } }),
      ],
      ['blue: PENDING BALANCER_NO_POOL', 'red: EXPECTED 10.0.10.0'],
    ],
    [
      'PoolSelectorNamespace: the same label on the service does not help',
      [
        pool('a', ['10.0.10.0/24'], { serviceSelector: { matchLabels: { 'io.kubernetes.service.namespace': 'tenant-one' } } }),
        service('red', { namespace: 'tenant-one' }),
        service('blue', { namespace: 'tenant-two', labels: { 'io.kubernetes.service.namespace': 'tenant-one' } }),
      ],
      ['red: EXPECTED 10.0.10.0', 'blue: PENDING BALANCER_NO_POOL'],
    ],
    ['ChangeServiceType', [A, service('s', { spec: { type: 'NodePort' } })], ['s: NOT_BALANCED']],
    [
      'RangesFull',
      [
        pool('a', ['10.0.10.123/32', 'ff::123/128']),
        ...['a', 'b'].map((name) => service(name, { spec: v4 })),
        ...['c', 'd'].map((name) => service(name, { spec: v6 })),
      ],
      ['a: EXPECTED 10.0.10.123', 'b: PENDING POOL_EXHAUSTED', 'c: EXPECTED ff::123', 'd: PENDING POOL_EXHAUSTED'],
    ],
    [
      'RequestIPs',
      [
        A,
        service('a', { has: ['10.0.10.20'], spec: { loadBalancerIP: '10.0.10.20' } }),
        service('b', { annotations: { 'lbipam.cilium.io/ips': '10.0.10.22,10.0.10.23' }, spec: { loadBalancerIP: '10.0.10.21' } }),
        service('c', { spec: { loadBalancerIP: '10.0.10.21' } }),
      ],
      ['a: ASSIGNED 10.0.10.20', 'b: EXPECTED 10.0.10.21 10.0.10.22 10.0.10.23', 'c: PENDING BALANCER_TAKEN'],
    ],
    ['AddPool, before', [A, service('s', { spec: { loadBalancerIP: '10.0.20.10' } })], ['s: PENDING BALANCER_NO_POOL']],
    [
      'AddPool, after',
      [A, pool('pool-b', ['10.0.20.0/24']), service('s', { spec: { loadBalancerIP: '10.0.20.10' } })],
      ['s: EXPECTED 10.0.20.10'],
    ],
    [
      'AddRange',
      [pool('a', ['10.0.10.0/24', '10.0.20.0/24']), service('s', { spec: { loadBalancerIP: '10.0.20.10' } })],
      ['s: EXPECTED 10.0.20.10'],
    ],
    [
      'DisablePool: what it has given stays given',
      [pool('a', ['10.0.10.0/24'], { disabled: true }), service('a', { has: ['10.0.10.7'] }), service('b')],
      ['a: ASSIGNED 10.0.10.7', 'b: PENDING BALANCER_NO_POOL'],
    ],
    ['PoolDelete', [pool('b', ['10.0.20.0/24']), service('s', { has: ['10.0.10.7'] })], ['s: EXPECTED 10.0.20.0']],
    [
      'RangeDelete, a range is added',
      [pool('a', ['10.0.10.0/24', '10.0.20.0/24']), service('s', { has: ['10.0.10.7'] })],
      ['s: ASSIGNED 10.0.10.7'],
    ],
    ['RangeDelete, the old one goes', [pool('a', ['10.0.20.0/24']), service('s', { has: ['10.0.10.7'] })], ['s: EXPECTED 10.0.20.0']],
    [
      'RemoveServiceLabel, ChangePoolSelector',
      [
        pool('a', ['10.0.10.0/24'], { serviceSelector: { matchLabels: { color: 'blue' } } }),
        service('s', { labels: { color: 'green' }, has: ['10.0.10.7'] }),
      ],
      ['s: PENDING BALANCER_NO_POOL'],
    ],
    [
      'RequestIPWithMismatchedLabel',
      [
        pool('a', ['10.0.10.0/24'], { serviceSelector: { matchLabels: { color: 'blue' } } }),
        service('s', { labels: { color: 'red' }, spec: { loadBalancerIP: '10.0.10.123' } }),
      ],
      ['s: PENDING BALANCER_SELECTOR'],
    ],
    [
      'RemoveRequestedIP',
      [
        A,
        service('s', {
          annotations: { 'io.cilium/lb-ipam-ips': '10.0.10.124' },
          has: ['10.0.10.123', '10.0.10.124', '10.0.10.125'],
          spec: { loadBalancerIP: '10.0.10.123' },
        }),
      ],
      ['s: ASSIGNED 10.0.10.123 10.0.10.124'],
    ],
    ['NonMatchingLBClass', [A, service('s', { spec: { loadBalancerClass: 'net.example/some-other-class' } })], ['s: UNKNOWN']],
    ['RequiredLBClass', [A, service('s', { spec: { loadBalancerClass: 'io.cilium/bgp-control-plane' } })], ['s: EXPECTED 10.0.10.0']],
  ])('%s', (_, objects, expected) => {
    expect(served(objects)).toEqual(expected);
  });

  it.each<[string, readonly KubernetesObject[], string]>([
    [
      'ConflictResolution: the newer pool is disabled, wholly',
      [pool('pool-a', ['10.0.10.0/24'], {}, born(15)), pool('pool-b', ['10.0.10.0/24', 'ff::/48'], {}, born(16))],
      's: PENDING BALANCER_NO_POOL',
    ],
    ['ConflictResolution, resolved', [pool('pool-a', ['10.0.10.0/24']), pool('pool-b', ['ff::/48'])], 's: EXPECTED ff::'],
    [
      'the older one is, whatever its name',
      [pool('pool-a', ['10.0.10.0/24', 'ff::/48'], {}, born(16)), pool('pool-b', ['10.0.10.0/24'], {}, born(15))],
      's: PENDING BALANCER_NO_POOL',
    ],
    ['PoolInternalConflict', [pool('pool-a', ['10.0.10.0/24', '10.0.10.64/28', 'ff::/48'])], 's: PENDING BALANCER_NO_POOL'],
  ])('%s', (_, pools, expected) => {
    expect(served([...pools, service('s', { spec: v6 })])).toEqual([expected]);
  });

  it.each<[string, readonly KubernetesObject[], readonly string[]]>([
    [
      'SharingKey',
      [A, ...['a', 'b'].map((name, port) => service(name, { annotations: key('key-a'), spec: { ports: [{ port: port + 80 }] } }))],
      ['a: EXPECTED 10.0.10.0', 'b: EXPECTED 10.0.10.0'],
    ],
    [
      'SharedServiceUpdatedSharingKey',
      [A, service('a', { annotations: key('1'), has: ['10.0.10.0'] }), service('b', { annotations: key('2'), has: ['10.0.10.0'] })],
      ['a: ASSIGNED 10.0.10.0', 'b: EXPECTED 10.0.10.1'],
    ],
    [
      'SharedServiceUpdatedPorts',
      [A, ...['a', 'b'].map((name) => service(name, { annotations: key('1'), has: ['10.0.10.0'] }))],
      ['a: ASSIGNED 10.0.10.0', 'b: EXPECTED 10.0.10.1'],
    ],
    [
      'the operator starts anew: both keep the address that they share',
      [
        A,
        ...['a', 'b'].map((name, port) =>
          service(name, { annotations: key('1'), has: ['10.0.10.9'], spec: { ports: [{ port: port + 80 }] } }),
        ),
      ],
      ['a: ASSIGNED 10.0.10.9', 'b: ASSIGNED 10.0.10.9'],
    ],
    [
      'RequestReservedFirstLastIPWithSharingKey (cilium/cilium#48779)',
      [
        pool('a', ['10.0.10.16/30'], { allowFirstLastIPs: 'No' }),
        service('s', { annotations: { 'io.cilium/lb-ipam-sharing-key': 'key-1' }, spec: { loadBalancerIP: '10.0.10.16' } }),
      ],
      ['s: PENDING BALANCER_TAKEN'],
    ],
  ])('%s', (_, objects, expected) => {
    expect(served(objects)).toEqual(expected);
  });

  /** `service_store_test.go`, `TestIsCompatibleReasons`. */
  it.each<[string, Balanced, Balanced, string | undefined]>([
    ['keys', { annotations: key('a') }, { annotations: key('b') }, 'different sharing key'],
    [
      'namespaces',
      { namespace: 'ns-a' },
      { namespace: 'ns-b', annotations: { 'lbipam.cilium.io/sharing-cross-namespace': 'ns-a' } },
      'different and not permitted namespace',
    ],
    [
      'namespaces that permit each other',
      { namespace: 'ns-a', annotations: { 'lbipam.cilium.io/sharing-cross-namespace': '*' } },
      { namespace: 'ns-b', annotations: { 'lbipam.cilium.io/sharing-cross-namespace': 'ns-a' }, spec: { ports: [{ port: 81 }] } },
      undefined,
    ],
    ['ports', {}, {}, 'same port and protocol'],
    ['protocols', {}, { spec: { ports: [{ port: 80, protocol: 'UDP' }] } }, undefined],
    ['policies', local({}, 81), {}, 'different ExternalTrafficPolicy'],
    ['no selector', local({ app: 'a' }, 80), local(undefined, 81), 'ExternalTrafficPolicy local but a service has no selector'],
    ['other pods', local({ app: 'a' }, 80), local({ app: 'b' }, 81), OTHER_PODS],
    ['other pods, one permits it', local({ app: 'a' }, 80, true), local({ app: 'b' }, 81), OTHER_PODS],
    ['other pods, both permit it', local({ app: 'a' }, 80, true), local({ app: 'b' }, 81, true), undefined],
    ['the same pods', local({ app: 'a' }, 80), local({ app: 'a' }, 81), undefined],
  ])('sharing: %s', (_, first, second, why) => {
    const asking = (name: string, one: Balanced): KubernetesObject =>
      service(name, { ...one, annotations: { ...key('k'), ...one.annotations, 'lbipam.cilium.io/ips': '10.0.10.5' } });
    const { verdict, result } = servedTo('b', [
      A,
      asking('a', { namespace: 'ns-a', ...first }),
      asking('b', { namespace: 'ns-a', ...second }),
    ]);
    const message = `The IP '10.0.10.5' is already allocated to an incompatible service. Reason: ${why ?? ''}`;
    expect([verdict, result.message]).toEqual(why === undefined ? ['EXPECTED', null] : ['PENDING', message]);
  });

  /** `TestLBIPAM_serviceIPFamilyRequest`. */
  it.each<[enabled: readonly string[], spec: object, families: string]>([
    [['IPv4'], {}, '4'],
    [['IPv6'], {}, '6'],
    [['IPv6', 'IPv4'], {}, '4'],
    [['IPv4'], { ipFamilies: ['IPv6'] }, '6'],
    [['IPv6'], { ipFamilies: ['IPv4'] }, '4'],
    [['IPv4'], { ipFamilies: ['IPv4', 'IPv6'] }, '4'],
    [['IPv4'], { ipFamilies: ['IPv6', 'IPv4'] }, '6'],
    [['IPv6', 'IPv4'], SINGLE, '4'],
    [['IPv6', 'IPv4'], { ipFamilyPolicy: 'PreferDualStack' }, '46'],
    [['IPv6'], { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4'] }, ''],
    [['IPv6'], { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4'] }, '6'],
  ])('families %j, %j: %s', (ipFamilies, spec, families) => {
    const [line = ''] = served([pool('a', ['10.0.10.0/24', 'ff::/48']), service('s', { spec })], { ipFamilies });
    const given = line.split(' ').slice(2);
    expect(given.map((ip) => (ip.includes(':') ? '6' : '4')).join('')).toBe(families);
  });

  /** Documentation/network/lb-ipam.rst: ends of prefixes may be kept back, but not of /31, /32, /127 and /128, nor of ranges. */
  it.each<[object, string]>([
    [{ blocks: [{ cidr: '10.0.0.0/30' }] }, '10.0.0.0'],
    [{ blocks: [{ cidr: '10.0.0.0/30' }], allowFirstLastIPs: 'Yes' }, '10.0.0.0'],
    [{ blocks: [{ cidr: '10.0.0.0/30' }], allowFirstLastIPs: 'No' }, '10.0.0.1'],
    [{ blocks: [{ cidr: '10.0.0.0/31' }], allowFirstLastIPs: 'No' }, '10.0.0.0'],
    [{ blocks: [{ start: '10.0.0.4', stop: '10.0.0.7' }], allowFirstLastIPs: 'No' }, '10.0.0.4'],
    [{ blocks: [{ start: '10.0.0.9' }] }, '10.0.0.9'],
    [{ blocks: [], cidrs: [{ cidr: '10.0.0.0/24' }] }, '10.0.0.0'],
  ])('%j gives %s', (spec, ip) => {
    expect(served([pool('a', [], spec), service('s')])).toEqual([`s: EXPECTED ${ip}`]);
  });

  it('takes the first address of the smallest gap (`pkg/ipalloc/ipalloc.go`)', () => {
    expect(served([A, service('a', { has: ['10.0.10.200'] }), service('b')])).toEqual([
      'a: ASSIGNED 10.0.10.200',
      'b: EXPECTED 10.0.10.201',
    ]);
  });

  it('tells why each pool serves or not', () => {
    const pools = [
      pool('conflicting', ['10.0.10.0/25'], {}, born(16)),
      pool('disabled', ['10.1.0.0/24'], { disabled: true }),
      pool('full', ['10.2.0.1/32']),
      pool('older', ['10.0.10.0/24'], { serviceSelector: { matchLabels: { color: 'red' } } }, born(15)),
      pool('serving', ['10.3.0.0/24']),
      pool('six', ['fd00::/120']),
    ];
    const answer = servedTo('s', [...pools, service('other', { has: ['10.2.0.1'] }), service('s')]);
    expect(answer.result.pools.map(({ pool: name, serves, reason }) => [name, serves, reason])).toEqual([
      ['conflicting', false, 'BALANCER_POOL_CONFLICT'],
      ['disabled', false, 'POOL_DISABLED'],
      ['full', false, 'POOL_EXHAUSTED'],
      ['older', false, 'BALANCER_SELECTOR'],
      ['serving', true, 'BALANCER_SERVES'],
      ['six', false, 'OTHER_FAMILY'],
    ]);
    expect([answer.verdict, answer.summary]).toEqual(['EXPECTED', '`default/s` gets 10.3.0.0 of the pool `serving`']);
  });
});

/** What the operator writes into the status: `lbipam.go`, `setSVCSatisfiedCondition`, `updatePoolCounts`, `markPoolConflicting`; Documentation/network/lb-ipam.rst, "Status". */
describe('conditions of Cilium', () => {
  const written = (name: string, objects: readonly KubernetesObject[]) => servedTo(name, objects).result;
  const named = (ip: string) => ({ loadBalancerIP: ip });

  it.each<[string, readonly KubernetesObject[], string]>([
    ['satisfied', [A, service('s')], 'True satisfied'],
    ['no_pool', [service('s'), pool('red', ['10.0.10.0/24'], { serviceSelector: { matchLabels: { color: 'red' } } })], 'False no_pool'],
    ['no_pool for an address', [A, service('s', { spec: named('10.0.20.10') })], 'False no_pool'],
    ['out_of_ips', [pool('a', ['10.0.10.1/32']), service('a', { has: ['10.0.10.1'] }), service('s')], 'False out_of_ips'],
    [
      'pool_selector_mismatch',
      [pool('red', ['10.0.10.0/24'], { serviceSelector: { matchLabels: { color: 'red' } } }), service('s', { spec: named('10.0.10.1') })],
      'False pool_selector_mismatch',
    ],
    ['already_allocated', [A, service('a', { has: ['10.0.10.1'] }), service('s', { spec: named('10.0.10.1') })], 'False already_allocated'],
    [
      'already_allocated_incompatible_service',
      [A, service('a', { annotations: key('x'), has: ['10.0.10.1'] }), service('s', { annotations: key('y'), spec: named('10.0.10.1') })],
      'False already_allocated_incompatible_service',
    ],
    [
      'RequireDualStack is not satisfied while one family is missing',
      [A, service('s', { spec: { ipFamilyPolicy: 'RequireDualStack' } })],
      'False no_pool',
    ],
  ])('%s', (_, objects, expected) => {
    const { condition } = written('s', objects);
    expect([condition?.type, `${condition?.status} ${condition?.reason}`]).toEqual(['cilium.io/IPAMRequestSatisfied', expected]);
  });

  it('of several refusals the last one stands', () => {
    const { condition } = written('s', [
      A,
      service('a', { has: ['10.0.10.1'] }),
      service('s', { annotations: { 'lbipam.cilium.io/ips': '10.0.10.1,10.0.20.1' } }),
    ]);
    expect(condition?.message).toBe("No pool exists with a CIDR containing '10.0.20.1'");
  });

  it('pools tell of conflicts, and count their addresses in both families; ends that are kept back are used', () => {
    const pools = [
      pool('a', ['10.0.10.0/24', 'ff::/120'], { allowFirstLastIPs: 'No' }, born(15)),
      pool('b', ['10.0.10.128/25'], {}, born(16)),
    ];
    const { pools: fits } = written('s', [...pools, service('other', { has: ['10.0.10.7'] }), service('s')]);
    expect(fits.map(({ conditions }) => conditions.map(({ type, status, message }) => `${type} ${status} ${message}`))).toEqual([
      [
        'cilium.io/PoolConflict False ',
        'cilium.io/IPsTotal Unknown 512',
        'cilium.io/IPsAvailable Unknown 506',
        'cilium.io/IPsUsed Unknown 6',
      ],
      [
        "cilium.io/PoolConflict True Pool conflicts since range '10.0.10.128 - 10.0.10.255' overlaps range '10.0.10.0 - 10.0.10.255' from IP Pool 'a'",
        'cilium.io/IPsTotal Unknown 128',
        'cilium.io/IPsAvailable Unknown 128',
        'cilium.io/IPsUsed Unknown 0',
      ],
    ]);
  });

  it('MetalLB writes none', () => {
    const { condition, pools } = written('s', [metalLbPool('public', ['10.0.0.0/24']), service('s')]);
    expect([condition, pools.map(({ conditions }) => conditions)]).toEqual([null, [[]]]);
  });
});

function local(selector: object | undefined, port: number, permits = false): Balanced {
  const annotations = permits ? { 'lbipam.cilium.io/sharing-permit-different-pods': 'true' } : {};
  return { annotations, spec: { externalTrafficPolicy: 'Local', selector, ports: [{ port }] } };
}

it('without pools nothing is known but what the status tells', () => {
  expect(served([service('a', { has: ['203.0.113.7'] }), service('b')])).toEqual(['a: ASSIGNED 203.0.113.7', 'b: UNKNOWN']);
});
