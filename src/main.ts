import 'reflect-metadata';
import { destination, pino } from 'pino';
import { configurationOrExit } from './environment.js';
import { startServer } from './start-server.js';
import { StartFailure } from './start.js';

// Before the server's modules are read: GraphQL's own comparisons of classes cost more unless they are told that this is no development (graphql-js `jsutils/instanceOf.ts`).
process.env['NODE_ENV'] ??= 'production';

/** npm passes on the signal that a terminal has sent to both of us: within this time it is one wish, told twice. */
const SAME_WISH_MS = 250;

/** What people are to read goes to the terminal's output, the structured log to its error channel. */
async function main(): Promise<void> {
  const configuration = configurationOrExit();
  const log = destination({ fd: 2, sync: false, minLength: 0 });
  const logger = pino({ level: configuration.PORTOLAN_LOG_LEVEL, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, log);
  const [asked, insisted] = [new AbortController(), new AbortController()];
  const starting = startServer(configuration, logger, (line) => process.stdout.write(`${line}\n`), {
    asked: asked.signal,
    insisted: insisted.signal,
  });
  let code = 0;
  let told = -Infinity;
  const stop = (signal: string): void => {
    const sinceLast = performance.now() - told;
    if (sinceLast < SAME_WISH_MS) return;
    told = performance.now();
    if (insisted.signal.aborted) process.exit(128);
    logger.info({ signal }, asked.signal.aborted ? 'stopping at once' : 'stopping');
    (asked.signal.aborted ? insisted : asked).abort();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'a promise was rejected and nobody heard it');
    code = 1;
    asked.abort();
  });
  try {
    await (
      await starting
    ).stopped;
  } catch (error) {
    if (error instanceof StartFailure) process.stderr.write(`${error.message}\n`);
    else logger.fatal({ err: error }, 'the server cannot run');
    code = 1;
  }
  log.flushSync();
  process.exit(code);
}

await main();
