import { z } from 'zod';
import { PROBLEM_KINDS, type ProblemKind } from '../../core/kernel/problem.js';
import type { Endpoint, EndpointExample } from '../http/endpoint.js';
import type { JsonSchema, SchemaWriter } from './json-schema.js';

/** An OpenAPI operation object. */
export type Operation = Readonly<Record<string, unknown>>;

/** Media types an upload may have. */
const UPLOADS = ['application/yaml', 'application/json', 'application/x-ndjson', 'application/gzip', 'multipart/form-data'] as const;

/** The operation of an endpoint. */
export function operationOf(endpoint: Endpoint, schemas: SchemaWriter): Operation {
  const { access, answers, description, tag, summary, examples = [] } = endpoint;
  const role =
    access === 'open'
      ? undefined
      : `Needs a token with the role \`${access.role}\`${access.reach === 'all' ? ' that is limited to no cluster' : ''}.`;
  const body = requestBody(endpoint, schemas);
  return {
    tags: [tag],
    summary,
    description: [description, role].filter((part) => part !== undefined).join('\n\n'),
    security: access === 'open' ? [] : [{ token: [] }],
    parameters: parametersOf(endpoint, schemas),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { ...successes(answers, schemas), ...failures(problemsOf(endpoint), schemas) },
    ...(examples.length > 0 ? { 'x-examples': examples } : {}),
  };
}

/** Every problem an endpoint can answer with: its own, and those of the doors. */
function problemsOf({ access, problems, method }: Endpoint): readonly ProblemKind[] {
  const ofAccess: readonly ProblemKind[] = access === 'open' ? [] : ['missing-token', 'invalid-token', 'insufficient-role'];
  const ofBody: readonly ProblemKind[] = method === 'GET' || method === 'DELETE' ? [] : ['payload-too-large', 'unsupported-media-type'];
  return [
    ...new Set<ProblemKind>([
      'invalid-request',
      'unknown-parameter',
      ...problems,
      ...ofAccess,
      ...ofBody,
      'internal-error',
      'database-unavailable',
    ]),
  ];
}

/** Responses of problems, by status: most operations fail in the same ways, so the document tells each way once. */
function failures(kinds: readonly ProblemKind[], schemas: SchemaWriter): Readonly<Record<string, unknown>> {
  const byStatus = new Map<number, ProblemKind[]>();
  for (const kind of kinds) byStatus.set(PROBLEM_KINDS[kind], [...(byStatus.get(PROBLEM_KINDS[kind]) ?? []), kind]);
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => {
      const name = [status, ...some].join('.');
      schemas.components.responses[name] ??= failure(some);
      return [String(status), { $ref: `#/components/responses/${name}` }];
    }),
  );
}

function failure(kinds: readonly ProblemKind[]): JsonSchema {
  return {
    description: kinds.map((kind) => `\`${kind}\``).join(', '),
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: kinds } } }] },
      },
    },
  };
}

function successes(answers: Endpoint['answers'], schemas: SchemaWriter): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, mediaTypes }]) => {
      const types = mediaTypes ?? (schema ? ['application/json'] : []);
      const json = schema && schemas.write(schema, 'output');
      const content = Object.fromEntries(types.map((type) => [type, { schema: json ?? { type: 'string' } }]));
      return [status, { description, ...(types.length > 0 ? { content } : {}) }];
    }),
  );
}

function parametersOf({ params, query, headers = {}, examples }: Endpoint, schemas: SchemaWriter): readonly JsonSchema[] {
  return [
    ...objectParameters(params, 'path', schemas, examples),
    ...objectParameters(query, 'query', schemas, examples),
    ...Object.entries(headers).map(([name, description]) => ({ name, in: 'header', description, schema: { type: 'string' } })),
  ];
}

/** One parameter for each member of a schema. */
export function objectParameters(
  schema: z.ZodType | undefined,
  place: 'path' | 'query',
  schemas: SchemaWriter,
  examples: readonly EndpointExample[] = [],
): readonly JsonSchema[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).map(([name, member]: [string, z.ZodType]) => {
    const { description, ...json } = schemas.writeParameter(member);
    const example = examples.map((one) => (place === 'path' ? one.params : one.query)?.[name]).find((value) => value !== undefined);
    return {
      name,
      in: place,
      required: place === 'path' || !member.safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      schema: json,
      ...(example === undefined ? {} : { example }),
    };
  });
}

function requestBody({ body, upload, examples = [] }: Endpoint, schemas: SchemaWriter): JsonSchema | undefined {
  if (upload)
    return { required: true, content: Object.fromEntries(UPLOADS.map((type) => [type, { schema: { type: 'string', format: 'binary' } }])) };
  if (!body || body instanceof z.ZodUnknown) return undefined;
  const named = examples.flatMap(({ title, body: value }) => (value === undefined ? [] : [[title, { value }] as const]));
  return {
    required: true,
    content: {
      'application/json': { schema: schemas.write(body, 'input'), ...(named.length > 0 ? { examples: Object.fromEntries(named) } : {}) },
    },
  };
}
