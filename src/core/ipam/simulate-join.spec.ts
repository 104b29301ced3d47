import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import { formatIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { allocateAddress } from './allocate-address.js';
import { AllocationBook } from './allocation-book.js';
import { nodeToJoin, podToJoin } from './joining-objects.js';
import { simulateJoin } from './simulate-join.js';

const node = (name: string, podCIDRs: readonly string[], creationTimestamp?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, ...(creationTimestamp ? { creationTimestamp } : {}) },
  spec: podCIDRs.length > 0 ? { podCIDR: podCIDRs[0]!, podCIDRs } : {},
});
const pod = (name: string, nodeName: string, podIP: string, annotations = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 't', annotations },
  spec: { nodeName, containers: [{ name: 'c', image: 'c' }] },
  status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }] },
});
const pool = (name: string, cidr: string, blockSize: number, more: object = {}): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name },
  spec: { cidr, blockSize, ...more },
});
const FLANNEL: ProfileSettings = { cni: { plugin: 'flannel' }, serviceCIDRs: ['10.96.0.0/16'], podCIDRs: ['10.244.0.0/16'] };

const book = new AllocationBook();

function joinNode(model: NetworkModel, name = 'new') {
  const { verdict, result, assumptions } = simulateJoin(model, book, { add: 'node', node: nodeToJoin(name, undefined) });
  const told = result.grants.map(({ ranges, rangesAfterRestart, message }) => (ranges.length > 0 ? [ranges, rangesAfterRestart] : message));
  return { verdict, told, notes: assumptions.map(({ code }) => code) };
}

