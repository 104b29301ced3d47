import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyRequest } from 'fastify';
import {
  type DocumentNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLSchema,
  Kind,
  Location,
  NoFragmentCyclesRule,
  type Token,
  validate,
} from 'graphql';
import type { MercuriusContext } from 'mercurius';
import type { Authenticate } from '../../application/access/authenticate.js';
import { problem, ProblemError } from '../../core/kernel/problem.js';
import { callerOfHeader } from '../http/bearer.js';
import { type Caller, demandPrincipal, type GraphqlContext } from '../http/caller.js';
import { asGraphqlError } from './as-graphql-error.js';
import { generatedTypes } from './generated-types.js';
import { isUnforeseen, sentErrors, statusOf, thrownBehind } from './graphql-errors.js';
import { atMost, isIntrospection, type OperationCost, OperationGate } from './operation-gate.js';
import type { OperationNotes } from './operation-notes.js';
import { isPureOperation } from './pure-operation.js';
import { SCALARS } from './scalars.js';

/** Tokens of a document: what the parser reads before anything can be measured. */
const MAX_TOKENS = 10_000;
/** As many need no token: a client's own question about the schema has some two hundred. */
const MAX_SCHEMA_TOKENS = 1_000;
const MAX_ALIASES = 200;
const MAX_FIELDS = 5_000;
const MAX_FRAGMENTS = 50;
/** Documents that are parsed, validated and compiled once. */
const REMEMBERED_DOCUMENTS = 500;

/** Values that REST writes in a way which GraphQL's names cannot have. */
const ENUM_SPELLINGS = {
  EndpointSource: { observed_slices: 'observed-slices', mirrored_endpoints: 'mirrored-endpoints', not_imported: 'not-imported' },
  EvidenceOutcome: { no_match: 'no-match' },
  RouteCandidateOutcome: { no_match: 'no-match' },
  RouteDialect: {
    ingress_v1: 'ingress-v1',
    ingress_nginx: 'ingress-nginx',
    traefik_strict: 'traefik-strict',
    traefik_ingress_nginx: 'traefik-ingress-nginx',
    nginx_f5: 'nginx-f5',
    traefik_gateway: 'traefik-gateway',
    envoy_gateway: 'envoy-gateway',
    gateway_api: 'gateway-api',
  },
};

/** Where the SDL lies, as a glob of files, and the limits that can be configured. */
export interface GraphqlSettings {
  readonly sdl: string;
  readonly maxDepth: number;
  readonly maxCost: number;
}

declare module 'mercurius' {
  interface MercuriusContext extends GraphqlContext {
    cost?: OperationCost | undefined;
    notes?: OperationNotes | undefined;
  }
}

/** How Mercurius is set up: SDL beside the resolvers, one mapper of problems for both doors, limits before anything runs. */
export function graphqlOptions({ sdl, maxDepth, maxCost }: GraphqlSettings, authenticate: Authenticate): MercuriusDriverConfig {
  const gate = new OperationGate({ maxDepth, maxCost, maxAliases: MAX_ALIASES, maxFields: MAX_FIELDS });
  return {
    driver: MercuriusDriver,
    path: '/graphql',
    typePaths: [sdl],
    typeDefs: generatedTypes(),
    resolvers: { ...SCALARS, ...ENUM_SPELLINGS },
    jit: 1,
    cache: REMEMBERED_DOCUMENTS,
    graphiql: false,
    graphql: { parseOptions: { maxTokens: MAX_TOKENS } },
    context: contextOf,
    errorFormatter: (execution, context) => formatted(execution, context),
    subscription: {
      context: (_socket, request) => contextOf(request),
      onConnect: async ({ payload }) => callerOfConnection(payload, authenticate),
    },
    hooks: {
      preValidation: (schema, document, { caller }) => {
        demandReadable(schema, document, caller);
        gate.demandBounded(schema, document);
      },
      preExecution: (schema, document, context, variables) => {
        const operationName = nameOfOperation(context.reply.request);
        context.cost = gate.admit({ schema, document, operationName }, variables ?? {}, context.caller);
        if (context.notes) context.notes.isPure = isPureOperation(schema, document);
        // Of a document with several operations Mercurius would compile the first that is asked for, and run it for all.
        return hasSeveralOperations(document) ? { document } : undefined;
      },
      onResolution: (execution, { cost, notes }) => {
        if (cost) execution.extensions = { ...execution.extensions, cost };
        if (notes) notes.succeeded = !execution.errors?.length;
      },
      preSubscriptionExecution: (schema, document, { caller, requestId }) => {
        try {
          demandReadable(schema, document, caller);
          gate.demandBounded(schema, document);
          const [error] = validate(schema, document); // Mercurius does not
          if (error) throw new ProblemError(problem('invalid-request', error.message));
          gate.admitAll({ schema, document }, caller);
        } catch (error) {
          throw asGraphqlError(error, requestId);
        }
      },
    },
  };
}

