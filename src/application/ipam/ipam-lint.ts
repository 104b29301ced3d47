import { z } from 'zod';
import { preparePools } from '../../core/ipam/all-pools.js';
import { IPAM_LINT_REASONS, IPAM_LINT_VERDICTS, ipamLint, type IpamLintResult } from '../../core/ipam/ipam-lint.js';
import { IPAM_CODES } from '../../core/ipam/ipam-lint-codes.js';
import { keysOf } from '../../core/kernel/keys-of.js';
import { ok } from '../../core/kernel/result.js';
import { objectRefSchema, SEVERITIES } from '../findings/finding-schema.js';
import { defineLongQuestion } from '../questions/question.js';
import { ALLOCATION_SEQUENCE } from './ipam-input.js';

const CODES = keysOf(IPAM_CODES);
const code = z.enum(CODES).describe(CODES.map((one) => `\`${one}\`: ${IPAM_CODES[one].means} (${IPAM_CODES[one].source})`).join('; '));

const input = z.strictObject({
  code: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.enum(CODES)).max(CODES.length))
    .optional()
    .describe('only these codes'),
  severity: z.enum(SEVERITIES).default('info').describe('the least grave that is told'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(1000)
    .describe('findings of one code that are told; `counts` says how many there are'),
  allocationSequence: ALLOCATION_SEQUENCE,
});

const result: z.ZodType<IpamLintResult> = z.object({
  findings: z.array(
    z.object({
      code,
      severity: z.enum(SEVERITIES),
      object: objectRefSchema.nullable().describe('null: it follows from the profile, or from several objects together'),
      pointer: z.string().describe('JSON pointer into the object'),
      message: z.string(),
      fix: z.string().describe('what would mend it'),
      addresses: z.array(z.string()).describe('addresses and prefixes that it is about, the first five'),
    }),
  ),
  counts: z.array(
    z.object({
      code: z.enum(CODES),
      severity: z.enum(SEVERITIES),
      count: z.number().int(),
      told: z.number().int().describe('how many of them are among the findings'),
    }),
  ),
  allocationSequence: z.number().int().describe('of the newest allocation or release that the answer knows of; 0 before the first'),
});

/** What is wrong or suspicious about addresses. */
export const ipamLintQuestion = defineLongQuestion({
  name: 'ipam-lint',
  room: 'ipam',
  title: 'Which addresses are leaked, duplicate, borrowed or out of place, and which ranges overlap or are too small',
  input,
  result,
  verdicts: IPAM_LINT_VERDICTS,
  reasons: IPAM_LINT_REASONS,
  readsAllocations: true,
  prepare: preparePools,
  examples: [
    { title: 'Calico', cluster: 'harbor', input: {} },
    { title: 'Ranges alone', cluster: 'atoll', input: { code: ['PLANES_OVERLAP', 'POOLS_OVERLAP', 'RESERVED_RANGE', 'PUBLIC_RANGE'] } },
    { title: 'A dual-stack cluster, without notes', cluster: 'fjord', input: { severity: 'warning' } },
  ],
  *steps({ model, allocations }, { code: codes, severity, limit }) {
    const answer = yield* ipamLint(model, allocations, { codes, severity, limit });
    return ok({ question: { code: codes ?? null, severity, limit, allocationSequence: answer.result.allocationSequence }, answer });
  },
});
