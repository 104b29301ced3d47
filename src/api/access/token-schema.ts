import { z } from 'zod';
import { ROLES } from '../../application/access/principal.js';

const NAME = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^()]*$/, 'must have no brackets')
  .describe('whose it is, for the log and for revisions');
const ROLE = z
  .enum(ROLES)
  .describe('`viewer` reads; `editor` also writes clusters and allocations; `admin` also deletes clusters and issues tokens');
const CLUSTERS = z.array(z.string().min(1).max(63)).max(1_000).nullable().describe('the clusters it is limited to; null: every cluster');
const EXPIRES = z.iso.datetime({ offset: true }).nullable().describe('from then on it is refused; null: never');

/** What a token is made of. */
export const NEW_TOKEN = z.strictObject({
  name: NAME,
  role: ROLE.default('viewer'),
  clusters: CLUSTERS.default(null),
  expiresAt: EXPIRES.default(null),
});

/** What may change of a token. */
export const TOKEN_CHANGE = z.strictObject({
  name: NAME.optional(),
  role: ROLE.optional(),
  clusters: CLUSTERS.optional(),
  expiresAt: EXPIRES.optional(),
});

/** A token as it is shown. */
export const TOKEN = z
  .object({
    id: z.uuid(),
    name: z.string(),
    role: ROLE,
    clusters: CLUSTERS,
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    expiresAt: EXPIRES,
  })
  .meta({ id: 'Token' });

/** A token at the only moment its secret is shown. */
export const ISSUED_TOKEN = TOKEN.extend({ token: z.string().describe('the secret; it is not kept and cannot be shown again') }).meta({
  id: 'IssuedToken',
});
