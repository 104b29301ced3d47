import { readFileSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InFlight } from './api/http/in-flight.js';
import { RequestMetrics } from './api/http/request-metrics.js';
import type { Installation } from './app.module.js';
import { Tokens } from './application/access/tokens.js';
import { ClusterStore } from './application/clusters/cluster-store.js';
import type { Configuration } from './application/config/configuration.js';
import { NameServers } from './application/dns/name-servers.js';
import { didYouMeanHint } from './core/kernel/did-you-mean.js';
import { createApplication } from './create-application.js';
import { installationKey } from './installation-key.js';
import { loadDemoFleet } from './load-demo-fleet.js';
import { migrationNames } from './persistence/migrate.js';
import { aborted, FILES, reasonOf, type Start, StartFailure } from './start.js';
import { urlOf, welcome } from './welcome.js';
import { DnsPortFailure, openDnsDoors, type ServedCluster } from './wire/dns/open-dns-doors.js';

/** The cluster of the demo fleet that the welcome asks about. */
const EXAMPLE_CLUSTER = 'harbor';

/** Modules, first token, demo, port, over a migrated database; returns the address people are served at. */
export async function serve(parts: Start, databaseUrl: string): Promise<string> {
  const { configuration, logger, say, stops } = parts;
  const app = await createApplication(await installationOf(configuration, databaseUrl), logger);
  stops.push(() => stopServing(app, parts));
  const secret = await app.get(Tokens).bootstrap(configuration.PORTOLAN_BOOTSTRAP_TOKEN);
  if (configuration.PORTOLAN_DEMO) logger.info({ clusters: await loadDemoFleet(app, FILES.demo) }, 'demo fleet');
  const demo = (await app.get(ClusterStore, { strict: false }).find(EXAMPLE_CLUSTER)) !== undefined;
  const dns = await serveNames(app, parts);
  const url = await listen(app, configuration);
  logger.info({ url }, 'listening');
  for (const line of welcome({ url, secret, demo, dns: { address: configuration.PORTOLAN_DNS_HOST, served: dns } })) say(line);
  return url;
}

async function installationOf(configuration: Configuration, databaseUrl: string): Promise<Installation> {
  const { version }: { version: string } = JSON.parse(readFileSync(FILES.package, 'utf8'));
  return {
    configuration,
    databaseUrl,
    migrations: await migrationNames(FILES.migrations),
    version,
    secretKey: installationKey(configuration),
  };
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
  return urlOf(PORTOLAN_HOST, app.getHttpServer().address());
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
