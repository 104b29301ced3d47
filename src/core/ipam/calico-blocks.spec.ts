import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { allocateAddress } from './allocate-address.js';
import { AllocationBook } from './allocation-book.js';
import { ipamLint } from './ipam-lint.js';
import { listPools } from './list-pools.js';
import { ownIp } from './own-ip.js';
import { poolCapacity } from './pool-capacity.js';

type Claims = Readonly<Record<number, { readonly handle: string; readonly pod?: string; readonly node?: string; readonly type?: string }>>;

const calico = (kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind,
  metadata: { name },
  spec: spec as never,
});

/** A block of four addresses. */
const block = (cidr: string, affinity: string | undefined, claims: Claims): KubernetesObject => {
  const taken = Object.entries(claims);
  const places = [0, 1, 2, 3].map((ordinal) => taken.findIndex(([key]) => Number(key) === ordinal));
  return calico('IPAMBlock', cidr.replaceAll(/[./]/g, '-'), {
    cidr,
    ...(affinity === undefined ? {} : { affinity: `host:${affinity}` }),
    allocations: places.map((place) => (place < 0 ? null : place)),
    attributes: taken.map(([, { handle, pod, node, type }]) => ({
      handle_id: handle,
      secondary: { ...(pod ? { namespace: 't', pod } : {}), ...(node ? { node } : {}), ...(type ? { type } : {}) },
    })),
  });
};

const node = (name: string, annotations: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, annotations },
  status: { allocatable: { pods: '110' } },
});

const pod = (name: string, nodeName: string, podIP: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 't' },
  spec: { nodeName, containers: [{ name: 'c', image: 'c' }] },
  status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }] },
});

const POOL = calico('IPPool', 'pool', { cidr: '10.0.0.0/28', blockSize: 30 });
const NODES = [node('a'), node('b')];

const cluster = (objects: readonly KubernetesObject[], nodes: readonly KubernetesObject[] = NODES): NetworkModel =>
  modelOf([POOL, ...nodes, ...objects], { serviceCIDRs: ['10.96.0.0/28'], cni: { plugin: 'calico' } });

const lint = (model: NetworkModel) =>
  finished(ipamLint(model, new AllocationBook(), { codes: undefined, severity: 'info', limit: 100 })).result.findings.map(
    ({ code, message }) => `${code}: ${message}`,
  );

