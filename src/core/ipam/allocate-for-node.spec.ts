import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { formatIp, parseIp } from '../net/ip.js';
import { parseCidr, formatCidr } from '../net/cidr.js';
import type { NetworkModel } from '../model/network-model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { finished } from '../kernel/steps.js';
import { allocateAddress } from './allocate-address.js';
import { AllocationBook, type AllocationEvent } from './allocation-book.js';
import { AllocationMemory } from './allocation-memory.js';
import type { AllocationOptions } from './allocation-options.js';
import type { CalicoOperation, CalicoPoolSpec } from './calico-simulation.js';
import { simulateCalico } from './simulate-calico.js';

/** Rules and texts: projectcalico/calico `libcalico-go/lib/ipam/ipam.go`, autoAssign; `shared/reference/ipam-dataplane.md` §3.1. */

const calico = (kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind,
  metadata: { name },
  spec: spec as never,
});
const node = (name: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
const POOL = 'pods.10.0.0.0_28';

interface Settings {
  readonly strictAffinity?: boolean;
  readonly maxBlocksPerHost?: number;
  readonly objects?: readonly KubernetesObject[];
  readonly blockSize?: number;
}

/** Four blocks of four addresses, three nodes. */
function cluster({ objects = [], blockSize = 30, ...config }: Settings = {}): NetworkModel {
  const told = Object.keys(config).length > 0 ? [calico('IPAMConfig', 'default', config)] : [];
  return modelOf([calico('IPPool', 'pool', { cidr: '10.0.0.0/28', blockSize }), node('a'), node('b'), node('c'), ...told, ...objects], {
    serviceCIDRs: ['10.96.0.0/28'],
    cni: { plugin: 'calico' },
  });
}

/** A block that was imported, with the ordinals that are taken, and the order of the others. */
function block(cidr: string, owner: string, taken: readonly number[], unallocated: readonly number[]): KubernetesObject {
  return calico('IPAMBlock', cidr.replaceAll(/[./]/g, '-'), {
    cidr,
    affinity: `host:${owner}`,
    allocations: [0, 1, 2, 3].map((ordinal) => (taken.includes(ordinal) ? 0 : null)),
    attributes: [{ handle_id: 'somebody' }],
    unallocated,
  });
}

class Desk {
  readonly book = new AllocationBook();
  private readonly memory = new AllocationMemory();
  private identifiers = 0;

  constructor(private readonly model: NetworkModel) {}

  /** What a node gets: addresses, each with the block's owner where that is another; or the kind of problem and its message. */
  give(nodeName: string, count = 1, more: AllocationOptions & { readonly address?: string; readonly identifier?: string } = {}): string {
    const { address, identifier = `i${++this.identifiers}`, ...options } = more;
    const request = { pool: POOL, identifier, owner: null, address: address === undefined ? undefined : parseIp(address) };
    const decided = allocateAddress(this.model, this.book, { ...request, options: { ...options, node: nodeName, count } }, this.memory);
    if (!decided.ok) return `${decided.error.kind}: ${decided.error.message}`;
    for (const one of decided.value.made) {
      const { ordinal, request: text, cooldownSeconds } = one;
      const terms = { ordinal, request: text, cooldownSeconds, leaseUntil: null };
      this.enter('allocated', { ...one, terms, sequence: this.book.sequence + 1, allocatedAt: '', allocatedBy: 'test' });
    }
    this.explanation = decided.value.explanation.message;
    const borrowed = (owner: string | null | undefined) => (owner === nodeName ? '' : `(${owner ?? 'nobody'})`);
    return decided.value.made.map(({ ip, part }) => `${formatIp(ip)}${borrowed(part?.owner)}`).join(' ');
  }

  explanation = '';

  release(address: string): void {
    this.enter('released', this.book.holder('pod', parseIp(address)!)!);
  }

  private enter(type: AllocationEvent['type'], allocation: AllocationEvent['allocation']): void {
    const event = { type, sequence: this.book.sequence + 1, allocation };
    this.book.enter(event);
    this.memory.enter(event);
  }

  blockOf(address: string): string {
    return formatCidr(this.book.holder('pod', parseIp(address)!)!.part!.cidr);
  }
}

describe('addresses of a node, where Calico gives them', () => {
  it('come of one block that the node claims, in the order of the block, the longest free first', () => {
    const desk = new Desk(cluster());
    const first = desk.give('a', 2).split(' ');
    expect(new Set(first.map((one) => desk.blockOf(one))).size).toBe(1);
    expect(desk.explanation).toBe(`node a gets 2 of ${desk.blockOf(first[0]!)} (claimed)`);
    const base = parseCidr(desk.blockOf(first[0]!))!.base;
    const at = (ordinal: number) => formatIp({ family: 4, value: base + BigInt(ordinal) });
    expect(first).toEqual([at(0), at(1)]);
    desk.release(at(0));
    expect(desk.give('a')).toBe(at(2));
    expect(desk.explanation).toBe(`node a gets 1 of ${desk.blockOf(at(2))} (own)`);
    // Released ones join the tail.
    expect(desk.give('a', 2).split(' ')).toEqual([at(3), at(0)]);
  });

  it('are of blocks of its own each, until there is none to claim; then single ones of others are borrowed', () => {
    const desk = new Desk(cluster());
    const blocks = new Set([...desk.give('a', 4).split(' '), ...desk.give('b', 4).split(' ')].map((one) => desk.blockOf(one)));
    expect(blocks.size).toBe(2);
    desk.give('c', 5);
    const given = desk.give('a', 2);
    expect(given).toMatch(/^10\.0\.0\.\d+\(c\) 10\.0\.0\.\d+\(c\)$/);
    expect(desk.explanation).toMatch(/^node a gets 2 of 10\.0\.0\.\d+\/30 \(borrowed of node c\)$/);
  });

  // `libcalico-go/lib/ipam/ipam.go`, releaseIPsFromBlock: "If the block is empty and has no affinity, we can delete it"; the affinity stays until its controllers, or a node without a block, take it.
  it('are of the same block again when all of it was given back, and count for the limit', () => {
    const desk = new Desk(cluster({ strictAffinity: true, maxBlocksPerHost: 1 }));
    const [first = ''] = desk.give('a').split(' ');
    const own = desk.blockOf(first);
    desk.release(first);
    // The one that was given back comes last.
    const again = desk.give('a', 4).split(' ');
    expect([desk.blockOf(again[0]!), again.indexOf(first)]).toEqual([own, 3]);
    expect(desk.give('a')).toMatch(/^block-limit/);
  });

  it('are of an empty block of another node where no other is left', () => {
    const desk = new Desk(cluster());
    const kept = desk.give('c').split(' ')[0]!;
    const block = desk.blockOf(kept);
    desk.release(kept);
    expect(
      desk
        .give('a', 12)
        .split(' ')
        .map((one) => desk.blockOf(one)),
    ).not.toContain(block);
    expect(desk.blockOf(desk.give('b'))).toBe(block);
    expect(desk.explanation).toContain('(taken over from node c)');
  });

  it('are not borrowed with strict affinity, and the answer says what the node could get', () => {
    const desk = new Desk(cluster({ strictAffinity: true }));
    desk.give('b', 12);
    expect(desk.give('a', 5)).toBe(
      'strict-affinity: node `a`: Assigned 4 out of 5 requested IPv4 addresses; No more free affine blocks and strict affinity enabled',
    );
    expect(desk.give('a', 4).split(' ')).toHaveLength(4);
  });

  it('end at the limit of blocks, at once and without borrowing', () => {
    const desk = new Desk(cluster({ strictAffinity: true, maxBlocksPerHost: 1 }));
    expect(desk.give('a', 5)).toBe(
      'block-limit: node `a`: Assigned 4 out of 5 requested IPv4 addresses; Need to allocate an IPAM block but could not - limit of 1 blocks reached for this node',
    );
    expect(desk.give('a', 5, { partial: true }).split(' ')).toHaveLength(4);
    expect(desk.explanation).toContain('Assigned 4 out of 5 requested IPv4 addresses; Need to allocate an IPAM block');
  });

  it('go on in blocks that were imported, in the order that those list; an empty block of another node is taken over when no other is left', () => {
    const objects = [
      block('10.0.0.0/30', 'a', [1], [3, 0, 2]),
      block('10.0.0.4/30', 'b', [0, 1, 2, 3], []),
      block('10.0.0.8/30', 'b', [], [0, 1, 2, 3]),
      block('10.0.0.12/30', 'c', [0], [1, 2, 3]),
    ];
    const desk = new Desk(cluster({ objects }));
    expect(desk.give('a', 3)).toBe('10.0.0.3 10.0.0.0 10.0.0.2');
    expect(desk.give('a')).toBe('10.0.0.8');
    expect(desk.explanation).toBe('node a gets 1 of 10.0.0.8/30 (taken over from node b)');
    expect(desk.give('b')).toMatch(/\((a|c)\)$/);
  });

  it('leave alone what is reserved, excluded, or outside `within`', () => {
    const objects = [calico('IPReservation', 'r', { reservedCIDRs: ['10.0.0.0/29'] })];
    const desk = new Desk(cluster({ objects }));
    expect(desk.give('a', 8, { exclude: [parseCidr('10.0.0.15/32')!] })).toContain('pool-exhausted: node `a`: Assigned 7 out of 8');
    expect(desk.give('a', 1, { within: [parseCidr('10.0.0.14/31')!] })).toBe('10.0.0.14');
  });

  it('that are named are assigned whatever is reserved; not of another node’s block with strict affinity', () => {
    const desk = new Desk(cluster({ strictAffinity: true }));
    expect(desk.give('a', 1, { address: '10.0.0.5' })).toBe('10.0.0.5');
    expect(desk.give('b', 1, { address: '10.0.0.6' })).toBe('strict-affinity: node `b`: 10.0.0.6: Block host affinity does not match');
    expect(desk.give('b', 1, { address: '10.0.0.5' })).toMatch(/^ip-taken/);
  });

  it('are chosen by no other strategy', () => {
    expect(new Desk(cluster()).give('a', 1, { strategy: 'lowest' })).toContain('`lowest` is not how Calico gives addresses to nodes');
  });

  it('are those that the simulation gives, request by request', () => {
    for (const strictAffinity of [false, true]) {
      const desk = new Desk(cluster(strictAffinity ? { strictAffinity } : {}));
      const asked = [
        ['a', 3],
        ['b', 2],
        ['a', 3],
        ['c', 1],
        ['b', 4],
        ['c', 2],
        ['a', 1],
      ] as const;
      const spec: CalicoPoolSpec = {
        cidr: '10.0.0.0/28',
        blockSize: 30,
        enabled: true,
        nodeSelector: '',
        namespaceSelector: '',
        assignmentMode: 'Automatic',
        allowedUses: [],
      };
      const world = {
        pools: [spec],
        nodes: ['a', 'b', 'c'].map((name) => ({ name, labels: {} })),
        reservations: [],
        config: { strictAffinity, autoAllocateBlocks: true, maxBlocksPerHost: 0, cooldownSeconds: 0 },
      };
      const operations = asked.map(([name, num4]): CalicoOperation => ({
        op: 'autoAssign',
        node: name,
        num4,
        num6: 0,
        use: 'Workload',
        pools4: ['10.0.0.0/28'],
        pools6: [],
        maxBlocks: 0,
        maxPerHandle: 0,
        repeat: 1,
      }));
      const steps = finished(simulateCalico(world, operations));
      if (!steps.ok) throw new Error(steps.error.message);
      const simulated = steps.value.map(({ results }) => (results.at(-1) as { ipv4: { addresses: string[] } }).ipv4.addresses.join(' '));
      const stored = asked.map(([name, count]) => desk.give(name, count, { partial: true }).replaceAll(/\(\w+\)/g, ''));
      expect(stored).toEqual(simulated.map((text) => (text === '' ? expect.stringContaining(':') : text)));
    }
  });
});

/** `libcalico-go/lib/ipam/ipam_win_test.go`; the label is kubelet's. */
describe('a node with Windows', () => {
  const windows: KubernetesObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'w', labels: { 'kubernetes.io/os': 'windows' } } };

  it('keeps three addresses and the last one of each of its blocks, also of one that was handed out since', () => {
    const desk = new Desk(cluster({ strictAffinity: true, blockSize: 29, objects: [windows] }));
    const blocks = new Set<number>();
    for (let count = 0; count < 8; count++) {
      const last = Number(desk.give('w').split('.')[3]);
      expect([3, 4, 5, 6]).toContain(last % 8);
      blocks.add(Math.floor(last / 8));
    }
    expect(blocks.size).toBe(2);
    expect(desk.give('w')).toBe(
      'strict-affinity: node `w`: Assigned 0 out of 1 requested IPv4 addresses; No more free affine blocks and strict affinity enabled; HostReservedAttr: windows-reserved-ipam-handle',
    );
  });

  it('gets nothing where nodes may borrow', () => {
    const desk = new Desk(cluster({ blockSize: 29, objects: [windows] }));
    expect(desk.give('w')).toBe('strict-affinity: node `w`: global strict affinity should not be false for Windows node');
    expect(desk.give('w', 1, { address: '10.0.0.4' })).toMatch(/global strict affinity should not be false for Windows node/);
  });
});
