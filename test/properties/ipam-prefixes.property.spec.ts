import { type Arbitrary, array, assert, constantFrom, integer, option, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateAddress } from '../../src/core/ipam/allocate-address.js';
import { placeText, spanOf } from '../../src/core/ipam/allocation.js';
import { AllocationBook, type AllocationEvent } from '../../src/core/ipam/allocation-book.js';
import { finished } from '../../src/core/kernel/steps.js';
import { listPools } from '../../src/core/ipam/list-pools.js';
import { nextFree } from '../../src/core/ipam/next-free.js';
import { ownIp } from '../../src/core/ipam/own-ip.js';
import { releaseAddress } from '../../src/core/ipam/release-address.js';
import { parseCidr } from '../../src/core/net/cidr.js';
import { formatIp, parseIp } from '../../src/core/net/ip.js';
import { addressCluster } from '../support/address-cluster.js';

/** Addresses and prefixes of one small pool, in any order, against a table of who has which address and nothing else. */

const POOL = 'services.10.96.0.0_22';
const MODEL = addressCluster('service kubernetes 10.96.0.1\nservice dns 10.96.1.10', { serviceCIDRs: ['10.96.0.0/22'] });
const FIRST = parseIp('10.96.0.0')!.value;
const SIZE = 1024;
const HELD = [1, 256 + 10];
/** The network's and the broadcast address are in no pool of single addresses. */
const UNUSABLE = new Set([0, SIZE - 1]);

interface Request {
  readonly identifier: string;
  readonly kind: 'address' | 'prefix' | 'named' | 'release';
  readonly prefixLength: number;
  readonly at: number;
  readonly rests: number | null;
}

const requests: Arbitrary<readonly Request[]> = array(
  record({
    identifier: constantFrom(...'a b c d e f g h i j k l m n o p'.split(' ')),
    kind: constantFrom('address', 'prefix', 'prefix', 'named', 'release', 'release'),
    // From a single address to more than is marked address by address.
    prefixLength: integer({ min: 23, max: 32 }),
    at: integer({ min: 0, max: SIZE - 1 }),
    rests: option(integer({ min: 1, max: 9 }), { freq: 1 }),
  }),
  { maxLength: 50 },
);

/** Whose each address is. */
class Table {
  readonly owners = new Map<number, string>(HELD.map((host) => [host, 'the cluster']));

  give(hosts: readonly number[], owner: string): void {
    for (const host of hosts) this.owners.set(host, owner);
  }

  takeBack(owner: string): void {
    for (const [host, name] of this.owners) if (name === owner) this.owners.delete(host);
  }

  has(owner: string): boolean {
    return [...this.owners.values()].includes(owner);
  }

  isFree(hosts: readonly number[]): boolean {
    return hosts.every((host) => !this.owners.has(host));
  }

  /** The lowest prefix of which nobody has anything, by trying each of them. */
  lowest(prefixLength: number): string | undefined {
    const length = 2 ** (32 - prefixLength);
    for (let host = 0; host < SIZE; host += length) if (this.isFree(hostsOf(host, length))) return textOf(host, prefixLength);
    return undefined;
  }

  lowestAddress(): string | undefined {
    const host = hostsOf(0, SIZE).find((one) => !UNUSABLE.has(one) && !this.owners.has(one));
    return host === undefined ? undefined : formatIp({ family: 4, value: FIRST + BigInt(host) });
  }
}

function hostsOf(first: number, length: number): readonly number[] {
  return Array.from({ length }, (_, offset) => first + offset);
}

function textOf(host: number, prefixLength: number): string {
  return `${formatIp({ family: 4, value: FIRST + BigInt(host) })}/${prefixLength}`;
}