/**
 * Throws before a document is validated, which takes long for some. Mercurius takes a document that is parsed already, too, for which no limit of the parser holds, and what a web socket brings it
 * parses without one. The rules of GraphQL compare each fragment with each other one, and go round in those that spread themselves until the stack ends.
 */
function demandReadable(schema: GraphQLSchema, document: DocumentNode | null, caller: Caller): void {
  if (!(document?.loc instanceof Location)) throw new ProblemError(problem('invalid-request', '`query` is no text of a GraphQL document'));
  let tokens = 0;
  for (let token: Token | null = document.loc.startToken; token; token = token.next) tokens += 1;
  if (tokens > MAX_TOKENS + 2) throw new ProblemError(problem('invalid-request', `the document has more than ${MAX_TOKENS} tokens`));
  if (tokens > MAX_SCHEMA_TOKENS || !asksTheSchemaAlone(document)) demandPrincipal(caller);
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).length;
  atMost(fragments, MAX_FRAGMENTS, `the document has ${fragments} fragments`);
  const [cycle] = validate(schema, document, [NoFragmentCyclesRule]);
  if (cycle) throw cycle;
}

function contextOf(request: FastifyRequest): GraphqlContext & Record<string, unknown> {
  const { 'idempotency-key': key } = request.headers;
  return { caller: request.caller, requestId: request.id, idempotencyKey: typeof key === 'string' ? key : undefined, notes: request.notes };
}

function nameOfOperation(request: FastifyRequest): string | undefined {
  const sent = request.method === 'GET' ? request.query : request.body;
  const name: unknown = Reflect.get(Object(sent), 'operationName');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function asksTheSchemaAlone({ definitions }: DocumentNode): boolean {
  return definitions.every((node) => node.kind !== Kind.OPERATION_DEFINITION || isIntrospection(node));
}

function hasSeveralOperations({ definitions }: DocumentNode): boolean {
  return definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length > 1;
}

function formatted(
  { data, errors = [] }: ExecutionResult,
  { requestId, reply }: MercuriusContext,
): { statusCode: number; response: FormattedExecutionResult } {
  for (const error of errors) if (isUnforeseen(error)) reply.log.error({ requestId, err: thrownBehind(error) }, 'a field failed');
  const sent = sentErrors(errors, requestId);
  return { statusCode: statusOf(data, sent), response: { data: data ?? null, errors: sent } };
}

/** A browser cannot send headers with a web socket: the token comes with the first message, as `{"authorization": "Bearer …"}`. */
async function callerOfConnection(payload: unknown, authenticate: Authenticate): Promise<Pick<GraphqlContext, 'caller'> | true> {
  const header: unknown = Reflect.get(Object(payload), 'authorization') ?? Reflect.get(Object(payload), 'Authorization');
  if (typeof header !== 'string') return true;
  return { caller: await callerOfHeader(header, authenticate, Object(payload)) };
}
