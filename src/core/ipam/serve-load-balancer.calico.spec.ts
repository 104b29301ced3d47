import { describe, expect, it } from 'vitest';
import { balanced as service, type Balanced, served, servedTo } from '../../../test/support/balanced-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { AllocationBook } from './allocation-book.js';
import { ipamLint } from './ipam-lint.js';
import { allPools } from './all-pools.js';

const pool = (name: string, cidr: string, spec: object = {}): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name },
  spec: { cidr, blockSize: cidr.includes(':') ? 128 : 32, allowedUses: ['LoadBalancer'], nodeSelector: 'all()', ...spec },
});
const ips = (...list: readonly string[]) => ({ 'projectcalico.org/loadBalancerIPs': JSON.stringify(list) });
const pools4 = (...list: readonly string[]) => ({ 'projectcalico.org/ipv4pools': JSON.stringify(list) });
const REQUESTED: ProfileSettings = { loadBalancers: { calicoAssigns: 'RequestedServicesOnly' } };

/** Pools of the controller's own tests: one that anybody gets addresses of, and two of one address that are for those who ask. */
const AUTOMATIC = pool('v4pool-automatic', '1.2.3.0/24', { blockSize: 26 });
const MANUAL = pool('v4pool-manual', '3.3.3.3/32', { assignmentMode: 'Manual' });
const SPECIFIC = pool('v4pool-specific', '4.4.4.4/32', { assignmentMode: 'Manual' });
const POOLS = [AUTOMATIC, MANUAL, SPECIFIC];

const of = (name: string, more: Balanced = {}) => service(name, more);

/**
 * Cases of projectcalico/calico `kube-controllers/pkg/controllers/loadbalancer/loadbalancer_controller_{fv,ut}_test.go`, named after them. What a test does one after the other
 * stands here as what there is then.
 */
