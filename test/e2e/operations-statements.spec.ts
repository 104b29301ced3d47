import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../src/application/operations/operation.js';
import { problem } from '../../src/core/kernel/problem.js';
import { Database, DatabaseSettings } from '../../src/persistence/database.js';
import { IdempotencyRepository } from '../../src/persistence/idempotency/idempotency.repository.js';
import { OperationRepository } from '../../src/persistence/operations/operation.repository.js';
import { ProcessPresence } from '../../src/persistence/operations/process-presence.js';
import { freshDatabase } from '../support/fresh-database.js';
import { recordStatements } from '../support/recorded-statements.js';

const AT = new Date('2026-01-01T00:00:00Z');
const OPERATION: Operation = {
  id: '00000000-0000-4000-8000-000000000001',
  kind: 'import',
  cluster: 'prod',
  author: 'ann',
  state: 'running',
  progress: { phase: 'reading', bytes: 3, documents: 1 },
  result: null,
  problem: null,
  createdAt: AT,
  updatedAt: AT,
  finishedAt: null,
};

let database: Database;
let presence: ProcessPresence;
let dropDatabase: () => Promise<void>;

beforeAll(async () => {
  const fresh = await freshDatabase();
  dropDatabase = async () => fresh.drop();
  const settings = new DatabaseSettings(fresh.url);
  database = new Database(settings);
  presence = new ProcessPresence(settings);
  await presence.onModuleInit();
});
afterAll(async () => {
  await presence.onModuleDestroy();
  await database.onModuleDestroy();
  await dropDatabase();
});

/** Each use with the statements it sends, as the file keeps them. */
class Uses {
  readonly texts: string[] = [];

  async record(use: string, work: () => Promise<unknown>): Promise<void> {
    const statements = await recordStatements(work);
    const own = statements.filter((text) => text !== 'SELECT 1'); // the heartbeat of the presence
    this.texts.push(`-- ${use}\n\n${own.map((text) => `${text.trim()};`).join('\n\n')}\n`);
  }
}

describe('operations in the database', () => {
  it('send the statements that were reviewed', async () => {
    const store = new OperationRepository(database, presence);
    const uses = new Uses();
    await uses.record('start of a process', async () => store.onModuleInit());
    await uses.record('a new operation', async () => store.insert(OPERATION));
    await uses.record('progress', async () => store.save(OPERATION));
    await uses.record('a running operation', async () => store.find(OPERATION.id));
    await uses.record('a request to cancel', async () => store.requestCancel(OPERATION.id));
    await uses.record('the end', async () => store.save({ ...OPERATION, state: 'succeeded', result: { a: 1 }, finishedAt: AT }));
    await uses.record('a finished operation', async () => store.find(OPERATION.id));
    await expect(uses.texts.join('\n')).toMatchFileSnapshot('../../src/persistence/queries/operations.sql');
  });

  it('come back as they went in', async () => {
    const store = new OperationRepository(database, presence);
    const end = { ...OPERATION, state: 'failed', finishedAt: AT } as const;
    const refused = problem('import-rejected', 'nothing was imported', { hint: 'h', errors: [{ pointer: '/a', code: 'c', message: 'm' }] });
    for (const [index, last] of [
      { ...end, problem: refused },
      { ...end, state: 'cancelled' as const, problem: refused, cluster: null },
      { ...end, state: 'succeeded' as const, result: { text: '\u0000é', list: [1, null], nothing: null } },
    ].entries()) {
      const id = `00000000-0000-4000-8000-00000000001${index}`;
      await store.insert({ ...OPERATION, id, cluster: last.cluster });
      expect(await store.find(id)).toEqual({ ...OPERATION, id, cluster: last.cluster });
      await store.save({ ...last, id });
      expect(await store.find(id)).toEqual({ ...last, id });
    }
  });

  it.each([
    [{ state: 'running', finishedAt: AT }, 'operation_end'],
    [{ state: 'failed', finishedAt: AT }, 'operation_problem'],
    [{ state: 'succeeded', finishedAt: AT, problem: problem('internal-error', 'x') }, 'operation_problem'],
  ] as const)('INV-OPERATION-1: are held to have an end and a problem as their state says: %j', async (wrong, constraint) => {
    const store = new OperationRepository(database, presence);
    const id = '00000000-0000-4000-8000-000000000099';
    await expect(store.insert({ ...OPERATION, ...wrong, id })).rejects.toThrow(constraint);
  });
});

describe('idempotency keys in the database', () => {
  it('send the statements that were reviewed', async () => {
    const store = new IdempotencyRepository(database, presence);
    const uses = new Uses();
    const key = { owner: 'team', key: 'k' };
    await uses.record('start of a process', async () => store.onModuleInit());
    await uses.record('a new key', async () => store.claim(key));
    await uses.record('a key that is given back', async () => store.release(key));
    await store.claim(key);
    await uses.record('an answer', async () => store.answer(key, 'fingerprint', Buffer.from([1])));
    await uses.record('a key that was answered', async () => store.claim(key));
    store.onModuleDestroy();
    await expect(uses.texts.join('\n')).toMatchFileSnapshot('../../src/persistence/queries/idempotency.sql');
  });
});
