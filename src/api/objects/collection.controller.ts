import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Collection } from '../../application/objects/collection.js';
import { ModelLists } from '../../application/objects/model-lists.js';
import { parseFields, projectFields } from '../../application/objects/project-fields.js';
import { COORDINATE_QUERY } from '../http/coordinate-query.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';
import { LIST_PROBLEMS, LIST_QUERY, pageOf } from './list-query.js';

const CLUSTER = z.string().describe('name of the cluster');
const NAME = z.string().min(1).max(253);

/** What names an item of each scope, as in its path. */
const NAMED_BY = {
  cluster: { name: NAME },
  namespace: { namespace: NAME, name: NAME },
  kind: { kind: NAME, namespace: NAME, name: NAME },
} as const;

/** The list of a noun. */
function listEndpoint({ noun, about, scope, fields, view, example }: Collection) {
  const named = scope === 'cluster' ? ['metadata.name'] : ['metadata.name', 'metadata.namespace'];
  const sorts = [...(scope === 'cluster' ? [] : ['namespace']), 'name', ...fields];
  const { namespace, ...common } = LIST_QUERY;
  const query = z.strictObject({
    ...common,
    // What is in no namespace refuses the parameter as any that it does not have.
    ...(scope === 'cluster' ? {} : { namespace }),
    fieldSelector: z
      .string()
      .max(4_096)
      .optional()
      .describe(`as kubectl takes it, of ${[...named, ...fields].map(code).join(', ')}`),
    sort: z
      .string()
      .max(100)
      .optional()
      .describe(`${sorts.map(code).join(', ')}; the first when left out; \`-\` before it: descending`),
  });
  return defineEndpoint({
    method: 'GET',
    path: `/api/v1/clusters/:cluster/${noun}`,
    tag: 'objects',
    access: { role: 'viewer', reach: 'cluster' },
    summary: `List ${noun.replaceAll('-', ' ')} of the model`,
    description: about,
    params: z.strictObject({ cluster: CLUSTER }),
    query,
    answers: { 200: { description: 'a page of them; with `fields`, only those parts of each', schema: pageOf(view) } },
    problems: LIST_PROBLEMS,
    examples: [{ title: 'The first two', params: { cluster: example.cluster }, query: { limit: '2' } }],
  });
}

/** One of a noun. */
function readEndpoint({ noun, singular, scope, view, unknown, example }: Collection) {
  const params = z.strictObject({ cluster: CLUSTER, ...NAMED_BY[scope] });
  return defineEndpoint({
    method: 'GET',
    path: `/api/v1/clusters/:cluster/${noun}/${Object.keys(NAMED_BY[scope])
      .map((name) => `:${name}`)
      .join('/')}`,
    tag: 'objects',
    access: { role: 'viewer', reach: 'cluster' },
    summary: `Show ${/^[aeiou]/.test(singular) ? 'an' : 'a'} ${singular} of the model`,
    params,
    query: z.strictObject({ ...COORDINATE_QUERY, fields: LIST_QUERY.fields }),
    answers: { 200: { description: `the ${singular}`, schema: z.object({ revision: z.int(), item: view }) } },
    problems: ['unknown-cluster', 'unknown-revision', 'unknown-tag', unknown],
    examples: [{ title: 'One of them', params: example }],
  });
}

/** REST's door to one noun of the model: its list, and one by name. */
export function collectionController(collection: Collection): new (lists: ModelLists) => object {
  const list = listEndpoint(collection);
  const read = readEndpoint(collection);

  @Controller()
  class CollectionController {
    constructor(private readonly lists: ModelLists) {}

    @Handles(list)
    async list(@Input() { params, query }: InputOf<typeof list>, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
      const { fields, namespace, ...request } = query;
      const projection = orThrow(parseFields(fields, collection.view));
      const within = typeof namespace === 'string' ? { namespace } : {};
      const page = orThrow(await this.lists.list(params.cluster, collection, { ...request, ...within }));
      reply.header('portolan-revision', page.revision);
      return { ...page, items: projectFields(page.items, projection) };
    }

    @Handles(read)
    async read(@Input() { params, query }: InputOf<typeof read>, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
      const { cluster, ...name } = params;
      const { fields, ...at } = query;
      const projection = orThrow(parseFields(fields, collection.view));
      const { revision, item } = orThrow(await this.lists.find(cluster, collection, name, at));
      reply.header('portolan-revision', revision);
      return { revision, item: projectFields(item, projection) };
    }
  }
  return CollectionController;
}

function code(text: string): string {
  return `\`${text}\``;
}
