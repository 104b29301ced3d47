import { z } from 'zod';
import type { Question } from '../../application/questions/question.js';
import type { Endpoint } from '../http/endpoint.js';
import { MAX_BATCH, QUESTION_QUERY } from '../questions/question-endpoints.js';
import { TEXT_MEDIA_TYPES } from '../questions/send-table.js';
import type { JsonSchema, SchemaWriter } from './json-schema.js';
import { objectParameters, type Operation, operationOf } from './openapi-operation.js';

/** The path of a question, with its GET and POST operations as the registry's one definition makes them. */
export function questionPath(
  question: Question,
  byLink: Endpoint,
  byBody: Endpoint,
  schemas: SchemaWriter,
): readonly [string, Readonly<Record<string, Operation>>] {
  const { name, examples, input } = question;
  const answer = `${pascal(name)}Answer`;
  schemas.components.schemas[answer] = answerSchema(question, schemas);
  const json = { 'application/json': { schema: { $ref: `#/components/schemas/${answer}` } } };
  const texts = question.table ? Object.values(TEXT_MEDIA_TYPES).map((type) => [type, { schema: { type: 'string' } }] as const) : [];
  const content = { ...json, ...Object.fromEntries(texts) };
  const cluster = objectParameters(z.strictObject({ cluster: z.string().describe('name of the cluster') }), 'path', schemas, [
    { title: '', params: { cluster: examples[0]?.cluster ?? 'harbor' } },
  ]);
  const [first] = examples;
  const link = {
    ...operationOf(byLink, schemas),
    ...headOf(question, 'ask'),
    parameters: [
      ...cluster,
      ...objectParameters(input, 'query', schemas, [{ title: '', query: textsOf(first?.input ?? {}) }]),
      ...objectParameters(QUESTION_QUERY, 'query', schemas),
    ],
    'x-examples': examples.map((one) => ({ title: one.title, params: { cluster: one.cluster }, query: textsOf(one.input) })),
  };
  const body = {
    ...operationOf(byBody, schemas),
    ...headOf(question, 'post'),
    summary: `${question.title}? (as JSON, or up to ${MAX_BATCH} at once)`,
    description: 'What `GET` of the same path asks, in a body; it tells what the verdicts and reasons mean.',
    parameters: [...cluster, ...objectParameters(QUESTION_QUERY, 'query', schemas)],
    requestBody: bodyOf(question, schemas),
    'x-examples': examples.map((one) => ({ title: one.title, params: { cluster: one.cluster }, body: one.input })),
  };
  const one = { description: 'the answer', headers: REVISION_HEADER, content };
  return [
    `/api/v1/clusters/{cluster}/queries/${name}`,
    { get: withAnswer(link, one), post: withAnswer(body, { ...one, content: { ...content, ...oneOrMany(answer) } }) },
  ];
}

const REVISION_HEADER = { 'Portolan-Revision': { description: 'the revision it was computed on', schema: { type: 'integer' } } };

function headOf(question: Question, prefix: string): Operation {
  return {
    tags: [question.room],
    operationId: `${prefix}${pascal(question.name)}`,
    summary: `${question.title}?`,
    description: descriptionOf(question),
  };
}

function withAnswer(operation: Operation, answer: JsonSchema): Operation {
  return { ...operation, responses: { ...Object(operation['responses']), 200: answer } };
}

function oneOrMany(answer: string): JsonSchema {
  const item = { anyOf: [{ $ref: `#/components/schemas/${answer}` }, { $ref: '#/components/schemas/Problem' }] };
  const many = {
    type: 'object',
    required: ['revision', 'items'],
    properties: { revision: { type: 'integer' }, items: { type: 'array', items: item } },
  };
  return { 'application/json': { schema: { anyOf: [{ $ref: `#/components/schemas/${answer}` }, many] } } };
}

function bodyOf(question: Question, schemas: SchemaWriter): JsonSchema {
  const { input, examples } = question;
  const name = `${pascal(question.name)}Input`;
  const members = Object.entries(input.shape).map(([name, member]: [string, z.ZodType]) => [name, schemas.writeParameter(member)] as const);
  const required = Object.entries(input.shape).flatMap(([name, member]: [string, z.ZodType]) =>
    member.safeParse(undefined).success ? [] : [name],
  );
  schemas.components.schemas[name] = { type: 'object', properties: Object.fromEntries(members), required, additionalProperties: false };
  const one = { $ref: `#/components/schemas/${name}` };
  const many = {
    type: 'object',
    properties: { items: { type: 'array', maxItems: MAX_BATCH, items: one } },
    required: ['items'],
    additionalProperties: false,
  };
  const named = examples.map(({ title, input: value }) => [title, { value }] as const);
  return { required: true, content: { 'application/json': { schema: { anyOf: [one, many] }, examples: Object.fromEntries(named) } } };
}

function answerSchema({ verdicts, reasons, result }: Question, schemas: SchemaWriter): JsonSchema {
  const evidence = { allOf: [{ $ref: '#/components/schemas/Evidence' }, { properties: { reason: { enum: Object.keys(reasons) } } }] };
  return {
    type: 'object',
    required: ['revision', 'question', 'verdict', 'summary', 'result', 'assumptions', 'warnings', 'confidence', 'enforcement'],
    properties: {
      revision: { type: 'integer', description: 'the revision it was computed on' },
      question: { type: 'object', description: 'the question as it was understood: selectors resolved, defaults filled in' },
      verdict: { type: 'string', enum: Object.keys(verdicts) },
      summary: { type: 'string', description: 'one line a person can read' },
      result: schemas.write(result, 'output'),
      evidence: { type: 'array', items: evidence },
      assumptions: { type: 'array', items: { $ref: '#/components/schemas/Note' } },
      warnings: { type: 'array', items: { $ref: '#/components/schemas/Note' } },
      confidence: { type: 'string', enum: ['CERTAIN', 'ASSUMED', 'INSUFFICIENT_INFO'] },
      enforcement: { anyOf: [{ $ref: '#/components/schemas/Enforcement' }, { type: 'null' }] },
    },
  };
}

function descriptionOf({ verdicts, reasons }: Question): string {
  return [table('verdict', verdicts), table('reason', reasons)].join('\n\n');
}

function table(head: string, meanings: Readonly<Record<string, string>>): string {
  const rows = Object.entries(meanings).map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll('|', '\\|')} |`);
  return [`| ${head} | meaning |`, '| --- | --- |', ...rows].join('\n');
}

/** A question's input as a query string writes it. */
function textsOf(input: Readonly<Record<string, unknown>>): Readonly<Record<string, string | readonly string[]>> {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]));
}

/** `policy-verdict` → `PolicyVerdict`: what the operations of a question are named after. */
export function pascal(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
