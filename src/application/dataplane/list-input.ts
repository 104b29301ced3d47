import { z } from 'zod';

const MOST = 10_000;

/** How many rows an answer has. */
export const LIMIT = z.coerce.number().int().min(1).max(MOST).default(1000).describe('how many are told; `omitted` says how many are not');
