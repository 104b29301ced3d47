import { z } from 'zod';
import { COORDINATE_QUERY } from '../http/coordinate-query.js';
import { defineEndpoint } from '../http/endpoint.js';
import { PAGE_QUERY } from '../objects/list-query.js';
import { CLUSTER, CLUSTER_CHANGE, CLUSTER_WITH_PROFILE, NEW_CLUSTER } from './cluster-schema.js';

const ALL = { tag: 'clusters', path: '/api/v1/clusters' } as const;
const ONE = {
  tag: 'clusters',
  path: '/api/v1/clusters/:cluster',
  params: z.strictObject({ cluster: z.string().describe('name of the cluster') }),
} as const;

/** `GET /clusters`. */
export const LIST = defineEndpoint({
  ...ALL,
  method: 'GET',
  access: { role: 'viewer', reach: 'own' },
  summary: 'List clusters, by name',
  description: 'A token that is limited to clusters sees those.',
  query: z.strictObject(PAGE_QUERY),
  answers: {
    200: {
      description: 'a page of clusters',
      schema: z.object({ items: z.array(CLUSTER), continue: z.string().nullable(), remaining: z.int() }),
    },
  },
  problems: ['limit-too-large'],
  examples: [{ title: 'All clusters' }, { title: 'The first two', query: { limit: '2' } }],
});

/** `POST /clusters`. */
export const CREATE = defineEndpoint({
  ...ALL,
  method: 'POST',
  access: { role: 'editor', reach: 'own' },
  summary: 'Create a cluster',
  description: 'It has no revision until manifests are imported with `POST /api/v1/clusters/{cluster}/snapshots`.',
  idempotent: true,
  body: NEW_CLUSTER,
  answers: { 201: { description: 'the cluster', schema: CLUSTER } },
  problems: ['invalid-profile', 'cluster-exists'],
  examples: [{ title: 'A cluster with a profile of its own', body: { name: 'example', profile: { cni: { plugin: 'calico' } } } }],
});

/** `GET /clusters/:cluster`. */
export const READ = defineEndpoint({
  ...ONE,
  method: 'GET',
  access: { role: 'viewer', reach: 'cluster' },
  summary: 'Show a cluster with its network profile',
  query: z.strictObject({
    ...COORDINATE_QUERY,
    view: z.enum(['summary', 'full']).default('full').describe('`summary`: without the network profile, which needs the compiled model'),
  }),
  answers: { 200: { description: 'the cluster', schema: CLUSTER_WITH_PROFILE } },
  problems: ['unknown-cluster', 'unknown-revision', 'unknown-tag'],
  examples: [
    { title: 'A cluster', params: { cluster: 'harbor' } },
    { title: 'Without its network profile', params: { cluster: 'harbor' }, query: { view: 'summary' } },
  ],
});

const EXPECTED = {
  'If-Match':
    'the `ETag` of the cluster that was read, or its `profileVersion` alone, which imports do not change; any other is refused with 412',
};

/** `PATCH /clusters/:cluster`. */
export const CHANGE = defineEndpoint({
  ...ONE,
  method: 'PATCH',
  access: { role: 'editor', reach: 'cluster' },
  summary: 'Change the display name or the network profile of a cluster',
  description:
    'The body is a merge patch (RFC 7396): what it does not name stays, null removes. Every answer from then on, of old revisions too, is given under the new profile.',
  headers: EXPECTED,
  body: CLUSTER_CHANGE,
  answers: { 200: { description: 'the cluster as it is now', schema: CLUSTER } },
  problems: ['unknown-cluster', 'invalid-profile', 'precondition-failed'],
  examples: [{ title: 'A new display name', params: { cluster: 'harbor' }, body: { displayName: 'harbor (demo)' } }],
});

/** `DELETE /clusters/:cluster`. */
export const DELETE = defineEndpoint({
  ...ONE,
  method: 'DELETE',
  access: { role: 'admin', reach: 'cluster' },
  summary: 'Delete a cluster with its whole history',
  headers: EXPECTED,
  answers: { 204: { description: 'it is gone' } },
  problems: ['unknown-cluster', 'precondition-failed'],
});
