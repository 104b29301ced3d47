import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Cluster } from '../../src/application/clusters/cluster.js';
import type { AllocationRecord } from '../../src/application/ipam/allocation-record.js';
import type { AllocationOutcome, Decide } from '../../src/application/ipam/allocation-store.js';
import { renewAddress } from '../../src/core/ipam/renew-address.js';
import { releaseAddress } from '../../src/core/ipam/release-address.js';
import { type Problem, problem, ProblemError } from '../../src/core/kernel/problem.js';
import { err, ok, type Result } from '../../src/core/kernel/result.js';
import { formatIp, type Ip, parseIp } from '../../src/core/net/ip.js';
import { Database, DatabaseSettings } from '../../src/persistence/database.js';
import { withValues } from '../../src/persistence/copy/sql-literals.js';
import { CHANGES_SINCE } from '../../src/persistence/ipam/allocation-statements.js';
import { AllocationRepository } from '../../src/persistence/ipam/allocation.repository.js';
import { freshDatabase } from '../support/fresh-database.js';
import { openStore, type OpenStore } from '../support/open-store.js';
import { recordStatements } from '../support/recorded-statements.js';

const FIRST = parseIp('192.0.2.0')!;

let store: OpenStore;
let databases: Database[];
let dropDatabase: () => Promise<void>;
let url: string;
beforeAll(async () => {
  const database = await freshDatabase();
  ({ url } = database);
  dropDatabase = async () => database.drop();
  store = openStore(url);
  databases = [new Database(new DatabaseSettings(url)), new Database(new DatabaseSettings(url))];
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.onModuleDestroy()));
  await store.close();
  await dropDatabase();
});

let clusters = 0;
async function newCluster(): Promise<Cluster> {
  const name = `allocations-${++clusters}`;
  const created = await store.clusters.create({ name, displayName: name, profile: {} });
  if (!created.ok) throw new Error(created.error.message);
  return created.value;
}

/** A process of its own: what it knows it has read from the database. */
const processes = () =>
  databases.map((database) => {
    const repository = new AllocationRepository(database);
    /** One decision, and its one allocation. */
    const write = async (cluster: Cluster, author: string, decide: Decide): Promise<Result<Written, Problem>> => {
      const outcomes = await repository.write(cluster, { author, decide: [decide] });
      return outcomes.ok ? ok({ record: outcomes.value[0]!.records[0]!, changed: outcomes.value[0]!.changed }) : outcomes;
    };
    return Object.assign(Object.create(repository) as Omit<AllocationRepository, 'write'>, { write, repository });
  });

interface Written {
  readonly record: AllocationRecord;
  readonly changed: AllocationOutcome['changed'];
}

/** The lowest address from 192.0.2.0 on, or the one that is named. */
function next(identifier: string, ip?: Ip): Decide {
  return (book) => {
    const known = book.find('p', identifier);
    if (known) return ok({ known: [known] });
    const chosen = ip ?? { family: 4, value: book.takenOf('external', 4).addresses.nextAbsent(FIRST.value) };
    const made = { pool: 'p', plane: 'external', ip: chosen, identifier, owner: null, byName: ip !== undefined } as const;
    return ok({ made: [{ ...made, ordinal: 0, request: '', leaseSeconds: null, cooldownSeconds: 0 }] });
  };
}

const giveBack =
  (identifier: string): Decide =>
  (book) => {
    const released = releaseAddress(book, { pool: 'p', identifier, sequence: undefined });
    return released.ok ? ok({ released: released.value }) : released;
  };

const problemOf = (error: unknown) => (error instanceof ProblemError ? error.problem : undefined);

const addressOf = (outcome: Result<Written, Problem>) => (outcome.ok ? formatIp(outcome.value.record.ip) : outcome.error.kind);

/** `192.0.2.0` … in order. */
const addressesFrom = (count: number) =>
  Array.from({ length: count }, (_, index) => formatIp({ family: 4, value: FIRST.value + BigInt(index) }));

