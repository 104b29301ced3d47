import { accessSync, constants, mkdirSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Configuration } from './application/config/configuration.js';
import { holderOf, holdDirectory } from './data-directory-lock.js';
import { startEmbeddedPostgres } from './persistence/embedded-postgres.js';
import { migrate } from './persistence/migrate.js';
import { aborted, type Ending, FILES, reasonOf, type Start, StartFailure } from './start.js';

/** A server that answers; `stopped` settles when it has ended cleanly. */
export interface RunningServer {
  readonly url: string;
  readonly stopped: Promise<void>;
}

const EMBEDDED_DATABASE = 'portolan';

/** Database, migrations, then what {@link serve} does: in this order. What was started is stopped in the opposite one, also when a later step fails or is not wanted any more. */
export async function startServer(
  configuration: Configuration,
  logger: Logger,
  say: (line: string) => void,
  ending: Ending,
): Promise<RunningServer> {
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async (): Promise<void> => {
    const failures: unknown[] = [];
    // One that fails keeps nobody below it running.
    for (const stop of stops.splice(0).toReversed()) await stop().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const impatient = aborted(ending.insisted).then(() => Promise.reject(new StartFailure('stopped while it was starting')));
    const url = await Promise.race([start({ configuration, logger, say, ending, stops }), impatient]);
    return { url, stopped: aborted(ending.asked).then(stopAll) };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function start(parts: Start): Promise<string> {
  const { configuration, logger, ending, stops } = parts;
  const goOn = (): void => {
    if (ending.asked.aborted) throw new StartFailure('stopped while it was starting');
  };
  takeDirectory(configuration.PORTOLAN_DATA_DIR, stops);
  const modules = import('./serve.js'); // reading them takes as long as the database needs to start
  const databaseUrl = configuration.DATABASE_URL ?? (await embedded(parts));
  goOn();
  const applied = await migrate(databaseUrl, FILES.migrations).catch((cause: unknown) => {
    throw new StartFailure(`the database cannot be used: ${reasonOf(cause)}`, { cause });
  });
  logger.info({ applied }, 'migrated');
  const { serve } = await modules;
  goOn();
  return serve(parts, databaseUrl);
}

/** Two servers on one folder would stop one another's database. */
function takeDirectory(directory: string, stops: (() => Promise<void>)[]): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
  } catch (cause) {
    throw new StartFailure(`PORTOLAN_DATA_DIR: \`${directory}\` must be a folder that this process may write to: ${reasonOf(cause)}`, {
      cause,
    });
  }
  const holder = holderOf(directory);
  if (holder !== undefined)
    throw new StartFailure(
      `PORTOLAN_DATA_DIR: \`${directory}\` is used by process ${holder}: stop it, or set PORTOLAN_DATA_DIR to another folder`,
    );
  const giveBack = holdDirectory(directory);
  stops.push(async () => Promise.resolve(giveBack()));
}

async function embedded({ configuration, say, stops }: Start): Promise<string> {
  const database = await startEmbeddedPostgres(configuration.PORTOLAN_DATA_DIR, EMBEDDED_DATABASE).catch((cause: unknown) => {
    throw new StartFailure(reasonOf(cause), { cause });
  });
  stops.push(() => database.stop());
  say(`database   embedded PostgreSQL, data in ${database.directory}`);
  return database.url;
}
