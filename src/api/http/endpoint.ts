import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ProblemKind } from '../../core/kernel/problem.js';
import { type Access, Requires } from './access.js';

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
  /** Request headers with a meaning of their own, by name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By status; the first is the one the handler answers with. */
  readonly answers: Readonly<Record<number, EndpointAnswer>>;
  readonly problems: readonly ProblemKind[];
  readonly examples?: readonly EndpointExample[];
}

/** Defines a route and keeps the types of its schemas. */
export function defineEndpoint<const E extends Endpoint>(endpoint: E): E {
  return endpoint;
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
  );
}

/** Gives a handler the request as its endpoint's schemas read it. */
export const Input = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>().input,
);
