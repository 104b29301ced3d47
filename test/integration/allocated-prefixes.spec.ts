import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/application/clusters/cluster.js';
import type { AllocationRecord } from '../../src/application/ipam/allocation-record.js';
import type { AllocationWrite } from '../../src/application/ipam/allocation-store.js';
import { allocateAddress } from '../../src/core/ipam/allocate-address.js';
import type { AllocationRequest } from '../../src/core/ipam/allocation-decision.js';
import { placeText, spanOf } from '../../src/core/ipam/allocation.js';
import type { AllocationBook } from '../../src/core/ipam/allocation-book.js';
import { releaseAddress } from '../../src/core/ipam/release-address.js';
import { ok } from '../../src/core/kernel/result.js';
import { type Cidr, parseCidr } from '../../src/core/net/cidr.js';
import { parseIp } from '../../src/core/net/ip.js';
import { rangeOfCidr, rangeToCidrs } from '../../src/core/net/ip-set.js';
import { Database, DatabaseSettings } from '../../src/persistence/database.js';
import { AllocationRepository } from '../../src/persistence/ipam/allocation.repository.js';
import { addressCluster } from '../support/address-cluster.js';
import { freshDatabase } from '../support/fresh-database.js';
import { openStore, type OpenStore } from '../support/open-store.js';
import { recordStatements } from '../support/recorded-statements.js';

const POOL = 'services.10.0.0.0_16';
const MODEL = addressCluster('service kubernetes 10.0.0.1', { serviceCIDRs: ['10.0.0.0/16'] });

let store: OpenStore;
let databases: Database[];
let dropDatabase: () => Promise<void>;
beforeAll(async () => {
  const database = await freshDatabase();
  dropDatabase = async () => database.drop();
  store = openStore(database.url);
  databases = [new Database(new DatabaseSettings(database.url)), new Database(new DatabaseSettings(database.url))];
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.onModuleDestroy()));
  await store.close();
  await dropDatabase();
});

let clusters = 0;
async function newCluster(): Promise<Cluster> {
  const name = `prefixes-${++clusters}`;
  const created = await store.clusters.create({ name, displayName: name, profile: {} });
  if (!created.ok) throw new Error(created.error.message);
  return created.value;
}

/** Two processes: what each knows it has read from the database. */
const processes = () => databases.map((database) => new AllocationRepository(database));

type Asked = Partial<Pick<AllocationRequest, 'address' | 'prefix' | 'options'>>;

function asking(identifier: string, { address, prefix, options }: Asked, kind?: AllocationWrite['kind']): AllocationWrite {
  const request = { pool: POOL, identifier, owner: null, address, prefix, options };
  return { author: 'test', kind, decide: [(book) => allocateAddress(MODEL, book, request)] };
}

function givingBack(identifier: string): AllocationWrite {
  return {
    author: 'test',
    kind: 'givesBack',
    decide: [
      (book) => {
        const released = releaseAddress(book, { pool: POOL, identifier, sequence: undefined });
        return released.ok ? ok({ released: released.value }) : released;
      },
    ],
  };
}

/** What a writer came to: what was handed out, or the kind of problem. */
async function outcomeOf(written: ReturnType<AllocationRepository['write']>): Promise<string> {
  const outcomes = await written;
  return outcomes.ok ? outcomes.value.flatMap(({ records }) => records.map(placeText)).join(' ') : outcomes.error.kind;
}

/** Pairs of which one begins before the other has ended. */
function overlapsOf(places: readonly AllocationRecord[]): readonly string[] {
  const ranges = places.map((place) => ({ text: placeText(place), ...rangeOfCidr(spanOf(place)) }));
  const sorted = ranges.sort((a, b) => (a.first < b.first ? -1 : 1));
  return sorted.flatMap(({ text, first }, index) => {
    const before = sorted[index - 1];
    return before && before.last >= first ? [`${before.text} ${text}`] : [];
  });
}

