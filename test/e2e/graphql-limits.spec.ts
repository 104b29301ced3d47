import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getIntrospectionQuery, parse } from 'graphql';
import { ADMIN, bodyOf, startServer, type TestServer } from './support/server.js';

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
  readonly extensions?: { readonly cost?: { readonly requested: number; readonly maximum: number } };
}

/** A document whose fragments spread one another twice each: `2 ** size` fields written out. */
function bomb(size: number): string {
  const fragments = Array.from(
    { length: size },
    (_, index) => `fragment F${index} on Cluster { ...F${index + 1} a${index}: name ...F${index + 1} }`,
  );
  return `{ cluster(name: "x") { ...F0 } } ${fragments.join(' ')} fragment F${size} on Cluster { name }`;
}

describe('limits of GraphQL', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ PORTOLAN_GRAPHQL_MAX_DEPTH: '5', PORTOLAN_GRAPHQL_MAX_COST: '100' });
  });
  afterAll(() => server.stop());

  const ask = async (query: string, variables: object = {}, token: string | null = ADMIN, more: object = {}) => {
    const { status, body } = await server.send('post', '/graphql', token).send({ query, variables, ...more });
    return { status, ...(body as Answer) };
  };
  const codeOf = (answer: Answer) => answer.errors?.map(({ extensions }) => extensions['code']);

  it('tells the cost', async () => {
    expect((await ask('{ cluster(name: "x") { name } }')).extensions).toEqual({ cost: { requested: 2, maximum: 100 } });
    expect((await ask('{ cluster(name: "x") { resolveSelector(selector: {any: true}) { verdict } } }')).extensions).toEqual({
      cost: { requested: 22, maximum: 100 },
    });
  });

  it.each([
    [
      'depth',
      '{ cluster(name: "x") { resolveSelector(selector: {any: true}) { evidence { object { name kind } } result { pods { name } } } } }',
      undefined,
    ],
    [
      'depth',
      '{ __typename cluster(name: "x") { a: resolveSelector(selector: {any: true}) { b: evidence { c: object { d: name } } } } }',
      undefined,
    ],
    [
      'aliases',
      `{ ${Array.from({ length: 201 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
      'the document has 201 aliases; at most 200 are allowed',
    ],
    [
      'cost',
      `{ ${[1, 2, 3, 4, 5].map((index) => `a${index}: cluster(name: "x") { resolveSelector(selector: {any: true}) { verdict } }`).join(' ')} }`,
      'the document costs 110 points; at most 100 are allowed',
    ],
    ['fragments', bomb(20), undefined],
    ['many fragments', bomb(300), undefined],
  ])('%s', async (name, query, message) => {
    const answer = await ask(query);
    if (name === 'depth') return expect(codeOf(answer)).not.toContain('query-too-complex');
    expect([answer.status, codeOf(answer)]).toEqual([400, ['query-too-complex']]);
    if (message) expect(answer.errors?.[0]?.message).toBe(message);
  });

  it('refuses what nests too deep', async () => {
    const deep =
      '{ cluster(name: "x") { resolveSelector(selector: {any: true}) { evidence { object { ...O } } } } } fragment O on ObjectRef { ...P } fragment P on ObjectRef { name }';
    expect((await ask(deep)).errors?.[0]?.message).not.toContain('nests');
    const server3 = await startServer({ PORTOLAN_GRAPHQL_MAX_DEPTH: '3' });
    const refused = await server3.send('post', '/graphql').send({ query: deep });
    expect(bodyOf<Answer>(refused).errors?.[0]?.message).toBe('the document nests 5 levels deep; at most 3 are allowed');
    await server3.stop();
  });

  it('refuses what is too large once it is written out before it is validated, which compares all of that', async () => {
    const { status, errors } = await ask(bomb(20).replace('{ name }', '{ name noSuchField }'));
    expect([status, errors?.[0]?.message]).toEqual([400, expect.stringMatching(/^the document has \d+ aliases; at most 200 are allowed$/)]);
  });

  it('refuses fragments that spread one another round and round, and too many, before they are compared', async () => {
    const round = Array.from({ length: 50 }, (_, index) => {
      const spreads = Array.from({ length: 30 }, (_, other) => `...F${(index * 7 + other * 13 + 1) % 50}`);
      return `fragment F${index} on Query { clusters { nodes { name } } ${spreads.join(' ')} }`;
    });
    const cyclic = await ask(`{ ...F0 } ${round.join(' ')}`);
    expect([cyclic.status, codeOf(cyclic)]).toEqual([400, ['invalid-request']]);
    expect(cyclic.errors?.[0]?.message).toMatch(/^cannot spread fragment `F\d+` within itself/);
    const many = await ask(bomb(50));
    expect([many.status, many.errors?.[0]?.message]).toEqual([400, 'the document has 51 fragments; at most 50 are allowed']);
  });

  it('says so of a document that nests deeper than it can be read', async () => {
    const answer = await ask('{a'.repeat(100_000));
    expect([answer.status, codeOf(answer), answer.errors?.[0]?.message]).toEqual([400, ['invalid-request'], 'the document nests too deep']);
  });

  it('refuses a document of too many tokens before it validates it', async () => {
    const answer = await ask(`{ ${'__typename '.repeat(10_001)} }`);
    expect([answer.status, codeOf(answer)]).toEqual([400, ['invalid-request']]);
  });

  // Mercurius reads a document that is no GraphQL as JSON, and takes it for one that is parsed already: no limit of the parser would hold.
  it('takes text alone, no document that is parsed already', async () => {
    for (const query of [JSON.stringify(parse('{ __typename }')), '5', 'null', '{"kind":"Document","definitions":[5]}']) {
      const answer = await ask(query, {}, null);
      expect([answer.status, codeOf(answer), answer.errors?.[0]?.message]).toEqual([
        400,
        ['invalid-request'],
        '`query` is no text of a GraphQL document',
      ]);
    }
  });

  it('shows the schema to everybody, and nothing else', async () => {
    expect((await ask(getIntrospectionQuery(), {}, null)).data).toHaveProperty('__schema');
    const often = Array.from({ length: 6 }, (_, index) => `s${index}: __schema { types { name } }`).join(' ');
    expect(codeOf(await ask(`{ ${often} }`, {}, null))).toEqual(['query-too-complex']);
    const answer = await ask('{ __typename cluster(name: "x") { name } }', {}, null);
    expect([answer.status, codeOf(answer)]).toEqual([401, ['missing-token']]);
    expect((await ask(getIntrospectionQuery(), {}, 'nobody-issued-this-token')).status).toBe(401);
  });

  it('validates for nobody what is long, or asks for more than the schema', async () => {
    const long = `{ __type(name: "Query") { ${'fields(includeDeprecated: true) { name } '.repeat(150)} } }`;
    for (const document of [long, '{ nothing }', 'query A { __typename } query B { nothing }']) {
      const answer = await ask(document, {}, null);
      expect([answer.status, codeOf(answer)]).toEqual([401, ['missing-token']]);
    }
    expect((await ask(long)).status).toBe(200);
  });

  it('runs the operation that is named, also when another one of the document ran before', async () => {
    const document = 'query A { a: __typename } query B { b: __typename }';
    for (const name of ['A', 'A', 'A', 'B', 'B', 'A']) {
      const { data } = await ask(document, {}, ADMIN, { operationName: name });
      expect(Object.keys(data ?? {})).toEqual([name.toLowerCase()]);
    }
  });

  it('counts the size of a page that comes as a variable', async () => {
    const query = 'query Q($name: String!) { cluster(name: $name) { name } }';
    for (let time = 0; time < 3; time++) expect((await ask(query, { name: 'x' })).extensions?.cost?.requested).toBe(2);
  });

  it('counts the text that fields are given, as often as they are', async () => {
    const query = 'query Q($name: String!) { a: cluster(name: $name) { name } b: cluster(name: $name) { name } }';
    const refused = await ask(query, { name: 'x'.repeat(5_000) });
    expect([refused.status, refused.errors?.[0]?.message]).toEqual([400, 'the document costs 104 points; at most 100 are allowed']);
    expect((await ask(query, { name: 'x'.repeat(1_000) })).extensions?.cost?.requested).toBe(24);
    expect((await ask(`{ cluster(name: "${'x'.repeat(1_000)}") { name } }`)).extensions?.cost?.requested).toBe(12);
  });

  it('counts a state as it would be as much as its model costs, where there is one', async () => {
    const query = 'query ($gone: [String!]) { cluster(name: "x") { route(url: "http://a.b", delete: $gone) { verdict } } }';
    expect((await ask(query, { gone: ['Ingress a/b'] })).errors?.[0]?.message).toBe(
      'the document costs 1002 points; at most 100 are allowed',
    );
    expect((await ask(query, { gone: null })).extensions?.cost?.requested).toBe(22);
    expect((await ask(query)).extensions?.cost?.requested).toBe(22);
  });

  it('counts what variables are by default, where they are not sent', async () => {
    const text = `query Q($name: String! = "${'x'.repeat(5_000)}") { a: cluster(name: $name) { name } b: cluster(name: $name) { name } }`;
    expect((await ask(text)).errors?.[0]?.message).toBe('the document costs 104 points; at most 100 are allowed');
    expect((await ask(text, { name: 'x' })).extensions?.cost?.requested).toBe(4);
  });

  it.each([
    [
      '{ cluster(nam: "x") { name } }',
      'unknown argument `nam` on field `Query.cluster` at line 1, column 11',
      'did you mean `name` or `at`?',
    ],
    [
      '{ cluster(name: "x") { dispayName } }',
      'cannot query field `dispayName` on type `Cluster` at line 1, column 24',
      'did you mean `displayName`?',
    ],
    [
      '{ cluster(name: "x") { resolveSelector(selector: "pod/a/b") { verdict } } }',
      'expected value of type `EndpointInput!`, found `pod/a/b` at line 1, column 50',
      'an endpoint is an object here; text goes into its `selector`: `{selector: "pod/shop/web"}`',
    ],
    ['{ cluster(name: "x" { name } }', 'the document cannot be read: Expected Name, found `{` at line 1, column 21', undefined],
  ])('%s', async (query, message, hint) => {
    const answer = await ask(query);
    expect(answer.status).toBe(400);
    expect(answer.errors?.[0]).toMatchObject({ message, extensions: { code: 'invalid-request', ...(hint === undefined ? {} : { hint }) } });
  });
});
