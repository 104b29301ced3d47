import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ProblemKind } from '../../core/kernel/problem.js';
import { type Access, Requires } from './access.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

/** What a successful answer is. */
export interface EndpointAnswer {
  readonly description: string;
  /** Shape of a JSON body; undefined: none, or one of `mediaTypes`. */
  readonly schema?: z.ZodType;
  readonly mediaTypes?: readonly string[];
}

/** A request that runs on the demo fleet; a test sends it. */
export interface EndpointExample {
  readonly title: string;
  readonly params?: Readonly<Record<string, string>>;
  /** Lists are repeated parameters. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
}

/** One route: what it takes, what it answers, who may use it. The handler, OpenAPI and the tests all read this one definition. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters as `:name`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /** Strict schemas of the parts of the request; a part that is left out takes nothing. */
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The body is a stream of files, not JSON. */
  readonly upload?: boolean;
  /** It takes an `Idempotency-Key`, whose header and problems need not be listed. For handlers that return their body. */
  readonly idempotent?: boolean;
  /** Request headers with a meaning of their own, by name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By status; the first is the one the handler answers with. */
  readonly answers: Readonly<Record<number, EndpointAnswer>>;
  readonly problems: readonly ProblemKind[];
  readonly examples?: readonly EndpointExample[];
}

/** What `Idempotency-Key` does. */
export const IDEMPOTENCY_HEADER = {
  'Idempotency-Key': 'makes the request safe to send again: for a day the same key and content get the same answer',
} as const;

/** How a request with an `Idempotency-Key` may fail besides. */
export const IDEMPOTENCY_PROBLEMS = ['idempotency-key-reused', 'idempotency-key-in-use'] as const satisfies readonly ProblemKind[];

/** Defines a route and keeps the types of its schemas. */
export function defineEndpoint<const E extends Endpoint>(endpoint: E): E {
  if (endpoint.idempotent !== true) return endpoint;
  const { headers, problems } = endpoint;
  return { ...endpoint, headers: { ...headers, ...IDEMPOTENCY_HEADER }, problems: [...problems, ...IDEMPOTENCY_PROBLEMS] };
}

type Read<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What a handler gets: each part read by its schema. */
export interface InputOf<E extends Endpoint> {
  readonly params: Read<E['params']>;
  readonly query: Read<E['query']>;
  readonly body: Read<E['body']>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body reaches the handler as the stream it is. */
    readonly upload?: boolean;
  }
  interface FastifyRequest {
    /** The request as its endpoint's schemas read it, left by the input guard. */
    input: Readonly<Record<'params' | 'query' | 'body', unknown>> | undefined;
  }
}

/** Metadata key under which a handler keeps its endpoint. */
export const ENDPOINT = 'portolan:endpoint';

/** Makes a method the handler of an endpoint. */
export function Handles(endpoint: Endpoint): MethodDecorator {
  const status = Number(Object.keys(endpoint.answers)[0] ?? 200);
  return applyDecorators(
    RequestMapping({ path: endpoint.path, method: RequestMethod[endpoint.method] }),
    HttpCode(status),
    RouteConfig({ upload: endpoint.upload === true }),
    SetMetadata(ENDPOINT, endpoint),
    Requires(endpoint.access),
    ...(endpoint.idempotent === true ? [UseInterceptors(IdempotencyInterceptor)] : []),
  );
}

/** Gives a handler the request as its endpoint's schemas read it. */
export const Input = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>().input,
);
