import { Injectable } from '@nestjs/common';
import { Readiness } from '../../application/health/readiness.js';
import { Database } from '../database.js';

/** Asks the database itself. */
@Injectable()
export class DatabaseReadiness extends Readiness {
  constructor(
    private readonly database: Database,
    private readonly expected: readonly string[],
  ) {
    super();
  }

  override async check(): Promise<{ readonly database: boolean; readonly migrations: boolean }> {
    try {
      const rows = await this.database.rows<{ name: string }>(
        'SELECT migration_name AS name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
        [],
      );
      const applied = new Set(rows.map(({ name }) => name));
      return { database: true, migrations: this.expected.every((name) => applied.has(name)) };
    } catch {
      return { database: false, migrations: false };
    }
  }
}
