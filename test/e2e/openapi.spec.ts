import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUESTIONS } from '../../src/application/questions/registry.js';
import { PROBLEM_KIND_NAMES } from '../../src/core/kernel/problem.js';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

type Json = Readonly<Record<string, unknown>>;

interface Example {
  readonly title: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: object;
}

interface Response {
  readonly description: string;
  readonly content?: Json;
}

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: Json }[];
  readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>>;
  readonly tags: readonly string[];
  readonly 'x-examples'?: readonly Example[];
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly tags: readonly { readonly name: string }[];
  readonly components: { readonly schemas: Readonly<Record<string, Json>>; readonly responses: Readonly<Record<string, Response>> };
}

function pathsOf(kind: string, components: object): readonly string[] {
  return Object.keys(components).map((name) => `#/components/${kind}/${name}`);
}

describe('OpenAPI', () => {
  let server: TestServer;
  let document: Document;
  let operations: readonly { readonly method: string; readonly path: string; readonly operation: Operation }[];
  beforeAll(async () => {
    server = await startServer();
    await loadDemoFleet(server.app, 'demo');
    document = bodyOf<Document>(await server.send('get', '/openapi.json', null).expect(200));
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
    );
  });
  afterAll(() => server.stop());

  it('is a document of version 3.1', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(operations.length).toBeGreaterThan(20);
  });

  it('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) => reference);
    const { schemas, responses } = document.components;
    const known = new Set([...pathsOf('schemas', schemas), ...pathsOf('responses', responses)]);
    expect(references.filter((reference) => !known.has(reference))).toEqual([]);
    expect(references.length).toBeGreaterThan(50);
  });

  it('names each operation once, under a tag that is listed', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const tags = new Set(document.tags.map(({ name }) => name));
    expect(operations.filter(({ operation }) => !operation.tags.every((tag) => tags.has(tag)))).toEqual([]);
  });

  it('declares every parameter of a path, each with a schema that says something', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect(declared, path).toEqual(inPath);
      for (const { name, schema } of operation.parameters) expect(Object.keys(schema).length, `${path} ${name}`).toBeGreaterThan(0);
    }
  });

  it('documents a success and the problems of each operation', () => {
    for (const { path, operation } of operations) {
      const statuses = Object.keys(operation.responses);
      expect(
        statuses.some((status) => status.startsWith('2')),
        path,
      ).toBe(true);
      for (const [status, response] of Object.entries(operation.responses)) {
        const { content } = '$ref' in response ? document.components.responses[response.$ref.split('/').at(-1) ?? '']! : response;
        if (Number(status) >= 400 && path !== '/readyz')
          expect(Object.keys(content ?? {}), `${path} ${status}`).toEqual(['application/problem+json']);
      }
    }
  });

  it('documents every kind of problem and every reason code', () => {
    const text = JSON.stringify(document);
    for (const kind of PROBLEM_KIND_NAMES) expect(text).toContain(`\`${kind}\``);
    for (const { reasons } of QUESTIONS) for (const code of Object.keys(reasons)) expect(text).toContain(`\`${code}\``);
  });

  it('shows examples that run', async () => {
    let count = 0;
    for (const { method, path, operation } of operations) {
      for (const { title, params = {}, query = {}, body } of operation['x-examples'] ?? []) {
        const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? name));
        const search = new URLSearchParams(
          Object.entries(query).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])),
        ).toString();
        const sent = server.send(method as 'get', search === '' ? filled : `${filled}?${search}`);
        const answer = await (body === undefined ? sent : sent.send(body));
        expect(operation.responses, `${method} ${path}: ${title}`).toHaveProperty(String(answer.status));
        expect(answer.status, `${method} ${path}: ${title}: ${answer.text.slice(0, 300)}`).toBeLessThan(300);
        count++;
      }
    }
    expect(count).toBeGreaterThan(20);
  });

  it.each(
    QUESTIONS.flatMap(({ name, result, examples }) =>
      examples.map((example) => ({ name: `${name}: ${example.title}`, question: name, result, example })),
    ),
  )('shows the shape of the result: $name', async ({ question, result, example }) => {
    const answer = await server.send('post', `/api/v1/clusters/${example.cluster}/queries/${question}`).send(example.input);
    const { result: sent } = bodyOf<{ result: unknown }>(answer);
    expect(result.safeParse(sent)).toEqual({ success: true, data: sent });
  });
});
