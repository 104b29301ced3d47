import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';
import { answerWithProblem } from './problem.filter.js';
import { requestId } from './request-id.js';
import type { RouteTable } from './route-table.js';

/** Limits of the HTTP server. */
export interface ServerLimits {
  /** How long a client may take to send a whole request. */
  readonly requestTimeoutSeconds: number;
}

/** How long a client may take to send the head of a request: one that sends a byte now and then holds nothing. */
const HEAD_WITHIN_MS = 15_000;
const IDLE_MS = 72_000;
const LOOK_EVERY_MS = 5_000;
/** Names of clusters, namespaces and objects have at most 253 characters; tags and addresses fewer. */
const MAX_PARAMETER = 512;

/** One error handler is enough: the hooks have set it, and what handlers throw is the filter's. */
class Adapter extends FastifyAdapter {
  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.getInstance();
  }
}

/** Fastify below Nest, without what Nest would add and nobody uses. */
export function createAdapter(logger: Logger, routes: RouteTable, { requestTimeoutSeconds }: ServerLimits): FastifyAdapter {
  return new Adapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // A logger for every request costs more than the id that the few lines about requests name themselves.
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    genReqId: (request: IncomingMessage) => requestId(request.headers),
    requestTimeout: requestTimeoutSeconds * 1_000,
    keepAliveTimeout: IDLE_MS,
    http: { headersTimeout: HEAD_WITHIN_MS, connectionsCheckingInterval: LOOK_EVERY_MS },
    routerOptions: { maxParamLength: MAX_PARAMETER },
    // What the router itself refuses never reaches the hooks.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => answerWithProblem(error, request, reply, routes),
    multipart: false,
    skipMiddie: true,
  });
}