describe('load balancers of Calico', () => {
  it('Should assign IP from available IP pool', () => {
    const { verdict, result } = servedTo('basic', [...POOLS, of('basic')]);
    expect(verdict).toBe('EXPECTED');
    expect(result.addresses).toMatchObject([{ ip: expect.stringMatching(/^1\.2\.3\.\d+$/), pool: 'v4pool-automatic', held: false }]);
    expect(result.provider).toBe('calico');
  });

  it.each<[string, readonly KubernetesObject[], readonly string[]]>([
    ['Should assign IP from specified IP pool', [...POOLS, of('s', { annotations: pools4('v4pool-specific') })], ['s: EXPECTED 4.4.4.4']],
    ['… named by its prefix', [...POOLS, of('s', { annotations: pools4('4.4.4.4/32') })], ['s: EXPECTED 4.4.4.4']],
    ['Should assign specific IP address', [...POOLS, of('s', { annotations: ips('1.2.3.100') })], ['s: EXPECTED 1.2.3.100']],
    ['Should not assign IP if there is no LoadBalancer IP pool that is not manual', [MANUAL, of('s')], ['s: PENDING BALANCER_NO_POOL']],
    [
      'Should update service IP after pool annotation has been added',
      [...POOLS, of('s', { has: ['1.2.3.7'], annotations: pools4('v4pool-manual') })],
      ['s: EXPECTED 3.3.3.3'],
    ],
    [
      'Should update service IP after ip annotation has been added',
      [...POOLS, of('s', { has: ['1.2.3.7'], annotations: ips('1.2.3.100') })],
      ['s: EXPECTED 1.2.3.100'],
    ],
    [
      'Should update service IP after the address has been released from another service: before',
      [...POOLS, of('a', { has: ['1.2.3.100'], annotations: ips('1.2.3.100') }), of('b', { annotations: ips('1.2.3.100') })],
      ['a: ASSIGNED 1.2.3.100', 'b: PENDING BALANCER_TAKEN'],
    ],
    [
      'what asks for nothing gives an address of a manual pool back',
      [...POOLS, of('s', { has: ['4.4.4.4'] }), of('t', { annotations: pools4('v4pool-specific') })],
      ['s: EXPECTED 1.2.3.', 't: EXPECTED 4.4.4.4'],
    ],
    ['an address of no pool for load balancers', [...POOLS, of('s', { annotations: ips('9.9.9.9') })], ['s: PENDING BALANCER_NO_POOL']],
    // libcalico-go/lib/validator/v3: "IPPool(...) is smaller than block size"; only a disabled pool is stored so.
    ['a pool that is smaller than one block', [pool('small', '5.5.5.5/32', { blockSize: 26 }), of('s')], ['s: PENDING BALANCER_NO_POOL']],
    [
      'a pool that is full',
      [pool('one', '5.5.5.5/32'), of('a', { has: ['5.5.5.5'] }), of('b')],
      ['a: ASSIGNED 5.5.5.5', 'b: PENDING POOL_EXHAUSTED'],
    ],
    [
      'a disabled pool: what it has given stays given',
      [pool('one', '5.5.5.5/32', { disabled: true }), of('a', { has: ['5.5.5.5'] }), of('b')],
      ['a: ASSIGNED 5.5.5.5', 'b: PENDING BALANCER_NO_POOL'],
    ],
    [
      'both families',
      [pool('v4', '5.5.5.5/32'), pool('v6', 'fd00::5/128'), of('s', { spec: { ipFamilyPolicy: 'RequireDualStack' } })],
      ['s: EXPECTED 5.5.5.5 fd00::5'],
    ],
    [
      'assignIP: an IPv4 address counts as one of IPv6, too (`ip.To16() != nil`)',
      [pool('v4', '5.5.5.5/32'), pool('v6', 'fd00::5/128'), of('s', { has: ['5.5.5.5'], spec: { ipFamilyPolicy: 'RequireDualStack' } })],
      ['s: PENDING 5.5.5.5 BALANCER_HAS_ADDRESS'],
    ],
    [
      'namespaceSelector',
      [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'red', labels: { color: 'red' } } },
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'blue', labels: { color: 'blue' } } },
        pool('one', '5.5.5.5/32', { namespaceSelector: "color == 'red'" }),
        of('a', { namespace: 'blue' }),
        of('b', { namespace: 'red' }),
      ],
      ['a: PENDING BALANCER_NO_POOL', 'b: EXPECTED 5.5.5.5'],
    ],
  ])('%s', (_, objects, expected) => {
    expect(
      served(objects).map((line, index) => line.slice(0, expected[index]?.endsWith('.') ? expected[index].length : undefined)),
    ).toEqual(expected);
  });

  it.each<[string, object, ProfileSettings, boolean]>([
    ['AllServices', {}, {}, true],
    ['RequestedServicesOnly', {}, REQUESTED, false],
    ['AllServices, another class', { spec: { loadBalancerClass: 'not-calico' } }, {}, false],
    ['RequestedServicesOnly, another class', { spec: { loadBalancerClass: 'not-calico' } }, REQUESTED, false],
    ['… with an annotation', { spec: { loadBalancerClass: 'not-calico' }, annotations: pools4('v4pool-manual') }, REQUESTED, false],
    ['AllServices, its own class', { spec: { loadBalancerClass: 'calico' } }, {}, true],
    ['RequestedServicesOnly, its own class', { spec: { loadBalancerClass: 'calico' } }, REQUESTED, true],
    ['RequestedServicesOnly, a pool', { annotations: pools4('v4pool-manual') }, REQUESTED, true],
    ['RequestedServicesOnly, an address', { annotations: ips('1.1.1.1') }, REQUESTED, true],
  ])('should determine if service is managed by Calico: %s', (_, more, settings, managed) => {
    const [line = ''] = served([...POOLS, of('s', more)], settings);
    expect(!line.includes('UNKNOWN')).toBe(managed);
  });

  it.each<[string, object, string]>([
    ['no list', { 'projectcalico.org/loadBalancerIPs': 'incorrect' }, 'is no list of texts in JSON'],
    ['two of IPv4', ips('10.0.0.4', '10.0.0.5'), 'at max only one ipv4 and one ipv6 address'],
    ['two of IPv6', ips('ff06::c3', 'ff06::c4'), 'at max only one ipv4 and one ipv6 address'],
    ['a pool that is not there', pools4('ipv4pool'), 'error parsing pool "ipv4pool"'],
    ['no JSON', { 'projectcalico.org/ipv4pools': '[ippoolv4]' }, 'is no list of texts in JSON'],
  ])('should parse calico annotations: %s', (_, annotations, message) => {
    const { verdict, result } = servedTo('s', [...POOLS, of('s', { annotations })]);
    expect([verdict, result.reason]).toEqual(['PENDING', 'BALANCER_REQUEST']);
    expect(result.message).toContain(message);
  });

  it('assignIPs of KubeControllersConfiguration says whom it serves', () => {
    const settings: KubernetesObject = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'KubeControllersConfiguration',
      metadata: { name: 'default' },
      spec: { controllers: { loadBalancer: { assignIPs: 'RequestedServicesOnly' } } },
    };
    expect(served([...POOLS, settings, of('s')], {})).toEqual(['s: UNKNOWN']);
  });

  it('names why each pool does not serve', () => {
    const { result } = servedTo('s', [...POOLS, pool('v6', 'fd00::5/128'), of('s')]);
    expect(result.pools.map(({ pool: name, reason }) => [name, reason])).toEqual([
      ['v4pool-automatic', 'BALANCER_SERVES'],
      ['v4pool-manual', 'BALANCER_BY_NAME_ONLY'],
      ['v4pool-specific', 'BALANCER_BY_NAME_ONLY'],
      ['v6', 'OTHER_FAMILY'],
    ]);
  });
});

