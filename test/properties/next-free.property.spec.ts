import { type Arbitrary, array, assert, boolean, constantFrom, integer, option, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateAddress } from '../../src/core/ipam/allocate-address.js';
import { AllocationBook, type AllocationEvent } from '../../src/core/ipam/allocation-book.js';
import { AllocationMemory } from '../../src/core/ipam/allocation-memory.js';
import type { AllocationOptions } from '../../src/core/ipam/allocation-options.js';
import { nodeToJoin, podToJoin } from '../../src/core/ipam/joining-objects.js';
import { nextFree, type NextFreeQuestion } from '../../src/core/ipam/next-free.js';
import { simulateJoin } from '../../src/core/ipam/simulate-join.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { formatCidr } from '../../src/core/net/cidr.js';
import { familyBits, formatIp } from '../../src/core/net/ip.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { modelOf } from '../support/model.js';

/** What `next-free` and `ip-simulate` tell is what is handed out next, whatever was handed out and given back before (`shared/reference/ipam-dataplane.md` §14: a simulation and the persisted thing are one function). */

const NODES = ['a', 'b', 'c'] as const;
const calico = (kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind,
  metadata: { name },
  spec: spec as never,
});
const pod = (name: string, nodeName: string, podIP: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 't' },
  spec: { nodeName, containers: [{ name: 'c', image: 'c' }] },
  status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }] },
});
const block: KubernetesObject = calico('IPAMBlock', '10-0-0-4-30', {
  cidr: '10.0.0.4/30',
  affinity: 'host:a',
  allocations: [null, 0, null, null],
  attributes: [{ handle_id: 'h' }],
  unallocated: [3, 0, 2],
});

function cluster(objects: readonly KubernetesObject[]): NetworkModel {
  const nodes = NODES.map((name): KubernetesObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } }));
  const pool = calico('IPPool', 'pool', { cidr: '10.0.0.0/27', blockSize: 30 });
  const reserved = calico('IPReservation', 'r', { reservedCIDRs: ['10.0.0.16/31'] });
  const more = [...nodes, pool, reserved, pod('web', 'b', '10.0.0.9'), pod('db', 'b', '10.0.0.10'), ...objects];
  return modelOf(more, { cni: { plugin: 'calico' }, serviceCIDRs: ['10.96.0.0/27'] });
}

const MODELS: readonly NetworkModel[] = [
  cluster([]),
  cluster([block]),
  cluster([calico('IPAMConfig', 'default', { strictAffinity: true, maxBlocksPerHost: 2 })]),
];
const POOLS = ['pods.10.0.0.0_27', 'services.10.96.0.0_27'] as const;

interface Step {
  readonly node: (typeof NODES)[number] | null;
  readonly pool: 0 | 1;
  readonly count: number;
  readonly strategy: AllocationOptions['strategy'] | null;
  readonly releases: boolean;
}

const step: Arbitrary<Step> = record({
  node: option(constantFrom(...NODES)),
  pool: constantFrom(0, 1),
  count: integer({ min: 1, max: 5 }),
  strategy: option(constantFrom('lowest', 'fifo', 'roundRobin', 'banded', 'random')),
  releases: boolean(),
});

/** What the steps have left. */
class Desk {
  readonly book = new AllocationBook();
  readonly memory = new AllocationMemory();
  private readonly given: string[] = [];

  constructor(readonly model: NetworkModel) {}

  play(steps: readonly Step[]): this {
    for (const [index, { node, pool, count, strategy, releases }] of steps.entries()) {
      const options = node === null ? { count, strategy: strategy ?? undefined } : { count, node };
      const name = node === null ? POOLS[pool] : POOLS[0];
      this.allocate(name, `i${index}`, options);
      if (releases) this.release(name);
    }
    return this;
  }

  decide(pool: string, options: AllocationOptions, identifier = 'next') {
    return allocateAddress(this.model, this.book, { pool, identifier, owner: null, address: undefined, options }, this.memory);
  }

  preview(asked: Partial<NextFreeQuestion>): readonly string[] | string {
    const answer = nextFree(this.model, this.book, { count: 1, seed: '', ...asked }, this.memory);
    if (!answer.ok) return answer.error.kind;
    const { addresses, prefixes } = answer.value.result;
    return answer.value.verdict === 'AVAILABLE' ? [...addresses, ...prefixes] : 'nothing';
  }