/** Runs the requests on both; each outcome is what the table says. */
function play(list: readonly Request[]): {
  readonly book: AllocationBook;
  readonly table: Table;
  readonly events: readonly AllocationEvent[];
} {
  const book = new AllocationBook();
  const table = new Table();
  const events: AllocationEvent[] = [];
  const enter = (event: AllocationEvent): void => {
    book.enter(event);
    events.push(event);
  };
  for (const { identifier, kind, prefixLength, at, rests } of list) {
    const sequence = book.sequence + 1;
    if (kind === 'release') {
      const released = releaseAddress(book, { pool: POOL, identifier, sequence: undefined });
      expect(released.ok).toBe(table.has(identifier));
      if (!released.ok) continue;
      const [allocation] = released.value;
      if (!allocation) throw new Error('nothing is released');
      const restsUntil = rests === null ? undefined : '2026-01-01T00:00:00.000Z';
      enter({ type: 'released', sequence, allocation, restsUntil });
      if (restsUntil !== undefined) enter({ type: 'freed', sequence: sequence + 1, allocation, restsUntil });
      table.takeBack(identifier);
      continue;
    }
    if (table.has(identifier)) continue;
    const host = Math.floor(at / 2 ** (32 - prefixLength)) * 2 ** (32 - prefixLength);
    const name = textOf(host, prefixLength);
    const prefix = kind === 'named' ? parseCidr(name)! : undefined;
    const options = kind === 'prefix' ? { prefixLength } : {};
    const decided = allocateAddress(MODEL, book, { pool: POOL, identifier, owner: null, address: undefined, prefix, options });
    const isFree = table.isFree(hostsOf(host, 2 ** (32 - prefixLength)));
    const expected = {
      address: table.lowestAddress() ?? 'pool-exhausted',
      prefix: table.lowest(prefixLength) ?? 'pool-exhausted',
      named: isFree ? name : 'ip-taken',
    }[kind];
    const made = decided.ok ? decided.value.made[0] : undefined;
    expect(made ? placeText(made) : decided.ok ? 'nothing' : decided.error.kind).toBe(expected);
    if (!made) continue;
    enter({ type: 'allocated', sequence, allocation: { ...made, sequence, allocatedAt: '', allocatedBy: '' } });
    const span = spanOf(made);
    table.give(hostsOf(Number(span.base - FIRST), 2 ** (32 - span.prefix)), identifier);
  }
  return { book, table, events };
}

/** What a book says of every address. */
function content(book: AllocationBook): string {
  const holders = hostsOf(0, SIZE).map((host) => book.holder('service', { family: 4, value: FIRST + BigInt(host) })?.identifier ?? '-');
  const taken = book.takenOf('service', 4).within({ family: 4, first: FIRST, last: FIRST + BigInt(SIZE - 1) });
  return `${book.sequence} ${holders.join(' ')} ${taken.map(({ first, last }) => `${first}-${last}`).join(' ')}`;
}

describe('addresses and prefixes in any order', () => {
  it('INV-IPAM-1: are what the table says, and have nothing in common', () => {
    assert(
      property(requests, (list) => {
        const { book, table } = play(list);
        for (const host of hostsOf(0, SIZE)) {
          const holder = book.holder('service', { family: 4, value: FIRST + BigInt(host) })?.identifier;
          expect(holder ?? (HELD.includes(host) ? 'the cluster' : undefined)).toBe(table.owners.get(host));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('INV-IPAM-2, INV-IPAM-3: are counted as the table counts', () => {
    assert(
      property(requests, (list) => {
        const { book, table } = play(list);
        const answer = finished(listPools(MODEL, book, { pool: POOL }, false));
        const pool = answer.ok ? answer.value.result.pools[0] : undefined;
        const used = [...table.owners.keys()].filter((host) => !UNUSABLE.has(host)).length;
        expect([pool?.used, pool?.available]).toEqual([String(used), String(SIZE - UNUSABLE.size - used)]);
      }),
      { numRuns: 60 },
    );
  });

  it('a preview of a prefix is what is handed out next, and an owner is told of every address of it', () => {
    assert(
      property(requests, integer({ min: 23, max: 32 }), (list, prefixLength) => {
        const { book } = play(list);
        const preview = nextFree(MODEL, book, { pool: POOL, prefixLength, count: 1, seed: '' });
        const options = { prefixLength };
        const decided = allocateAddress(MODEL, book, { pool: POOL, identifier: 'new', owner: null, address: undefined, options });
        const made = decided.ok ? decided.value.made[0] : undefined;
        expect(preview.ok ? preview.value.result.prefixes : []).toEqual(made ? [placeText(made)] : []);
        if (!made) return;
        const sequence = book.sequence + 1;
        book.enter({ type: 'allocated', sequence, allocation: { ...made, sequence, allocatedAt: '', allocatedBy: '' } });
        const { base, prefix } = spanOf(made);
        const last = { family: 4, value: base + (1n << BigInt(32 - prefix)) - 1n } as const;
        expect(ownIp(MODEL, book, last).result.allocations.map(({ identifier }) => identifier)).toEqual(['new']);
      }),
      { numRuns: 60 },
    );
  });

  it('a book from which changes are taken back is the one before them', () => {
    assert(
      property(requests, integer({ min: 0, max: 60 }), (list, keep) => {
        const { book, events } = play(list);
        const before = new AllocationBook();
        for (const event of events.slice(0, keep)) before.enter(event);
        for (const event of events.slice(keep).toReversed()) book.undo(event);
        expect(content(book)).toBe(content(before));
      }),
      { numRuns: 60 },
    );
  });
});
