import { describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { NetworkModel } from '../model/network-model.js';
import { formatIp, type IpFamily } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

import { allocateAddress } from './allocate-address.js';
import { AllocationBook } from './allocation-book.js';
import { nextFree } from './next-free.js';

const object = (apiVersion: string, kind: string, metadata: object, rest: object = {}): KubernetesObject =>
  ({ apiVersion, kind, metadata, ...rest }) as KubernetesObject;
const node = (name: string, address: string) =>
  object('v1', 'Node', { name }, { status: { addresses: [{ type: 'InternalIP', address }] } });
const pool = (name: string, cidr: string, spec: object = {}) =>
  object('projectcalico.org/v3', 'IPPool', { name }, { spec: { cidr, ...spec } });
const pod = (name: string, annotations: Record<string, string> = {}, ip?: string) =>
  object(
    'v1',
    'Pod',
    { name, namespace: 'ns', annotations },
    {
      spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'c' }] },
      ...(ip ? { status: { phase: 'Running', podIPs: [{ ip }] } } : {}),
    },
  );
const config = (ipam: object) =>
  object(
    'v1',
    'ConfigMap',
    { name: 'calico-config', namespace: 'kube-system' },
    {
      data: {
        cni_network_config: `{ "name": "k8s-pod-network", "plugins": [
        { "type": "calico", "nodename": "__KUBERNETES_NODE_NAME__", "mtu": __CNI_MTU__, "ipam": ${JSON.stringify(ipam)} }, { "type": "portmap" }] }`,
      },
    },
  );
const CNI = 'cni.projectcalico.org/';

interface Asked {
  readonly pod?: string;
  readonly family?: IpFamily;
  readonly count?: number;
}

/** The pool and the addresses, or why each pool of pods does not serve. */
function next(model: NetworkModel, { pod: key = 'ns/p', family = 4, count = 1 }: Asked = {}) {
  const answer = nextFree(model, new AllocationBook(), { count, seed: '', family, pod: model.podByKey.get(key) });
  if (!answer.ok) throw new Error(answer.error.message);
  const { pool: name, addresses, rejectedPools } = answer.value.result;
  return name === null
    ? rejectedPools.filter(({ reason }) => !reason.startsWith('OTHER_')).map((one) => `${one.pool} ${one.reason}`)
    : [name, ...addresses];
}

/** Of the blocks that node n1 comes to first, by its name: worked out from `ipam_block_reader_writer.go` and `math/rand` by another program (`internal/calico/block-starts.spec.ts`). */
const FIRST_OF_A = '10.1.40.128';
const FIRST_OF_B = '10.2.40.128';

const BASE = [node('n1', '192.168.0.1'), node('n2', '192.168.0.2'), pool('a', '10.1.0.0/16'), pool('b', '10.2.0.0/16')];

// Annotations have up to 262,144 bytes (kubernetes `apimachinery/pkg/api/validation/objectmeta.go`, TotalAnnotationSizeLimitB), and every pool tells why it does not serve.
it('what a pod asks for is told in short', () => {
  const text = JSON.stringify([`gone${'x'.repeat(250_000)}`]);
  const model = modelOf([...BASE, pod('p', { [`${CNI}ipv4pools`]: text }), pod('q', { [`${CNI}ipAddrs`]: text })]);
  for (const key of ['ns/p', 'ns/q']) {
    const answer = nextFree(model, new AllocationBook(), { count: 1, seed: '', family: 4, pod: model.podByKey.get(key) });
    const messages = answer.ok ? answer.value.evidence.map(({ message }) => message) : [];
    expect(messages.filter((message) => message.includes('gone'))).toHaveLength(2);
    expect(Math.max(...messages.map(({ length }) => length))).toBeLessThan(500);
  }
});

