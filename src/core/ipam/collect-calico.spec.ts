import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { allocateAddress } from './allocate-address.js';
import { AllocationBook } from './allocation-book.js';
import { AllocationMemory } from './allocation-memory.js';
import { collectCalico } from './collect-calico.js';
import { podToJoin } from './joining-objects.js';
import { simulateJoin } from './simulate-join.js';

/** Whom an address is for; `at`: ordinals, of one handle. */
interface Claim {
  readonly at: readonly number[];
  readonly handle?: string;
  readonly pod?: string;
  readonly node?: string;
  readonly type?: string;
  readonly releasedAt?: string;
}

const calico = (kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind,
  metadata: { name },
  spec: spec as never,
});

/** A block of four addresses. */
const block = (cidr: string, host: string | undefined, claims: readonly Claim[] = [], more: object = {}): KubernetesObject =>
  calico('IPAMBlock', cidr.replaceAll(/[./:]/g, '-'), {
    cidr,
    ...(host === undefined ? {} : { affinity: host.includes(':') ? host : `host:${host}` }),
    allocations: [0, 1, 2, 3].map((ordinal) => {
      const index = claims.findIndex(({ at }) => at.includes(ordinal));
      return index < 0 ? null : index;
    }),
    attributes: claims.map(({ handle, pod, node, type, releasedAt }) => ({
      ...(handle === undefined ? {} : { handle_id: handle }),
      ...(releasedAt === undefined ? {} : { releasedAt }),
      secondary: { ...(pod ? { namespace: 't', pod } : {}), ...(node ? { node } : {}), ...(type ? { type } : {}) },
    })),
    ...more,
  });

const node = (name: string, labels: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
});

const pod = (name: string, nodeName: string, podIPs: readonly string[], phase = 'Running'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 't' },
  spec: { nodeName, containers: [{ name: 'c', image: 'c' }] },
  status: { phase, ...(podIPs[0] === undefined ? {} : { podIP: podIPs[0], podIPs: podIPs.map((ip) => ({ ip })) }) },
});

const settings = (leakGracePeriod: string) =>
  calico('KubeControllersConfiguration', 'default', { controllers: { node: { leakGracePeriod } } });
const POOL = calico('IPPool', 'pool', { cidr: '10.0.0.0/28', blockSize: 30 });
/** A pod that is somewhere else, so that pods are known to be told. */
const ELSEWHERE = pod('elsewhere', 'a', ['192.168.7.7']);

const cluster = (objects: readonly KubernetesObject[], nodes: readonly string[] = ['a', 'b']): NetworkModel =>
  modelOf([POOL, ELSEWHERE, ...nodes.map((name) => node(name)), ...objects], { serviceCIDRs: ['10.96.0.0/28'], cni: { plugin: 'calico' } });

const HOUR = 3_600_000;

function collect(model: NetworkModel, forMs = 24 * HOUR, book = new AllocationBook(), memory = new AllocationMemory()) {
  return finished(collectCalico(model, { book, memory }, forMs));
}

/** `22.5 POD_GONE 10.0.0.1`, times in minutes. */
function told(model: NetworkModel, forMs?: number): readonly string[] {
  return collect(model, forMs).collected.map(({ afterMs, rule, released }) => `${afterMs / 60_000} ${rule} ${released}`);
}

