import { Injectable } from '@nestjs/common';
import type { AccessToken, NewToken, TokenChange } from '../../application/access/access-token.js';
import { type Role, ROLES } from '../../application/access/principal.js';
import { TokenStore } from '../../application/access/token-store.js';
import { invariant } from '../../core/kernel/invariant.js';
import { Database } from '../database.js';
import type { AccessToken as Row } from '../generated/prisma/client.js';

/** Taken while the first token is made: two servers that start together make one. */
const BOOTSTRAP_LOCK = 7_878_001;
/** Who a token of the server's own is created by; nobody else can bear a name with a bracket. */
const SERVER = '(server)';

/** Tokens in PostgreSQL. */
@Injectable()
export class TokenRepository extends TokenStore {
  constructor(private readonly database: Database) {
    super();
  }

  override async insert(token: NewToken & { readonly createdBy: string }, hash: Uint8Array): Promise<AccessToken> {
    const { clusters, ...rest } = token;
    const data = { ...rest, ...reach(clusters), hash: Buffer.from(hash) };
    return tokenOf(await this.database.attempt(() => this.database.prisma.accessToken.create({ data })));
  }

  override async findByHash(hash: Uint8Array): Promise<AccessToken | undefined> {
    const row = await this.database.attempt(() => this.database.prisma.accessToken.findUnique({ where: { hash: Buffer.from(hash) } }));
    return row ? tokenOf(row) : undefined;
  }

  override async find(id: string): Promise<AccessToken | undefined> {
    if (!UUID.test(id)) return undefined;
    const row = await this.database.attempt(() => this.database.prisma.accessToken.findUnique({ where: { id } }));
    return row ? tokenOf(row) : undefined;
  }

  override async list(): Promise<readonly AccessToken[]> {
    const orderBy = [{ createdAt: 'asc' as const }, { id: 'asc' as const }];
    const rows = await this.database.attempt(() => this.database.prisma.accessToken.findMany({ orderBy }));
    return rows.map(tokenOf);
  }

  override async change(id: string, { clusters, ...rest }: TokenChange): Promise<AccessToken | undefined> {
    if (!UUID.test(id)) return undefined;
    const data = { ...rest, ...(clusters === undefined ? {} : reach(clusters)) };
    await this.database.attempt(() => this.database.prisma.accessToken.updateMany({ where: { id }, data }));
    return this.find(id);
  }

  override async delete(id: string): Promise<boolean> {
    if (!UUID.test(id)) return false;
    const { count } = await this.database.attempt(() => this.database.prisma.accessToken.deleteMany({ where: { id } }));
    return count > 0;
  }

  override async bootstrap(hash: Uint8Array, onlyFirst: boolean): Promise<boolean> {
    return this.database.transaction(async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [BOOTSTRAP_LOCK]);
      if (!onlyFirst) await client.query('DELETE FROM access_token WHERE created_by = $1 OR hash = $2', [SERVER, Buffer.from(hash)]);
      const { rowCount } = await client.query(
        `INSERT INTO access_token (name, role, every_cluster, clusters, hash, created_by)
         SELECT 'bootstrap', 'admin', true, '{}', $1, $2 WHERE NOT $3 OR NOT EXISTS (SELECT 1 FROM access_token)`,
        [Buffer.from(hash), SERVER, onlyFirst],
      );
      return rowCount === 1;
    });
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function reach(clusters: readonly string[] | null): { readonly everyCluster: boolean; readonly clusters: string[] } {
  return { everyCluster: clusters === null, clusters: [...(clusters ?? [])] };
}

function tokenOf({ id, name, role, everyCluster, clusters, createdBy, createdAt, expiresAt }: Row): AccessToken {
  invariant(isRole(role), 'access_token_role');
  return { id, name, role, clusters: everyCluster ? null : clusters, createdBy, createdAt, expiresAt };
}

function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}