  private allocate(pool: string, identifier: string, options: AllocationOptions): void {
    const decided = this.decide(pool, options, identifier);
    if (!decided.ok) return;
    for (const made of decided.value.made) {
      const terms = { ordinal: made.ordinal, request: made.request, cooldownSeconds: 0, leaseUntil: null };
      this.enter('allocated', { ...made, terms, sequence: this.book.sequence + 1, allocatedAt: '', allocatedBy: 'test' });
    }
    this.given.push(identifier);
  }

  /** All of what was given longest ago. */
  private release(pool: string): void {
    for (const held of this.book.members(pool, this.given.shift() ?? '')) this.enter('released', held);
  }

  private enter(type: AllocationEvent['type'], allocation: AllocationEvent['allocation']): void {
    const event = { type, sequence: this.book.sequence + 1, allocation };
    this.book.enter(event);
    this.memory.enter(event);
  }
}

function handedOut(decided: ReturnType<Desk['decide']>): readonly string[] | string {
  if (!decided.ok) return decided.error.kind === 'invalid-request' ? 'invalid-request' : 'nothing';
  return decided.value.made.map(({ ip, prefixLength }) =>
    prefixLength === undefined
      ? formatIp(ip)
      : formatCidr({ family: ip.family, base: ip.value, prefix: Math.min(prefixLength, familyBits(4)) }),
  );
}

const histories = array(step, { maxLength: 14 });
const models = constantFrom(...MODELS);

describe('what is told is what is handed out next', () => {
  it('for a node, for a pod that joins it, and for one that is there', () => {
    assert(
      property(models, histories, constantFrom(...NODES), integer({ min: 1, max: 6 }), (model, steps, node, count) => {
        const desk = new Desk(model).play(steps);
        const next = handedOut(desk.decide(POOLS[0], { node, count }));
        expect(desk.preview({ node, count, pool: POOLS[0] })).toEqual(next);
        const on = model.nodes.get(node)!;
        const joined = podToJoin(model, on, 't', undefined);
        const { grants } = simulateJoin(model, desk.book, { add: 'pod', node: on, pod: joined, count }, desk.memory).result;
        expect(grants[0]?.outcome === 'GIVEN' ? grants[0].addresses : 'nothing').toEqual(next);
        expect(desk.preview({ pod: joined, count })).toEqual(next);
      }),
      { numRuns: 150 },
    );
  });

  it('for a node that joins: the block of its first pod', () => {
    assert(
      property(histories, (steps) => {
        const desk = new Desk(MODELS[0]!).play(steps);
        const node = nodeToJoin('new', undefined);
        const [grant] = simulateJoin(desk.model, desk.book, { add: 'node', node }, desk.memory).result.grants;
        const nodes = [...NODES, 'new'].map((name): KubernetesObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } }));
        const joined = cluster(nodes.slice(-1));
        const made = allocateAddress(
          joined,
          desk.book,
          { pool: POOLS[0], identifier: 'n', owner: null, address: undefined, options: { node: 'new' } },
          desk.memory,
        );
        expect(grant?.parts.map(({ cidr }) => cidr) ?? []).toEqual(
          made.ok ? made.value.made.map(({ part }) => formatCidr(part!.cidr)) : [],
        );
      }),
      { numRuns: 50 },
    );
  });

  it('of a pool by each strategy, with a seed and without; prefixes too', () => {
    assert(
      property(
        models,
        histories,
        constantFrom(...POOLS),
        integer({ min: 1, max: 6 }),
        constantFrom('lowest', 'fifo', 'roundRobin', 'banded', 'random', 'bestFit', 'sparse'),
        constantFrom('', 's'),
        option(constantFrom(30, 31)),
        (model, steps, pool, count, strategy, seed, length) => {
          const desk = new Desk(model).play(steps);
          const prefixLength = length ?? undefined;
          const asked = { pool, count, strategy, prefixLength };
          expect(desk.preview({ ...asked, seed })).toEqual(handedOut(desk.decide(pool, { ...asked, seed: seed || undefined })));
        },
      ),
      { numRuns: 200 },
    );
  });
});