/** projectcalico/calico `kube-controllers/pkg/controllers/node/ipam.go`; names in quotes are those of `ipam_test.go`. A look every half of the grace period: of 15 minutes, the third is the first behind it. */
describe('addresses that Calico’s controllers free', () => {
  const leaked = block('10.0.0.0/30', 'a', [{ at: [0], handle: 'h', pod: 'gone', node: 'a' }]);

  it('frees what has been nobody’s for longer than the grace period, at the first look after it', () => {
    expect(told(cluster([leaked]))).toEqual(['22.5 POD_GONE 10.0.0.0']);
    expect(told(cluster([leaked]), 22 * 60_000)).toEqual([]);
    expect(told(cluster([leaked, settings('1h')]))).toEqual(['90 POD_GONE 10.0.0.0']);
  });

  it('"should not clean up leaked addresses if no grace period set"; a machine has five minutes all the same', () => {
    expect(told(cluster([leaked, settings('0')]))).toEqual([]);
    // design/ipam/ipam-gc.md, "Leak detection": isVMAllocation: markLeak(max(5min, leakGracePeriod)); looks are five minutes apart then.
    const machine = block('10.0.0.0/30', 'a', [{ at: [0], handle: 'k8s-pod-network.t.vmi.db', pod: 'gone', node: 'a' }]);
    expect(told(cluster([machine, settings('0')]))).toEqual(['10 POD_GONE 10.0.0.0']);
    // A look every 30 seconds: the first behind five minutes.
    expect(told(cluster([machine, settings('1m')]))).toEqual(['5.5 POD_GONE 10.0.0.0']);
  });

  it('keeps what its pod has, or may have: one that has no address yet, and not one that has another, is done, or came to another node', () => {
    const used = (one: KubernetesObject) => told(cluster([leaked, one])).length === 0;
    expect(used(pod('gone', 'a', ['10.0.0.0']))).toBe(true);
    expect(used(pod('gone', 'a', [], 'Pending'))).toBe(true);
    expect(used(pod('gone', 'a', ['10.0.0.9']))).toBe(false);
    expect(used(pod('gone', 'a', ['10.0.0.0'], 'Succeeded'))).toBe(false);
    expect(used(pod('gone', 'b', ['10.0.0.0']))).toBe(false);
  });

  // "should only clean up … if all of the handle": the pod has the IPv4 address and not the other.
  it('frees all of a handle, or none', () => {
    const both = [{ at: [0, 1], handle: 'h', pod: 'web', node: 'a' }];
    expect(told(cluster([block('10.0.0.0/30', 'a', both), pod('web', 'a', ['10.0.0.0'])]))).toEqual([]);
    expect(told(cluster([block('10.0.0.0/30', 'a', both)]))).toEqual(['22.5 POD_GONE 10.0.0.0', '22.5 POD_GONE 10.0.0.1']);
    // One of them is of a node that is gone: it waits for the other.
    const far = [
      block('10.0.0.0/30', 'a', [{ at: [0], handle: 'h', pod: 'x', node: 'a' }]),
      block('10.0.0.4/30', 'a', [{ at: [1], handle: 'h', pod: 'y', node: 'far' }]),
    ];
    expect(told(cluster(far)).slice(0, 2)).toEqual(['22.5 POD_GONE 10.0.0.0', '22.5 NODE_GONE 10.0.0.5']);
  });

  it('leaves alone what names no pod, no node or no handle, and what Windows keeps', () => {
    const claims = [
      { at: [0], handle: 'a', node: 'a' },
      { at: [1], handle: 'b', pod: 'gone' },
      { at: [2], pod: 'gone', node: 'a' },
      { at: [3], handle: 'windows-reserved-ipam-handle' },
    ];
    expect(told(cluster([block('10.0.0.0/30', 'a', claims)]))).toEqual([]);
  });

  it('frees nothing where no pod was imported that would tell', () => {
    const model = modelOf([POOL, node('a'), leaked], { serviceCIDRs: ['10.96.0.0/28'], cni: { plugin: 'calico' } });
    expect(told(model)).toEqual([]);
  });
});

describe('nodes that are gone', () => {
  it('"should handle node deletion events": what no pod has is freed at the first look, the block with it; nothing goes while a pod has an address', () => {
    const own = block('10.0.0.0/30', 'far', [
      { at: [1], handle: 'h1', pod: 'p1', node: 'far' },
      { at: [2], handle: 'h2', pod: 'p2', node: 'far' },
    ]);
    expect(told(cluster([own]))).toEqual(['0 NODE_GONE 10.0.0.1', '0 NODE_GONE 10.0.0.2', '0 BLOCK_OF_GONE_NODE 10.0.0.0/30']);
    const used = [own, pod('p1', 'far', ['10.0.0.1'])];
    expect(told(cluster(used))).toEqual(['0 NODE_GONE 10.0.0.2']);
    // releaseUnusedBlocks asks of no node whether it is there.
    expect(told(cluster([...used, block('10.0.0.4/30', 'far')]))).toEqual(['0 NODE_GONE 10.0.0.2', '22.5 BLOCK_EMPTY 10.0.0.4/30']);
  });

  it('"should clean up node with tunnel IPs in a single sync pass", and not those of a node that there is, or of which something is in use', () => {
    const tunnel: Claim = { at: [0], handle: 'vxlan-tunnel-addr-far', node: 'far', type: 'vxlanTunnelAddress' };
    expect(told(cluster([block('10.0.0.0/30', 'far', [tunnel])]))).toEqual([
      '0 TUNNEL_OF_GONE_NODE 10.0.0.0',
      '0 BLOCK_OF_GONE_NODE 10.0.0.0/30',
    ]);
    expect(told(cluster([block('10.0.0.0/30', 'far', [tunnel])], ['a', 'far']))).toEqual([]);
    const other: Claim = { at: [1], handle: 'other', node: 'far' };
    expect(told(cluster([block('10.0.0.0/30', 'far', [tunnel, other])]))).toEqual([]);
  });

  it('"should delete empty IPAM blocks when the node no longer exists": by a full scan, which is once a round', () => {
    expect(told(cluster([block('10.0.0.0/30', 'far')]))).toEqual(['7.5 BLOCK_OF_GONE_NODE 10.0.0.0/30']);
  });

  // ReleaseHostAffinities(mustBeEmpty): a block of which another node borrows stays, and goes with that address.
  it('keeps a block of which something is lent until that is free', () => {
    const claims = [
      { at: [0], handle: 'h1', pod: 'p1', node: 'far' },
      { at: [1], handle: 'h2', pod: 'p2', node: 'a' },
    ];
    const lent = cluster([block('10.0.0.0/30', 'far', claims), pod('p2', 'a', ['10.0.0.1'])]);
    expect(told(lent)).toEqual(['0 NODE_GONE 10.0.0.0']);
    const leaked = cluster([block('10.0.0.0/30', 'far', claims)]);
    expect(told(leaked)).toEqual(['0 NODE_GONE 10.0.0.0', '22.5 POD_GONE 10.0.0.1', '22.5 BLOCK_OF_GONE_NODE 10.0.0.0/30']);
  });
});