const inOrder = (addresses: readonly string[]) => [...addresses].sort((a, b) => (parseIp(a)!.value < parseIp(b)!.value ? -1 : 1));

describe('writers', () => {
  it('INV-IPAM-1: of two processes, 64 at a time, never get an address twice, and leave none out', async () => {
    const cluster = await newCluster();
    const [one, two] = processes();
    const outcomes = await Promise.all(
      Array.from({ length: 640 }, async (_, index) => (index % 2 === 0 ? one! : two!).write(cluster, 'test', next(`i${index}`))),
    );
    expect(inOrder(outcomes.map(addressOf))).toEqual(addressesFrom(640));
    const sequences = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value.record.sequence] : []));
    expect(sequences.sort((a, b) => a - b)).toEqual(Array.from({ length: 640 }, (_, index) => index + 1));
  });

  it('of one batch see what those before them did', async () => {
    const cluster = await newCluster();
    const [store] = processes();
    const outcomes = await Promise.all([
      store!.write(cluster, 'test', next('first')),
      store!.write(cluster, 'test', next('a')),
      store!.write(cluster, 'test', next('a')),
      store!.write(cluster, 'test', giveBack('a')),
      store!.write(cluster, 'test', next('b')),
      store!.write(cluster, 'test', () => err(problem('pool-exhausted', 'full'))),
    ]);
    expect(outcomes.map(addressOf)).toEqual(['192.0.2.0', '192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.1', 'pool-exhausted']);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.changed)).toEqual([true, true, false, true, true, false]);
    const book = await store!.book(cluster);
    expect([book.sequence, book.find('p', 'a'), formatIp(book.find('p', 'b')!.ip)]).toEqual([4, undefined, '192.0.2.1']);
  });

  it('send a number of statements that does not grow with the writers that wait', async () => {
    const cluster = await newCluster();
    const [store] = processes();
    let batches = 0;
    const batch = async (size: number) => {
      const name = `batch ${++batches}`;
      return recordStatements(async () => {
        await Promise.all(Array.from({ length: size }, async (_, index) => store!.write(cluster, 'test', next(`${name}/${index}`))));
      });
    };
    // Who knows nothing of a cluster reads it under the lock of its row.
    expect((await batch(2)).length).toBeGreaterThan(3);
    // Nobody else was seen to write: from then on a batch is one statement.
    expect(await batch(2)).toHaveLength(1);
    expect(await batch(200)).toHaveLength(1);
  });

  it('that nobody else was seen to write beside find out that somebody has', async () => {
    const cluster = await newCluster();
    const [one, two] = processes();
    const write = async (by: typeof one, decide: Decide) => addressOf(await by!.write(cluster, 'test', decide));
    for (const name of ['a', 'b', 'c']) await write(one, next(name));
    expect(await write(two, next('d'))).toBe('192.0.2.3');
    expect(await write(one, next('e'))).toBe('192.0.2.4');
    expect(await write(two, giveBack('b'))).toBe('192.0.2.1');
    expect(await write(one, next('f'))).toBe('192.0.2.1');
    // What is known is known as of now, not as of the last look.
    expect(await write(two, giveBack('f'))).toBe('192.0.2.1');
    expect(await write(two, next('g'))).toBe('192.0.2.1');
    expect(await write(one, next('f'))).toBe('192.0.2.5');
    const book = await one!.book(cluster);
    expect([...book.live()].map(({ ip, identifier }) => `${formatIp(ip)} ${identifier}`).sort()).toEqual(
      ['0 a', '1 g', '2 c', '3 d', '4 e', '5 f'].map((rest) => `192.0.2.${rest}`),
    );
  });

  it('of a cluster that is gone are told so', async () => {
    const cluster = await newCluster();
    const [store_] = processes();
    await store_!.write(cluster, 'test', next('a'));
    await store.clusters.delete(cluster.name);
    expect(addressOf(await store_!.write(cluster, 'test', next('b')))).toBe('unknown-cluster');
    const left = await databases[0]!.rows('SELECT 1 FROM allocation WHERE cluster_id = $1', [cluster.id]);
    expect(left).toEqual([]);
  });
});

