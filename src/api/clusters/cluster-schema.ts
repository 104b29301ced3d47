import { z } from 'zod';

/** What a cluster may be called: a DNS label, for it stands in paths (RFC 1123). */
const NAME = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be at most 63 lower-case letters, digits and `-`, and start and end with a letter or digit',
  )
  .describe('the slug of paths and selectors: lower-case letters, digits and `-`');

const DISPLAY_NAME = z.string().trim().min(1).max(200).describe('what people read');

const SETTINGS = z.record(z.string(), z.json());

/** What a new cluster is made of. */
export const NEW_CLUSTER = z.strictObject({
  name: NAME,
  displayName: DISPLAY_NAME.optional().describe('what people read; the name when left out'),
  profile: SETTINGS.optional().describe('what is set by hand of the network profile; the rest is detected'),
});

/** What may change of a cluster. */
export const CLUSTER_CHANGE = z.strictObject({
  displayName: DISPLAY_NAME.optional(),
  profile: SETTINGS.nullable()
    .optional()
    .describe(
      'a merge patch (RFC 7396) of what is set by hand: null removes a setting, or all of them; in `dns.hostResolvConf` null is a value',
    ),
});

/** A cluster as it is shown. */
export const CLUSTER = z
  .object({
    name: z.string(),
    displayName: z.string(),
    latestRevision: z.int().describe('0 before the first import'),
    profileVersion: z.int().describe('counts changes of name and profile; what `If-Match` of a change names'),
    profile: SETTINGS.describe('what is set by hand of the network profile'),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Cluster' });

const OBJECT_REF = z.object({ apiVersion: z.string(), kind: z.string(), namespace: z.string().optional(), name: z.string() });

/** The network profile in effect. */
const NETWORK_PROFILE = z
  .object({
    revision: z.int().describe('where it was detected; 0 before the first import'),
    values: SETTINGS.describe('in the spelling in which a profile is set; null where nothing is known'),
    fields: z
      .array(
        z.object({
          field: z.string().describe('dotted path: `cni.plugin`'),
          value: z.json(),
          provenance: z.enum(['set', 'observed', 'derived', 'defaulted', 'assumed']).describe('`set`: by hand'),
          object: OBJECT_REF.nullable().describe('the object that tells'),
          pointer: z.string().nullable(),
          why: z.string(),
        }),
      )
      .describe('every field that has a value, and where it comes from'),
  })
  .meta({ id: 'NetworkProfile' });

/** A cluster with its network profile. */
export const CLUSTER_WITH_PROFILE = CLUSTER.extend({
  networkProfile: NETWORK_PROFILE.optional().describe('left out with `view=summary`'),
}).meta({ id: 'ClusterWithProfile' });
