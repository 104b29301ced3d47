import { z } from 'zod';
import {
  DATAPLANE_LINT_REASONS,
  DATAPLANE_LINT_VERDICTS,
  dataplaneLint,
  type DataplaneLintResult,
} from '../../core/dataplane/dataplane-lint.js';
import { DATAPLANE_CODES } from '../../core/dataplane/lint-codes.js';
import { keysOf } from '../../core/kernel/keys-of.js';
import { ok } from '../../core/kernel/result.js';
import { objectRefSchema, SEVERITIES } from '../findings/finding-schema.js';
import { defineLongQuestion } from '../questions/question.js';

const CODES = keysOf(DATAPLANE_CODES);
const code = z
  .enum(CODES)
  .describe(CODES.map((one) => `\`${one}\`: ${DATAPLANE_CODES[one].means} (${DATAPLANE_CODES[one].source})`).join('; '));

const input = z.strictObject({
  code: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.enum(CODES)).max(CODES.length))
    .optional()
    .describe('only these codes'),
  severity: z.enum(SEVERITIES).default('info').describe('the least grave that is told'),
});

const result: z.ZodType<DataplaneLintResult> = z.object({
  findings: z.array(
    z.object({
      code,
      severity: z.enum(SEVERITIES),
      object: objectRefSchema.nullable().describe('null: it follows from the profile, or from several objects together'),
      pointer: z.string().describe('JSON pointer into the object'),
      message: z.string(),
      fix: z.string().describe('what would mend it'),
      nodes: z.array(z.string()).describe('nodes that it is about, the first five'),
    }),
  ),
  counts: z.array(z.object({ code: z.enum(CODES), severity: z.enum(SEVERITIES), count: z.number().int() })),
});

/** What is wrong or suspicious about the data plane. */
export const dataplaneLintQuestion = defineLongQuestion({
  name: 'dataplane-lint',
  room: 'dataplane',
  title: 'What is wrong or suspicious about MTUs, tunnels, routes between nodes, masquerading and host ports',
  input,
  result,
  verdicts: DATAPLANE_LINT_VERDICTS,
  reasons: DATAPLANE_LINT_REASONS,
  examples: [
    { title: 'Calico, CrossSubnet', cluster: 'harbor', input: {} },
    { title: 'MTUs alone', cluster: 'atoll', input: { code: ['MTU_TOO_LARGE', 'MTU_LARGER_THAN_HOST', 'MTU_MIXED'] } },
    { title: 'Cilium, without notes', cluster: 'fjord', input: { severity: 'warning' } },
  ],
  *steps({ model }, { code: codes, severity }) {
    const answer = yield* dataplaneLint(model, { codes, severity });
    return ok({ question: { code: codes ?? null, severity }, answer });
  },
});
