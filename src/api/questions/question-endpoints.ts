import { z } from 'zod';
import { ANSWER_VIEWS } from '../../application/questions/answer-view.js';
import { MOST_SUPPOSED } from '../../application/what-if/supposed-states.js';
import { whatIfInput } from '../../application/what-if/what-if-input.js';
import { COORDINATE_QUERY } from '../http/coordinate-query.js';
import { defineEndpoint, type Endpoint } from '../http/endpoint.js';

/** Longest batch. */
export const MAX_BATCH = 1_000;

const VIEW = z
  .enum(ANSWER_VIEWS)
  .default('full')
  .describe('how much evidence: `verdict` none (nor `candidates`), `steps` what decided, `full` everything, what lost included');

/** Query parameters that every question takes besides its own. */
export const QUESTION_QUERY = z.strictObject({ ...COORDINATE_QUERY, view: VIEW });

const PATH = {
  path: '/api/v1/clusters/:cluster/queries/:question',
  tag: 'questions',
  access: { role: 'viewer', reach: 'cluster' },
  params: z.strictObject({ cluster: z.string(), question: z.string() }),
} as const;

const PROBLEMS = [
  'invalid-request',
  'unknown-parameter',
  'invalid-selector',
  'unknown-question',
  'unknown-cluster',
  'unknown-revision',
  'unknown-tag',
] as const;

/** The same of a question that has a path of its own, with what can be supposed of the state. */
export const PATH_QUERY = QUESTION_QUERY.safeExtend(whatIfInput);

/** `GET …/queries/<question>`: a link that can be shared. OpenAPI shows one operation for each question of the registry. */
export const askByLink = defineEndpoint({
  ...PATH,
  method: 'GET',
  summary: 'Ask a question',
  // Read by the schema of the question itself.
  query: z.unknown(),
  answers: { 200: { description: 'the answer' } },
  problems: PROBLEMS,
}) satisfies Endpoint;

/** `POST …/queries/<question>`: the same as JSON, or many at once as `{"items": […]}`. */
export const askByBody = defineEndpoint({
  ...PATH,
  method: 'POST',
  summary: `Ask a question, or up to ${MAX_BATCH} of one kind, of up to ${MOST_SUPPOSED} supposed states`,
  query: QUESTION_QUERY,
  body: z.unknown(),
  answers: { 200: { description: 'the answer, or `{"items": […]}` with an answer or a problem for each' } },
  problems: [...PROBLEMS, 'limit-too-large', 'payload-too-large'],
}) satisfies Endpoint;
