import { z } from 'zod';
import { IMPORT_REPORT } from '../../application/imports/import-report.js';
import { defineEndpoint } from '../http/endpoint.js';
import { PAGE_QUERY } from '../objects/list-query.js';
import { REVISION } from './revision-schema.js';

const CLUSTER = z.string().describe('name of the cluster');
const NUMBER = z.string().min(1).max(253).describe('a number, `latest`, `previous`, or a tag');

const ALL = { tag: 'revisions', params: z.strictObject({ cluster: CLUSTER }) } as const;
const ONE = {
  tag: 'revisions',
  params: z.strictObject({ cluster: CLUSTER, revision: NUMBER }),
  problems: ['unknown-cluster', 'unknown-revision', 'unknown-tag'],
} as const;
const TO_READ = { role: 'viewer', reach: 'cluster' } as const;
const TO_WRITE = { role: 'editor', reach: 'cluster' } as const;

/** `GET …/revisions`. */
export const LIST = defineEndpoint({
  ...ALL,
  method: 'GET',
  path: '/api/v1/clusters/:cluster/revisions',
  access: TO_READ,
  summary: 'List revisions, newest first',
  query: z.strictObject(PAGE_QUERY),
  answers: {
    200: { description: 'a page of revisions', schema: z.object({ items: z.array(REVISION), continue: z.string().nullable() }) },
  },
  problems: ['unknown-cluster', 'limit-too-large'],
  examples: [{ title: 'The history of a cluster', params: { cluster: 'harbor' } }],
});

/** `GET …/revisions/:revision`. */
export const READ = defineEndpoint({
  ...ONE,
  method: 'GET',
  path: '/api/v1/clusters/:cluster/revisions/:revision',
  access: TO_READ,
  summary: 'Show a revision',
  answers: { 200: { description: 'the revision', schema: REVISION } },
  examples: [{ title: 'The newest revision', params: { cluster: 'harbor', revision: 'latest' } }],
});

/** `GET …/revisions/:revision/report`. */
export const REPORT = defineEndpoint({
  ...ONE,
  method: 'GET',
  path: '/api/v1/clusters/:cluster/revisions/:revision/report',
  access: TO_READ,
  summary: 'Show the import report of a revision',
  answers: {
    200: {
      description: 'what became of each document; null where the revision came from no import',
      schema: z.object({ revision: z.int(), report: IMPORT_REPORT.nullable() }),
    },
  },
  examples: [{ title: 'What became of the demo’s manifests', params: { cluster: 'harbor', revision: '1' } }],
});

/** `POST …/revisions/:revision/actions/restore`. */
export const RESTORE = defineEndpoint({
  ...ONE,
  method: 'POST',
  path: '/api/v1/clusters/:cluster/revisions/:revision/actions/restore',
  access: TO_WRITE,
  summary: 'Make the content of an old revision the content of a new one',
  idempotent: true,
  query: z.strictObject({ message: z.string().max(1_000).default('').describe('what the new revision is about') }),
  headers: {
    'If-Match': 'the revision that is expected to be the newest, by its `ETag` or its number; any other refuses the restoration with 412',
  },
  answers: { 201: { description: 'the new revision', schema: REVISION } },
  problems: [...ONE.problems, 'precondition-failed'],
  examples: [{ title: 'Back to the first', params: { cluster: 'heritage', revision: '1' }, query: { message: 'as it was' } }],
});

const TAG = z.object({ name: z.string(), revision: z.int() }).meta({ id: 'Tag' });
const TAG_PATH = {
  tag: 'revisions',
  path: '/api/v1/clusters/:cluster/tags/:name',
  params: z.strictObject({ cluster: CLUSTER, name: z.string().min(1).max(253).describe('lower-case letters, digits, `-`, `_` and `.`') }),
  access: TO_WRITE,
} as const;

/** `GET …/tags`. */
export const LIST_TAGS = defineEndpoint({
  ...ALL,
  method: 'GET',
  path: '/api/v1/clusters/:cluster/tags',
  access: TO_READ,
  summary: 'List tags, by name',
  answers: { 200: { description: 'all tags', schema: z.object({ items: z.array(TAG) }) } },
  problems: ['unknown-cluster'],
  examples: [{ title: 'The tags of a cluster', params: { cluster: 'harbor' } }],
});

/** `PUT …/tags/:name`. */
export const SET_TAG = defineEndpoint({
  ...TAG_PATH,
  method: 'PUT',
  summary: 'Set or move a tag',
  body: z.strictObject({
    revision: z
      .union([z.int().min(1), NUMBER])
      .transform(String)
      .describe('a number, `latest`, `previous`, or another tag'),
  }),
  answers: { 200: { description: 'the tag', schema: TAG } },
  problems: ['unknown-cluster', 'unknown-revision', 'unknown-tag'],
  examples: [{ title: 'What was reviewed', params: { cluster: 'atoll', name: 'reviewed' }, body: { revision: 'latest' } }],
});

/** `DELETE …/tags/:name`. */
export const DELETE_TAG = defineEndpoint({
  ...TAG_PATH,
  method: 'DELETE',
  summary: 'Delete a tag; the revision stays',
  answers: { 204: { description: 'it is gone' } },
  problems: ['unknown-cluster', 'unknown-tag'],
});
