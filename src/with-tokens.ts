import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Authenticate } from './application/access/authenticate.js';
import { Tokens } from './application/access/tokens.js';
import { holderOf } from './data-directory-lock.js';
import { configurationOrExit } from './environment.js';
import { TokenRepository } from './persistence/access/token.repository.js';
import { Database, DatabaseSettings } from './persistence/database.js';
import { startEmbeddedPostgres } from './persistence/embedded-postgres.js';
import { migrate } from './persistence/migrate.js';

const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

/** Runs work on the tokens of this installation, whether its server runs or not. */
export async function withTokens<T>(work: (tokens: Tokens) => Promise<T>): Promise<T> {
  const { DATABASE_URL, PORTOLAN_DATA_DIR } = configurationOrExit();
  mkdirSync(PORTOLAN_DATA_DIR, { recursive: true });
  const serverRuns = holderOf(PORTOLAN_DATA_DIR) !== undefined;
  const embedded = DATABASE_URL === undefined ? await startEmbeddedPostgres(PORTOLAN_DATA_DIR, 'portolan') : undefined;
  const database = new Database(new DatabaseSettings(DATABASE_URL ?? embedded?.url ?? '', 2, 1));
  try {
    if (!serverRuns) await migrate(database.settings.url, MIGRATIONS);
    const store = new TokenRepository(database);
    return await work(new Tokens(store, new Authenticate(store)));
  } finally {
    await database.onModuleDestroy();
    if (!serverRuns) await embedded?.stop();
  }
}
