import type pg from 'pg';
import type { RevisionStatistics } from '../../application/clusters/revision.js';

/** A write of so many objects makes the planner's picture of the tables wrong. */
const LARGE_WRITE = 1_000;

const ANALYZE = 'ANALYZE object, object_version, content (cluster_id, hash)';

/** Gives the connection back to its pool; after a large write it first refreshes the planner's statistics, which autovacuum would do a minute later. */
export function refreshStatistics(client: pg.PoolClient, { added, changed, removed }: RevisionStatistics): void {
  if (added + changed + removed < LARGE_WRITE) {
    client.release();
    return;
  }
  client.query(ANALYZE).then(
    () => client.release(),
    () => client.release(true), // autovacuum will do it
  );
}