/** projectcalico/calico `cni-plugin/pkg/k8s/k8s.go`, CmdAddK8s, ipAddrsResult; `libcalico-go/lib/ipam/ipam.go`, AssignIP. */
describe('what a pod asks Calico for', () => {
  const RESERVED = object('projectcalico.org/v3', 'IPReservation', { name: 'r' }, { spec: { reservedCIDRs: ['10.2.0.9'] } });
  const named = (text: string) => ({ [`${CNI}ipAddrs`]: text });

  it.each<[string, readonly KubernetesObject[], readonly string[]]>([
    ['an address: it gets that one, of the pool that has it', [pod('p', named('["10.2.0.7"]'))], ['pods.10.2.0.0_16', '10.2.0.7']],
    [
      'one that is reserved: reservations bind automatic assignment alone',
      [RESERVED, pod('p', named('["10.2.0.9"]'))],
      ['pods.10.2.0.0_16', '10.2.0.9'],
    ],
    [
      'one that it has already: the old ones are released first',
      [pod('p', named('["10.2.0.7"]'), '10.2.0.7')],
      ['pods.10.2.0.0_16', '10.2.0.7'],
    ],
    [
      'one that another has ("Address already assigned in block")',
      [pod('p', named('["10.2.0.7"]')), pod('q', {}, '10.2.0.7')],
      ['pods.10.1.0.0_16 POOL_NOT_ASKED_FOR', 'pods.10.2.0.0_16 NAMED_ADDRESS_TAKEN'],
    ],
    [
      'one of no pool ("not in a configured pool")',
      [pod('p', named('["1.1.1.1"]'))],
      ['pods.10.1.0.0_16 POOL_NOT_ASKED_FOR', 'pods.10.2.0.0_16 POOL_NOT_ASKED_FOR'],
    ],
    [
      'two of one family ("cannot have more than one IPv4 address")',
      [pod('p', named('["10.2.0.7", "10.2.0.8"]'))],
      ['pods.10.1.0.0_16 POOL_NOT_ASKED_FOR', 'pods.10.2.0.0_16 POOL_NOT_ASKED_FOR'],
    ],
    ['no list', [pod('p', named('10.2.0.7'))], ['pods.10.1.0.0_16 POOL_NOT_ASKED_FOR', 'pods.10.2.0.0_16 POOL_NOT_ASKED_FOR']],
    [
      'an address past the pools',
      [pod('p', { [`${CNI}ipAddrsNoIpam`]: '["10.9.0.1"]' })],
      ['pods.10.1.0.0_16 POOL_NOT_ASKED_FOR', 'pods.10.2.0.0_16 POOL_NOT_ASKED_FOR'],
    ],
    [
      'the other family',
      [pod('p', { [`${CNI}ipFamilies`]: '["IPv6"]' })],
      ['pods.10.1.0.0_16 POOL_NOT_ASKED_FOR', 'pods.10.2.0.0_16 POOL_NOT_ASKED_FOR'],
    ],
    ['an empty list of pools: any of them', [pod('p', { [`${CNI}ipv4pools`]: '[]' })], ['pods.10.1.0.0_16', FIRST_OF_A]],
    [
      'a pool that is not there beside one that is: ResolvePools fails',
      [pod('p', { [`${CNI}ipv4pools`]: '["b", "gone"]' })],
      ['pods.10.1.0.0_16 POOL_NOT_ASKED_FOR', 'pods.10.2.0.0_16 POOL_NOT_ASKED_FOR'],
    ],
    [
      'nothing, and an empty annotation does not hide that of the namespace',
      [object('v1', 'Namespace', { name: 'ns', annotations: { [`${CNI}ipv4pools`]: '["b"]' } }), pod('p', { [`${CNI}ipv4pools`]: '' })],
      ['pods.10.2.0.0_16', FIRST_OF_B],
    ],
    [
      'nothing, and a floating address is none of a pool',
      [pod('p', { [`${CNI}floatingIPs`]: '["10.2.0.7"]' })],
      ['pods.10.1.0.0_16', FIRST_OF_A],
    ],
  ])('%s', (_, objects, expected) => {
    expect(next(modelOf([...BASE, ...objects], {}))).toEqual(expected);
  });

  it.each<[string, object, readonly KubernetesObject[], readonly string[]]>([
    ['pools of the configuration', { type: 'calico-ipam', ipv4_pools: ['b'] }, [pod('p')], ['pods.10.2.0.0_16', FIRST_OF_B]],
    [
      'the pod before them',
      { type: 'calico-ipam', ipv4_pools: ['10.2.0.0/16'] },
      [pod('p', { [`${CNI}ipv4pools`]: '["a"]' })],
      ['pods.10.1.0.0_16', FIRST_OF_A],
    ],
    [
      'assign_ipv4 off',
      { type: 'calico-ipam', assign_ipv4: 'false' },
      [pod('p')],
      ['pods.10.1.0.0_16 POOL_NOT_ASKED_FOR', 'pods.10.2.0.0_16 POOL_NOT_ASKED_FOR'],
    ],
    [
      'ipFamilies of the pod over it',
      { type: 'calico-ipam', assign_ipv4: 'false' },
      [pod('p', { [`${CNI}ipFamilies`]: '["IPv4"]' })],
      ['pods.10.1.0.0_16', FIRST_OF_A],
    ],
  ])('the configuration of the plugin: %s', (_, ipam, objects, expected) => {
    expect(next(modelOf([...BASE, config(ipam), ...objects], {}))).toEqual(expected);
  });

  it('host-local in place of Calico’s own: annotations mean nothing, and the node gives of its range', () => {
    const ranged = object(
      'v1',
      'Node',
      { name: 'n1' },
      { spec: { podCIDRs: ['10.2.1.0/24'] }, status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] } },
    );
    const objects = [ranged, pool('b', '10.2.0.0/16'), config({ type: 'host-local', subnet: 'usePodCidr' })];
    expect(next(modelOf([...objects, pod('p', { [`${CNI}ipv4pools`]: '["gone"]' }, '10.2.1.2')], {}))).toEqual([
      'pods.10.2.0.0_16',
      '10.2.1.3',
    ]);
  });

  it('IPv6 is given where the configuration says so alone', () => {
    const six = pool('six', 'fd00:6::/64');
    const ask = (ipam: object) => next(modelOf([...BASE, six, config(ipam), pod('p')], {}), { family: 6 });
    expect([ask({ type: 'calico-ipam' }), ask({ type: 'calico-ipam', assign_ipv6: 'true' })]).toEqual([
      ['pods.fd00:6::_64 POOL_NOT_ASKED_FOR'],
      ['pods.fd00:6::_64', expect.stringMatching(/^fd00:6:/)],
    ]);
  });
});