describe('blocks that nobody needs', () => {
  it('"should clean up empty blocks", "even if the node is full"', () => {
    const full = block('10.0.0.0/30', 'a', [{ at: [0, 1, 2, 3], handle: 'h', pod: 'web', node: 'a' }]);
    const web = pod('web', 'a', ['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3']);
    expect(told(cluster([full, block('10.0.0.4/30', 'a'), web]))).toEqual(['22.5 BLOCK_EMPTY 10.0.0.4/30']);
    expect(told(cluster([full, block('10.0.0.4/30', 'a'), web, settings('0')]))).toEqual([]);
  });

  it('"should NOT clean up all blocks assigned to a node"', () => {
    const four = ['0', '4', '8', '12'].map((last) => block(`10.0.0.${last}/30`, 'a'));
    expect(told(cluster(four))).toHaveLength(3);
    expect(told(cluster([block('10.0.0.0/30', 'a'), block('10.0.0.4/30', 'b')]))).toEqual([]);
  });

  it('counts from when the last address was freed', () => {
    const one = block('10.0.0.0/30', 'a', [{ at: [0], handle: 'h', pod: 'gone', node: 'a' }]);
    const kept = block('10.0.0.4/30', 'a', [{ at: [0], handle: 'k', node: 'a' }]);
    // Freed at 22.5, seen empty then, and longer than 15 minutes by 45.
    expect(told(cluster([one, kept]))).toEqual(['22.5 POD_GONE 10.0.0.0', '45 BLOCK_EMPTY 10.0.0.0/30']);
  });

  // onBlockUpdated: numAllocationsInBlock counts every allocation, those for Windows too.
  it('takes a block of a Windows host for used as long as the node is there, and gives it up with the node', () => {
    const windows = block('10.0.0.0/30', 'w', [{ at: [0, 1, 3], handle: 'windows-reserved-ipam-handle', node: 'w' }]);
    const used = block('10.0.0.4/30', 'w', [{ at: [0], handle: 'k', node: 'w' }]);
    expect(told(cluster([windows, used], ['a', 'w']))).toEqual([]);
    expect(told(cluster([windows]))).toEqual(['7.5 BLOCK_OF_GONE_NODE 10.0.0.0/30']);
  });

  // nodeIsBeingMigrated (`flannelmigration`, NodeNetworkCalico).
  it.each([
    ['flannel', 0],
    ['calico', 1],
  ])('gives up none of a node that passes from Flannel to Calico: %s, %i', (state, count) => {
    const objects = [block('10.0.0.0/30', 'm', [{ at: [0], handle: 'k', node: 'm' }]), block('10.0.0.4/30', 'm')];
    const migrating = node('m', { 'projectcalico.org/node-network-during-migration': state });
    expect(told(cluster([...objects, migrating]))).toHaveLength(count);
  });

  it('leaves blocks of virtual hosts alone; one of nobody goes with its last address', () => {
    const claim: Claim = { at: [0], handle: 'h', pod: 'gone', node: 'a' };
    const virtual = [block('10.0.0.0/30', 'virtual:load-balancer'), block('10.0.0.4/30', 'virtual:load-balancer', [claim])];
    expect(told(cluster(virtual))).toEqual(['22.5 POD_GONE 10.0.0.4']);
    const nobodys = block('10.0.0.0/30', undefined, [{ at: [0], handle: 'h', pod: 'gone', node: 'a' }]);
    expect(told(cluster([nobodys]))).toEqual(['22.5 POD_GONE 10.0.0.0', '22.5 BLOCK_OF_NOBODY 10.0.0.0/30']);
  });
});

