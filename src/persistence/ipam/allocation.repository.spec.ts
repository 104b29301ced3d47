import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../application/clusters/cluster.js';
import type { Database } from '../database.js';
import { AllocationRepository } from './allocation.repository.js';

/** A database in which a cluster has a ledger of change 7 and nothing handed out; it tells which statements it was sent. */
function emptyLedger() {
  const sent: (string | undefined)[] = [];
  const pool = {
    query: async ({ name }: { readonly name?: string }) => {
      sent.push(name);
      return Promise.resolve({ rows: name === 'allocations-now' ? [{ newest: '7', sequence: null }] : [{ sequence: '7' }] });
    },
  };
  const database = { pool, attempt: async (work: () => Promise<unknown>) => work() } as unknown as Database;
  return { store: new AllocationRepository(database), sent };
}

describe('the book of a cluster', () => {
  // Bounded work: what a million allocations take is not taken once for each of those who come while it is read.
  it('is read once for all who read it first', async () => {
    const { store, sent } = emptyLedger();
    const cluster = { id: '1', name: 'c' } as Cluster;
    const books = await Promise.all(Array.from({ length: 20 }, async () => store.book(cluster)));
    expect([new Set(books).size, books[0]?.sequence]).toEqual([1, 7]);
    expect(sent.filter((name) => name === 'allocations-now')).toHaveLength(1);
    await store.book(cluster);
    expect(sent.filter((name) => name === 'allocations-now')).toHaveLength(1);
  });
});