describe('a pod gets an address of its own node', () => {
  it('the range of the node, and no other (host-local, Flannel)', () => {
    const model = addressCluster(
      `
      node a 192.168.0.1 10.244.1.0/29
      node b 192.168.0.2 10.244.2.0/24
      pod web b 10.244.2.2
      pod api a 10.244.1.2`,
      { cni: { plugin: 'flannel' } },
    );
    // 10.244.1.0/29: .1 is the gateway and .2 a pod's; .3 to .6 are left.
    expect([next(model, { pod: 't/web' }), next(model, { pod: 't/api', count: 4 }), next(model, { pod: 't/api', count: 5 })]).toEqual([
      ['pods.10.244.0.0_16', '10.244.2.3'],
      ['pods.10.244.0.0_16', '10.244.1.3', '10.244.1.4', '10.244.1.5', '10.244.1.6'],
      ['pods.10.244.0.0_16 POOL_TOO_SMALL'],
    ]);
  });

  /** `libcalico-go/lib/ipam/ipam.go`, autoAssign: affine blocks, then new ones, then, without strict affinity, single addresses of others'. */
  describe('Calico', () => {
    const block = (cidr: string, host: string, allocations: readonly (number | null)[]) =>
      object(
        'crd.projectcalico.org/v1',
        'IPAMBlock',
        { name: cidr.replaceAll(/[./]/g, '-') },
        {
          spec: {
            cidr,
            affinity: `host:${host}`,
            strictAffinity: false,
            allocations,
            unallocated: [],
            attributes: [{ handle_id: 'h', secondary: {} }],
          },
        },
      );
    const FULL = [0, 0, 0, 0];
    const strict = object(
      'crd.projectcalico.org/v1',
      'IPAMConfig',
      { name: 'default' },
      { spec: { strictAffinity: true, autoAllocateBlocks: true } },
    );
    const two = pool('a', '10.1.0.0/29', { blockSize: 30 });
    const nodes = [node('n1', '192.168.0.1'), node('n2', '192.168.0.2'), pod('p')];

    it.each<[string, readonly KubernetesObject[], readonly string[]]>([
      [
        'of a block of its node',
        [block('10.1.0.0/30', 'n2', [null, null, null, null]), block('10.1.0.4/30', 'n1', [0, null, null, null])],
        ['pods.10.1.0.0_29', '10.1.0.5'],
      ],
      ['of a new block', [block('10.1.0.0/30', 'n1', FULL)], ['pods.10.1.0.0_29', '10.1.0.4']],
      ['borrowed', [block('10.1.0.0/30', 'n1', FULL), block('10.1.0.4/30', 'n2', [0, null, null, null])], ['pods.10.1.0.0_29', '10.1.0.5']],
      [
        'not borrowed with strict affinity',
        [strict, block('10.1.0.0/30', 'n1', FULL), block('10.1.0.4/30', 'n2', [0, null, null, null])],
        ['pods.10.1.0.0_29 STRICT_AFFINITY'],
      ],
      [
        'of an empty block of another node, which is taken over',
        [block('10.1.0.0/30', 'n1', FULL), block('10.1.0.4/30', 'n2', [null, null, null, null])],
        ['pods.10.1.0.0_29', '10.1.0.4'],
      ],
    ])('%s, as what is handed out for the node', (_, objects, expected) => {
      const model = modelOf([...nodes, two, ...objects], {});
      expect(next(model)).toEqual(expected);
      const request = { pool: 'pods.10.1.0.0_29', identifier: 'i', owner: null, address: undefined, options: { node: 'n1' } };
      const made = allocateAddress(model, new AllocationBook(), request);
      const given = made.ok ? made.value.made.map(({ ip }) => formatIp(ip)) : [made.error.kind];
      expect(given).toEqual(expected.length > 1 ? expected.slice(1) : ['strict-affinity']);
    });

    // `ipam_block.go`, assign: "Block host affinity does not match".
    it('an address that it names in a block of another node: not with strict affinity', () => {
      const objects = [
        ...nodes.slice(0, 2),
        two,
        block('10.1.0.0/30', 'n2', [0, null, null, null]),
        pod('p', { [`${CNI}ipAddrs`]: '["10.1.0.1"]' }),
      ];
      expect([next(modelOf(objects, {})), next(modelOf([...objects, strict], {}))]).toEqual([
        ['pods.10.1.0.0_29', '10.1.0.1'],
        ['pods.10.1.0.0_29 STRICT_AFFINITY'],
      ]);
    });

    it('asked for in another order than the blocks have: refused', () => {
      const model = modelOf([...nodes, two, block('10.1.0.0/30', 'n1', [null, null, null, null])], {});
      const asked = { count: 1, seed: '', strategy: 'lowest', pod: model.podByKey.get('ns/p') } as const;
      expect(nextFree(model, new AllocationBook(), asked)).toMatchObject({ ok: false, error: { errors: [{ pointer: '/strategy' }] } });
    });
  });
});
