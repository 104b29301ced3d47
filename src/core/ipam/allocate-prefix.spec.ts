import { describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { type Cidr, parseCidr } from '../net/cidr.js';
import { parseIp } from '../net/ip.js';
import { allocateAddress } from './allocate-address.js';
import type { AllocationRequest } from './allocation-decision.js';
import { placeText } from './allocation.js';
import { AllocationBook } from './allocation-book.js';
import type { AllocationOptions } from './allocation-options.js';
import { ipamLint } from './ipam-lint.js';
import { listPools } from './list-pools.js';
import { finished } from '../kernel/steps.js';
import { nextFree } from './next-free.js';
import { ownIp } from './own-ip.js';
import { releaseAddress } from './release-address.js';

const SERVICES = 'services.10.96.0.0_24';
const PODS = 'pods.10.244.0.0_16';
/** The services have 10.96.0.1 and 10.96.0.20; node a has 10.244.1.0/24. */
const MODEL = addressCluster(`
  node a 192.168.0.1 10.244.1.0/24
  pod web a 10.244.1.2
  service kubernetes 10.96.0.1
  service dns 10.96.0.20`);

function cidr(text: string): Cidr {
  return parseCidr(text)!;
}

class Desk {
  readonly book = new AllocationBook();

  constructor(private readonly model = MODEL) {}

  /** What was handed out, or the kind of problem. */
  ask(identifier: string, asked: AllocationOptions & Partial<Pick<AllocationRequest, 'pool' | 'prefix' | 'address'>> = {}): string {
    const { pool = SERVICES, prefix, address, ...options } = asked;
    const decided = allocateAddress(this.model, this.book, { pool, identifier, owner: null, address, prefix, options });
    if (!decided.ok) return `${decided.error.kind}: ${decided.error.message}`;
    const { known, made } = decided.value;
    for (const one of made) {
      const { ordinal, request, cooldownSeconds } = one;
      const terms = { ordinal, request, cooldownSeconds, leaseUntil: null };
      const allocation = { ...one, terms, sequence: this.book.sequence + 1, allocatedAt: '', allocatedBy: 'test' };
      this.book.enter({ type: 'allocated', sequence: allocation.sequence, allocation });
    }
    return [...known.map((one) => `=${placeText(one)}`), ...made.map(placeText)].join(' ');
  }

  release(identifier: string, restsUntil?: string): void {
    const released = releaseAddress(this.book, { pool: SERVICES, identifier, sequence: undefined });
    if (!released.ok) throw new Error(released.error.message);
    for (const allocation of released.value)
      this.book.enter({ type: 'released', sequence: this.book.sequence + 1, allocation, restsUntil });
  }
}

describe('a prefix of a length', () => {
  it('is the lowest aligned one of which nobody has anything (NetBox `available-prefixes`: the lowest gap that fits)', () => {
    const desk = new Desk();
    // 10.96.0.0/28 has the API servers' address, 10.96.0.16/28 that of the service dns.
    expect(desk.ask('a', { prefixLength: 28 })).toBe('10.96.0.32/28');
    expect(desk.ask('b', { prefixLength: 30 })).toBe('10.96.0.4/30');
    expect(desk.ask('c', { prefixLength: 28 })).toBe('10.96.0.48/28');
    expect(desk.ask('d', { prefixLength: 32 })).toBe('10.96.0.0/32');
  });

  it('keeps its addresses from everybody else', () => {
    const desk = new Desk();
    desk.ask('low', { prefixLength: 30 });
    expect(desk.ask('one', { address: parseIp('10.96.0.5')! })).toBe(
      'ip-taken: 10.96.0.5 belongs to `low` of pool `services.10.96.0.0_24` (10.96.0.4/30)',
    );
    expect([1, 2, 3].map((n) => desk.ask(`next ${n}`))).toEqual(['10.96.0.2', '10.96.0.3', '10.96.0.8']);
    desk.release('low');
    expect(desk.ask('after')).toBe('10.96.0.4');
  });

  it('again under the same identifier is the same one; on other terms it is refused', () => {
    const desk = new Desk();
    expect(desk.ask('a', { prefixLength: 28 })).toBe('10.96.0.32/28');
    expect(desk.ask('a', { prefixLength: 28 })).toBe('=10.96.0.32/28');
    expect(desk.ask('a', { prefixLength: 27 })).toContain('identifier-reused');
    expect(desk.ask('a')).toContain('identifier-reused');
  });

  it('goes by the strategy that is asked for', () => {
    const desk = new Desk();
    desk.ask('between', { prefix: cidr('10.96.0.208/28') });
    // Free /28 are now eleven from 10.96.0.32 on, and two from 10.96.0.224 on.
    expect(desk.ask('fit', { prefixLength: 28, strategy: 'bestFit' })).toBe('10.96.0.224/28');
    expect(desk.ask('wide', { prefixLength: 28, strategy: 'sparse' })).toBe('10.96.0.112/28');
    expect(desk.ask('turn', { prefixLength: 28, strategy: 'roundRobin' })).toBe('10.96.0.32/28');
    expect(desk.ask('luck', { prefixLength: 28, strategy: 'random', seed: 'x' })).toMatch(/^10\.96\.0\.\d+\/28$/);
    expect(desk.ask('fifo', { prefixLength: 28, strategy: 'fifo' })).toBe('invalid-request: `fifo` chooses addresses, not prefixes');
  });

  it('is the preferred one where that is free', () => {
    const desk = new Desk();
    const preferred = parseIp('10.96.0.64')!;
    expect(desk.ask('a', { prefixLength: 28, preferred })).toBe('10.96.0.64/28');
    expect(desk.ask('b', { prefixLength: 28, preferred })).toBe('10.96.0.32/28');
  });

  it('comes several at a time, all or as many as there are', () => {
    const desk = new Desk();
    expect(desk.ask('a', { prefixLength: 26, count: 3 })).toBe('10.96.0.64/26 10.96.0.128/26 10.96.0.192/26');
    expect(desk.ask('b', { prefixLength: 28, count: 3 })).toContain('pool-exhausted: no pool has 3 free prefixes of /28');
    expect(desk.ask('c', { prefixLength: 28, count: 3, partial: true })).toBe('10.96.0.32/28 10.96.0.48/28');
    expect(desk.ask('d', { prefixLength: 28 })).toBe(
      'pool-exhausted: pool `services.10.96.0.0_24` has no free prefix of /28: the largest that is free is 10.96.0.8/29',
    );
  });

  it('is told the largest that is free, however many smaller gaps come before it', () => {
    const desk = new Desk(addressCluster('', { serviceCIDRs: ['10.0.0.0/16'] }));
    const pool = 'services.10.0.0.0_16';
    // Every other address up to 10.0.239.255; then 10.0.240.0/20 but for its first address, of which 10.0.248.0/21 is left.
    const odd = Array.from({ length: 30_720 }, (_, index) => (10n << 24n) + BigInt(index) * 2n + 1n);
    for (const value of odd.slice(1)) desk.book.takenOf('service', 4).take(value, 0);
    desk.book.takenOf('service', 4).take((10n << 24n) + (240n << 8n), 0);
    expect(desk.ask('a', { pool, prefixLength: 20 })).toContain('the largest that is free is 10.0.248.0/21');
  });

  it('lies in what is admitted', () => {
    const desk = new Desk();
    expect(desk.ask('a', { prefixLength: 28, within: [cidr('10.96.0.128/25')] })).toBe('10.96.0.128/28');
    expect(desk.ask('b', { prefixLength: 28, within: [cidr('10.96.0.128/25')], exclude: [cidr('10.96.0.150/32')] })).toBe('10.96.0.160/28');
    expect(desk.ask('c', { prefixLength: 64 })).toContain('invalid-request: `services.10.96.0.0_24` has IPv4 addresses');
  });

  it('of pods is none of a node, unless it is asked for of that node', () => {
    const desk = new Desk();
    expect(desk.ask('a', { pool: PODS, prefixLength: 24, count: 2 })).toBe('10.244.0.0/24 10.244.2.0/24');
    expect(desk.ask('b', { pool: PODS, prefixLength: 28, node: 'a' })).toBe('10.244.1.16/28');
  });
});

describe('a prefix by name', () => {
  it('is that one, unless somebody has something of it', () => {
    const desk = new Desk();
    expect(desk.ask('a', { prefix: cidr('10.96.0.32/27') })).toBe('10.96.0.32/27');
    expect(desk.ask('a', { prefix: cidr('10.96.0.32/27') })).toBe('=10.96.0.32/27');
    expect(desk.ask('b', { prefix: cidr('10.96.0.48/28') })).toBe(
      'ip-taken: 10.96.0.48/28 is not free: it meets what belongs to `a` of pool `services.10.96.0.0_24` (10.96.0.32/27)',
    );
    expect(desk.ask('c', { prefix: cidr('10.96.0.16/28') })).toContain('Service t/dns (10.96.0.20)');
    expect(desk.ask('d', { prefix: cidr('10.96.1.0/28') })).toContain('invalid-request: 10.96.1.0/28 is outside');
    expect(desk.ask('e', { prefix: cidr('10.96.0.0/16') })).toContain('invalid-request: 10.96.0.0/16 is outside');
    expect(desk.ask('f', { pool: PODS, prefix: cidr('10.244.1.128/28') })).toContain('belongs to node `a` (10.244.1.0/24)');
  });

  it('that rests is nobody’s and nobody gets it', () => {
    const desk = new Desk();
    desk.ask('a', { prefixLength: 28, cooldownSeconds: 60 });
    desk.release('a', '2026-01-01T00:01:00.000Z');
    expect(desk.ask('b', { prefix: cidr('10.96.0.32/28') })).toContain('nobody until 2026-01-01T00:01:00.000Z');
    expect(desk.ask('c', { prefixLength: 28 })).toBe('10.96.0.48/28');
  });
});

describe('answers', () => {
  it('count the addresses of a prefix as used', () => {
    const desk = new Desk();
    const used = (): string | undefined => {
      const pools = finished(listPools(MODEL, desk.book, { pool: SERVICES }, false));
      return pools.ok ? pools.value.result.pools[0]?.used : undefined;
    };
    expect(used()).toBe('2');
    desk.ask('marked', { prefixLength: 28 });
    expect(used()).toBe('18');
  });

  it('count those of a prefix that is too wide to be marked address by address', () => {
    const model = addressCluster('', { podCIDRs: ['10.0.0.0/8'], serviceCIDRs: ['172.20.0.0/16'], cni: { plugin: 'calico' } });
    const desk = new Desk(model);
    const pool = 'pods.10.0.0.0_8';
    expect(desk.ask('wide', { pool, prefixLength: 10 })).toBe('10.0.0.0/10');
    expect(desk.ask('one', { pool })).toBe('10.64.0.0');
    const pools = finished(listPools(model, desk.book, { pool }, false));
    const view = pools.ok ? pools.value.result.pools[0] : undefined;
    expect([view!.used, view!.available, view!.fragments]).toEqual([String(2 ** 22 + 1), String(2 ** 24 - 2 ** 22 - 1), 1]);
  });

  it('name the prefix that an address is in', () => {
    const desk = new Desk();
    desk.ask('interface', { prefixLength: 28 });
    const { verdict, result } = ownIp(MODEL, desk.book, parseIp('10.96.0.40')!);
    expect([verdict, result.owners[0]?.name, result.allocations[0]?.prefix]).toEqual(['OWNED', 'interface', '10.96.0.32/28']);
  });

  it('to what is free next are what is handed out', () => {
    const desk = new Desk();
    desk.ask('a', { prefixLength: 28 });
    for (const strategy of ['lowest', 'sparse', 'bestFit'] as const) {
      const asked = { pool: SERVICES, prefixLength: 29, count: 2, strategy, seed: '' };
      const answer = nextFree(MODEL, desk.book, asked);
      expect(answer.ok && answer.value.result.prefixes.join(' ')).toBe(desk.ask(strategy, { prefixLength: 29, count: 2, strategy }));
    }
  });

  it('of the lint: a prefix is in use when somebody has an address of it', () => {
    const desk = new Desk();
    desk.ask('used', { pool: PODS, prefix: cidr('10.244.1.0/30'), node: 'a' });
    const lint = (): readonly string[] =>
      finished(ipamLint(MODEL, desk.book, { codes: undefined, severity: 'info', limit: 10 })).result.findings.map(
        ({ code, addresses }) => `${code} ${addresses.join(' ')}`,
      );
    expect(lint().filter((line) => line.startsWith('ALLOCATED_NOT_IN_USE'))).toEqual([]);
    desk.ask('idle', { pool: PODS, prefixLength: 28 });
    expect(lint().filter((line) => line.startsWith('ALLOCATED_NOT_IN_USE'))).toEqual(['ALLOCATED_NOT_IN_USE 10.244.0.0/28']);
  });
});
