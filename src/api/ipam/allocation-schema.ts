import { z } from 'zod';
import { planeSchema } from '../../application/ipam/ipam-result-schema.js';

/** Most allocations of one batch. */
export const MAX_ITEMS = 1_000;

/** What a caller calls its allocation. */
export const IDENTIFIER = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[^\p{Cc}]*$/u, 'must have no control characters')
  .describe('the caller’s own name for it; the same request with the same identifier gets the same address');

const ADDRESS = z.string().min(1).max(64).describe('the address that is wanted; left out: the lowest free one');
const OWNER = z.string().min(1).max(253).nullable().describe('whom it is for, in free text');

/** What is asked for. */
export const NEW_ALLOCATION = z.strictObject({ identifier: IDENTIFIER, address: ADDRESS.optional(), owner: OWNER.optional() });

/** One allocation, or many. */
export const ALLOCATION_BODY = z
  .strictObject({
    identifier: IDENTIFIER.optional().describe('needed unless there are `items`'),
    address: ADDRESS.optional(),
    owner: OWNER.optional(),
    items: z
      .array(NEW_ALLOCATION)
      .min(1)
      .max(MAX_ITEMS)
      .optional()
      .describe('many at once, each with its own answer; nothing else beside it'),
  })
  .refine(({ identifier, items }) => identifier !== undefined || items !== undefined, { path: ['identifier'] })
  .refine(({ items, ...one }) => items === undefined || Object.values(one).every((value) => value === undefined), {
    path: ['items'],
    message: 'must stand alone',
  });

/** An allocation as it is shown. */
export const ALLOCATION = z
  .object({
    address: z.string(),
    pool: z.string(),
    plane: planeSchema,
    identifier: z.string(),
    owner: z.string().nullable(),
    byName: z.boolean().describe('whether the address was asked for by name'),
    sequence: z.number().int().describe('of the change that made it; a release that names it cannot free a later one'),
    allocatedAt: z.iso.datetime(),
    allocatedBy: z.string().describe('the token'),
    releasedSequence: z.number().int().nullable().describe('of the change that ended it; null while it lives'),
    releasedAt: z.iso.datetime().nullable(),
    releasedBy: z.string().nullable(),
  })
  .meta({ id: 'Allocation' });
