import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { RememberedOperations } from './api/graphql/remembered-operations.js';
import { RepeatableOperations } from './api/graphql/repeatable-operations.js';
import { addWrittenOperations } from './api/graphql/written-operations.js';
import { addBodyParsers } from './api/http/body-parsers.js';
import { createAdapter } from './api/http/create-adapter.js';
import { InFlight } from './api/http/in-flight.js';
import { RequestMetrics } from './api/http/request-metrics.js';
import { RouteTable } from './api/http/route-table.js';
import { addServerHooks } from './api/http/server-hooks.js';
import { addMultipart } from './api/imports/add-multipart.js';
import { addStaticAssets } from './api/pages/static-assets.js';
import { AppModule, type Installation } from './app.module.js';
import { Authenticate } from './application/access/authenticate.js';
import { Clusters } from './application/clusters/clusters.js';
import { Idempotency } from './application/idempotency/idempotency.js';
import { NestLog } from './nest-log.js';

/** Puts the whole server together over a migrated database; it does not listen yet. */
export async function createApplication(installation: Installation, logger: Logger): Promise<NestFastifyApplication> {
  const { configuration } = installation;
  const routes = new RouteTable();
  const adapter = createAdapter(logger, routes, { requestTimeoutSeconds: configuration.PORTOLAN_REQUEST_TIMEOUT_SECONDS });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.register(installation, routes), adapter, {
    logger: new NestLog(logger),
    bodyParser: false,
    abortOnError: false,
  });
  const server = adapter.getInstance();
  addBodyParsers(server, configuration.PORTOLAN_BODY_MAX_BYTES);
  addServerHooks(server, {
    routes,
    authenticate: app.get(Authenticate, { strict: false }),
    inFlight: app.get(InFlight, { strict: false }),
    metrics: app.get(RequestMetrics, { strict: false }),
    logger,
  });
  new RememberedOperations(app.get(Clusters, { strict: false }), configuration.PORTOLAN_ANSWER_CACHE_BYTES).addTo(server);
  new RepeatableOperations(app.get(Idempotency, { strict: false })).addTo(server);
  addWrittenOperations(server);
  await addMultipart(server);
  await addStaticAssets(server);
  await app.init();
  await server.ready();
  return app;
}
