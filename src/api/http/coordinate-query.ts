import { z } from 'zod';

/** The query parameters that say which state of a cluster a read is about. */
export const COORDINATE_QUERY = {
  revision: z.string().min(1).max(253).optional().describe('a number, `latest`, `previous`, or a tag; left out: the newest revision'),
  at: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('RFC 3339: the newest revision made at or before this time; not together with `revision`'),
};
