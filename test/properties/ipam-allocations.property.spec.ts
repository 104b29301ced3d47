import { type Arbitrary, array, assert, boolean, constantFrom, integer, option, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateAddress } from '../../src/core/ipam/allocate-address.js';
import { AllocationBook, type AllocationEvent } from '../../src/core/ipam/allocation-book.js';
import { nextFree } from '../../src/core/ipam/next-free.js';
import { ownIp } from '../../src/core/ipam/own-ip.js';
import { releaseAddress } from '../../src/core/ipam/release-address.js';
import { formatIp, parseIp } from '../../src/core/net/ip.js';
import { addressCluster } from '../support/address-cluster.js';

/** Sequences of requests on a small pool, against a model of it that is a table and nothing else. */

const POOL = 'services.10.96.0.0_28';
const MODEL = addressCluster('service kubernetes 10.96.0.1\nservice dns 10.96.0.10', { serviceCIDRs: ['10.96.0.0/28'] });
const HELD = new Set([1, 10]);
/** Network and broadcast address are never handed out: 1 to 14 remain. */
const USABLE = Array.from({ length: 14 }, (_, index) => index + 1);

type Request =
  | { readonly type: 'allocate'; readonly identifier: string; readonly owner: string | null; readonly host: number | null }
  | { readonly type: 'release'; readonly identifier: string; readonly guarded: boolean; readonly stale: boolean };

const identifier = constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p');
const requests: Arbitrary<readonly Request[]> = array(
  record({
    kind: integer({ min: 0, max: 3 }),
    identifier,
    owner: option(constantFrom('x', 'y'), { freq: 1 }),
    host: option(integer({ min: 0, max: 15 })),
    guarded: boolean(),
    stale: boolean(),
  }).map(({ kind, identifier, owner, host, guarded, stale }): Request =>
    kind === 0 ? { type: 'release', identifier, guarded, stale } : { type: 'allocate', identifier, owner, host: kind === 1 ? host : null },
  ),
  { maxLength: 60 },
);

/** What is handed out: identifier → the request, the last byte of the address, and the number of the change. */
type Table = Map<string, { readonly owner: string | null; readonly host: number | null; readonly got: number; readonly sequence: number }>;

function expected(table: Table, request: Request, sequence: number): string {
  const own = table.get(request.identifier);
  if (request.type === 'release') {
    if (!own) return 'unknown-allocation';
    if (request.guarded && request.stale) return 'stale-sequence';
    table.delete(request.identifier);
    return `10.96.0.${own.got}`;
  }
  const { owner, host } = request;
  if (own) return own.owner === owner && own.host === host ? `10.96.0.${own.got}` : 'identifier-reused';
  const taken = new Set([...HELD, ...[...table.values()].map(({ got }) => got)]);
  if (host !== null && !USABLE.includes(host)) return 'invalid-request';
  if (host !== null && taken.has(host)) return 'ip-taken';
  const got = host ?? USABLE.find((one) => !taken.has(one));
  if (got === undefined) return 'pool-exhausted';
  table.set(request.identifier, { owner, host, got, sequence });
  return `10.96.0.${got}`;
}

/** What the room does with a request; the event is not entered. */
function decide(book: AllocationBook, request: Request, table: Table): { readonly outcome: string; readonly event?: AllocationEvent } {
  const sequence = book.sequence + 1;
  if (request.type === 'release') {
    const own = table.get(request.identifier)?.sequence;
    const expectedSequence = request.guarded && own !== undefined ? (request.stale ? own + 1000 : own) : undefined;
    const released = releaseAddress(book, { pool: POOL, identifier: request.identifier, sequence: expectedSequence });
    if (!released.ok) return { outcome: released.error.kind };
    return { outcome: formatIp(released.value[0]!.ip), event: { type: 'released', sequence, allocation: released.value[0]! } };
  }
  const address = request.host === null ? undefined : parseIp(`10.96.0.${request.host}`);
  const decided = allocateAddress(MODEL, book, { pool: POOL, identifier: request.identifier, owner: request.owner, address });
  if (!decided.ok) return { outcome: decided.error.kind };
  const { known, made } = decided.value;
  const outcome = formatIp((known[0] ?? made[0]!).ip);
  if (known.length > 0) return { outcome };
  return {
    outcome,
    event: { type: 'allocated', sequence, allocation: { ...made[0]!, sequence, allocatedAt: '', allocatedBy: '' } },
  };
}

