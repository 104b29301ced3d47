import { describe, expect, it, vi } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { formatCidr } from '../net/cidr.js';
import { formatIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { Allocation } from './allocation.js';
import { allocateAddress } from './allocate-address.js';
import { AllocationBook } from './allocation-book.js';
import { AllocationMemory } from './allocation-memory.js';
import { FreeSpace } from './free-space.js';
import { TakenSpace } from './taken-space.js';

/** Everybody waits for the choice of one: it may not cost what a pool has blocks, or a node has blocks times pools (`shared/reference/ipam-dataplane.md` §3.1, the steps of an assignment). */

const node = (name: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
const pool = (name: string, cidr: string, blockSize: number): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name },
  spec: { cidr, blockSize },
});
const BLOCKS = 65_536;
const BASE = 10n << 24n;

/** Each block of 10.0.0.0/14 is node b's; of each so many of its four addresses are handed out. */
function full(used: number): AllocationBook {
  const live = Array.from({ length: BLOCKS * used }, (_, index): Allocation => {
    const base = BASE + 4n * BigInt(Math.floor(index / used));
    const part = { node: 'b', cidr: { family: 4, base, prefix: 30 }, owner: 'b' } as const;
    const ip = { family: 4, value: base + BigInt(index % used) } as const;
    return {
      pool: 'pods.10.0.0.0_14',
      plane: 'pod',
      ip,
      prefixLength: undefined,
      identifier: `i${index}`,
      owner: null,
      byName: false,
      sequence: index + 1,
      allocatedAt: '',
      allocatedBy: 't',
      terms: undefined,
      part,
    };
  });
  return AllocationBook.after(live.length, live);
}

const model = modelOf([node('a'), node('b'), pool('p', '10.0.0.0/14', 30)], { cni: { plugin: 'calico' } });

function given(book: AllocationBook, memory = new AllocationMemory(), count = 5): string {
  const request = { pool: 'pods.10.0.0.0_14', identifier: 'n', owner: null, address: undefined, options: { node: 'a', count } };
  const decided = allocateAddress(model, book, request, memory);
  if (!decided.ok) return decided.error.kind;
  return decided.value.made.map(({ ip, part }) => `${formatIp(ip)} of ${part?.owner ?? ''} ${formatCidr(part!.cidr)}`).join(', ');
}

/** How often the spaces of addresses are asked for one answer, when what is kept about the pool was made before. */
function looks(ask: () => unknown): number {
  ask();
  let count = 0;
  for (const { prototype } of [FreeSpace, TakenSpace, AllocationBook]) {
    const methods = prototype as unknown as Record<string, (...given: unknown[]) => unknown>;
    for (const name of ['isFree', 'next', 'isTouched', 'firstIn', 'within', 'holder']) {
      const original = methods[name];
      if (!original) continue;
      vi.spyOn(methods, name).mockImplementation(function (this: unknown, ...given: unknown[]) {
        count++;
        const result: unknown = Reflect.apply(original, this, given);
        return result;
      });
    }
  }
  ask();
  vi.restoreAllMocks();
  return count;
}

describe('an address for a node of a pool of 65,536 blocks', () => {
  it.each([
    ['that are all in use: single ones are borrowed', 2, /^10\.\d+\.\d+\.\d+ of b 10\./],
    ['that are all full: nothing is left', 4, /^pool-exhausted$/],
  ])('%s', (_, used, expected) => {
    const book = full(used);
    expect(given(book)).toMatch(expected);
    expect(looks(() => given(book))).toBeLessThan(100);
  });

  it('that are all empty and another’s: one is taken over', () => {
    const memory = new AllocationMemory();
    for (const allocation of full(1).live()) memory.enter({ type: 'allocated', sequence: allocation.sequence, allocation });
    for (const allocation of full(1).live()) memory.enter({ type: 'released', sequence: allocation.sequence + BLOCKS, allocation });
    const book = new AllocationBook();
    expect(given(book, memory, 2)).toMatch(/of a 10\..*\/30, .* of a 10\./);
  });
});
