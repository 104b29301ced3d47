import { z } from 'zod';

const MAX_REVISIONS = 100;

/** Which part of the history of an address. */
export const HISTORY_PAGE = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_REVISIONS)
    .default(20)
    .describe('how many revisions to look at; fewer where that takes long'),
  before: z.coerce.number().int().min(2).optional().describe('look at earlier revisions only'),
};
