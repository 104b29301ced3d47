import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Authenticate } from '../../application/access/authenticate.js';
import { callerOfHeader } from './bearer.js';
import { entityTag, noneMatch } from './entity-tag.js';
import { answerWithProblem } from './problem.filter.js';
import type { InFlight } from './in-flight.js';
import type { RequestMetrics } from './request-metrics.js';
import type { RouteTable } from './route-table.js';

/** What the hooks work with. */
export interface ServerParts {
  readonly routes: RouteTable;
  readonly authenticate: Authenticate;
  readonly inFlight: InFlight;
  readonly metrics: RequestMetrics;
  readonly logger: Logger;
}

/** What every request and answer has, whatever handles it: the caller, harmless headers, an entity tag, a line in the log. */
export function addServerHooks(server: FastifyInstance, { routes, authenticate, inFlight, metrics, logger }: ServerParts): void {
  server.addHook('onRoute', ({ method, url }) => {
    for (const one of Array.isArray(method) ? method : [method]) routes.add(one, url);
  });
  server.server.on('upgrade', (_, socket) => inFlight.keep(socket));
  server.decorateRequest('caller', undefined).decorateRequest('input', undefined);
  // Nest sets its own too late for what fails before a handler is reached: a body that cannot be read, a database that knows no token.
  server.setErrorHandler((error, request, reply) => answerWithProblem(error, request, reply, routes));
  server.addHook('onRequest', (request, reply, done) => {
    // An upgrade has no answer of its own: its socket is kept instead.
    if (request.headers.upgrade === undefined) inFlight.begin(reply.raw);
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
    if (inFlight.stopping.aborted) reply.header('connection', 'close');
    identify(request, authenticate, done);
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode === 200 && (request.method === 'GET' || request.method === 'HEAD')) done(null, validated(request, reply, payload));
    else done(null, payload);
  });
  server.addHook('onResponse', (request, reply, done) => {
    metrics.observe(request, reply);
    if (logger.isLevelEnabled('info')) logRequest(logger, request, reply);
    done();
  });
}

/** Notes who asks; on the warm path without leaving this turn of the event loop. */
function identify(request: FastifyRequest, authenticate: Authenticate, done: (error?: Error) => void): void {
  const caller = callerOfHeader(request.headers.authorization, authenticate, request.raw.socket);
  if (!(caller instanceof Promise)) {
    request.caller = caller;
    done();
    return;
  }
  caller.then(
    (found) => {
      request.caller = found;
      done();
    },
    (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
  );
}

/** Gives the answer its entity tag; nothing of it is left where the client has it already. */
function validated(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload;
  const given = reply.getHeader('etag');
  const tag = typeof given === 'string' ? given : entityTag(payload);
  reply.header('etag', tag);
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-cache');
  if (!noneMatch(request.headers['if-none-match'], tag)) return payload;
  reply.code(304).removeHeader('content-type').removeHeader('content-length');
  return null;
}

/** One line for each request: never its query, its headers or its body, for they may hold secrets. */
function logRequest(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const { id: requestId, caller, method } = request;
  const token = typeof caller === 'object' ? caller.name : undefined;
  const path = request.url.split('?', 1)[0];
  const ms = Math.round(reply.elapsedTime * 10) / 10;
  logger.info({ requestId, method, path, status: reply.statusCode, ms, token }, 'request');
}
