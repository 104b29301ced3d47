import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/application/clusters/cluster.js';
import { BlockAllocations } from '../../src/application/ipam/block-allocations.js';
import type { Decide } from '../../src/application/ipam/allocation-store.js';
import type { Allocation } from '../../src/core/ipam/allocation.js';
import type { AllocationPast } from '../../src/core/ipam/allocation-memory.js';
import { renewAddress } from '../../src/core/ipam/renew-address.js';
import { releaseAddress } from '../../src/core/ipam/release-address.js';
import { ok } from '../../src/core/kernel/result.js';
import { parseCidr } from '../../src/core/net/cidr.js';
import { formatIp, parseIp } from '../../src/core/net/ip.js';
import { Database, DatabaseSettings } from '../../src/persistence/database.js';
import { ENDED_BETWEEN, GIVEN_BACK, TELLING } from '../../src/persistence/ipam/allocation-statements.js';
import { AllocationRepository } from '../../src/persistence/ipam/allocation.repository.js';
import { freshDatabase } from '../support/fresh-database.js';
import { openStore, type OpenStore } from '../support/open-store.js';
import { recordStatements } from '../support/recorded-statements.js';

/** What was, as it is read again: the same as whoever was there saw, for the work of what is asked, not of all that ever was. */

let store: OpenStore;
let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const fresh = await freshDatabase();
  drop = async () => fresh.drop();
  store = openStore(fresh.url);
  database = new Database(new DatabaseSettings(fresh.url));
});
afterAll(async () => {
  await database.onModuleDestroy();
  await store.close();
  await drop();
});

async function newCluster(name: string): Promise<Cluster> {
  const created = await store.clusters.create({ name, displayName: name, profile: {} });
  if (!created.ok) throw new Error(created.error.message);
  return created.value;
}

const take =
  (address: string, terms: { readonly cooldownSeconds?: number; readonly prefixLength?: number; readonly pool?: string } = {}): Decide =>
  () => {
    const made = { pool: 'p', plane: 'pod', ip: parseIp(address)!, identifier: address, owner: null, byName: true } as const;
    return ok({ made: [{ ...made, ordinal: 0, request: '', leaseSeconds: null, cooldownSeconds: 0, ...terms }] });
  };

const giveBack =
  (address: string): Decide =>
  (book) => {
    const released = releaseAddress(book, { pool: 'p', identifier: address, sequence: undefined });
    return released.ok ? ok({ released: released.value }) : released;
  };

/** In order, each a change of its own. */
async function write(repository: AllocationRepository, cluster: Cluster, decide: readonly Decide[]): Promise<void> {
  for (const one of decide) {
    const written = await repository.write(cluster, { author: 'test', decide: [one] });
    if (!written.ok) throw new Error(written.error.message);
  }
}

const readsOf = (statements: readonly string[]) => statements.filter((statement) => statement === GIVEN_BACK).length;

