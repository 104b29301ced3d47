import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { NetworkModel } from '../model/network-model.js';
import { parseCidr } from '../net/cidr.js';
import { allocateAddress } from './allocate-address.js';
import { AllocationBook } from './allocation-book.js';
import { poolCapacity } from './pool-capacity.js';

interface NodeSpec {
  readonly podCIDR?: string;
  readonly pods?: string;
  readonly unschedulable?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

const node = (name: string, { podCIDR, pods, unschedulable, labels }: NodeSpec): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, ...(labels ? { labels } : {}) },
  spec: { ...(podCIDR ? { podCIDR } : {}), ...(unschedulable ? { unschedulable } : {}) },
  status: pods ? { allocatable: { pods } } : {},
});

const pods = (nodeName: string, prefix: string, first: number, count: number, more: object = {}): readonly KubernetesObject[] =>
  Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p-${nodeName}-${prefix}${first + index}`.replaceAll('.', '-'), namespace: 't' },
    spec: { nodeName, containers: [{ name: 'c', image: 'c' }], ...more },
    status: { phase: 'Running', podIP: `${prefix}${first + index}`, podIPs: [{ ip: `${prefix}${first + index}` }] },
  }));

const pool = (spec: object): KubernetesObject => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'IPPool',
  metadata: { name: 'pool' },
  spec: spec as never,
});

function clusterOf(objects: readonly KubernetesObject[], settings: ProfileSettings): NetworkModel {
  return modelOf(objects, { serviceCIDRs: ['10.96.0.0/28'], clusterDomain: 'cluster.local', ...settings });
}

function room(objects: readonly KubernetesObject[], settings: ProfileSettings, book = new AllocationBook()) {
  const answer = finished(poolCapacity(clusterOf(objects, settings), book, {}));
  if (!answer.ok) throw new Error(answer.error.message);
  const [first] = answer.value.result.pools;
  return {
    answer: answer.value,
    pool: first,
    nodes: first?.nodes.map(({ node: name, more, limitedBy }) => `${name} ${more} ${limitedBy}`),
  };
}

const FLANNEL: ProfileSettings = { podCIDRs: ['10.244.0.0/27'], nodeCIDRMaskSizes: { v4: 29 }, cni: { plugin: 'flannel' } };
const CALICO = (cidr: string): ProfileSettings => ({ podCIDRs: [cidr], cni: { plugin: 'calico' } });

describe('how much more fits', () => {
  // host-local gives five of the eight addresses of a /29: all but the network's, the gateway and the broadcast address.
  it('by the node’s range, and by what kubelet takes: whichever is less', () => {
    const objects = [
      node('a', { podCIDR: '10.244.0.0/29', pods: '110' }),
      node('b', { podCIDR: '10.244.0.8/29', pods: '3' }),
      ...pods('a', '10.244.0.', 2, 2),
      ...pods('b', '10.244.0.', 10, 1),
      ...pods('b', '192.168.0.', 7, 1, { hostNetwork: true }),
    ];
    const { pool: first, nodes } = room(objects, FLANNEL);
    expect(nodes).toEqual(['a 3 NODE_RANGE_LIMIT', 'b 1 MAX_PODS']);
    // A /27 has four /29: two are left.
    expect(first).toMatchObject({ more: '4', moreNodes: '2', podsOnNewNode: 5 });
  });

  it('counts no range that the service CIDR lies in (`filterOutServiceRange` of the range allocator)', () => {
    const { pool: first } = room([node('a', { podCIDR: '10.244.0.0/29' })], { ...FLANNEL, serviceCIDRs: ['10.244.0.16/29'] });
    expect(first).toMatchObject({ moreNodes: '2' });
  });

  // cilium/cilium `operator/pkg/ipam/allocator/clusterpool`: nothing there knows of services.
  it.each([
    ['cluster-pool', '3'],
    ['kubernetes', '2'],
  ] as const)('counts it with Cilium’s `ipam: %s`', (ipam, moreNodes) => {
    const settings: ProfileSettings = { ...FLANNEL, cni: { plugin: 'cilium', ipam }, serviceCIDRs: ['10.244.0.16/29'] };
    expect(room([node('a', { podCIDR: '10.244.0.0/29' })], settings).pool).toMatchObject({ moreNodes });
  });

  // cidr_set_test.go, TestDoubleOccupyRelease: a range that is taken already is not taken once more.
  it.each<[serviceCIDRs: readonly string[], moreNodes: string]>([
    [['10.244.0.16/29', '10.244.0.16/28'], '1'],
    [['10.244.0.16/30', '10.244.0.20/30'], '2'],
    [['10.244.0.0/28'], '2'],
  ])('counts each range once that %j lie in', (serviceCIDRs, moreNodes) => {
    const { pool: first } = room([node('a', { podCIDR: '10.244.0.0/29' })], { ...FLANNEL, serviceCIDRs: [...serviceCIDRs] });
    expect(first).toMatchObject({ moreNodes });
  });

  it('places nothing on a cordoned node, and nothing where a node has no range', () => {
    const { nodes, answer } = room([node('a', { podCIDR: '10.244.0.0/29', unschedulable: true }), node('b', {})], {
      ...FLANNEL,
      podCIDRs: ['10.244.0.0/29'],
    });
    expect(nodes).toEqual(['a 0 NODE_UNSCHEDULABLE', 'b 0 POOL_NOT_FOR_NODE']);
    expect(answer.verdict).toBe('FULL');
  });

  it('takes kubelet’s default of 110 where a node does not say, and says so', () => {
    const { pool: first, answer } = room([node('a', { podCIDR: '10.244.0.0/24' })], {
      ...FLANNEL,
      podCIDRs: ['10.244.0.0/16'],
      nodeCIDRMaskSizes: { v4: 24 },
    });
    expect(first).toMatchObject({ more: '110', podsOnNewNode: 110, moreNodes: '255' });
    expect(answer.assumptions.map(({ code }) => code)).toContain('MAX_PODS_ASSUMED');
  });

  // projectcalico/calico `libcalico-go/lib/ipam/ipam.go`: twenty blocks of a host where nobody set a limit.
  it('by Calico’s block limit: twenty blocks of sixteen addresses', () => {
    const objects = [
      pool({ cidr: '10.0.0.0/21', blockSize: 28 }),
      node('a', { pods: '1000' }),
      node('b', { pods: '1000' }),
      ...pods('a', '10.0.0.', 0, 4),
    ];
    const { pool: first, nodes } = room(objects, CALICO('10.0.0.0/21'));
    expect(nodes).toEqual(['a 316 BLOCK_LIMIT', 'b 320 BLOCK_LIMIT']);
    expect(first).toMatchObject({ more: '636', limitedBy: 'BLOCK_LIMIT', moreNodes: '127' });
  });

  it('borrows from other nodes’ blocks once Calico’s pool has none left', () => {
    const objects = [
      pool({ cidr: '10.0.0.0/28', blockSize: 29 }),
      node('a', { pods: '100' }),
      node('b', { pods: '100' }),
      ...pods('a', '10.0.0.', 0, 3),
    ];
    const { pool: first, nodes } = room(objects, CALICO('10.0.0.0/28'));
    expect(nodes).toEqual(['a 13 POOL_LIMIT', 'b 13 POOL_LIMIT']);
    expect(first).toMatchObject({ more: '13', limitedBy: 'POOL_LIMIT', moreNodes: '1' });
  });

  // `ipam_plugin.go`, HostReservedAttrIPv4s: three addresses and the last one of each block; `ipam.go`, GetIPAMConfig: nothing unless affinity is strict.
  describe('a node with Windows', () => {
    const config = (spec: object): KubernetesObject => ({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPAMConfig',
      metadata: { name: 'default' },
      spec: { strictAffinity: true, autoAllocateBlocks: true, ...spec },
    });
    const windows = node('w', { pods: '1000', labels: { 'kubernetes.io/os': 'windows' } });
    const nodesOf = (blockSize: number, ...objects: readonly KubernetesObject[]) =>
      room([pool({ cidr: '10.0.0.0/24', blockSize }), windows, node('l', { pods: '1000' }), ...objects], CALICO('10.0.0.0/24')).nodes;

    it.each<[string, number, readonly KubernetesObject[], string]>([
      ['keeps four addresses of each block', 26, [config({})], 'w 240 STRICT_AFFINITY'],
      ['of each up to its limit', 26, [config({ maxBlocksPerHost: 3 })], 'w 180 BLOCK_LIMIT'],
      ['also of a block that it has', 26, [config({ maxBlocksPerHost: 1 }), ...pods('w', '10.0.0.', 3, 2)], 'w 58 BLOCK_LIMIT'],
      ['gets nothing of blocks of four', 30, [config({})], 'w 0 POOL_NOT_FOR_NODE'],
      ['gets nothing where nodes may borrow', 26, [], 'w 0 STRICT_AFFINITY'],
    ])('%s', (_, blockSize, objects, expected) => {
      expect(nodesOf(blockSize, ...objects)?.[1]).toBe(expected);
    });

    // `AssignIP` of the plugin claims blocks without keeping anything of them.
    it.each([
      ['keeps what an imported block says', [0, 0, 0, null, null, null, null, 0], 'w 4 BLOCK_LIMIT'],
      ['keeps nothing of an imported block that says so', [0, null, null, null, null, null, null, null], 'w 7 BLOCK_LIMIT'],
    ])('%s', (_, allocations, expected) => {
      const block: KubernetesObject = {
        apiVersion: 'crd.projectcalico.org/v1',
        kind: 'IPAMBlock',
        metadata: { name: '10-0-0-0-29' },
        spec: {
          cidr: '10.0.0.0/29',
          affinity: 'host:w',
          allocations,
          unallocated: [],
          attributes: [{ handle_id: 'windows-reserved-ipam-handle', secondary: {} }],
        },
      };
      expect(nodesOf(29, block, config({ maxBlocksPerHost: 1 }))).toEqual(['l 8 BLOCK_LIMIT', expected]);
    });
  });

  it('blocks that were handed out as one prefix are counted, and not gone through one by one', () => {
    const objects = [pool({ cidr: 'fd00::/48', blockSize: 128 }), node('a', { pods: '1000' })];
    const settings = CALICO('fd00::/48');
    const book = new AllocationBook();
    const asked = { pool: 'pods.fd00::_48', identifier: 'i', owner: null, address: undefined, prefix: parseCidr('fd00::/64'), options: {} };
    const decided = allocateAddress(clusterOf(objects, settings), book, asked);
    const [made] = decided.ok ? decided.value.made : [];
    const terms = { ordinal: 0, request: '', cooldownSeconds: 0, leaseUntil: null };
    book.enter({ type: 'allocated', sequence: 1, allocation: { ...made!, terms, sequence: 1, allocatedAt: '', allocatedBy: 'test' } });
    expect(room(objects, settings, book).pool?.moreNodes).toBe(String(2n ** 80n - 2n ** 64n));
  });

  it('keeps to the nodes that a pool of Calico selects, and gives nothing of a disabled one', () => {
    const nodes = [node('a', { pods: '100', labels: { zone: 'x' } }), node('b', { pods: '100' })];
    expect(room([pool({ cidr: '10.0.0.0/24', nodeSelector: "zone == 'x'" }), ...nodes], CALICO('10.0.0.0/24')).nodes).toEqual([
      'a 100 MAX_PODS',
      'b 0 POOL_NOT_FOR_NODE',
    ]);
    expect(room([pool({ cidr: '10.0.0.0/24', disabled: true }), ...nodes], CALICO('10.0.0.0/24')).nodes).toEqual([
      'a 0 POOL_DISABLED',
      'b 0 POOL_DISABLED',
    ]);
    const status = { conditions: [{ type: 'Allocatable', status: 'False', reason: 'CIDROverlap' }] };
    expect(room([{ ...pool({ cidr: '10.0.0.0/24' }), status }, ...nodes], CALICO('10.0.0.0/24')).nodes).toEqual([
      'a 0 POOL_DISABLED',
      'b 0 POOL_DISABLED',
    ]);
  });

  // KEP-3070: a /28 of services has 14 addresses.
  it('counts services and node ports', () => {
    const { answer } = room([node('a', { podCIDR: '10.244.0.0/29' })], FLANNEL);
    // A /28 gives 14, and the API servers keep the first (kubernetes `pkg/controlplane/instance.go`).
    expect(answer.result.pools.at(-1)).toMatchObject({ plane: 'service', more: '13', moreNodes: null, nodes: [] });
    expect(answer.result.nodePorts).toEqual({ capacity: 2768, available: 2768 });
  });

  // Each node outside the range of the cluster makes a pool of its own.
  it('as many pools as nodes: all nodes are counted, and some are listed', () => {
    const nodes = Array.from({ length: 300 }, (_, index) => node(`n${index}`, { podCIDR: `10.${index >> 8}.${index & 255}.0/30` }));
    const { pools } = room(nodes, { podCIDRs: ['192.168.0.0/24'], cni: { plugin: 'flannel' } }).answer.result;
    const ofPods = pools.filter(({ plane }) => plane === 'pod');
    expect(ofPods).toHaveLength(301);
    expect(new Set(ofPods.map(({ nodes: listed, nodeCount }) => `${listed.length} of ${nodeCount}`))).toEqual(new Set(['166 of 300']));
    expect(room(nodes, { podCIDRs: ['192.168.0.0/24'], cni: { plugin: 'flannel' } }).answer.warnings[0]?.code).toBe('NODES_CUT');
  });

  /** aws/amazon-vpc-cni-k8s `docs/cni-proposal.md`: pods have addresses of the VPC's subnets, whatever node they are on. Nothing here tells of the plugin, and the range is a guess around the pods. */
  it('of nodes is not told where the pods that are seen belie the parts that they would have', () => {
    const vpc = [
      node('a', {}),
      node('b', {}),
      ...pods('a', '172.31.3.', 57, 1),
      ...pods('a', '172.31.1.', 75, 1),
      ...pods('b', '172.31.3.', 134, 1),
    ];
    expect(room(vpc, {}).pool).toMatchObject({ pool: 'pods.172.31.0.0_16', moreNodes: null, podsOnNewNode: 110 });
    const cut = [node('a', {}), node('b', {}), ...pods('a', '10.244.0.', 5, 1), ...pods('b', '10.244.1.', 5, 1)];
    expect(room(cut, {}).pool).toMatchObject({ pool: 'pods.10.244.0.0_16', moreNodes: '254' });
  });
});
