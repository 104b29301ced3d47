import { z } from 'zod';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../../application/objects/list-request.js';
import { COORDINATE_QUERY } from '../http/coordinate-query.js';

/** The query parameters of everything that comes in pages. */
export const PAGE_QUERY = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe(`how many items a page has: 1 to ${MAX_LIMIT}, ${DEFAULT_LIMIT} when left out; more is refused, never cut`),
  continue: z
    .string()
    .min(1)
    .max(4_096)
    .optional()
    .describe('from the page before: gets the next one, of the same revision; the other parameters stay as they were'),
};

/** The query parameters of every list at a coordinate. */
export const LIST_QUERY = {
  ...PAGE_QUERY,
  ...COORDINATE_QUERY,
  labelSelector: z.string().max(4_096).optional().describe('as `kubectl get -l` takes it: `app=web,tier in (front,back),!debug`'),
  namespace: z.string().min(1).max(63).optional().describe('only what is in this namespace'),
  fields: z
    .string()
    .max(4_096)
    .optional()
    .describe('only these parts of each item: paths joined by commas, `metadata.name`, or JSON pointers where a name has a dot'),
};

/** How a list may fail. */
export const LIST_PROBLEMS = [
  'invalid-request',
  'unknown-parameter',
  'limit-too-large',
  'unknown-cluster',
  'unknown-revision',
  'unknown-tag',
  'unknown-namespace',
] as const;

/** The body of a page of items. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    revision: z.int().describe('what the whole list is read at'),
    items: z.array(item),
    continue: z.string().nullable().describe('what gets the next page; null: this is the last'),
    remaining: z.int().nullable().describe('how many items are left after this page; null where nobody counted'),
  });
}
