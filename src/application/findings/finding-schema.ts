import { z } from 'zod';
import type { Finding } from '../../core/findings/finding.js';
import { FINDING_CODE_NAMES, FINDING_CODES } from '../../core/findings/finding-codes.js';

/** How grave a finding is. */
export const SEVERITIES = ['error', 'warning', 'info'] as const;

/** An object as an answer names it. */
export const objectRefSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().exactOptional(),
  name: z.string(),
});

const place = z.object({ object: objectRefSchema, pointer: z.string() });

/** Every code of findings with its meaning. */
export const findingCodeSchema = z
  .enum(FINDING_CODE_NAMES)
  .describe(FINDING_CODE_NAMES.map((one) => `\`${one}\`: ${FINDING_CODES[one].means} (${FINDING_CODES[one].source})`).join('; '));

const fix = z
  .object({
    message: z.string(),
    object: objectRefSchema.describe('the object to be patched: that of the finding, or the workload that makes its pods'),
    patch: z
      .array(z.object({ op: z.enum(['add', 'remove', 'replace']), path: z.string(), value: z.json().exactOptional() }))
      .describe('JSON patch (RFC 6902) of the object'),
    create: z.array(z.record(z.string(), z.json())).describe('manifests of objects to be created beside'),
  })
  .describe('a change that makes the finding go away; null: no patch mends it');

/** Something wrong or suspicious about a service or a name. */
export const findingSchema: z.ZodType<Finding> = z.object({
  code: findingCodeSchema,
  severity: z.enum(SEVERITIES).describe('that of the code; `error` where it is what a request fails of'),
  object: objectRefSchema,
  pointer: z.string().describe('JSON pointer into the object; empty: the object as a whole'),
  message: z.string(),
  related: z.array(place).describe('the pods, policies or services that it is about beside, the first five'),
  fix: fix.nullable(),
  fingerprint: z.string().describe('the same as long as code, object and place are'),
});
