import { z } from 'zod';

/** Long work as it is shown. */
export const OPERATION = z
  .object({
    id: z.uuid(),
    kind: z.string().describe('what is being done: `import`'),
    cluster: z.string().nullable(),
    author: z.string(),
    state: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
    progress: z.object({ phase: z.string(), bytes: z.int(), documents: z.int() }),
    result: z.unknown().describe('what the same request answers when it is waited for'),
    problem: z.unknown().nullable().describe('the problem document of an operation that failed or was cancelled'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Operation' });