describe('blocks of load balancers', () => {
  const block = (...services: readonly string[]): KubernetesObject => ({
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPAMBlock',
    metadata: { name: '10-0-0-4-30' },
    spec: {
      cidr: '10.0.0.4/30',
      affinity: 'virtual:load-balancer',
      allocations: [0, 1, 2, 3].map((place) => (place < services.length ? place : null)),
      unallocated: [0, 1, 2, 3].filter((place) => place >= services.length),
      attributes: services.map((name) => ({
        handle_id: `lb-${name}`,
        secondary: { service: name, namespace: 'default', type: 'LoadBalancer' },
      })),
    },
  });
  const BLOCKS = pool('lb', '10.0.0.4/30', { blockSize: 30 });

  // "should correctly update allocationTracker on block update": the block says which services have which addresses.
  it('say which addresses services have, whatever their status names', () => {
    expect(served([BLOCKS, block('a'), of('a'), of('b', { has: ['10.0.0.4'] })])).toEqual(['a: EXPECTED 10.0.0.4', 'b: EXPECTED 10.0.0.5']);
  });

  // "syncIPAM … functions as a garbage collection for leaked IP addresses".
  it('leak what they give to a service that is gone', () => {
    const model = modelOf([BLOCKS, block('a', 'gone'), of('a', { has: ['10.0.0.4'] })], {});
    const { findings } = finished(ipamLint(model, new AllocationBook(), { codes: ['BLOCK_LEAK'], severity: 'info', limit: 10 })).result;
    expect(findings.map(({ message }) => message)).toEqual([
      '10.0.0.5 belongs to handle lb-gone (Service default/gone) of Calico’s block 10.0.0.4/30, and nobody is seen with it',
    ]);
  });

  it('are pools of the plane of load balancers', () => {
    const model = modelOf([BLOCKS, of('a', { has: ['10.0.0.4'] })], {});
    expect(allPools(model).filter(({ plane }) => plane === 'lb')).toMatchObject([
      { name: 'load-balancers.calico.lb.v4', plane: 'lb', usableRule: 'calico' },
    ]);
  });
});
