import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { databaseFailure } from '../database-failure.js';
import { RowDecoder } from './binary-rows.js';
import { type SqlValue, withValues } from './sql-literals.js';

/**
 * The rows of a query whose columns are all text, as they arrive: one statement however many rows, and a slow consumer slows the database down instead of filling
 * the memory. A consumer that stops early costs the connection.
 */
export async function* readRows(pool: pg.Pool, text: string, values: readonly SqlValue[]): AsyncGenerator<(string | null)[][]> {
  let client: pg.PoolClient | undefined;
  let finished = false;
  try {
    client = await pool.connect();
    const decoder = new RowDecoder();
    const copy: AsyncIterable<Buffer> = client.query(copyTo(`COPY (${withValues(text, values)}) TO STDOUT (FORMAT binary)`));
    for await (const chunk of copy) {
      const rows = decoder.push(chunk);
      if (rows.length > 0) yield rows;
    }
    finished = true;
  } catch (error) {
    throw databaseFailure(error);
  } finally {
    client?.release(!finished);
  }
}