/** What a book says of every address and identifier. */
function content(book: AllocationBook): string {
  const addresses = Array.from({ length: 16 }, (_, host) => book.holder('service', parseIp(`10.96.0.${host}`)!)?.identifier ?? '-');
  const taken = [...book.takenOf('service', 4).addresses.ranges(0n, 1n << 32n)].map(String);
  const identifiers = [...book.identifiers(POOL)].sort().map((name) => `${name}=${formatIp(book.find(POOL, name)!.ip)}`);
  return JSON.stringify([book.sequence, addresses, taken, identifiers]);
}

describe('sequences of requests', () => {
  it('INV-IPAM-1, INV-IPAM-2, INV-IPAM-4: come to what the table says, and no address has two owners', () => {
    assert(
      property(requests, (list) => {
        const book = new AllocationBook();
        const table: Table = new Map();
        for (const request of list) {
          const { outcome, event } = decide(book, request, table);
          expect(outcome).toBe(expected(table, request, book.sequence + 1));
          if (event) book.enter(event);
          const owned = [...table.values()].map(({ got }) => got);
          expect(new Set(owned).size).toBe(owned.length);
          expect([...book.identifiers(POOL)].sort()).toEqual([...table.keys()].sort());
          expect(book.takenOf('service', 4).addresses.size).toBe(table.size);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('a preview of the lowest is what is handed out next', () => {
    assert(
      property(requests, (list) => {
        const { book } = play(list);
        const preview = nextFree(MODEL, book, { pool: POOL, strategy: 'lowest', count: 1, seed: '' });
        const next = allocateAddress(MODEL, book, { pool: POOL, identifier: 'new', owner: null, address: undefined });
        const previewed = preview.ok && preview.value.verdict === 'AVAILABLE' ? preview.value.result.addresses[0] : 'pool-exhausted';
        expect(next.ok ? formatIp(next.value.made[0]!.ip) : next.error.kind).toBe(previewed);
      }),
      { numRuns: 100 },
    );
  });

  it('an address is owned exactly when it was handed out or a service has it', () => {
    assert(
      property(requests, integer({ min: 0, max: 15 }), (list, host) => {
        const { book, table } = play(list);
        const { verdict, result } = ownIp(MODEL, book, parseIp(`10.96.0.${host}`)!);
        const holder = [...table].find(([, { got }]) => got === host)?.[0];
        expect(verdict === 'OWNED').toBe(HELD.has(host) || holder !== undefined);
        expect(result.allocations.map((allocation) => allocation.identifier)).toEqual(holder === undefined ? [] : [holder]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a book', () => {
  it('that is read in parts, some of them twice, is the book that is read at once', () => {
    assert(
      property(requests, integer({ min: 0, max: 60 }), integer({ min: 0, max: 60 }), (list, cut, overlap) => {
        const { book, events } = play(list);
        const other = new AllocationBook();
        for (const event of events.slice(0, cut)) other.enter(event);
        for (const event of events.slice(Math.max(0, cut - overlap))) other.enter(event);
        expect(content(other)).toBe(content(book));
      }),
      { numRuns: 100 },
    );
  });

  it('from which changes are taken back is the one before them', () => {
    assert(
      property(requests, integer({ min: 0, max: 60 }), (list, keep) => {
        const { book, events } = play(list);
        const before = new AllocationBook();
        for (const event of events.slice(0, keep)) before.enter(event);
        for (const event of events.slice(keep).toReversed()) book.undo(event);
        expect(content(book)).toBe(content(before));
      }),
      { numRuns: 100 },
    );
  });
});

function play(list: readonly Request[]): {
  readonly book: AllocationBook;
  readonly table: Table;
  readonly events: readonly AllocationEvent[];
} {
  const book = new AllocationBook();
  const table: Table = new Map();
  const events: AllocationEvent[] = [];
  for (const request of list) {
    const { event } = decide(book, request, table);
    expected(table, request, book.sequence + 1);
    if (!event) continue;
    book.enter(event);
    events.push(event);
  }
  return { book, table, events };
}