/** kubernetes `pkg/controller/nodeipam/ipam/cidrset/cidr_set.go`, `range_allocator.go`; `shared/reference/ipam-dataplane.md` §3.2. */
describe('a node that joins', () => {
  it('gets the child behind the one that was given last, that of the newest node; the lowest free one after a restart', () => {
    const nodes = [
      node('b', ['10.244.5.0/24'], '2026-02-01T00:00:00Z'),
      node('a', ['10.244.0.0/24'], '2026-01-01T00:00:00Z'),
      node('c', ['10.244.7.0/24'], '2026-01-15T00:00:00Z'),
    ];
    expect(joinNode(modelOf(nodes, FLANNEL))).toEqual({
      verdict: 'GIVEN',
      told: [[['10.244.6.0/24'], ['10.244.1.0/24']]],
      notes: ['RANGE_GIVEN_LAST'],
    });
  });

  it('wraps, and passes over what the service range occupies', () => {
    const settings = { ...FLANNEL, podCIDRs: ['10.96.0.0/22'], serviceCIDRs: ['10.96.0.0/25'] };
    const nodes = [node('a', ['10.96.3.0/24'], '2026-01-01T00:00:00Z')];
    expect(joinNode(modelOf(nodes, settings)).told).toEqual([[['10.96.1.0/24'], null]]);
  });

  it('gets nothing of a range that is full', () => {
    const nodes = ['0', '1', '2', '3'].map((third) => node(`n${third}`, [`10.244.${third}.0/24`]));
    expect(joinNode(modelOf(nodes, { ...FLANNEL, podCIDRs: ['10.244.0.0/22'] }))).toMatchObject({
      verdict: 'REFUSED',
      told: ['every /24 of 10.244.0.0/22 is taken: the node gets none (event CIDRNotAvailable)'],
    });
  });

  it('gets one of each family; more than 2^16 ranges of IPv6 are refused', () => {
    const dual = { ...FLANNEL, podCIDRs: ['10.244.0.0/16', 'fd00::/56'] };
    const model = modelOf([node('a', ['10.244.0.0/24', 'fd00::/64'], '2026-01-01T00:00:00Z')], dual);
    expect(joinNode(model).told).toEqual([
      [['10.244.1.0/24'], null],
      [['fd00:0:0:1::/64'], null],
    ]);
    const wide = joinNode(modelOf([], { ...FLANNEL, podCIDRs: ['fd00::/40'] }));
    expect([wide.verdict, String(wide.told)]).toEqual(['REFUSED', expect.stringContaining('more than 2^16 children')]);
  });

  // cilium `pkg/ipam/multipool_manager.go`, computeNeededIPsPerPoolLocked: router and health endpoint are in use, and 8 more are kept ready: 16, and a /28 gives 14.
  it.each([
    [28, ['10.10.0.0/28', '10.10.0.16/28']],
    [27, ['10.10.0.0/27']],
  ])('gets of Cilium’s default pool, cut into /%i, what its agent asks for when it starts: %j', (maskSize, ranges) => {
    const pool = {
      apiVersion: 'cilium.io/v2alpha1',
      kind: 'CiliumPodIPPool',
      metadata: { name: 'default' },
      spec: { ipv4: { cidrs: ['10.10.0.0/24'], maskSize } },
    };
    const config = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cilium-config', namespace: 'kube-system' },
      data: { ipam: 'multi-pool' },
    };
    const { told } = joinNode(modelOf([config, pool], { serviceCIDRs: ['10.96.0.0/24'], cni: { plugin: 'cilium' } }));
    expect(told).toEqual([[ranges, null]]);
  });

  // The same with `ipam-multi-pool-pre-allocation`: of 64, two in use, 128 are asked for; of `mars` none is in use and 16 are (`neededIPCeil`; a /27 gives 30).
  it('gets of every pool that Cilium’s agent keeps addresses ready of, as many as its configuration says', () => {
    const pool = (name: string, cidr: string) => ({
      apiVersion: 'cilium.io/v2alpha1',
      kind: 'CiliumPodIPPool',
      metadata: { name },
      spec: { ipv4: { cidrs: [cidr], maskSize: 27 } },
    });
    const pools = [pool('default', '10.10.0.0/24'), pool('mars', '10.20.0.0/24'), pool('venus', '10.30.0.0/24')];
    const told = (ahead: string) => {
      const data = { ipam: 'multi-pool', 'ipam-multi-pool-pre-allocation': ahead };
      const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cilium-config', namespace: 'kube-system' }, data };
      return joinNode(modelOf([config, ...pools], { serviceCIDRs: ['10.96.0.0/24'], cni: { plugin: 'cilium' } })).told;
    };
    const first = (count: number) => Array.from({ length: count }, (_, index) => `10.10.0.${index * 32}/27`);
    expect(told('default=64,mars=16')).toEqual([
      [first(5), null],
      [['10.20.0.0/27'], null],
    ]);
    // Of no pool, the agent’s own two are asked for; what the agent cannot read counts as not told.
    expect(told('mars=16')).toEqual([
      [first(1), null],
      [['10.20.0.0/27'], null],
    ]);
    expect(told('default=many')).toEqual([[first(1), null]]);
    expect(told('default=32')).toEqual([[first(3), null]]);
  });

  // Bounded work: the flag takes 32 bits (`ParseMultiPoolPreAllocMap`), and a pool may be cut into ranges of one address.
  it('is told the first of very many ranges, however many addresses are to be kept ready', () => {
    const ipv4 = { cidrs: ['10.0.0.0/8'], maskSize: 32 };
    const all = { apiVersion: 'cilium.io/v2alpha1', kind: 'CiliumPodIPPool', metadata: { name: 'default' }, spec: { ipv4 } };
    const model = modelOf([all], { serviceCIDRs: ['172.20.0.0/24'], cni: { plugin: 'cilium', preAllocated: { default: 2_147_483_647 } } });
    const { result } = simulateJoin(model, book, { add: 'node', node: nodeToJoin('new', undefined) });
    expect(result.grants.map(({ ranges }) => [ranges.length, ranges[0], ranges.at(-1)])).toEqual([[1_000, '10.0.0.0/32', '10.0.3.231/32']]);
    expect(result.grants[0]?.message).toContain('more than 1000 are not looked for');
  });

  it('has no part of the range with Weave Net; what a cloud gives nobody tells', () => {
    expect(joinNode(modelOf([], { ...FLANNEL, cni: { plugin: 'weave' } })).verdict).toBe('NOT_ASKED');
    expect(joinNode(modelOf([], { ...FLANNEL, cni: { plugin: 'gke-dataplane-v2' } })).verdict).toBe('UNKNOWN');
  });

  it('gets no range where addresses are those of interfaces, as with Cilium’s `ipam: eni` (`Documentation/network/concepts/ipam/eni.rst`)', () => {
    for (const cni of [{ plugin: 'cilium', mode: 'eni' }, { plugin: 'cilium', ipam: 'azure' }, { plugin: 'aws-vpc-cni' }]) {
      const model = modelOf([node('a', [])], { ...FLANNEL, podCIDRs: [], cni });
      const told = [
        'pods get addresses of interfaces or ranges that something outside the cluster gives its node: a node has no part of a range',
      ];
      expect(joinNode(model)).toMatchObject({ verdict: 'NOT_ASKED', told });
      expect(joinPod(model, 'a')).toMatchObject({
        verdict: 'UNKNOWN',
        result: { grants: [{ reason: 'POOL_HAS_NO_STRATEGY', addresses: [] }] },
      });
    }
  });

  it('gets no child of the service range of kube-controller-manager, with Cilium’s `ipam: kubernetes` too; its own operator looks at none', () => {
    const settings = (ipam: string) => ({
      ...FLANNEL,
      podCIDRs: ['10.96.0.0/22'],
      serviceCIDRs: ['10.96.0.0/25'],
      cni: { plugin: 'cilium', ipam },
    });
    expect(joinNode(modelOf([], settings('kubernetes'))).told).toEqual([[['10.96.1.0/24'], null]]);
    expect(joinNode(modelOf([], settings('cluster-pool'))).told).toEqual([[['10.96.0.0/24'], null]]);
  });

  it('is nobody’s to tell of where neither a plugin nor a range of a node is seen', () => {
    expect(joinNode(modelOf([node('a', [])], {})).verdict).toBe('UNKNOWN');
    expect(joinPod(modelOf([node('a', [])], {}), 'a').verdict).toBe('UNKNOWN');
    const seen = modelOf([node('a', ['10.244.0.0/24'], '2026-01-01T00:00:00Z')], {});
    expect(joinNode(seen)).toMatchObject({ verdict: 'GIVEN', told: [[['10.244.1.0/24'], null]] });
  });

  it('has nothing with Calico until a pod comes: then a block of its own', () => {
    const model = modelOf([pool('p', '10.1.0.0/24', 26), node('a', [])], { cni: { plugin: 'calico' } });
    expect(joinNode(model)).toMatchObject({ verdict: 'GIVEN', told: [[[expect.stringMatching(/^10\.1\.0\.(0|64|128|192)\/26$/)], null]] });
    const elsewhere = modelOf([pool('p', '10.1.0.0/24', 26, { nodeSelector: "zone == 'x'" })], { cni: { plugin: 'calico' } });
    expect(joinNode(elsewhere)).toMatchObject({ verdict: 'REFUSED', told: ['no configured Calico pools for node new'] });
  });
});