describe('what strategies remember', () => {
  it('is read once by all who look back at a time', async () => {
    const cluster = await newCluster('at-a-time');
    await write(new AllocationRepository(database), cluster, [take('10.0.0.1'), take('10.0.0.2')]);
    const fresh = new AllocationRepository(database);
    const statements = await recordStatements(async () => Promise.all(Array.from({ length: 20 }, async () => fresh.past(cluster))));
    expect(readsOf(statements)).toBe(1);
    expect((await fresh.past(cluster)).memory.cursor('p')).toBe(parseIp('10.0.0.2')!.value);
  });

  it.each([
    ['without the lock', [take('10.0.0.3')]],
    ['under the lock', [take('10.0.0.3'), giveBack('10.0.0.1'), giveBack('10.0.0.3')]],
  ])('is kept although others write %s while it is read, and knows what they wrote', async (name, meanwhile) => {
    const cluster = await newCluster(`meanwhile-${name.replaceAll(' ', '-')}`);
    await write(new AllocationRepository(database), cluster, [take('10.0.0.1'), take('10.0.0.2'), giveBack('10.0.0.2')]);
    const busy: Database = Object.create(database);
    let reads = 0;
    busy.rows = async (text, values, statement) => {
      const rows = await database.rows<never>(text, values, statement);
      if (text === GIVEN_BACK && ++reads === 1) await write(fresh, cluster, meanwhile);
      return rows;
    };
    const fresh = new AllocationRepository(busy);
    const { book, memory } = await fresh.past(cluster);
    expect(book.sequence).toBe(3 + meanwhile.length);
    const told = await new AllocationRepository(database).past(cluster, book.sequence);
    const seen = (past: typeof memory) => [past.cursor('p'), past.released('pod', 4).within(0n, 1n << 32n)];
    expect(seen(memory)).toEqual(seen(told.memory));
    expect(memory.cursor('p')).toBe(parseIp('10.0.0.3')!.value);
    await write(fresh, cluster, [take('10.0.0.9')]);
    expect((await fresh.past(cluster)).memory.cursor('p')).toBe(parseIp('10.0.0.9')!.value);
    expect(reads).toBe(1);
  });

  it('is no row for each address that is handed out', async () => {
    const cluster = await newCluster('many-live');
    const live = Array.from({ length: 50 }, (_, index) => take(`10.0.1.${index}`));
    await write(new AllocationRepository(database), cluster, [...live, take('10.0.2.1'), take('10.0.2.2'), giveBack('10.0.2.1')]);
    for (const text of [TELLING, GIVEN_BACK]) expect(await database.rows(text, [cluster.id, 53])).toHaveLength(1);
  });
});

