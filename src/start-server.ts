import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { InFlight } from './api/http/in-flight.js';
import { RequestMetrics } from './api/http/request-metrics.js';
import type { Installation } from './app.module.js';
import { Tokens } from './application/access/tokens.js';
import { ClusterStore } from './application/clusters/cluster-store.js';
import type { Configuration } from './application/config/configuration.js';
import { NameServers } from './application/dns/name-servers.js';
import { didYouMeanHint } from './core/kernel/did-you-mean.js';
import { createApplication } from './create-application.js';
import { holderOf, holdDirectory } from './data-directory-lock.js';
import { installationKey } from './installation-key.js';
import { loadDemoFleet } from './load-demo-fleet.js';
import { startEmbeddedPostgres } from './persistence/embedded-postgres.js';
import { migrate, migrationNames } from './persistence/migrate.js';
import { welcome } from './welcome.js';
import { DnsPortFailure, openDnsDoors, type ServedCluster } from './wire/dns/open-dns-doors.js';

/** Why a server could not start, in words for who started it. */
export class StartFailure extends Error {}

/** A server that answers; `stopped` settles when it has ended cleanly. */
export interface RunningServer {
  readonly url: string;
  readonly stopped: Promise<void>;
}

const ROOT = new URL('..', import.meta.url);
const MIGRATIONS = fileURLToPath(new URL('prisma/migrations', ROOT));
const DEMO = fileURLToPath(new URL('demo', ROOT));
const EMBEDDED_DATABASE = 'portolan';
/** The cluster of the demo fleet that the welcome asks about. */
const EXAMPLE_CLUSTER = 'harbor';

/** How a server is told to end. */
export interface Ending {
  /** Fires when it is to stop as soon as who is being served is served. */
  readonly asked: AbortSignal;
  /** Fires when it is not to wait for them. */
  readonly insisted: AbortSignal;
}

/** What a start needs, and what it leaves to be stopped. */
interface Start {
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly say: (line: string) => void;
  readonly ending: Ending;
  readonly stops: (() => Promise<void>)[];
}

/** Database, migrations, modules, first token, demo, port: in this order. What was started is stopped in the opposite one, also when a later step fails or is not wanted any more. */
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
  const { configuration, logger, say, ending, stops } = parts;
  const goOn = (): void => {
    if (ending.asked.aborted) throw new StartFailure('stopped while it was starting');
  };
  takeDirectory(configuration.PORTOLAN_DATA_DIR, stops);
  const databaseUrl = configuration.DATABASE_URL ?? (await embedded(parts));
  goOn();
  const applied = await migrate(databaseUrl, MIGRATIONS).catch((cause: unknown) => {
    throw new StartFailure(`the database cannot be used: ${reasonOf(cause)}`, { cause });
  });
  logger.info({ applied }, 'migrated');
  goOn();
  const app = await createApplication(await installationOf(configuration, databaseUrl), logger);
  stops.push(() => stopServing(app, parts));
  const secret = await app.get(Tokens).bootstrap(configuration.PORTOLAN_BOOTSTRAP_TOKEN);
  if (configuration.PORTOLAN_DEMO) logger.info({ clusters: await loadDemoFleet(app, DEMO) }, 'demo fleet');
  const demo = (await app.get(ClusterStore, { strict: false }).find(EXAMPLE_CLUSTER)) !== undefined;
  const dns = await serveNames(app, parts);
  const url = await listen(app, configuration);
  logger.info({ url }, 'listening');
  for (const line of welcome({ url, secret, demo, dns: { address: configuration.PORTOLAN_DNS_HOST, served: dns } })) say(line);
  return url;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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

async function installationOf(configuration: Configuration, databaseUrl: string): Promise<Installation> {
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));
  return { configuration, databaseUrl, migrations: await migrationNames(MIGRATIONS), version, secretKey: installationKey(configuration) };
}

async function listen(app: NestFastifyApplication, { PORTOLAN_HOST, PORTOLAN_PORT }: Configuration): Promise<string> {
  try {
    await app.listen(PORTOLAN_PORT, PORTOLAN_HOST);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE')
      throw new StartFailure(`${PORTOLAN_HOST}:${PORTOLAN_PORT} is taken by another process: set PORTOLAN_PORT to another port`, { cause });
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartFailure(`PORTOLAN_HOST: \`${PORTOLAN_HOST}\` is no address of this machine`, { cause });
    throw cause;
  }
  return (await app.getUrl()).replace('[::1]', '127.0.0.1');
}

/** Real DNS for the clusters that the configuration names; for none by default. A cluster may come later. */
async function serveNames(app: NestFastifyApplication, { configuration, logger, stops }: Start): Promise<readonly ServedCluster[]> {
  const { PORTOLAN_DNS: served, PORTOLAN_DNS_HOST: address, PORTOLAN_DNS_ANSWERS_PER_SECOND: answersPerSecond } = configuration;
  if (served.length === 0) return [];
  const known = (await app.get(ClusterStore, { strict: false }).list()).map(({ name }) => name);
  for (const { cluster } of served.filter((one) => !known.includes(one.cluster)))
    logger.warn({ cluster, hint: didYouMeanHint(cluster, known) }, 'PORTOLAN_DNS names a cluster that does not exist yet');
  const servers = app.get(NameServers, { strict: false });
  const { registry } = app.get(RequestMetrics, { strict: false });
  const doors = await openDnsDoors({ served, address, answersPerSecond }, { servers, registry, log: logger }).catch((error: unknown) => {
    throw error instanceof DnsPortFailure ? new StartFailure(portFailure(error, address), { cause: error }) : error;
  });
  stops.push(() => doors.close());
  return doors.served;
}

function portFailure({ served: { cluster, port }, cause }: DnsPortFailure, address: string): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRNOTAVAIL') return `PORTOLAN_DNS_HOST: \`${address}\` is no address of this machine`;
  if (code === 'EADDRINUSE')
    return `PORTOLAN_DNS: port ${port} of ${address} is taken by another process: give \`${cluster}\` another port`;
  if (code === 'EACCES') return `PORTOLAN_DNS: this process may not listen on port ${port}: give \`${cluster}\` one above 1023`;
  return `PORTOLAN_DNS: port ${port} of ${address} cannot be had for \`${cluster}\`: ${reasonOf(cause)}`;
}

/** Nobody new is let in, who is being served is served, then the connections end. */
async function stopServing(app: NestFastifyApplication, { configuration, logger, ending }: Start): Promise<void> {
  const server = app.getHttpServer();
  server.close();
  const inFlight = app.get(InFlight, { strict: false });
  const drained = await Promise.race([
    inFlight.drain(configuration.PORTOLAN_SHUTDOWN_SECONDS * 1_000),
    aborted(ending.insisted).then(() => false),
  ]);
  if (!drained)
    logger.warn('requests were cut off: they took longer than PORTOLAN_SHUTDOWN_SECONDS, or than who stopped the server would wait');
  server.closeAllConnections();
  inFlight.endSockets();
  await app.close();
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
