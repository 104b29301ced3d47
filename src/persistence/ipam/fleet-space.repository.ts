import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import {
  type FleetRangeRecord,
  type FleetSpace,
  type FleetSpaceContent,
  FleetSpaceStore,
  type FleetTaken,
} from '../../application/ipam/fleet-space-store.js';
import type { FleetGrant, FleetPlane } from '../../core/ipam/fleet-space.js';
import { invariant } from '../../core/kernel/invariant.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { type Cidr, compareCidrs, formatCidr, parseCidr } from '../../core/net/cidr.js';
import { Database } from '../database.js';

interface SpaceRow extends pg.QueryResultRow {
  readonly name: string;
  readonly description: string | null;
  readonly prefixes: readonly string[];
  readonly created_at: Date;
  readonly created_by: string;
}

interface RangeRow extends pg.QueryResultRow {
  readonly space: string;
  readonly cluster: string;
  readonly plane: FleetPlane;
  readonly prefix: string;
  readonly taken_at: Date;
  readonly taken_by: string;
}

const SPACES = `SELECT name, description, created_at, created_by,
  ARRAY(SELECT prefix::text FROM fleet_space_prefix WHERE space = name ORDER BY prefix) AS prefixes FROM fleet_space`;
const RANGE = 'space, cluster, plane, prefix::text AS prefix, taken_at, taken_by';
const RANGES = `SELECT ${RANGE} FROM fleet_range WHERE released_at IS NULL`;

/** Writers of one space wait for one another at its row. */
const LOCK_SPACE = 'SELECT name FROM fleet_space WHERE name = $1 FOR UPDATE';
const INSERT_SPACE =
  'INSERT INTO fleet_space (name, description, created_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING created_at';
const INSERT_PREFIXES = 'INSERT INTO fleet_space_prefix (space, prefix) SELECT $1, unnest($2::cidr[])';
const INSERT_RANGES = `INSERT INTO fleet_range (space, cluster, plane, prefix, taken_by)
SELECT $1, $2, plane, prefix, $3 FROM unnest($4::text[], $5::cidr[]) AS given (plane, prefix) RETURNING ${RANGE}`;
const RELEASE_RANGES = `UPDATE fleet_range SET released_at = greatest(taken_at, date_trunc('milliseconds', clock_timestamp())), released_by = $4
WHERE space = $1 AND cluster = $2 AND ($3::text IS NULL OR plane = $3) AND released_at IS NULL RETURNING ${RANGE}`;

/** Address spaces by `pg`: what they hold is a `cidr`, and that no two ranges meet is an exclusion constraint (migration 0006). */
@Injectable()
export class FleetSpaceRepository extends FleetSpaceStore {
  constructor(private readonly database: Database) {
    super();
  }

  override async create({ name, description, prefixes, createdBy }: Omit<FleetSpace, 'createdAt'>): Promise<Result<FleetSpace, Problem>> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ created_at: Date }>(INSERT_SPACE, [name, description, createdBy]);
      const [made] = rows;
      if (!made) return err(problem('space-exists', `there is a space \`${name}\` already`));
      await client.query(INSERT_PREFIXES, [name, prefixes.map(formatCidr)]);
      return ok({ name, description, prefixes, createdAt: made.created_at, createdBy });
    });
  }

  override async list(): Promise<readonly FleetSpaceContent[]> {
    const [spaces, ranges] = await Promise.all([
      this.database.rows<SpaceRow>(`${SPACES} ORDER BY name`, []),
      this.database.rows<RangeRow>(`${RANGES} ORDER BY prefix`, []),
    ]);
    return spaces.map((space) => ({ space: spaceOf(space), ranges: ranges.filter((range) => range.space === space.name).map(rangeOf) }));
  }

  override async find(name: string): Promise<FleetSpaceContent | undefined> {
    return this.database.attempt(async () => contentOf(this.database.pool, name));
  }

  override async delete(name: string): Promise<Result<void, Problem>> {
    return this.database.transaction(async (client) => {
      const content = await locked(client, name);
      if (!content.ok) return content;
      const clusters = [...new Set(content.value.ranges.map(({ cluster }) => cluster))];
      if (clusters.length > 0) {
        const message = `${clusters.length} cluster${clusters.length === 1 ? ' has' : 's have'} ranges of \`${name}\``;
        return err(problem('space-in-use', message, { hint: 'release them first', extra: { clusters: clusters.length } }));
      }
      await client.query('DELETE FROM fleet_space WHERE name = $1', [name]);
      return ok(undefined);
    });
  }

  override async take(
    name: string,
    author: string,
    decide: (content: FleetSpaceContent) => Result<FleetGrant, Problem>,
  ): Promise<Result<FleetTaken, Problem>> {
    return this.database.transaction(async (client) => {
      const content = await locked(client, name);
      if (!content.ok) return content;
      const grant = decide(content.value);
      if (!grant.ok) return grant;
      const { kept, given } = grant.value;
      const cluster = given[0]?.cluster;
      const made =
        cluster === undefined
          ? []
          : (
              await client.query<RangeRow>(INSERT_RANGES, [
                name,
                cluster,
                author,
                given.map(({ plane }) => plane),
                given.map(({ prefix }) => formatCidr(prefix)),
              ])
            ).rows.map(rangeOf);
      const had = content.value.ranges.filter((range) => kept.some((one) => formatCidr(one.prefix) === formatCidr(range.prefix)));
      return ok({ ranges: [...had, ...made], changed: made.length > 0 });
    });
  }

  override async release(
    name: string,
    cluster: string,
    plane: FleetPlane | undefined,
    author: string,
  ): Promise<Result<readonly FleetRangeRecord[], Problem>> {
    return this.database.transaction(async (client) => {
      const content = await locked(client, name);
      if (!content.ok) return content;
      const { rows } = await client.query<RangeRow>(RELEASE_RANGES, [name, cluster, plane ?? null, author]);
      return ok(rows.map(rangeOf).sort((a, b) => compareCidrs(a.prefix, b.prefix)));
    });
  }
}

/** In a statement of its own: one that also reads would read what was true before it had to wait. */
async function locked(client: pg.ClientBase, name: string): Promise<Result<FleetSpaceContent, Problem>> {
  await client.query(LOCK_SPACE, [name]);
  const content = await contentOf(client, name);
  return content ? ok(content) : err(problem('unknown-space', `there is no space \`${name}\``));
}

async function contentOf(connection: pg.ClientBase | pg.Pool, name: string): Promise<FleetSpaceContent | undefined> {
  const { rows } = await connection.query<SpaceRow>(`${SPACES} WHERE name = $1`, [name]);
  const [space] = rows;
  if (!space) return undefined;
  const ranges = await connection.query<RangeRow>(`${RANGES} AND space = $1 ORDER BY prefix`, [name]);
  return { space: spaceOf(space), ranges: ranges.rows.map(rangeOf) };
}

function spaceOf({ name, description, prefixes, created_at, created_by }: SpaceRow): FleetSpace {
  return { name, description, prefixes: prefixes.map(prefixOf), createdAt: created_at, createdBy: created_by };
}

function rangeOf({ space, cluster, plane, prefix, taken_at, taken_by }: RangeRow): FleetRangeRecord {
  return { space, cluster, plane, prefix: prefixOf(prefix), takenAt: taken_at, takenBy: taken_by };
}

function prefixOf(text: string): Cidr {
  const prefix = parseCidr(text);
  invariant(prefix, 'the database holds prefixes');
  return prefix;
}
