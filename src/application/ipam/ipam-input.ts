import { z } from 'zod';
import { planeSchema } from './ipam-result-schema.js';

/** Input that questions about allocations have in common. */
export const ALLOCATION_SEQUENCE = z.coerce
  .number()
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .optional()
  .describe('the change of the allocations to answer as of; left out: the newest, or that of `at`');

/** Which pools a question is about. */
export const POOL_FILTER = {
  pool: z.string().min(1).max(253).optional().describe('name of the pool; left out: every pool'),
  plane: planeSchema.optional().describe('pools of this plane only'),
  family: z
    .preprocess((value) => (typeof value === 'string' ? Number(value) : value), z.union([z.literal(4), z.literal(6)]))
    .optional()
    .describe('pools of this address family only'),
} as const;

/** A switch, as JSON or as text of a query string. */
export const SWITCH = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .default(false)
  .transform((value) => value === true || value === 'true');
