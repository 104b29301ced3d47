import { Controller, Req, Res } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { z } from 'zod';
import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { problem, PROBLEM_KIND_NAMES, ProblemError } from '../../core/kernel/problem.js';
import { openApiDocument } from '../docs/openapi.js';
import { ServerIdentity } from '../health/server-identity.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { DOCS_SCRIPT, docsPage } from './docs-page.js';
import { EndpointCatalog } from './endpoint-catalog.js';
import { EXAMPLE_TABS } from './example-tabs.js';
import { landingPage } from './landing-page.js';
import { PAGE_POLICY } from './page.js';
import { playgroundPage, playgroundScript } from './playground-page.js';
import { problemIndexPage, problemPage } from './problem-page.js';

const open = (path: string, summary: string, mediaType: string) =>
  defineEndpoint({
    method: 'GET',
    path,
    tag: 'pages',
    access: 'open',
    summary,
    answers: { 200: { description: summary, mediaTypes: [mediaType] } },
    problems: [],
    examples: [{ title: summary }],
  });

const LANDING = open('/', 'The landing page', 'text/html');
const DOCS = open('/docs', 'This API, to browse', 'text/html');
const DOCS_START = open('/docs/start.js', 'Starts the page that shows the API', 'text/javascript');
const PLAYGROUND = open('/playground', 'GraphQL, to try', 'text/html');
const PLAYGROUND_START = open('/playground/start.js', 'Starts the playground', 'text/javascript');
const OPENAPI = open('/openapi.json', 'This API as OpenAPI 3.1', 'application/json');
const SCHEMA = open('/schema.graphql', 'The GraphQL schema', 'text/plain');
const PROBLEMS = open('/docs/problems', 'Every kind of problem', 'text/html');
const PROBLEM = defineEndpoint({
  ...open('/docs/problems/:kind', 'What a kind of problem means', 'text/html'),
  params: z.strictObject({ kind: z.string() }),
  problems: ['unknown-route'],
  examples: [{ title: 'unknown-pod', params: { kind: 'unknown-pod' } }],
});

/** The pages, and the schemas they show: the same for everybody, and nothing of anybody. */
@Controller()
export class PagesController {
  private document: string | undefined;
  private sdl: string | undefined;

  constructor(
    private readonly catalog: EndpointCatalog,
    private readonly schema: GraphQLSchemaHost,
    private readonly identity: ServerIdentity,
  ) {}

  @Handles(LANDING)
  landing(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const host = /^[\w.:[\]-]+$/.test(request.host) ? request.host : 'localhost';
    sendPage(reply, landingPage(`${request.protocol}://${host}`, this.identity.version));
  }

  @Handles(DOCS)
  docs(@Res() reply: FastifyReply): void {
    sendPage(reply, docsPage());
  }

  @Handles(DOCS_START)
  startDocs(@Res() reply: FastifyReply): void {
    reply.type('text/javascript; charset=utf-8').send(DOCS_SCRIPT);
  }

  @Handles(PLAYGROUND)
  playground(@Res() reply: FastifyReply): void {
    sendPage(reply, playgroundPage());
  }

  @Handles(PLAYGROUND_START)
  startPlayground(@Res() reply: FastifyReply): void {
    reply.type('text/javascript; charset=utf-8').send(playgroundScript(EXAMPLE_TABS));
  }

  @Handles(OPENAPI)
  openApi(@Res() reply: FastifyReply): void {
    this.document ??= JSON.stringify(openApiDocument(this.catalog.list(), this.identity.version));
    reply.type('application/json; charset=utf-8').send(this.document);
  }

  @Handles(SCHEMA)
  graphqlSchema(@Res() reply: FastifyReply): void {
    this.sdl ??= printSchema(lexicographicSortSchema(this.schema.schema));
    reply.type('text/plain; charset=utf-8').send(this.sdl);
  }

  @Handles(PROBLEMS)
  problems(@Res() reply: FastifyReply): void {
    sendPage(reply, problemIndexPage());
  }

  @Handles(PROBLEM)
  problem(@Input() { params }: InputOf<typeof PROBLEM>, @Res() reply: FastifyReply): void {
    const html = problemPage(params.kind);
    if (html !== undefined) return sendPage(reply, html);
    const hint = didYouMeanHint(params.kind, PROBLEM_KIND_NAMES);
    throw new ProblemError(problem('unknown-route', `\`${params.kind}\` is no kind of problem`, hint === undefined ? {} : { hint }));
  }
}

function sendPage(reply: FastifyReply, html: string): void {
  reply
    .header('content-security-policy', PAGE_POLICY)
    .header('x-frame-options', 'DENY')
    .header('cache-control', 'no-cache')
    .type('text/html; charset=utf-8')
    .send(html);
}
