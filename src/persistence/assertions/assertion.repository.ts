import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { Assertion, AssertionCase, AssertionSummary } from '../../application/assertions/assertion.js';
import { AssertionStore, type AssertionWrite, type AssertionWritten } from '../../application/assertions/assertion-store.js';
import type { Cluster } from '../../application/clusters/cluster.js';
import { type Expected, notExpected } from '../../application/input/expected.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { Database } from '../database.js';

interface SummaryRow extends pg.QueryResultRow {
  readonly name: string;
  readonly description: string | null;
  readonly question: string;
  readonly required_coverage: number | null;
  readonly case_count: number;
  readonly version: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
  readonly updated_by: string;
}

interface Row extends SummaryRow {
  /** JSON text. */
  readonly cases: string;
}

const SUMMARY = 'name, description, question, required_coverage, case_count, version, created_at, created_by, updated_at, updated_by';
const WHOLE = `${SUMMARY}, cases::text AS cases`;

const LIST = `SELECT ${SUMMARY} FROM assertion WHERE cluster_id = $1 ORDER BY name`;
const FIND = `SELECT ${WHOLE} FROM assertion WHERE cluster_id = $1 AND name = $2`;
/** Writers of one assertion wait for one another at its row. */
const LOCK = `${FIND} FOR UPDATE`;
/** No row where the cluster is gone, or the assertion is there. */
const INSERT = `INSERT INTO assertion (cluster_id, name, description, question, required_coverage, cases, case_count, created_by, updated_by)
SELECT id, $2, $3, $4, $5, $6::json, $7, $8, $8 FROM cluster WHERE id = $1 FOR KEY SHARE ON CONFLICT DO NOTHING RETURNING ${WHOLE}`;
const REPLACE = `UPDATE assertion SET description = $3, question = $4, required_coverage = $5, cases = $6::json, case_count = $7, version = version + 1,
  updated_at = date_trunc('milliseconds', clock_timestamp()), updated_by = $8 WHERE cluster_id = $1 AND name = $2 RETURNING ${WHOLE}`;
const DELETE = 'DELETE FROM assertion WHERE cluster_id = $1 AND name = $2';

/** Assertions by `pg`. */
@Injectable()
export class AssertionRepository extends AssertionStore {
  constructor(private readonly database: Database) {
    super();
  }

  override async list({ id }: Cluster): Promise<readonly AssertionSummary[]> {
    return (await this.database.rows<SummaryRow>(LIST, [id])).map(summaryOf);
  }

  override async find({ id }: Cluster, name: string): Promise<Assertion | undefined> {
    const [row] = await this.database.rows<Row>(FIND, [id, name]);
    return row && assertionOf(row);
  }

  override async write(cluster: Cluster, { name, content, author, ifMatch }: AssertionWrite): Promise<Result<AssertionWritten, Problem>> {
    const { description = null, question, requiredCoverage = null, cases } = content;
    const text = JSON.stringify(cases);
    const values = [cluster.id, name, description, question, requiredCoverage, text, cases.length, author];
    return this.database.transaction(async (client) => {
      const insert = async () => (await client.query<Row>(INSERT, values)).rows[0];
      const made = ifMatch === undefined ? await insert() : undefined;
      if (made) return ok({ assertion: assertionOf(made), outcome: 'created' });
      const current = (await client.query<Row>(LOCK, [cluster.id, name])).rows[0];
      const late = notExpected(`assertion \`${name}\``, numbered(current), ifMatch);
      if (late) return err(late);
      if (!current) {
        const again = await insert(); // what was there when it was tried first was deleted meanwhile, or the cluster was
        if (again) return ok({ assertion: assertionOf(again), outcome: 'created' });
        return err(problem('unknown-cluster', `there is no cluster \`${cluster.name}\``));
      }
      const isSame =
        current.cases === text &&
        current.description === description &&
        current.question === question &&
        current.required_coverage === requiredCoverage;
      if (isSame) return ok({ assertion: assertionOf(current), outcome: 'unchanged' });
      const [row = current] = (await client.query<Row>(REPLACE, values)).rows;
      return ok({ assertion: assertionOf(row), outcome: 'replaced' });
    });
  }

  override async delete(cluster: Cluster, name: string, ifMatch?: Expected<Assertion>): Promise<Result<boolean, Problem>> {
    return this.database.transaction(async (client) => {
      const current = (await client.query<Row>(LOCK, [cluster.id, name])).rows[0];
      if (!current) return ok(false);
      const late = notExpected(`assertion \`${name}\``, numbered(current), ifMatch);
      if (late) return err(late);
      await client.query(DELETE, [cluster.id, name]);
      return ok(true);
    });
  }
}

function numbered(row: Row | undefined) {
  return row && { number: row.version, state: assertionOf(row) };
}

function summaryOf(row: SummaryRow): AssertionSummary {
  const { name, question, version } = row;
  return {
    name,
    question,
    version,
    ...(row.description === null ? {} : { description: row.description }),
    ...(row.required_coverage === null ? {} : { requiredCoverage: row.required_coverage }),
    caseCount: row.case_count,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}

function assertionOf(row: Row): Assertion {
  const cases: readonly AssertionCase[] = JSON.parse(row.cases);
  return { ...summaryOf(row), cases };
}