/** The classes of projectcalico/calico `calicoctl/calicoctl/commands/ipam/check.go`. */
describe('calicoctl ipam check', () => {
  it('finds nothing where blocks, pods and handles agree', () => {
    const objects = [
      block('10.0.0.0/30', 'a', { 0: { handle: 'net.1', pod: 'web', node: 'a' } }),
      calico('IPAMHandle', 'net.1', { handleID: 'net.1', block: { '10.0.0.0/30': 1 } }),
      calico('BlockAffinity', 'a-10-0-0-0-30', { cidr: '10.0.0.0/30', node: 'a', state: 'confirmed' }),
      pod('web', 'a', '10.0.0.0'),
    ];
    expect(lint(cluster(objects))).toEqual([]);
  });

  it('sees addresses that are allocated and not in use, and not those of tunnels and for Windows', () => {
    const tunnel = { 'projectcalico.org/IPv4VXLANTunnelAddr': '10.0.0.2' };
    const claims: Claims = {
      0: { handle: 'net.1', pod: 'web', node: 'a' },
      1: { handle: 'net.2', pod: 'gone', node: 'a' },
      2: { handle: 'vxlan-tunnel-addr-a', node: 'a', type: 'vxlanTunnelAddress' },
      3: { handle: 'windows-reserved-ipam-handle' },
    };
    const objects = [block('10.0.0.0/30', 'a', claims), pod('web', 'a', '10.0.0.0')];
    const leak = 'BLOCK_LEAK: 10.0.0.1 belongs to handle net.2 (Pod t/gone) of Calico’s block 10.0.0.0/30, and nobody is seen with it';
    expect(lint(cluster(objects, [node('a', tunnel), node('b')]))).toEqual([leak]);
    // The node has another address by now: that of the block is leaked.
    const moved = lint(cluster(objects, [node('a', { 'projectcalico.org/IPv4VXLANTunnelAddr': '10.0.0.9' }), node('b')]));
    expect(moved).toEqual([
      leak,
      'BLOCK_LEAK: 10.0.0.2 belongs to handle vxlan-tunnel-addr-a (vxlanTunnelAddress) of Calico’s block 10.0.0.0/30, and nobody is seen with it',
    ]);
    // Nodes whose annotations were not kept tell nothing, and neither does an import without pods.
    expect(lint(cluster(objects.slice(0, 1)))).toEqual([]);
  });

  // kube-controllers/pkg/controllers/node/ipam.go, checkAllocations and allocationIsValid; `shared/reference/ipam-dataplane.md` §3.1, garbage collection.
  it('tells when Calico’s controllers free a leak by themselves', () => {
    const claims = {
      0: { handle: 'net.1', pod: 'gone', node: 'a' },
      1: { handle: 'net.2', pod: 'lost', node: 'far' },
      2: { handle: 'net.3', pod: 'gone', node: 'a' },
      3: { handle: 'net.4', node: 'a' },
    };
    // The handle of the third has an address that a pod is seen with.
    const other = block('10.0.0.4/30', 'a', { 0: { handle: 'net.3', pod: 'web', node: 'a' } });
    const objects = [block('10.0.0.0/30', 'a', claims), other, pod('web', 'a', '10.0.0.4')];
    const fixes = (more: readonly KubernetesObject[] = []) =>
      finished(
        ipamLint(cluster([...objects, ...more]), new AllocationBook(), { codes: ['BLOCK_LEAK'], severity: 'info', limit: 100 }),
      ).result.findings.map(({ fix }) => fix.split(';')[0]);
    const rest = [
      'Calico’s controllers free it at once: node far is gone',
      'Calico’s controllers keep it: another address of its handle is in use, and they free all or none',
      'Calico’s controllers never free it: it names no pod, so they take it for used',
    ];
    const grace = (text: string) => `Calico’s controllers free it once it has been nobody’s for ${text} (\`leakGracePeriod\`)`;
    expect(fixes()).toEqual([grace('15 min'), ...rest]);
    const settings = (leakGracePeriod: string) =>
      calico('KubeControllersConfiguration', 'default', { controllers: { node: { leakGracePeriod } } });
    expect(fixes([settings('1h0m30s')])).toEqual([grace('60 min 30 s'), ...rest]);
    expect(fixes([settings('0')])[0]).toBe('Calico’s controllers never free it: `leakGracePeriod` is 0');
  });

  // onBlockUpdated: "We need the handle in order to release the IP"; allocationState keeps account of allocations by node.
  it('tells that Calico’s controllers never free what has no handle, or names no node', () => {
    const nobodys = calico('IPAMBlock', 'nobodys', {
      cidr: '10.0.0.4/30',
      affinity: 'host:a',
      allocations: [0, 1, null, null],
      attributes: [
        { secondary: { namespace: 't', pod: 'gone', node: 'a' } },
        { handle_id: 'h', secondary: { namespace: 't', pod: 'gone' } },
      ],
    });
    const model = cluster([nobodys, pod('web', 'a', '192.168.7.7')]);
    const { findings } = finished(ipamLint(model, new AllocationBook(), { codes: ['BLOCK_LEAK'], severity: 'info', limit: 9 })).result;
    expect(findings.map(({ fix }) => fix.split(';')[0])).toEqual([
      'Calico’s controllers never free it: it has no handle to release it by',
      'Calico’s controllers never free it: it names no node, and they look at addresses of nodes alone',
    ]);
  });

  // onBlockUpdated: numAllocationsInBlock counts what a Windows host keeps and what rests, so that the block is never among the empty ones.
  it('takes a block for used of which a Windows host keeps the ends', () => {
    const one = block('10.0.0.0/30', 'a', { 0: { handle: 'net.1', pod: 'web', node: 'a' } });
    const windows = block('10.0.0.4/30', 'a', { 0: { handle: 'windows-reserved-ipam-handle' } });
    expect(lint(cluster([one, windows, pod('web', 'a', '10.0.0.0')]))).toEqual([]);
  });

  it('takes no address for leaked whose pod does not tell its own yet, unless that has come to another node', () => {
    const silent = (nodeName: string): KubernetesObject => ({ ...pod('web', nodeName, '10.0.0.9'), status: { phase: 'Pending' } });
    const objects = [block('10.0.0.0/30', 'a', { 0: { handle: 'net.1', pod: 'web', node: 'a' } }), pod('other', 'b', '192.168.7.7')];
    const codes = (one: KubernetesObject) => lint(cluster([...objects, one])).filter((text) => text.startsWith('BLOCK_LEAK')).length;
    expect([codes(silent('a')), codes(silent('b'))]).toEqual([0, 1]);
  });

  // projectcalico/calico `libcalico-go/lib/ipam/accounting/tracker_test.go`: TestUnreferenced, TestUnreferencedKeepsWhatTheBlockCannotJudge, TestWindowsReservedIsNotAWorkload, TestAllocationKind, TestUnreferencedClearedOwnerNeedsAReference.
  it.each<[string, Claims[number], string[]]>([
    ['a tunnel’s address that a pod is seen with', { handle: 'h', node: 'a', type: 'ipipTunnelAddress' }, ['CLAIMED_FOR_ANOTHER']],
    ['a pod’s that a tunnel has', { handle: 'h', pod: 'gone', node: 'a' }, ['BLOCK_LEAK']],
    ['what may be a tunnel’s that a tunnel has', { handle: 'h', node: 'a' }, []],
    ['a kind that is not known', { handle: 'new', node: 'a', type: 'somethingNew' }, []],
    ['assigned by hand', { handle: 'manual', node: 'a' }, ['BLOCK_LEAK']],
    ['what Windows keeps, in other letters', { handle: 'Windows-Reserved-IPAM-Handle' }, []],
    ['a virtual machine that is stopped', { handle: 'k8s-pod-network.vmi.default.vm1', node: 'a' }, []],
    ['a load balancer’s that a tunnel has', { handle: 'h', type: 'LoadBalancer' }, ['BLOCK_LEAK']],
  ])('judges an address by what it is for: %s', (what, claim, codes) => {
    const ordinal = what.includes('tunnel has') ? 1 : what.includes('pod is seen') ? 0 : 2;
    const service: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace: 't' },
      spec: { ports: [{ port: 80 }] },
    };
    const objects = [block('10.0.0.0/30', 'a', { [ordinal]: claim }), pod('web', 'a', ordinal === 0 ? '10.0.0.0' : '192.168.7.7'), service];
    const telling = node('a', { 'projectcalico.org/IPv4VXLANTunnelAddr': '10.0.0.1' });
    const found = lint(cluster(objects, [telling, node('b')])).map((line) => line.split(':')[0]);
    expect(found.filter((code) => code === 'BLOCK_LEAK' || code === 'CLAIMED_FOR_ANOTHER')).toEqual(codes);
  });

  // `libcalico-go/lib/backend/k8s/resources/ipam_block.go`, Get; `accounting/tracker_test.go`, TestBlockUpdateReplacesEarlierCopy; `calicoctl/calicoctl/commands/ipam/check_leaks_test.go`, "marks an address in a deleted block in use only while something references it".
  it('passes over blocks, claims and handles that are marked as deleted, not over who has addresses of such blocks', () => {
    const marked = (one: KubernetesObject, deleted: boolean | string): KubernetesObject => ({
      ...one,
      spec: { ...(one.spec as object), deleted },
    });
    const leaving = block('10.0.0.0/30', 'gone', {
      1: { handle: 'held', pod: 'held', node: 'a' },
      2: { handle: 'left', pod: 'left', node: 'a' },
    });
    const objects = [
      marked(leaving, true),
      calico('IPAMHandle', 'held', { handleID: 'held' }),
      calico('IPAMHandle', 'left', { handleID: 'left' }),
      block('10.0.0.4/30', 'a', { 0: { handle: 'net.2', pod: 'web', node: 'a' } }),
      marked(calico('BlockAffinity', 'one', { cidr: '10.0.0.8/30', node: 'a', state: 'confirmed' }), 'true'),
      calico('BlockAffinity', 'two', { cidr: '10.0.0.4/30', node: 'a', state: 'confirmed', deleted: 'false' }),
      marked(calico('IPAMHandle', 'net.2', { handleID: 'net.2', block: { '10.0.0.4/30': 1 } }), true),
      pod('web', 'a', '10.0.0.4'),
      pod('held', 'a', '10.0.0.1'),
    ];
    const model = cluster(objects);
    expect(lint(model).map((line) => line.split(',')[0])).toEqual([
      'BLOCK_LEAK: 10.0.0.2 belongs to handle left (Pod t/left) of Calico’s block 10.0.0.0/30',
      'NOT_IN_BLOCK: Pod t/held has 10.0.0.1 of the pool 10.0.0.0/28',
      'HANDLE_MISSING: 10.0.0.4 is taken under handle `net.2`',
    ]);
    const answer = finished(listPools(model, new AllocationBook(), {}, true));
    expect(answer.ok && answer.value.result.pools[0]?.blocks?.map(({ cidr }) => cidr)).toEqual(['10.0.0.4/30']);
  });

  // `check_leaks_test.go`, "holds a tunnel address from before attributes while its node names it".
  it('takes what has neither handle nor attributes for an old tunnel’s', () => {
    const spec = { cidr: '10.0.0.0/30', affinity: 'host:a', allocations: [null, 0, 1, null], attributes: [{}, {}] };
    const objects = [calico('IPAMBlock', 'old', spec)];
    const telling = node('a', { 'projectcalico.org/IPv4VXLANTunnelAddr': '10.0.0.1' });
    const addresses = (nodes: readonly KubernetesObject[]) =>
      lint(cluster(objects, nodes)).map((line) => line.split(' ').slice(0, 2).join(' '));
    expect([addresses([telling, node('b')]), addresses(NODES)]).toEqual([['BLOCK_LEAK: 10.0.0.2'], []]);
  });

  // `calicoctl/calicoctl/commands/ipam/check_test.go`, validateBlock; that a time of release is in the future nobody can tell who does not know when the block was read.
  it.each<[string, object, string | undefined]>([
    ['no error for an empty block', { unallocated: [0, 1, 2, 3], attributes: [] }, undefined],
    [
      'invalid attr index',
      { allocations: [99, null, null, null], unallocated: [1, 2, 3], attributes: [] },
      'points at attributes that it does not hold, in 1 places',
    ],
    [
      'negative attr index',
      { allocations: [-1, null, null, null], unallocated: [1, 2, 3], attributes: [] },
      'points at attributes that it does not hold, in 1 places',
    ],
    [
      'attribute not pointed to',
      { unallocated: [0, 1, 2, 3], attributes: [{ handle_id: 'uhoh' }] },
      'holds attributes 0, at which no place points',
    ],
    ['twice in Unallocated', { unallocated: [0, 1, 1, 2, 3], attributes: [] }, 'lists place 1 twice as free'],
    [
      'an allocated ordinal in Unallocated',
      { allocations: [null, 0, null, null], unallocated: [0, 1, 2, 3], attributes: [{ handle_id: 'h' }] },
      'lists place 1 as free, which is taken',
    ],
    [
      'an unallocated ordinal is too large',
      { unallocated: [0, 2, 3, 99], attributes: [] },
      'lists place 99 as free, which it does not have',
    ],
    [
      'does not sum to NumAddresses',
      { allocations: [null, 0, 0, null], unallocated: [0], attributes: [{ handle_id: 'h' }] },
      'lists 1 places as free, and 2 are',
    ],
    ['a list that is none', { unallocated: [0, 1, '2', null], attributes: [] }, 'lists place "2" as free, which it does not have'],
  ])('validates a block: %s', (_, more, fault) => {
    const spec = { cidr: '10.0.0.0/30', affinity: 'host:a', allocations: [null, null, null, null], ...more };
    const found = lint(cluster([calico('IPAMBlock', 'one', spec)])).filter((line) => line.startsWith('BLOCK_INVALID'));
    expect(found).toEqual(fault === undefined ? [] : [`BLOCK_INVALID: block one ${fault}`]);
  });

  it('tells of empty blocks that are given up, and not of the last one of a node', () => {
    const one = block('10.0.0.0/30', 'a', { 0: { handle: 'net.1', pod: 'web', node: 'a' } });
    const empty = block('10.0.0.4/30', 'a', {});
    const objects = [one, empty, block('10.0.0.8/30', 'b', {}), pod('web', 'a', '10.0.0.0')];
    expect(lint(cluster(objects))).toEqual(['BLOCK_EMPTY: block 10.0.0.4/30 of node a is empty, and the node has 2']);
  });

  it('sees addresses that are in use and not allocated, and those that are another pod’s', () => {
    const objects = [
      block('10.0.0.0/30', 'a', { 0: { handle: 'net.1', pod: 'web', node: 'a' } }),
      pod('thief', 'a', '10.0.0.0'),
      pod('stray', 'a', '10.0.0.3'),
    ];
    expect(lint(cluster(objects))).toEqual([
      'CLAIMED_FOR_ANOTHER: Pod t/thief is seen with 10.0.0.0, which belongs to handle net.1 (Pod t/web) of Calico’s block 10.0.0.0/30: it is given away once that is released',
      'NOT_IN_BLOCK: Pod t/stray has 10.0.0.3 of the pool 10.0.0.0/28, and no block gives it to anybody: another pod may get it too',
    ]);
  });

  // `api/pkg/apis/projectcalico/v3/ipamblocks.go`, AllocationAttribute: AlternateOwnerAttrs.
  it('takes the other pod of a virtual machine that moves for an owner', () => {
    const moving = calico('IPAMBlock', 'moving', {
      cidr: '10.0.0.0/31',
      affinity: 'host:a',
      allocations: [0, null],
      attributes: [{ handle_id: 'vm.1', secondary: { namespace: 't', pod: 'from' }, alternate: { namespace: 't', pod: 'to' } }],
    });
    const owned = (name: string) => lint(cluster([moving, pod(name, 'a', '10.0.0.0')])).map((line) => line.split(':')[0]);
    expect([owned('from'), owned('to'), owned('thief')]).toEqual([[], [], ['CLAIMED_FOR_ANOTHER']]);
  });

  it('sees handles without addresses, and addresses with a missing handle', () => {
    const objects = [
      block('10.0.0.0/30', 'a', { 0: { handle: 'Net.1', pod: 'web' }, 1: { handle: 'net.2', pod: 'api' } }),
      calico('IPAMHandle', 'net.1', { handleID: 'Net.1', block: { '10.0.0.0/30': 1 } }),
      calico('IPAMHandle', 'net.3', { handleID: 'net.3', block: {} }),
      pod('web', 'a', '10.0.0.0'),
      pod('api', 'a', '10.0.0.1'),
    ];
    expect(lint(cluster(objects))).toEqual([
      'HANDLE_WITHOUT_ADDRESS: no block has an address under handle `net.3`',
      'HANDLE_MISSING: 10.0.0.1 is taken under handle `net.2`, of which there is no IPAMHandle: a release by handle does not free it',
    ]);
  });

  // projectcalico/calico `kube-controllers/pkg/controllers/node/ipam_handle_gc_test.go`, classifyHandle and computeExpectedHandles; an orphan has nothing in any block, which is HANDLE_WITHOUT_ADDRESS.
  it.each<[string, Readonly<Record<string, number>> | undefined, string | null]>([
    ['OK when handle and expected match', { '10.0.0.0/30': 2 }, null],
    ['a handle that counts nothing at all', undefined, null],
    ['Skewed when counts disagree', { '10.0.0.0/30': 5 }, '5 addresses of block 10.0.0.0/30, which gives it 2'],
    ['Skewed when counts disagree, the other way', { '10.0.0.0/30': 1 }, '1 addresses of block 10.0.0.0/30, which gives it 2'],
    [
      'Skewed when block keys differ',
      { '10.0.0.4/30': 2 },
      '2 addresses of block 10.0.0.4/30, which gives it 0, 0 addresses of block 10.0.0.0/30, which gives it 2',
    ],
    ['Skewed when it counts nothing', {}, '0 addresses of block 10.0.0.0/30, which gives it 2'],
  ])('compares what a handle counts with its blocks: %s', (_, counts, message) => {
    const objects = [
      block('10.0.0.0/30', 'a', { 0: { handle: 'h1', pod: 'web', node: 'a' }, 1: { handle: 'h1', pod: 'web', node: 'a' } }),
      calico('IPAMHandle', 'h1', { handleID: 'h1', ...(counts ? { block: counts } : {}) }),
      pod('web', 'a', '10.0.0.0'),
      pod('web', 'a', '10.0.0.1'),
    ];
    const found = lint(cluster(objects)).filter((line) => line.startsWith('HANDLE'));
    expect(found).toEqual(
      message === null ? [] : [`HANDLE_MISCOUNTS: handle \`h1\` counts ${message}: a release by handle looks for its blocks there`],
    );
  });

  it('sees blocks of nobody, of a node that is gone, and such that overlap or contradict themselves', () => {
    const objects = [
      block('10.0.0.0/30', undefined, {}),
      block('10.0.0.4/30', 'gone', {}),
      calico('IPAMBlock', 'wide', { cidr: '10.0.0.8/29', affinity: 'host:a', allocations: [null], attributes: [] }),
      block('10.0.0.12/30', 'a', {}),
    ];
    expect(lint(cluster(objects))).toEqual([
      'BLOCK_INVALID: block 10.0.0.12/30 lies in block 10.0.0.8/29: an address may be given away twice',
      'BLOCK_INVALID: block wide is 10.0.0.8/29 and lists 1 places',
      'NODE_GONE: block 10.0.0.4/30 belongs to node gone, which there is not; 0 of its addresses are taken',
      'BLOCK_EMPTY: block 10.0.0.12/30 of node a is empty, and the node has 2',
      'BLOCK_EMPTY: block 10.0.0.8/29 of node a is empty, and the node has 2',
      'BLOCK_WITHOUT_AFFINITY: block 10.0.0.0/30 belongs to no host, and 0 of its addresses are taken: each needs a route of its own',
    ]);
  });

  it('sees blocks and affinities that do not agree', () => {
    const affinity = (name: string, cidr: string, host: string, state: string) =>
      calico('BlockAffinity', name, { cidr, node: host, state, deleted: 'false' });
    const objects = [
      block('10.0.0.0/30', 'a', {}),
      block('10.0.0.4/30', 'a', {}),
      affinity('one', '10.0.0.0/30', 'b', 'confirmed'),
      affinity('two', '10.0.0.8/30', 'b', 'confirmed'),
      affinity('three', '10.0.0.12/30', 'b', 'pending'),
    ];
    expect(lint(cluster(objects))).toEqual([
      'AFFINITY_MISMATCH: block 10.0.0.0/30 says that it belongs to a, and the BlockAffinity says: to b (confirmed)',
      'AFFINITY_MISMATCH: block 10.0.0.4/30 says that it belongs to a, and no BlockAffinity says so',
      'AFFINITY_MISMATCH: b has a confirmed claim to block 10.0.0.8/30, which there is not',
      'BLOCK_EMPTY: block 10.0.0.0/30 of node a is empty, and the node has 2',
      'BLOCK_EMPTY: block 10.0.0.4/30 of node a is empty, and the node has 2',
    ]);
  });

  it('takes a pod for a borrower where its block says so, whatever pods are around it', () => {
    const objects = [block('10.0.0.0/30', 'b', { 0: { handle: 'net.1', pod: 'web', node: 'a' } }), pod('web', 'a', '10.0.0.0')];
    expect(lint(cluster(objects))).toEqual(['BORROWED: Pod t/web runs on a with 10.0.0.0 of 10.0.0.0/30, the block of b']);
  });
});

