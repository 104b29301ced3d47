import { z } from 'zod';
import { IMPORT_REPORT } from '../../application/imports/import-report.js';
import { defineEndpoint, IDEMPOTENCY_HEADER, IDEMPOTENCY_PROBLEMS } from '../http/endpoint.js';
import { FLAG } from '../http/flag.js';
import { REVISION } from '../clusters/revision-schema.js';
import { OPERATION } from '../operations/operation-schema.js';

/** What an import takes besides its files. */
export const IMPORT_QUERY = z.strictObject({
  atomic: FLAG.describe('any document that is invalid or has an error in it refuses the whole import'),
  validateOnly: FLAG.describe('only the report is wanted; nothing is written'),
  source: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('the part of the cluster that a team or tool owns; a snapshot replaces this part only'),
  namespace: z.string().min(1).max(63).default('default').describe('where objects go that name no namespace and belong in one'),
  message: z.string().max(1_000).default('').describe('what the revision is about'),
});

/** The body of an import: its report, and the revision it made. */
const IMPORTED = IMPORT_REPORT.extend({ revision: REVISION.nullable().describe('null where nothing was to be written') }).meta({
  id: 'Imported',
});

const COMMON = {
  tag: 'imports',
  access: { role: 'editor', reach: 'cluster' },
  params: z.strictObject({ cluster: z.string() }),
  query: IMPORT_QUERY,
  upload: true,
  headers: {
    'If-Match': 'the revision that is expected to be the newest, by its `ETag` or its number; any other refuses the import with 412',
    ...IDEMPOTENCY_HEADER,
    Prefer: '`respond-async`: answer at once with an operation to follow',
  },
  answers: {
    201: { description: 'what became of each document, and the revision that was made', schema: IMPORTED },
    200: { description: 'what would become of each document (`validateOnly`)', schema: IMPORTED },
    202: { description: 'the operation that imports (`Prefer: respond-async`)', schema: OPERATION },
  },
  problems: [
    'unknown-cluster',
    'precondition-failed',
    'import-rejected',
    'operation-cancelled',
    'payload-too-large',
    ...IDEMPOTENCY_PROBLEMS,
  ],
} as const;

const WHAT_GOES_IN =
  'Takes what kubectl, helm and kustomize print: multi-document YAML, JSON, `List`, NDJSON, gzip, or several files as `multipart/form-data`.';

/** `POST …/snapshots`. */
export const SNAPSHOT = defineEndpoint({
  ...COMMON,
  method: 'POST',
  path: '/api/v1/clusters/:cluster/snapshots',
  summary: 'Import the whole content of a cluster, or of one source',
  description: `${WHAT_GOES_IN} It becomes the whole content of the next revision; with \`source\`, the whole content of that source.`,
});

/** `PUT …/manifests`. */
export const UPSERT = defineEndpoint({
  ...COMMON,
  method: 'PUT',
  path: '/api/v1/clusters/:cluster/manifests',
  summary: 'Add or replace objects',
  description: `${WHAT_GOES_IN} Its objects are added or replaced; the others stay.`,
});

/** `DELETE …/manifests`. */
export const REMOVE = defineEndpoint({
  ...COMMON,
  method: 'DELETE',
  path: '/api/v1/clusters/:cluster/manifests',
  summary: 'Remove objects',
  description: `${WHAT_GOES_IN} The objects it names are removed; of each only kind, namespace and name count.`,
});
