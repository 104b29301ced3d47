import { z } from 'zod';

/** A revision as it is shown. */
export const REVISION = z
  .object({
    cluster: z.string(),
    number: z.int(),
    parent: z.int().nullable().describe('the revision it was made from; null for the first'),
    author: z.string(),
    message: z.string(),
    source: z.string().nullable().describe('whose part was written; null for the whole cluster'),
    mode: z.enum(['snapshot', 'upsert', 'delete', 'restore']),
    createdAt: z.iso.datetime(),
    statistics: z.object({
      objects: z.int(),
      added: z.int(),
      changed: z.int(),
      removed: z.int(),
      unchanged: z.int(),
      kinds: z.array(z.object({ group: z.string(), kind: z.string(), objects: z.int() })),
    }),
    tags: z.array(z.string()),
  })
  .meta({ id: 'Revision' });