describe('addresses and prefixes, mixed', () => {
  it('INV-IPAM-1: 64 clients of two processes, who also give back, never have anything in common, and leave no gap that fits', async () => {
    const cluster = await newCluster();
    const [one, two] = processes();
    const lengths = [undefined, 28, undefined, 30, 24, undefined, 31, 22];
    const client = async (name: number): Promise<void> => {
      const store = name % 2 === 0 ? one! : two!;
      for (let turn = 0; turn < 6; turn++) {
        const prefixLength = lengths[(name + turn) % lengths.length];
        await outcomeOf(store.write(cluster, asking(`${name}/${turn}`, { options: { prefixLength } })));
        if (turn % 3 === 2) await outcomeOf(store.write(cluster, givingBack(`${name}/${turn - 1}`)));
      }
    };
    await Promise.all(Array.from({ length: 64 }, async (_, name) => client(name)));
    const book = await one!.book(cluster);
    const records = await two!.records(cluster, { at: { sequence: book.sequence } }, { limit: 1_000 });
    expect(records).toHaveLength(64 * 4);
    expect(overlapsOf(records)).toEqual([]);
    // What is asked for next is the lowest gap of its size: found here by going through what is free.
    const free = book.takenOf('service', 4).free([rangeOfCidr(parseCidr('10.0.0.0/16')!)]);
    const gaps = [...free.ranges()].flatMap(rangeToCidrs).filter(({ base }) => base > parseIp('10.0.0.1')!.value);
    const lowest = gaps.find(({ prefix }) => prefix <= 28)!;
    const next = await outcomeOf(two!.write(cluster, asking('next', { options: { prefixLength: 28 } })));
    expect(parseCidr(next)!.base).toBe(lowest.base);
  });

  it('INV-IPAM-1: the database refuses what meets, whoever writes it', async () => {
    const cluster = await newCluster();
    const [one] = processes();
    const { pool } = databases[0]!;
    await one!.write(cluster, asking('prefix', { prefix: parseCidr('10.0.1.0/24')!, options: { cooldownSeconds: 60 } }));
    await one!.write(cluster, asking('address', { address: parseIp('10.0.2.9')! }));
    let sequence = 100;
    const insert = async (address: string, prefix: string | null) =>
      pool.query(
        `INSERT INTO allocation (cluster_id, sequence, pool, plane, address, prefix, identifier, by_name, allocated_at, allocated_by)
        VALUES ($1, $2, 'p', 'service', decode($3, 'hex'), $4, $5, false, now(), 'x')`,
        [cluster.id, ++sequence, address, prefix, `i${sequence}`],
      );
    const refused = { code: '23P01' };
    await expect(insert('0a000107', null)).rejects.toMatchObject(refused); // an address in the prefix
    await expect(insert('0a000180', '10.0.1.128/25')).rejects.toMatchObject(refused); // a prefix in it
    await expect(insert('0a000000', '10.0.0.0/22')).rejects.toMatchObject(refused); // one around it
    await expect(insert('0a000200', '10.0.2.0/28')).rejects.toMatchObject(refused); // one around the address
    await expect(insert('0a000300', '10.0.4.0/24')).rejects.toMatchObject({ code: '23514' }); // that does not begin at its address
    await outcomeOf(one!.write(cluster, givingBack('prefix')));
    await expect(insert('0a000107', null)).rejects.toMatchObject(refused); // that rests
    await insert('0a000210', '10.0.2.16/28');
    await insert('fd000000000000000000000000000000', 'fd00::/64');
    await expect(insert('fd000000000000000000000000000abc', null)).rejects.toMatchObject(refused);
    await insert('fd000000000000010000000000000abc', null);
  });

  it('that are written at the same moment by who has not seen the other: one of them fails', async () => {
    const cluster = await newCluster();
    const [one] = processes();
    await one!.write(cluster, asking('first', { options: { prefixLength: 30 } }));
    const [first, second] = await Promise.all([databases[0]!.pool.connect(), databases[1]!.pool.connect()]);
    const insert = (sequence: number, address: string, prefix: string | null) => ({
      text: `INSERT INTO allocation (cluster_id, sequence, pool, plane, address, prefix, identifier, by_name, allocated_at, allocated_by)
        VALUES ($1, $2, 'p', 'service', decode($3, 'hex'), $4, $5, false, now(), 'x')`,
      values: [cluster.id, sequence, address, prefix, `i${sequence}`],
    });
    await first.query('BEGIN');
    await first.query(insert(10, '0a000905', null));
    const late = second.query(insert(11, '0a000900', '10.0.9.0/24')).then(
      () => 'written',
      (error: unknown) => Reflect.get(Object(error), 'code'),
    );
    await first.query('COMMIT');
    expect(await late).toBe('23P01');
    first.release();
    second.release();
  });

  it('what is looked at before one is written does not grow with the addresses of the other family', async () => {
    const cluster = await newCluster();
    const client = await databases[0]!.pool.connect();
    const insert = async (sequence: number, address: string, prefix: string | null) =>
      client.query(
        `INSERT INTO allocation (cluster_id, sequence, pool, plane, address, prefix, identifier, by_name, allocated_at, allocated_by)
        VALUES ($1, $2, 'p', 'service', decode($3, 'hex'), $4, $3, false, now(), 'x')`,
        [cluster.id, sequence, address, prefix],
      );
    try {
      await client.query('BEGIN');
      await client.query('INSERT INTO allocation_ledger (cluster_id) VALUES ($1)', [cluster.id]);
      await client.query(
        `INSERT INTO allocation (cluster_id, sequence, pool, plane, address, identifier, by_name, allocated_at, allocated_by)
        SELECT $1, n, 'p', 'service', decode(to_hex(1073741824 + n), 'hex'), 'many' || n, false, now(), 'x' FROM generate_series(1, 10000) n`,
        [cluster.id],
      );
      const read = async (): Promise<number> => {
        const { rows } = await client.query(`SELECT idx_tup_fetch AS read FROM pg_stat_xact_user_tables WHERE relname = 'allocation'`);
        return Number(rows[0].read);
      };
      const before = await read();
      await insert(10_001, 'fd000000000000000000000000000001', null); // behind all of them
      await insert(10_002, 'fd000000000000010000000000000000', 'fd00:0:0:1::/64');
      await insert(10_003, '00640000000000010000000000000000', '64:0:0:1::/64'); // before all of them
      await insert(10_004, 'fd000000000000000000000000000002', null);
      expect((await read()) - before).toBeLessThan(100);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('a batch may give an address back and hand out a prefix around it', async () => {
    const cluster = await newCluster();
    const [one] = processes();
    await one!.write(cluster, asking('address', { address: parseIp('10.0.9.9')! }));
    const outcomes = await Promise.all([
      outcomeOf(one!.write(cluster, asking('prefix', { prefix: parseCidr('10.0.9.0/24')! }, 'takesNamed'))),
      outcomeOf(one!.write(cluster, givingBack('address'))),
    ]);
    expect(outcomes).toEqual(['10.0.9.0/24', '10.0.9.9']);
    expect(await outcomeOf(one!.write(cluster, givingBack('prefix')))).toBe('10.0.9.0/24');
    expect(await outcomeOf(one!.write(cluster, asking('again', { address: parseIp('10.0.9.200')! })))).toBe('10.0.9.200');
  });

  it('who names an address or a prefix gets it before those of the same batch who take any', async () => {
    const cluster = await newCluster();
    const [one] = processes();
    await one!.write(cluster, asking('warm', { address: parseIp('10.0.0.9')! }));
    const outcomes = await Promise.all([
      outcomeOf(one!.write(cluster, asking('first', {}, 'takesAny'))),
      outcomeOf(one!.write(cluster, asking('any', {}, 'takesAny'))),
      outcomeOf(one!.write(cluster, asking('second', { address: parseIp('10.0.0.2')! }, 'takesNamed'))),
      outcomeOf(one!.write(cluster, asking('third', { prefix: parseCidr('10.0.0.4/30')! }, 'takesNamed'))),
    ]);
    expect(outcomes).toEqual(['10.0.0.3', '10.0.0.8', '10.0.0.2', '10.0.0.4/30']);
  });
});

describe('leases that are over', () => {
  it('are ended before whoever comes next, however many they are', async () => {
    const cluster = await newCluster();
    const [one, two] = processes();
    const leased = await one!.write(cluster, asking('leased', { options: { count: 2_500, leaseSeconds: 1 } }));
    // Of the answer: to the book of a slow machine they may be over already.
    const last = (leased.ok ? leased.value : []).flatMap(({ records }) => records).at(-1)!;
    await new Promise((wake) => setTimeout(wake, 1_100));
    expect(await outcomeOf(two!.write(cluster, asking('next', { address: last.ip })))).toBe(placeText(last));
    expect([...(await one!.book(cluster)).live()].map(placeText)).toEqual([placeText(last)]);
  });

  it('or are renewed at once cost no more statements the more they are', async () => {
    const statementsFor = async (count: number): Promise<number> => {
      const cluster = await newCluster();
      const [one] = processes();
      await one!.write(cluster, asking('leased', { options: { count, leaseSeconds: 60, cooldownSeconds: 60 } }));
      const renewed = { author: 'test', decide: [(book: AllocationBook) => ok({ renewed: renewals(book) })] };
      const statements = await recordStatements(async () => one!.write(cluster, renewed));
      expect((await one!.book(cluster)).members(POOL, 'leased')).toHaveLength(count);
      return statements.length;
    };
    const renewals = (book: AllocationBook) => book.members(POOL, 'leased').map((allocation) => ({ allocation, leaseSeconds: 60 }));
    expect(await statementsFor(50)).toBe(await statementsFor(2));
  });
});

describe('the history', () => {
  const placesOf = (records: readonly AllocationRecord[]): readonly string[] =>
    records.map((record) => `${placeText(record)} ${record.identifier}${record.releasedSequence === null ? '' : ' (ended)'}`);

  it('of an address has the prefixes that it was in', async () => {
    const cluster = await newCluster();
    const [one, two] = processes();
    const write = async (made: AllocationWrite) => outcomeOf(one!.write(cluster, made));
    const prefix = (text: string): Asked & { readonly prefix: Cidr } => ({ prefix: parseCidr(text)! });
    await write(asking('wide', prefix('10.0.8.0/24')));
    await write(givingBack('wide'));
    await write(asking('narrow', prefix('10.0.8.16/28')));
    await write(givingBack('narrow'));
    await write(asking('alone', { address: parseIp('10.0.8.16')! }));
    const ip = parseIp('10.0.8.16')!;
    const past = await one!.records(cluster, { ip }, { descending: true, limit: 10 });
    expect(placesOf(past)).toEqual(['10.0.8.16 alone', '10.0.8.16/28 narrow (ended)', '10.0.8.0/24 wide (ended)']);
    expect(await one!.records(cluster, { ip: parseIp('10.0.9.16')! }, { limit: 10 })).toEqual([]);
    // A process that reads it all at once, and one that knew the beginning.
    for (const sequence of [1, 3, 5]) {
      const book = await two!.book(cluster, sequence);
      expect(book.holder('service', ip)?.identifier).toBe({ 1: 'wide', 3: 'narrow', 5: 'alone' }[sequence]);
    }
    expect((await two!.book(cluster)).holder('service', parseIp('10.0.8.17')!)).toBeUndefined();
  });
});
