import { z } from 'zod';

/** A switch in a query string: `?atomic`, `?atomic=true`, `?atomic=false`; off when it is left out. */
export const FLAG = z
  .enum(['', 'true', 'false', '1', '0'])
  .default('false')
  .transform((text) => text === '' || text === 'true' || text === '1');