describe('what blocks tell of pools', () => {
  const LEAKED = block('10.0.0.0/30', 'a', { 1: { handle: 'net.2', pod: 'gone', node: 'a' } });

  it('counts what they give away as used, block by block', () => {
    const answer = finished(listPools(cluster([LEAKED, block('10.0.0.8/30', undefined, {})]), new AllocationBook(), {}, true));
    const [pool] = answer.ok ? answer.value.result.pools : [];
    expect([pool?.used, pool?.available, pool?.layout?.assigned]).toEqual(['1', '15', 2]);
    expect(pool?.blocks?.map(({ cidr, node: of, used, available }) => [cidr, of, used, available])).toEqual([
      ['10.0.0.0/30', 'a', '1', '3'],
      ['10.0.0.8/30', null, '0', '4'],
    ]);
  });

  // INV-IPAM-3: sets, so that an address both used and reserved is taken off once; a reservation counts in the blocks that it meets.
  it('counts what an IPReservation holds in each block, used or not', () => {
    const reservation = calico('IPReservation', 'r', { reservedCIDRs: ['10.0.0.0/31', '10.0.0.8/29'] });
    const model = cluster([LEAKED, block('10.0.0.4/30', 'a', {}), block('10.0.0.8/30', 'b', {}), reservation]);
    const answer = finished(listPools(model, new AllocationBook(), {}, true));
    const [pool] = answer.ok ? answer.value.result.pools : [];
    expect(pool?.blocks?.map(({ cidr, used, reserved, available }) => [cidr, used, reserved, available])).toEqual([
      ['10.0.0.0/30', '1', '2', '2'],
      ['10.0.0.4/30', '0', '0', '4'],
      ['10.0.0.8/30', '0', '4', '0'],
    ]);
  });

  it('names whom a block gives an address to, and gives it to nobody else', () => {
    const model = cluster([LEAKED]);
    const whose = 'handle net.2 (Pod t/gone) of Calico’s block 10.0.0.0/30';
    const { verdict, result } = ownIp(model, new AllocationBook(), parseIp('10.0.0.1')!);
    expect([verdict, result.owners.map(({ type, name, node: of }) => [type, name, of])]).toEqual(['OWNED', [['calicoBlock', whose, 'a']]]);
    const pool = 'pods.10.0.0.0_28';
    const ask = { pool, identifier: 'x', owner: null };
    const taken = allocateAddress(model, new AllocationBook(), { ...ask, address: parseIp('10.0.0.1') });
    expect(taken).toMatchObject({ ok: false, error: { kind: 'ip-taken', extra: { holder: whose } } });
  });

  // projectcalico/calico `libcalico-go/lib/ipam/accounting/tracker_test.go`, TestAllocationNodeFallsBackToAffinity, TestNodeAffinity.
  it.each<[string | undefined, string | null]>([
    ['host:a', 'a'],
    ['virtual:load-balancer', null],
    [undefined, null],
  ])('takes what names no node for the block’s: %s', (affinity, of) => {
    const spec = { cidr: '10.0.0.0/31', allocations: [0, null], attributes: [{ handle_id: 'h' }], ...(affinity ? { affinity } : {}) };
    const { result } = ownIp(cluster([calico('IPAMBlock', 'one', spec)]), new AllocationBook(), parseIp('10.0.0.0')!);
    expect(result.owners.map(({ type, node: owner }) => [type, owner])).toEqual([['calicoBlock', of]]);
  });

  it('leaves what an IPReservation holds to those who ask for it by name', () => {
    const model = cluster([calico('IPReservation', 'r', { reservedCIDRs: ['10.0.0.0/30', '172.16.0.0/12'] })]);
    const ask = { pool: 'pods.10.0.0.0_28', identifier: 'x', owner: null };
    const values = (address?: string) => {
      const decision = allocateAddress(model, new AllocationBook(), { ...ask, address: address ? parseIp(address) : undefined });
      return decision.ok && decision.value.made.map(({ ip }) => Number(ip.value & 0xffn));
    };
    expect([values(), values('10.0.0.2')]).toEqual([[4], [2]]);
  });

  it('gives addresses of a node out of its blocks', () => {
    const model = cluster([LEAKED, block('10.0.0.8/30', 'b', {})]);
    const ask = (node: string) =>
      allocateAddress(model, new AllocationBook(), {
        pool: 'pods.10.0.0.0_28',
        identifier: 'x',
        owner: null,
        address: undefined,
        options: { node },
      });
    const given = (node: string) => {
      const decision = ask(node);
      return decision.ok && decision.value.made.map(({ ip }) => Number(ip.value & 0xffn));
    };
    expect([given('a'), given('b')]).toEqual([[0], [8]]);
  });

  const room = (objects: readonly KubernetesObject[]) => {
    const answer = finished(poolCapacity(cluster(objects), new AllocationBook(), {}));
    const [pool] = answer.ok ? answer.value.result.pools : [];
    return { nodes: pool?.nodes.map(({ node: name, more, limitedBy }) => `${name} ${more} ${limitedBy}`), more: pool?.moreNodes };
  };
  const config = (spec: object) => calico('IPAMConfig', 'default', { strictAffinity: true, autoAllocateBlocks: true, ...spec });

  // projectcalico/calico `libcalico-go/lib/ipam/ipam.go`: no borrowing under strict affinity, at most MaxBlocksPerHost blocks; `findUsableBlock`: an empty block of another node is taken over.
  it('reckons with IPAMConfig how far nodes reach', () => {
    const objects = [LEAKED, block('10.0.0.4/30', 'b', {})];
    expect(room(objects)).toEqual({ nodes: ['a 15 POOL_LIMIT', 'b 15 POOL_LIMIT'], more: '2' });
    expect(room([...objects, config({})]).nodes).toEqual(['a 15 STRICT_AFFINITY', 'b 12 STRICT_AFFINITY']);
    expect(room([...objects, config({ maxBlocksPerHost: 2 })]).nodes).toEqual(['a 7 BLOCK_LIMIT', 'b 8 BLOCK_LIMIT']);
    expect(room([...objects, config({ autoAllocateBlocks: false })]).nodes).toEqual(['a 3 BLOCK_LIMIT', 'b 4 BLOCK_LIMIT']);
  });
});