/** `libcalico-go/lib/ipam/ipam_block_reader_writer.go`, determineSeed: the name of the node, for blocks of one address the time. The block is the one that clusters of kind have. */
it('a node of Calico gets the block that its name leads to; which block of one address it gets is chance', () => {
  const join = (blockSize: number) =>
    joinNode(modelOf([pool('p', '192.168.0.0/16', blockSize), node('a', [])], { cni: { plugin: 'calico' } }), 'kind-worker');
  const [named, drawn] = [join(26), join(32)];
  expect(named.told).toEqual([[['192.168.162.128/26'], null]]);
  expect([named, drawn].map(({ notes }) => notes.includes('BLOCK_BY_CHANCE'))).toEqual([false, true]);
});

function joinPod(model: NetworkModel, nodeName: string, count = 1, like?: string) {
  const on = model.nodes.get(nodeName)!;
  const join = {
    add: 'pod',
    node: on,
    pod: podToJoin(model, on, 't', like === undefined ? undefined : model.podByKey.get(like)),
    count,
  } as const;
  return simulateJoin(model, book, join);
}

describe('pods that join', () => {
  it('get addresses of the range of their node, or none', () => {
    const nodes = [node('a', ['10.244.0.0/30']), pod('web', 'a', '10.244.0.2'), node('b', ['10.244.0.8/29'])];
    const model = modelOf(nodes, { ...FLANNEL, podCIDRs: ['10.244.0.0/24'] });
    // host-local gives .2 to .(broadcast − 1), the gateway has .1.
    expect(joinPod(model, 'b', 2).result.grants).toMatchObject([{ outcome: 'GIVEN', addresses: ['10.244.0.10', '10.244.0.11'] }]);
    expect(joinPod(model, 'a')).toMatchObject({ verdict: 'REFUSED', result: { grants: [{ reason: 'POOL_EXHAUSTED', addresses: [] }] } });
  });

  it('get of Calico what an allocation for the node would, without one', () => {
    const model = modelOf([pool('p', '10.1.0.0/24', 26), node('a', []), pod('web', 'a', '10.1.0.70')], { cni: { plugin: 'calico' } });
    const { grants } = joinPod(model, 'a', 3).result;
    const request = { pool: 'pods.10.1.0.0_24', identifier: 'i', owner: null, address: undefined, options: { node: 'a', count: 3 } };
    const made = allocateAddress(model, book, request);
    expect(grants[0]?.addresses).toEqual(made.ok ? made.value.made.map(({ ip }) => formatIp(ip)) : made.error);
    // The block that the pod of the node is in.
    expect(grants[0]).toMatchObject({ pool: 'pods.10.1.0.0_24', parts: [{ cidr: '10.1.0.64/26', use: 'own', owner: 'a', count: 3 }] });
  });

  it('lose half a dual-stack success: it is released, and the pod fails (`cni-plugin/pkg/ipamplugin/ipam_plugin.go`, cmdAdd)', () => {
    const pools = [pool('four', '10.1.0.0/24', 26), pool('six', 'fd00::/122', 122, { disabled: true }), node('a', [])];
    const { verdict, result } = joinPod(modelOf(pools, { cni: { plugin: 'calico' } }), 'a');
    expect(verdict).toBe('REFUSED');
    expect(result.grants.map(({ outcome, message }) => [outcome, message])).toEqual([
      ['REFUSED', expect.stringMatching(/^10\.1\.0\.\d+ would be given, and goes back: the pod fails, as it gets no IPv6 address$/)],
      ['REFUSED', 'cannot find a qualified ippool'],
    ]);
    // One address of IPv6, which somebody has.
    const full = [pool('four', '10.1.0.0/24', 26), pool('six', 'fd00::/128', 128), node('a', []), pod('web', 'a', 'fd00::')];
    expect(joinPod(modelOf(full, { cni: { plugin: 'calico' } }), 'a').result.grants[1]?.message).toBe(
      'failed to request IPv6 addresses: Assigned 0 out of 1 requested IPv6 addresses; No IPs available in pools: [fd00::/128]',
    );
  });

  // cni-plugin/pkg/ipamplugin/ipam_plugin.go: "Default to NOT assigning an IPv6 address"; tigera/operator pkg/render/node.go writes `assign_ipv6` where there is a pool.
  it('are taken to get an IPv6 address where nothing tells whether Calico’s plugin asks for one', () => {
    const pools = [pool('four', '10.1.0.0/24', 26), pool('six', 'fd00::/112', 122), node('a', [])];
    const codes = (...more: readonly KubernetesObject[]) =>
      joinPod(modelOf([...pools, ...more], { cni: { plugin: 'calico' } }), 'a').assumptions.map(({ code }) => code);
    const config = (ipam: object): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'calico-config', namespace: 'kube-system' },
      data: { cni_network_config: JSON.stringify({ plugins: [{ type: 'calico', ipam: { type: 'calico-ipam', ...ipam } }] }) },
    });
    expect(codes()).toContain('IPV6_ASSIGNMENT_ASSUMED');
    expect(codes(pod('web', 'a', 'fd00::9'))).not.toContain('IPV6_ASSIGNMENT_ASSUMED');
    expect(codes(config({ assign_ipv6: 'true' }))).not.toContain('IPV6_ASSIGNMENT_ASSUMED');
    expect(codes(config({}))).not.toContain('IPV6_ASSIGNMENT_ASSUMED');
  });

  it('ask for what the pod asks for that they are like', () => {
    const named = pod('web', 'a', '10.2.0.5', { 'cni.projectcalico.org/ipv4pools': '["10.2.0.0/24"]' });
    const fixed = pod('db', 'a', '10.2.0.9', { 'cni.projectcalico.org/ipAddrs': '["10.2.0.9"]' });
    const pools = [pool('one', '10.1.0.0/24', 26), pool('two', '10.2.0.0/24', 26, { assignmentMode: 'Manual' }), node('a', [])];
    const model = modelOf([...pools, named, fixed], { cni: { plugin: 'calico' } });
    expect(joinPod(model, 'a').result.grants[0]?.addresses).toEqual([expect.stringMatching(/^10\.1\.0\./)]);
    expect(joinPod(model, 'a', 1, 't/web').result.grants[0]?.addresses).toEqual([expect.stringMatching(/^10\.2\.0\./)]);
    expect(joinPod(model, 'a', 1, 't/db').result.grants[0]).toMatchObject({ outcome: 'REFUSED', reason: 'NAMED_ADDRESS_TAKEN' });
  });
});

