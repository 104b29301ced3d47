import { z } from 'zod';
import {
  ASSERTION,
  ASSERTION_CONTENT,
  ASSERTION_NAME,
  ASSERTION_RUN,
  ASSERTION_RUN_SUMMARY,
  ASSERTION_SUMMARY,
} from '../../application/assertions/assertion-schema.js';
import { COORDINATE_QUERY } from '../http/coordinate-query.js';
import { defineEndpoint } from '../http/endpoint.js';
import { PAGE_QUERY, pageOf } from '../objects/list-query.js';

const CLUSTER = z.string().describe('name of the cluster');
const TO_READ = { role: 'viewer', reach: 'cluster' } as const;
const TO_WRITE = { role: 'editor', reach: 'cluster' } as const;
const AT = ['unknown-cluster', 'unknown-revision', 'unknown-tag'] as const;
const IF_MATCH = {
  'If-Match':
    'the `ETag` of the assertion that was read, or its `version` alone, which counts from 1 anew where it was deleted and made again; any other refuses the change with 412',
};

const ALL = { tag: 'assertions', path: '/api/v1/clusters/:cluster/assertions', params: z.strictObject({ cluster: CLUSTER }) } as const;
const ONE = {
  tag: 'assertions',
  path: '/api/v1/clusters/:cluster/assertions/:assertion',
  params: z.strictObject({ cluster: CLUSTER, assertion: ASSERTION_NAME }),
} as const;
const RUNS = { ...ALL, path: '/api/v1/clusters/:cluster/assertion-runs', access: TO_READ } as const;

const EXAMPLE = {
  question: 'route',
  cases: [
    {
      name: 'the cart has a backend of its own',
      input: { url: 'https://shop.harbor.example/api/cart/items' },
      expect: { verdict: 'ROUTED', result: { backends: [{ service: 'cart' }] } },
    },
  ],
};

/** `GET …/assertions`. */
export const LIST = defineEndpoint({
  ...ALL,
  method: 'GET',
  access: TO_READ,
  summary: 'List assertions, by name',
  query: z.strictObject(PAGE_QUERY),
  answers: {
    200: { description: 'a page of assertions, without their cases', schema: pageOf(ASSERTION_SUMMARY).omit({ revision: true }) },
  },
  problems: ['unknown-cluster', 'limit-too-large'],
  examples: [{ title: 'The assertions of a cluster', params: { cluster: 'harbor' } }],
});

/** `GET …/assertions/:assertion`. */
export const READ = defineEndpoint({
  ...ONE,
  method: 'GET',
  access: TO_READ,
  summary: 'Show an assertion',
  answers: { 200: { description: 'the assertion', schema: ASSERTION } },
  problems: ['unknown-cluster', 'unknown-assertion'],
  examples: [{ title: 'Where requests to the shop have to go', params: { cluster: 'harbor', assertion: 'shop-routes' } }],
});

/** `PUT …/assertions/:assertion`. */
export const SAVE = defineEndpoint({
  ...ONE,
  method: 'PUT',
  access: TO_WRITE,
  summary: 'Create or replace an assertion: a question, inputs, and what the answers have to be',
  description:
    'It is checked against the question: whether it takes the inputs, and whether an answer can be as it is expected to be. The same again changes nothing. An assertion is of no revision: it is run at any.',
  headers: IF_MATCH,
  body: ASSERTION_CONTENT,
  answers: {
    200: { description: 'the assertion as it is now', schema: ASSERTION },
    201: { description: 'the new assertion', schema: ASSERTION },
  },
  problems: ['unknown-cluster', 'unknown-question', 'precondition-failed'],
  examples: [{ title: 'A request and its backend', params: { cluster: 'harbor', assertion: 'cart' }, body: EXAMPLE }],
});

/** `DELETE …/assertions/:assertion`. */
export const DELETE = defineEndpoint({
  ...ONE,
  method: 'DELETE',
  access: TO_WRITE,
  summary: 'Delete an assertion',
  headers: IF_MATCH,
  answers: { 204: { description: 'it is gone' } },
  problems: ['unknown-cluster', 'unknown-assertion', 'precondition-failed'],
});

/** `GET …/assertions/:assertion/runs`. */
export const RUN = defineEndpoint({
  ...ONE,
  method: 'GET',
  path: '/api/v1/clusters/:cluster/assertions/:assertion/runs',
  access: TO_READ,
  summary: 'Run an assertion: whether the answers at a coordinate are as they have to be, and which rules they go by',
  description:
    'Nothing of it is kept: the same assertion at the same revision gives the same, where its question does not look at another cluster or at a coordinate that moves (`withCluster`, `withRevision`, `since`). A case whose question has no answer at the coordinate failed, and has the problem.',
  query: z.strictObject(COORDINATE_QUERY),
  answers: { 200: { description: 'what came of each case', schema: ASSERTION_RUN } },
  problems: [...AT, 'unknown-assertion'],
  examples: [{ title: 'At the newest revision', params: { cluster: 'harbor', assertion: 'shop-routes' } }],
});

/** `GET …/assertion-runs`. */
export const RUN_ALL = defineEndpoint({
  ...RUNS,
  method: 'GET',
  summary: 'Run all assertions of a cluster, by name',
  description: 'A page ends where a thousand cases are run, or earlier as `limit` says.',
  query: z.strictObject({ ...PAGE_QUERY, ...COORDINATE_QUERY }),
  answers: { 200: { description: 'what came of each, with the cases that failed', schema: pageOf(ASSERTION_RUN_SUMMARY) } },
  problems: [...AT, 'limit-too-large'],
  examples: [{ title: 'Whatever the teams of a cluster require', params: { cluster: 'harbor' } }],
});

/** `POST …/assertion-runs`. */
export const RUN_DRAFT = defineEndpoint({
  ...RUNS,
  method: 'POST',
  summary: 'Run an assertion that is not saved',
  description: 'For suites that are kept elsewhere, with the manifests they are about. Nothing is stored.',
  query: z.strictObject(COORDINATE_QUERY),
  body: ASSERTION_CONTENT,
  answers: { 200: { description: 'what came of each case', schema: ASSERTION_RUN } },
  problems: [...AT, 'unknown-question'],
  examples: [{ title: 'A request and its backend', params: { cluster: 'harbor' }, body: EXAMPLE }],
});