/** `design/ipam/ipam-gc.md`, "Cold IP garbage collection"; `design/ipam/ipam-core-library.md`, "IP release and cooldown". */
describe('the cooldown', () => {
  const config = calico('IPAMConfig', 'default', { strictAffinity: false, autoAllocateBlocks: true, ipCooldownSeconds: 1200 });

  it('lets what was freed rest, in its block, which is empty only then', () => {
    const one = block('10.0.0.0/30', 'a', [{ at: [0], handle: 'h', pod: 'gone', node: 'a' }]);
    const kept = block('10.0.0.4/30', 'a', [{ at: [0], handle: 'k', node: 'a' }]);
    // Free at the first look from 42.5 on, which is 45, and seen empty then; behind 60 the look at 67.5.
    expect(told(cluster([one, kept, config]))).toEqual(['22.5 POD_GONE 10.0.0.0', '67.5 BLOCK_EMPTY 10.0.0.0/30']);
    const resting = collect(cluster([one, kept, config]), 30 * 60_000).model.calico.ipam.blocks[0]?.claims;
    expect(resting).toMatchObject([{ ordinal: 0, resting: true, handle: null }]);
  });

  it('frees what rests by the first look after it', () => {
    const resting = block('10.0.0.0/30', 'a', [{ at: [0], releasedAt: '2026-01-01T00:00:00Z' }]);
    expect(told(cluster([resting, config]))).toEqual(['22.5 COOLDOWN_OVER 10.0.0.0']);
    expect(told(cluster([resting]))).toEqual(['0 COOLDOWN_OVER 10.0.0.0']);
  });
});

describe('what joins later', () => {
  const join = (model: NetworkModel, seconds: number, on = 'a') => {
    const collection = collect(model, seconds * 1_000);
    const joining = collection.model.nodes.get(on)!;
    const answer = simulateJoin(
      collection.model,
      new AllocationBook(),
      { add: 'pod', node: joining, pod: podToJoin(collection.model, joining, 't', undefined), count: 1 },
      new AllocationMemory(),
      collection,
    );
    return { addresses: answer.result.grants.flatMap(({ addresses }) => addresses), answer };
  };

  // ipam_block.go: released ordinals go to the end of `Unallocated`.
  it('gets what was freed after what was never given', () => {
    const web = pod('web', 'a', ['10.0.0.1', '10.0.0.2']);
    const claims = [
      { at: [0], handle: 'h', pod: 'gone', node: 'a' },
      { at: [1, 2], handle: 'w', pod: 'web', node: 'a' },
    ];
    const model = cluster([block('10.0.0.0/30', 'a', claims, { unallocated: [3] }), web]);
    expect(collect(model, HOUR).model.calico.ipam.blocks[0]?.queue).toEqual([3, 0]);
    const full = cluster([
      block('10.0.0.0/30', 'a', [...claims, { at: [3], handle: 'v', pod: 'v', node: 'a' }]),
      web,
      pod('v', 'a', ['10.0.0.3']),
    ]);
    expect(join(full, HOUR).addresses).toEqual(['10.0.0.0']);
    expect(join(full, 60).addresses).not.toEqual(['10.0.0.0']);
  });

  it('is told what went before, when and by which rule', () => {
    const objects = [block('10.0.0.0/30', 'a', [{ at: [0], handle: 'k', node: 'a' }]), block('10.0.0.4/30', 'a')];
    const { answer } = join(cluster(objects), 3_600);
    expect(answer.result.collected).toEqual({
      everySeconds: 450,
      count: 1,
      released: [{ afterSeconds: 1_350, rule: 'BLOCK_EMPTY', released: '10.0.0.4/30', node: 'a' }],
    });
    expect(answer.evidence[0]).toMatchObject({
      reason: 'COLLECTED',
      message: expect.stringMatching(/^after 22 min 30 s .* 10\.0\.0\.4\/30: /),
    });
    expect(answer.assumptions.map(({ code }) => code)).toContain('COLLECTOR_LOOKS_FIRST_AT_0');
  });

  it('finds blocks in use of which something was handed out since', () => {
    const model = cluster([block('10.0.0.0/30', 'a', [{ at: [0], handle: 'k', node: 'a' }]), block('10.0.0.4/30', 'a')]);
    const book = new AllocationBook();
    const ask = { pool: 'pods.10.0.0.0_28', identifier: 'mine', owner: null, address: parseIp('10.0.0.5') };
    const given = allocateAddress(model, book, ask);
    const made = given.ok ? given.value.made : [];
    expect(made).toHaveLength(1);
    const written = { sequence: 1, allocatedAt: '2026-01-01T00:00:00.000Z', allocatedBy: 'test' };
    for (const one of made) book.enter({ type: 'allocated', sequence: 1, allocation: { ...one, ...written } });
    expect(collect(model, 24 * HOUR, book).collected).toEqual([]);
  });

  it('leaves the model as it is where nothing goes', () => {
    const model = cluster([]);
    expect(collect(model).model).toBe(model);
  });
});