/** "Can't have both annotations", and errors of `json.Unmarshal` and of pools that are not there, end the command for both families (`cni-plugin/pkg/k8s/k8s.go`, CmdAddK8s). */
describe('pods of Calico that ask for what cannot be', () => {
  const pools = [pool('four', '10.1.0.0/24', 26), pool('six', 'fd00::/112', 122), pool('shut', '10.2.0.0/24', 26, { disabled: true })];
  const asking = (annotations: object, count = 1) => {
    const model = modelOf([...pools, node('a', []), pod('web', 'a', '10.9.0.1', annotations)], { cni: { plugin: 'calico' } });
    const { verdict, result } = joinPod(model, 'a', count, 't/web');
    return [verdict, ...result.grants.map(({ outcome }) => outcome)];
  };

  it.each([
    ['a list that is none', { 'cni.projectcalico.org/ipv4pools': '[broken' }],
    ['a pool that is disabled', { 'cni.projectcalico.org/ipv4pools': '["shut"]' }],
    ['a pool that is not there', { 'cni.projectcalico.org/ipv4pools': '["none"]' }],
    ['families that are none', { 'cni.projectcalico.org/ipFamilies': '["IPv5"]' }],
    // projectcalico/calico `cni-plugin/tests/calico_cni_k8s_test.go`: "should return an error if multiple addresses are requested using ipAddrsNoIpam"; `cni-plugin/pkg/k8s/k8s.go`, validateAndExtractIPs.
    ['several addresses past the pools', { 'cni.projectcalico.org/ipAddrsNoIpam': '["10.0.0.1", "10.0.0.2"]' }],
    ['addresses past the pools that are none', { 'cni.projectcalico.org/ipAddrsNoIpam': '["ten"]' }],
    ['several addresses of the other family', { 'cni.projectcalico.org/ipAddrs': '["10.1.0.9", "fd00::1", "fd00::2"]' }],
    ['both kinds of addresses', { 'cni.projectcalico.org/ipAddrs': '["10.1.0.1"]', 'cni.projectcalico.org/ipAddrsNoIpam': '["10.1.0.1"]' }],
  ])('get nothing: %s', (_, annotations) => {
    expect(asking(annotations)).toEqual(['REFUSED', 'REFUSED', 'REFUSED']);
  });

  it('get of one family what they ask of it alone', () => {
    expect(asking({ 'cni.projectcalico.org/ipFamilies': '["IPv6"]' })).toEqual(['GIVEN', 'NOT_ASKED', 'GIVEN']);
  });

  it('cannot share one address', () => {
    const fixed = { 'cni.projectcalico.org/ipAddrs': '["10.1.0.9"]' };
    expect(asking(fixed)).toEqual(['GIVEN', 'GIVEN', 'NOT_ASKED']);
    expect(asking(fixed, 2)).toEqual(['REFUSED', 'REFUSED', 'NOT_ASKED']);
  });
});

it('services that join get addresses of the upper band, of each family that they ask', () => {
  const model = modelOf([], { ...FLANNEL, serviceCIDRs: ['10.96.0.0/24', 'fd01::/112'] });
  const { verdict, result, assumptions } = simulateJoin(model, book, { add: 'service', families: [4, 6], count: 2, seed: 'new' });
  expect([verdict, result.grants.map(({ addresses }) => addresses.length)]).toEqual(['GIVEN', [2, 2]]);
  expect(result.grants[0]?.addresses.every((ip) => Number(ip.split('.')[3]) > 16)).toBe(true);
  expect(assumptions.map(({ code }) => code)).toContain('CLUSTER_IP_BY_CHANCE');
});
