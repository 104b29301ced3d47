import { compareText } from '../../core/kernel/compare.js';
import { QUESTIONS } from '../../application/questions/registry.js';
import type { Endpoint } from '../http/endpoint.js';
import { askByBody, askByLink } from '../questions/question-endpoints.js';
import { type JsonSchema, SchemaWriter } from './json-schema.js';
import { operationOf } from './openapi-operation.js';
import { questionPath } from './openapi-questions.js';
import { ENVELOPE_SCHEMAS } from './envelope-schemas.js';

const ABOUT = `Portolan answers how the networks of Kubernetes clusters behave, from their stored objects: which address belongs to what, what a name resolves to, which backend a
request reaches, whether a policy lets two workloads talk. Every answer says why.

Send \`Authorization: Bearer <token>\` with every request. Every read takes \`revision\` or \`at\` and has a strong \`ETag\`. Every question about objects takes \`apply\` and \`delete\`, and is then asked of a state as it would be. Every failure is an RFC 9457 problem document;
the schema \`Problem\` lists every kind, and each has a [page](/docs/problems).
`;

/** The OpenAPI 3.1 document of the given endpoints and of every question, in a stable order. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): JsonSchema {
  const schemas = new SchemaWriter();
  const paths = new Map<string, Record<string, JsonSchema>>();
  for (const endpoint of endpoints) {
    if (endpoint.path === askByLink.path) continue;
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths.set(path, {
      ...paths.get(path),
      [endpoint.method.toLowerCase()]: { operationId: operationId(endpoint), ...operationOf(endpoint, schemas) },
    });
  }
  for (const question of QUESTIONS) paths.set(...mutable(questionPath(question, askByLink, askByBody, schemas)));
  return {
    openapi: '3.1.1',
    info: { title: 'Portolan', version, description: ABOUT, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: tagsOf(endpoints),
    paths: Object.fromEntries([...paths].sort(([a], [b]) => compareText(a, b))),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: byName({ ...ENVELOPE_SCHEMAS, ...schemas.components.schemas }),
      responses: byName(schemas.components.responses),
    },
  };
}

function byName(components: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return Object.fromEntries(Object.entries(components).sort(([a], [b]) => compareText(a, b)));
}

function mutable<A, B>([a, b]: readonly [A, B]): [A, B] {
  return [a, b];
}

function tagsOf(endpoints: readonly Endpoint[]): readonly JsonSchema[] {
  const names = new Set([...endpoints.map(({ tag }) => tag).filter((tag) => tag !== 'questions'), ...QUESTIONS.map(({ room }) => room)]);
  return [...names].sort(compareText).map((name) => ({ name }));
}

/** `getClustersTags` of `GET /api/v1/clusters/:cluster/tags`. */
function operationId({ method, path }: Endpoint): string {
  const words = path
    .replace('/api/v1', '')
    .split(/[/-]/)
    .filter((word) => word !== '');
  const names = words.map((word) => (word.startsWith(':') ? `By${capital(word.slice(1))}` : capital(word)));
  return method.toLowerCase() + names.join('');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