describe('a failure', () => {
  it('between decision and commit leaves nothing behind: the address is given to the next', async () => {
    const cluster = await newCluster();
    const [one, two] = processes();
    await databases[0]!.pool.query(`
      CREATE FUNCTION doom() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'doomed'; END $$;
      CREATE TRIGGER doom BEFORE INSERT ON allocation FOR EACH ROW WHEN (NEW.identifier = 'doomed') EXECUTE FUNCTION doom()`);
    await one!.write(cluster, 'test', next('before'));
    await expect(one!.write(cluster, 'test', next('doomed'))).rejects.toThrow('doomed');
    expect((await one!.book(cluster)).sequence).toBe(1);
    expect(addressOf(await two!.write(cluster, 'test', next('after')))).toBe('192.0.2.1');
    expect(addressOf(await one!.write(cluster, 'test', next('again')))).toBe('192.0.2.2');
    expect((await one!.book(cluster)).sequence).toBe(3);
  });

  it('for the sake of others is tried again as a whole, and after five times told as what it is', async () => {
    // shared/reference/ipam-dataplane.md 13.3, 4: "40001, 40P01, 55P03 → retry the batch up to 5 times"
    const cluster = await newCluster();
    const [one] = processes();
    await databases[0]!.pool.query(`
      CREATE SEQUENCE tries;
      CREATE FUNCTION give_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') <= substring(NEW.identifier FROM 5)::integer THEN RAISE EXCEPTION 'others first' USING ERRCODE = TG_ARGV[0]; END IF;
        RETURN NEW;
      END $$`);
    const triesOf = async (code: string, decide: Decide): Promise<unknown> => {
      await databases[0]!.pool.query(`
        ALTER SEQUENCE tries RESTART;
        CREATE TRIGGER give_way BEFORE INSERT ON allocation FOR EACH ROW WHEN (NEW.identifier LIKE 'fail%') EXECUTE FUNCTION give_way('${code}')`);
      const outcome = await one!.write(cluster, 'test', decide).then(addressOf, (error: unknown) => problemOf(error)?.message);
      await databases[0]!.pool.query('DROP TRIGGER give_way ON allocation');
      return [outcome, (await databases[0]!.rows<{ tries: string }>('SELECT last_value AS tries FROM tries', []))[0]?.tries];
    };
    // The first batch of a process holds the ledger's row, later ones do not.
    expect(await triesOf('40P01', next('fail2'))).toEqual(['192.0.2.0', '3']);
    expect(await triesOf('40001', next('fail1'))).toEqual(['192.0.2.1', '2']);
    expect(await triesOf('55P03', next('fail4'))).toEqual(['192.0.2.2', '5']);
    expect(await triesOf('40P01', next('fail9'))).toEqual([
      'the database gave the change up for another one (`deadlock_detected`); nothing was changed',
      '5',
    ]);
    // Another failure is not tried again.
    expect(await triesOf('P0001', next('fail8'))).toEqual([undefined, '1']);
    expect(addressOf(await one!.write(cluster, 'test', next('after')))).toBe('192.0.2.3');
    expect((await one!.book(cluster)).sequence).toBe(4);
  });

  it('to know of an owner that the database knows of is mended: the book is read anew, and the batch decided once more', async () => {
    // 13.3, 4: "23505 on (space, ip) → the bitmap was wrong: … count a drift metric, retry"
    const cluster = await newCluster();
    const [one, two] = processes();
    await one!.write(cluster, 'test', next('a'));
    // By a hand that passes by the ledger, which alone tells that something was written.
    await databases[0]!.pool.query(
      String.raw`INSERT INTO allocation (cluster_id, sequence, pool, plane, address, identifier, by_name, allocated_at, allocated_by)
        SELECT cluster_id, 1000, pool, plane, '\xc0000201', 'by hand', false, allocated_at, allocated_by FROM allocation WHERE cluster_id = $1`,
      [cluster.id],
    );
    expect(one!.repository.corrections).toBe(0);
    const outcomes = await Promise.all(['b', 'c'].map(async (name) => one!.write(cluster, 'test', next(name))));
    expect(outcomes.map(addressOf)).toEqual(['192.0.2.2', '192.0.2.3']);
    expect(one!.repository.corrections).toBe(1);
    expect([...(await two!.book(cluster)).live()].map(({ identifier }) => identifier).sort()).toEqual(['a', 'b', 'by hand', 'c']);
  });

  it('of a writer’s decision harms no other batch', async () => {
    const cluster = await newCluster();
    const [one] = processes();
    await one!.write(cluster, 'test', next('before'));
    const broken = one!.write(cluster, 'test', () => {
      throw new Error('a defect');
    });
    await expect(broken).rejects.toThrow('a defect');
    expect(addressOf(await one!.write(cluster, 'test', next('after')))).toBe('192.0.2.1');
  });

  it('of the connection, at whatever moment: asked again with the same identifier, everybody has one address and none is lost', async () => {
    const cluster = await newCluster();
    const [one] = processes();
    const killer = new Database(new DatabaseSettings(url));
    const done = new AbortController();
    onTestFinished(() => done.abort()); // whatever becomes of this test, the next ones keep their connections
    // a slow machine needs longer than that for one write: the pause grows with what does not get through
    const failed: string[] = [];
    const kill = async () => {
      while (!done.signal.aborted) {
        await killer.pool
          .query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = 'portolan' AND pid <> pg_backend_pid()`,
          )
          .catch(() => undefined);
        await new Promise((wake) => setTimeout(wake, 15 + failed.length / 10));
      }
    };
    const insist = async (identifier: string) => {
      for (let tries = 0; tries < 200; tries++) {
        const outcome = await one!.write(cluster, 'test', next(identifier)).catch(() => undefined);
        if (outcome) return addressOf(outcome);
        failed.push(identifier);
        await new Promise((wake) => setTimeout(wake, 5));
      }
      return 'gave up';
    };
    const killing = kill();
    const addresses: string[] = [];
    // a fast machine may have written all that before anybody was killed
    for (let round = 0; round < 10 || (failed.length <= 10 && round < 100); round++) {
      addresses.push(...(await Promise.all(Array.from({ length: 64 }, async (_, client) => insist(`${round}/${client}`)))));
    }
    done.abort();
    await killing;
    await killer.onModuleDestroy();
    expect(inOrder(addresses)).toEqual(addressesFrom(addresses.length));
    expect(failed.length).toBeGreaterThan(10);
  });
});

describe('statements', () => {
  it('of each use are those that were reviewed', async () => {
    const uses: string[] = [];
    const record = async (use: string, work: () => Promise<unknown>) => {
      const statements = await recordStatements(work);
      uses.push(`-- ${use}\n\n${statements.map((statement) => `${statement.trim()};`).join('\n\n')}\n`);
    };
    const cluster = await newCluster();
    const [one] = processes();
    const ip = parseIp('192.0.2.0')!;
    await record('the first allocation of a cluster', async () => one!.write(cluster, 'test', next('a')));
    await record('another one, where nobody else was seen to write', async () => one!.write(cluster, 'test', next('b')));
    await record('one that the caller has already', async () => one!.write(cluster, 'test', next('b')));
    await record('a release', async () => one!.write(cluster, 'test', giveBack('a')));
    await record('what is handed out now', async () => one!.book(cluster));
    await record('what was after a change', async () => one!.book(cluster, 1));
    await record('the change of a time', async () => one!.sequenceAt(cluster, new Date(0)));
    await record('a page of a pool', async () => one!.records(cluster, { pool: 'p', at: { sequence: 2 } }, { after: 1, limit: 10 }));
    await record('the history of an address', async () => one!.records(cluster, { ip }, { descending: true, limit: 10 }));
    await record('the last allocation of an identifier', async () =>
      one!.records(cluster, { pool: 'p', identifier: 'a' }, { descending: true, limit: 1 }),
    );
    await expect(uses.join('\n')).toMatchFileSnapshot('../../src/persistence/queries/allocations.sql');
  });

  it('that read on look at what was added, not at the whole history', async () => {
    const cluster = await newCluster();
    const [one] = processes();
    await Promise.all(Array.from({ length: 5_000 }, async (_, index) => one!.write(cluster, 'test', next(`i${index}`))));
    await databases[0]!.pool.query('ANALYZE allocation');
    const explained = await databases[0]!.rows<{ 'QUERY PLAN': string }>(
      `EXPLAIN (ANALYZE, BUFFERS) ${withValues(CHANGES_SINCE, [cluster.id, 4_990])}`,
      [],
    );
    const plan = explained.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).not.toContain('Seq Scan');
    expect(Number(/Buffers: shared hit=(\d+)/.exec(plan)?.[1])).toBeLessThan(30);
  });
});

describe('the database', () => {
  const insert = async (cluster: Cluster, values: string) =>
    databases[0]!.pool.query(
      `INSERT INTO allocation (cluster_id, sequence, pool, plane, address, identifier, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by)
       VALUES ('${cluster.id}', ${values})`,
    );

  it('INV-IPAM-1: refuses a second owner of a live address, a second live use of an identifier, and a past that is made up', async () => {
    const cluster = await newCluster();
    const [store] = processes();
    await store!.write(cluster, 'test', next('a'));
    const live = "now(), 'x', NULL, NULL, NULL";
    await expect(insert(cluster, `2, 'q', 'external', '\\xc0000200', 'b', false, ${live}`)).rejects.toThrow('allocation_live_address');
    await expect(insert(cluster, `2, 'p', 'external', '\\xc0000201', 'a', false, ${live}`)).rejects.toThrow('allocation_live_identifier');
    await expect(insert(cluster, `2, 'p', 'moon', '\\xc0000201', 'b', false, ${live}`)).rejects.toThrow('allocation_plane');
    await expect(insert(cluster, `2, 'p', 'external', '\\xc00002', 'b', false, ${live}`)).rejects.toThrow('allocation_address');
    await expect(insert(cluster, `2, 'p', 'external', '\\xc0000201', 'b', false, now(), 'x', 3, now(), 'x'`)).rejects.toThrow(
      'never changes',
    );
    await insert(cluster, `2, 'p', 'lb', '\\xc0000200', 'b', false, ${live}`); // another address space
  });

  it('never changes what was', async () => {
    const cluster = await newCluster();
    const [store] = processes();
    await store!.write(cluster, 'test', next('a'));
    const change = async (set: string) => databases[0]!.pool.query(`UPDATE allocation SET ${set} WHERE cluster_id = '${cluster.id}'`);
    await expect(change("owner = 'somebody else'")).rejects.toThrow('never changes');
    await store!.write(cluster, 'test', giveBack('a'));
    await expect(change('released_sequence = 9')).rejects.toThrow('never changes');
    await expect(change('released_sequence = NULL, released_at = NULL, released_by = NULL')).rejects.toThrow('never changes');
  });
});

describe('a ledger', () => {
  it('is there before an allocation, and takes its allocations along when it goes', async () => {
    const cluster = await newCluster();
    const [store] = processes();
    const { pool } = databases[0]!;
    const insert = `INSERT INTO allocation (cluster_id, sequence, pool, plane, address, identifier, by_name, allocated_at, allocated_by)
      SELECT $1::uuid, n, 'p', 'external', decode('c000020' || n, 'hex'), 'i' || n, false, now(), 'x' FROM generate_series(2, 3) AS n`;
    await expect(pool.query(insert, [cluster.id])).rejects.toMatchObject({ code: '23503' });
    await store!.write(cluster, 'test', next('a'));
    await pool.query(insert, [cluster.id]);
    await expect(
      pool.query('UPDATE allocation_ledger SET cluster_id = gen_random_uuid() WHERE cluster_id = $1', [cluster.id]),
    ).rejects.toThrow('never changes');
    const left = async () => (await pool.query('SELECT FROM allocation WHERE cluster_id = $1', [cluster.id])).rowCount;
    expect(await left()).toBe(3);
    await pool.query('DELETE FROM cluster WHERE id = $1', [cluster.id]);
    expect(await left()).toBe(0);
  });
});

describe('the history', () => {
  it('says what was handed out after each change, and at each time', async () => {
    const cluster = await newCluster();
    const [one, two] = processes();
    const times: Date[] = [];
    for (const write of [next('a'), next('b'), giveBack('a'), next('c')]) {
      const outcome = await one!.write(cluster, 'test', write);
      const at = outcome.ok && (outcome.value.record.releasedAt ?? outcome.value.record.allocatedAt);
      times.push(new Date(String(at)));
      await new Promise((wake) => setTimeout(wake, 3));
    }
    const heldAfter = async (sequence: number) => {
      const book = await two!.book(cluster, sequence);
      return ['a', 'b', 'c'].map((identifier) => (book.find('p', identifier) ? formatIp(book.find('p', identifier)!.ip) : '-'));
    };
    expect(await heldAfter(0)).toEqual(['-', '-', '-']);
    expect(await heldAfter(1)).toEqual(['192.0.2.0', '-', '-']);
    expect(await heldAfter(2)).toEqual(['192.0.2.0', '192.0.2.1', '-']);
    expect(await heldAfter(3)).toEqual(['-', '192.0.2.1', '-']);
    expect(await heldAfter(4)).toEqual(['-', '192.0.2.1', '192.0.2.0']);
    expect(await Promise.all(times.map((time) => two!.sequenceAt(cluster, time)))).toEqual([1, 2, 3, 4]);
    expect(await two!.sequenceAt(cluster, new Date(times[0]!.getTime() - 1))).toBe(0);
  });

  it('tells every process of a renewal: one allocation, under a new sequence, and nothing that rests', async () => {
    const cluster = await newCluster();
    const [one, reading] = processes();
    const leased: Decide = (book, memory) => {
      const decided = next('a')(book, memory);
      return decided.ok ? ok({ made: decided.value.made?.map((made) => ({ ...made, leaseSeconds: 60, cooldownSeconds: 60 })) }) : decided;
    };
    await one!.write(cluster, 'x', leased);
    await reading!.repository.book(cluster);
    const renewed = await one!.write(cluster, 'x', (book) => {
      const renewals = renewAddress(book, { pool: 'p', identifier: 'a', sequence: 1 }, 120);
      return renewals.ok ? ok({ renewed: renewals.value }) : renewals;
    });
    // Released, freed at once, and handed out again.
    expect(renewed).toMatchObject({ ok: true, value: { changed: true, record: { sequence: 4, ip: FIRST } } });
    for (const process of [one, reading, processes()[0]]) {
      const book = await process!.repository.book(cluster);
      expect([book.sequence, [...book.live()].map(({ sequence }) => sequence)]).toEqual([4, [4]]);
      expect([book.restOf('external', FIRST), book.takenOf('external', 4).addresses.size]).toEqual([undefined, 1]);
    }
    expect([...(await one!.repository.book(cluster, 1)).live()].map(({ sequence }) => sequence)).toEqual([1]);
  });

  it('is read on by a process that knows a part of it', async () => {
    const cluster = await newCluster();
    const [one, two] = processes();
    await one!.write(cluster, 'test', next('a'));
    expect((await two!.book(cluster)).find('p', 'a')).toBeDefined();
    await one!.write(cluster, 'test', giveBack('a'));
    await one!.write(cluster, 'test', next('b'));
    const book = await two!.book(cluster);
    expect([book.sequence, book.find('p', 'a'), formatIp(book.find('p', 'b')!.ip)]).toEqual([3, undefined, '192.0.2.0']);
  });
});
