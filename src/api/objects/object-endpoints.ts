import { z } from 'zod';
import { COORDINATE_QUERY } from '../http/coordinate-query.js';
import { defineEndpoint } from '../http/endpoint.js';
import { LIST_PROBLEMS, LIST_QUERY, pageOf } from './list-query.js';

const CLUSTER = z.string().describe('name of the cluster');
const KIND = z.string().min(1).max(253).describe('as Kubernetes spells it, or as kubectl takes it: `NetworkPolicy`, `networkpolicies`');
const GROUP = z.string().max(253).optional().describe('API group, `apps`; empty: the core group');
const COMMON = { tag: 'objects', method: 'GET', access: { role: 'viewer', reach: 'cluster' } } as const;

const ONE = {
  ...COMMON,
  params: z.strictObject({
    cluster: CLUSTER,
    kind: KIND,
    namespace: z.string().min(1).max(253).describe('`-` for cluster-scoped kinds'),
    name: z.string().min(1).max(253),
  }),
} as const;

/** An object as it is stored. */
export const STORED_OBJECT = z
  .object({
    group: z.string().describe('API group; empty: the core group'),
    kind: z.string(),
    namespace: z.string().describe('empty for cluster-scoped kinds'),
    name: z.string(),
    source: z.string().describe('whose part of the cluster it is; empty: nobody’s'),
    object: z.looseObject({ apiVersion: z.string(), kind: z.string() }).describe('the object in its native shape, as it was imported'),
  })
  .meta({ id: 'StoredObject' });

/** `GET …/objects`. */
export const LIST = defineEndpoint({
  ...COMMON,
  path: '/api/v1/clusters/:cluster/objects',
  summary: 'List stored objects',
  params: z.strictObject({ cluster: CLUSTER }),
  query: z.strictObject({
    ...LIST_QUERY,
    kind: KIND.optional(),
    group: GROUP,
    name: z.string().min(1).max(253).optional().describe('only objects of this name'),
    fieldSelector: z.string().max(4_096).optional().describe('as kubectl takes it, of `metadata.name` and `metadata.namespace`'),
    sort: z.string().max(100).optional().describe('`kind` (when left out), `namespace` or `name`; `-` before it: descending'),
  }),
  answers: {
    200: { description: 'a page of objects; with `fields`, only those parts of each', schema: pageOf(STORED_OBJECT) },
  },
  problems: LIST_PROBLEMS,
  examples: [
    { title: 'The services of a namespace', params: { cluster: 'harbor' }, query: { kind: 'Service', namespace: 'shop' } },
    {
      title: 'Names only, two at a time',
      params: { cluster: 'harbor' },
      query: { kind: 'services', limit: '2', fields: 'namespace,name' },
    },
  ],
});

/** `GET …/objects/:kind/:namespace/:name`. */
export const READ = defineEndpoint({
  ...ONE,
  path: '/api/v1/clusters/:cluster/objects/:kind/:namespace/:name',
  summary: 'Show a stored object',
  query: z.strictObject({ ...COORDINATE_QUERY, group: GROUP, fields: LIST_QUERY.fields }),
  answers: { 200: { description: 'the object', schema: STORED_OBJECT.extend({ revision: z.int() }) } },
  problems: ['unknown-cluster', 'unknown-revision', 'unknown-tag', 'unknown-object'],
  examples: [
    { title: 'A service', params: { cluster: 'harbor', kind: 'Service', namespace: 'shop', name: 'web' } },
    { title: 'A namespace', params: { cluster: 'harbor', kind: 'Namespace', namespace: '-', name: 'shop' } },
  ],
});

/** `GET …/objects/:kind/:namespace/:name/history`. */
export const HISTORY = defineEndpoint({
  ...ONE,
  path: '/api/v1/clusters/:cluster/objects/:kind/:namespace/:name/history',
  summary: 'Show every version of a stored object, oldest first',
  query: z.strictObject({ group: GROUP }),
  answers: {
    200: {
      description: 'its versions',
      schema: z.object({
        items: z.array(
          z.object({
            from: z.int().describe('the first revision it was valid in'),
            to: z.int().nullable().describe('the first it was not; null: it still is'),
            group: z.string(),
            object: z.looseObject({ apiVersion: z.string(), kind: z.string() }),
          }),
        ),
      }),
    },
  },
  problems: ['unknown-cluster', 'unknown-object'],
  examples: [{ title: 'A service', params: { cluster: 'harbor', kind: 'Service', namespace: 'shop', name: 'web' } }],
});
