import { z } from 'zod';
import { ADDRESS_PLANES } from '../../core/ipam/address-plane.js';
import { FLEET_CODES, FLEET_VERDICTS, type FleetOverlapsResult } from '../../core/ipam/fleet-overlaps.js';
import { FLEET_PLANES } from '../../core/ipam/fleet-space.js';
import { keysOf } from '../../core/kernel/keys-of.js';

const CODES = keysOf(FLEET_CODES);
const SLUG = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const prefixText = z.string().min(1).max(50);

/** The planes that a cluster takes ranges for. */
export const fleetPlaneSchema = z.enum(FLEET_PLANES);

/** A new space. */
export const fleetSpaceDraftSchema = z.strictObject({
  name: z.string().min(1).max(63).regex(SLUG, 'must be lower-case letters, digits and dashes').describe('what paths call it'),
  description: z.string().max(500).optional(),
  prefixes: z.array(prefixText).min(1).max(100).describe('of both families, none inside another'),
});

/** What a cluster asks for of a space. */
export const fleetWishesSchema = z.strictObject({
  ranges: z
    .array(
      z.strictObject({
        plane: fleetPlaneSchema,
        family: z
          .union([z.literal(4), z.literal(6)])
          .optional()
          .describe('4 when it is left out'),
        prefixLength: z.number().int().min(0).max(128).optional().describe('the lowest free prefix of this length'),
        prefix: prefixText.optional().describe('this prefix, instead of any of a length'),
      }),
    )
    .min(1)
    .max(6)
    .describe('one of each plane and family'),
  dryRun: z.boolean().default(false).describe('tell what would be given, and write nothing'),
});

/** A range as it is sent. */
export const fleetRangeSchema = z.object({
  cluster: z.string(),
  plane: fleetPlaneSchema,
  prefix: z.string(),
  takenAt: z.string().nullable().describe('null in a preview'),
  takenBy: z.string().nullable(),
});

/** A space as it is sent. */
export const fleetSpaceSchema = z.object({
  name: z.string(),
  description: z.string().nullable(),
  prefixes: z.array(z.string()),
  createdAt: z.string(),
  createdBy: z.string(),
  use: z.array(
    z.object({
      family: z.union([z.literal(4), z.literal(6)]),
      capacity: z.string().describe('a number of addresses as decimal text'),
      taken: z.string(),
      free: z.string(),
      usedPercent: z.number(),
      largestFree: z.string().nullable().describe('the longest run of free addresses that is a prefix'),
      fragments: z.number().int(),
      fragmentationPercent: z
        .number()
        .describe(
          '`100 × (free − addresses of largestFree) / free`, rounded down to two digits; 0: what is free is one prefix, or there is nothing',
        ),
    }),
  ),
  ranges: z.array(fleetRangeSchema).describe('by prefix'),
  hiddenRanges: z.number().int().describe('ranges of clusters that the token may not see'),
});

const overlapsResult: z.ZodType<FleetOverlapsResult> = z.object({
  clusters: z.array(z.object({ name: z.string(), revision: z.number().int() })),
  overlaps: z
    .array(
      z.object({
        code: z.enum(CODES).describe(CODES.map((code) => `\`${code}\`: ${FLEET_CODES[code].means}`).join('; ')),
        severity: z.enum(['error', 'warning', 'info']),
        addresses: z.array(z.string()).describe('where they meet, the first five'),
        places: z.number().int().describe('in how many places'),
        members: z
          .array(
            z.object({
              cluster: z.string(),
              pool: z.string(),
              plane: z.enum(ADDRESS_PLANES),
              ranges: z.array(z.string()).describe('the first five of the pool'),
            }),
          )
          .describe('the first fifty'),
        memberCount: z.number().int().describe('how many there are'),
        message: z.string(),
      }),
    )
    .describe('the gravest first, a thousand at most'),
  overlapCount: z.number().int().describe('how many there are'),
});

/** The answer about overlaps; the parts of the envelope that are the same everywhere are left open. */
export const fleetOverlapsSchema = z.looseObject({
  question: z.object({ at: z.string().nullable() }),
  verdict: z.enum(keysOf(FLEET_VERDICTS)),
  summary: z.string(),
  result: overlapsResult,
});
