import {
  getNamedType,
  GraphQLEnumType,
  type GraphQLField,
  GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isNonNullType,
} from 'graphql';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Question } from '../../src/application/questions/question.js';
import { QUESTIONS } from '../../src/application/questions/registry.js';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { asRest, documentFor } from './support/select-everything.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

/** An input as variables: an endpoint is an object in GraphQL, and its enums have `_` where REST writes `-`. */
function variablesOf(field: GraphQLField<unknown, unknown>, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = field.args.filter(({ name }) => name in input);
  return Object.fromEntries(
    given.map(({ name, type }) => {
      const [value, named] = [input[name], getNamedType(type)];
      if (isInputObjectType(named)) return [name, { selector: value }];
      return [name, isEnumType(named) && typeof value === 'string' ? value.replaceAll('-', '_') : value];
    }),
  );
}

const EXAMPLES = QUESTIONS.flatMap((question) =>
  question.examples.map((example) => ({ question, example, name: `${question.name}: ${example.title}` })),
);

/** `policyVerdict` of `policy-verdict`. */
const fieldName = ({ name }: Question) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A member that is null in one door may be absent in the other. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (member === null ? [] : [[name, withoutNulls(member)]])));
}

/** A question's input as a query string: lists as repeated parameters. */
function queryOf(input: Readonly<Record<string, unknown>>): string {
  const parameters = Object.entries(input).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  );
  return new URLSearchParams(parameters).toString();
}

describe('REST and GraphQL', () => {
  let server: TestServer;
  let schema: GraphQLSchema;
  beforeAll(async () => {
    server = await startServer({ PORTOLAN_GRAPHQL_MAX_COST: '1000000' });
    await loadDemoFleet(server.app, 'demo');
    ({ schema } = server.app.get(GraphQLSchemaHost, { strict: false }));
  });
  afterAll(() => server.stop());

  function fieldOf(question: Question): GraphQLField<unknown, unknown> {
    const field = (schema.getType('Cluster') as GraphQLObjectType).getFields()[fieldName(question)];
    if (!field) throw new Error(`\`Cluster\` has no field \`${fieldName(question)}\``);
    return field;
  }

  it.each(EXAMPLES)('answer alike: $name', async ({ question, example }) => {
    const path = `/api/v1/clusters/${example.cluster}/queries/${question.name}`;
    const posted = await server.send('post', path).send(example.input);
    expect([posted.status, posted.body]).toEqual([200, expect.anything()]);
    const linked = await server.send('get', `${path}?${queryOf(example.input)}`);
    expect(linked.text).toBe(posted.text);

    const field = fieldOf(question);
    const variables = variablesOf(field, example.input);
    const query = documentFor(schema, field, Object.keys(example.input));
    const { body } = await server.send('post', '/graphql').send({ query, variables: { cluster: example.cluster, ...variables } });
    const { data, errors } = body as { data: { cluster: Readonly<Record<string, unknown>> }; errors?: unknown };
    expect(errors).toBeUndefined();
    expect(withoutNulls(asRest(schema, field.type, data.cluster[field.name]))).toEqual(withoutNulls(posted.body));
  });

  it.each(QUESTIONS.map((question) => ({ question, name: question.name })))('ask alike: $name', ({ question }) => {
    const parameters = Object.entries(question.input.shape).map(
      ([name, member]) => `${name}${member.safeParse(undefined).success ? '' : '!'}`,
    );
    expect(
      fieldOf(question)
        .args.map(({ name, type }) => `${name}${isNonNullType(type) ? '!' : ''}`)
        .sort(),
    ).toEqual(parameters.sort());
  });

  it.each(QUESTIONS.map((question) => ({ question, name: question.name })))('have the same verdicts: $name', ({ question }) => {
    const answer = getNamedType(fieldOf(question).type) as GraphQLObjectType;
    const verdict = getNamedType(answer.getFields()['verdict']!.type) as GraphQLEnumType;
    expect(
      verdict
        .getValues()
        .map(({ value }) => String(value))
        .sort(),
    ).toEqual(Object.keys(question.verdicts).sort());
  });

  it('refuse alike', async () => {
    for (const { question, example } of EXAMPLES) {
      const field = fieldOf(question);
      const [name, wrong] = Object.entries(example.input).find(([, value]) => typeof value === 'string') ?? [];
      if (name === undefined || wrong === undefined) continue;
      const input = { ...example.input, [name]: 'no//such thing' };
      const rest = await server.send('post', `/api/v1/clusters/${example.cluster}/queries/${question.name}`).send(input);
      const variables = variablesOf(field, input);
      const query = documentFor(schema, field, Object.keys(input));
      const graphql = await server.send('post', '/graphql').send({ query, variables: { cluster: example.cluster, ...variables } });
      const [error] = bodyOf<{ errors?: { extensions: object }[] }>(graphql).errors ?? [];
      if (rest.status === 200 || graphql.status === 400) continue; // the text is a right one, or GraphQL's own types refuse it
      const { requestId: _, ...expected } = bodyOf<{ requestId: string }>(rest);
      expect(error?.extensions, `${question.name} ${name}`).toMatchObject(expected);
    }
  });
});