describe('a book after an earlier change', () => {
  const textOf = ({ ip, prefixLength, identifier, sequence }: Allocation) =>
    `${formatIp(ip)}/${prefixLength ?? ''} ${identifier} ${sequence}`;
  const viewOf = ({ book, memory }: AllocationPast) => ({
    sequence: book.sequence,
    live: [...book.live()].map(textOf).sort(),
    resting: [...book.resting()].map(({ allocation, until }) => `${textOf(allocation)} ${until}`).sort(),
    cursors: ['p', 'q'].map((pool) => memory.cursor(pool)),
    givenBack: memory.released('pod', 4).within(0n, 1n << 32n),
  });
  const renew =
    (address: string): Decide =>
    (book) => {
      const renewed = renewAddress(book, { pool: 'p', identifier: address, sequence: undefined }, 3_600);
      return renewed.ok ? ok({ renewed: renewed.value }) : renewed;
    };

  it('is what whoever was there saw, and so is what strategies remember', async () => {
    const cluster = await newCluster('as-it-was');
    const there = new AllocationRepository(database);
    const seen = new Map<number, ReturnType<typeof viewOf>>();
    const look = async () => {
      const view = viewOf(await there.past(cluster));
      seen.set(view.sequence, view);
      return view;
    };
    await look();
    const resting = { cooldownSeconds: 1 };
    const changes = [
      [take('10.0.0.1'), take('10.0.0.2', resting), take('10.0.0.3'), take('10.0.0.16', { prefixLength: 28 })],
      [giveBack('10.0.0.3'), giveBack('10.0.0.2'), renew('10.0.0.1'), take('10.0.0.3'), giveBack('10.0.0.16')],
      [take('10.0.0.17', { pool: 'q' }), giveBack('10.0.0.1'), take('10.0.0.4', { cooldownSeconds: 3_600 }), giveBack('10.0.0.4')],
    ].flat();
    for (const change of changes) {
      await write(there, cluster, [change]);
      await look();
    }
    for (let view = await look(); view.resting.length > 1; view = await look()) await delay(50);
    await write(there, cluster, [take('10.0.0.2'), giveBack('10.0.0.3')]);
    await look();
    expect(seen.size).toBeGreaterThan(changes.length);
    expect([...seen.values()].filter(({ resting: some }) => some.length > 0).length).toBeGreaterThan(5);
    for (const later of [there, new AllocationRepository(database)]) {
      for (const [sequence, view] of seen) expect(viewOf(await later.past(cluster, sequence))).toEqual(view);
    }
  });

  it('is read by what has ended since, not by the history', async () => {
    const cluster = await newCluster('long-history');
    const repository = new AllocationRepository(database);
    const all = Array.from({ length: 2_000 }, (_, index) => `10.2.${index >> 8}.${index & 255}`);
    for (let round = 0; round < 3; round++) {
      const author = 'test';
      expect(await repository.write(cluster, { author, decide: all.map((address) => take(address)) })).toMatchObject({ ok: true });
      if (round < 2) expect(await repository.write(cluster, { author, decide: all.map(giveBack) })).toMatchObject({ ok: true });
    }
    await write(repository, cluster, [giveBack('10.2.0.0'), giveBack('10.2.0.1'), take('10.2.0.0')]);
    await database.rows('ANALYZE allocation', []);
    const { sequence } = await repository.book(cluster);
    const values = [cluster.id, sequence - 3, sequence];
    expect(await database.rows(ENDED_BETWEEN, values)).toHaveLength(2);
    const [row] = await database.rows<{ 'QUERY PLAN': [{ Plan: Readonly<Record<string, number>> }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${ENDED_BETWEEN}`,
      values,
    );
    const { Plan: plan } = row!['QUERY PLAN'][0];
    expect(plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!).toBeLessThan(30);
    expect([...(await repository.book(cluster, sequence - 3)).live()]).toHaveLength(2_000);
  });
});

describe('what was handed out of prefixes', () => {
  /** More than are looked up by their end. */
  const MANY = 1_001;

  it('is what lived after a change, however much has ended since', async () => {
    const cluster = await newCluster('prefixes');
    const repository = new AllocationRepository(database);
    await write(
      repository,
      cluster,
      ['10.1.0.1', '10.1.0.2', '10.1.0.3', '10.2.0.1'].map((address) => take(address)),
    );
    await write(repository, cluster, [giveBack('10.1.0.1'), giveBack('10.1.0.2')]);
    const asked = [{ plane: 'pod', cidr: parseCidr('10.1.0.0/24')! } as const];
    const after = async (sequence: number) =>
      (await repository.inPrefixes(cluster, sequence, asked, 10)).map((found) => found.map(({ ip }) => formatIp(ip)));
    const all = async () => [await after(2), await after(4), await after(5), await after(6)];
    const expected = [[['10.1.0.1', '10.1.0.2']], [['10.1.0.1', '10.1.0.2', '10.1.0.3']], [['10.1.0.2', '10.1.0.3']], [['10.1.0.3']]];
    expect(await all()).toEqual(expected);
    const others = Array.from({ length: MANY }, (_, index) => take(`10.3.${index >> 8}.${index & 255}`));
    await Promise.all(others.map((decide) => repository.write(cluster, { author: 'test', decide: [decide] })));
    expect(await all()).toEqual(expected);
  });

  it.each([
    ['below the block', '10.1.0.0/24', '10.0.0.0', ['10.1.0.1', '10.1.0.2']],
    ['in the block', '10.1.0.0/24', '10.1.0.1', ['10.1.0.2']],
    ['above the block', '10.1.0.0/24', '10.9.0.0', []],
    ['at the last address of all', '0.0.0.0/0', '255.255.255.255', []],
  ])('a page that begins %s has nothing of any other', async (name, block, cursor, expected) => {
    const cluster = await newCluster(`cursor-${name.replaceAll(' ', '-')}`);
    const repository = new AllocationRepository(database);
    await write(
      repository,
      cluster,
      ['10.0.0.1', '10.1.0.1', '10.1.0.2', '16.0.0.1', '255.255.255.255'].map((address) => take(address)),
    );
    const after = Buffer.from(cursor).toString('base64url');
    const [page] = await new BlockAllocations(repository).pages([{ cluster, sequence: 5, plane: 'pod', block, first: 10, after }]);
    expect(page?.ok && page.value.items.map(({ ip }) => formatIp(ip))).toEqual(expected);
  });
});
