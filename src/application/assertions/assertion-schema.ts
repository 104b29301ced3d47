import { z } from 'zod';
import { objectRefSchema } from '../findings/finding-schema.js';
import { DIALECTS } from '../../core/ingress/route-request.js';
import type { Json } from '../../core/kernel/json.js';
import { keysOf } from '../../core/kernel/keys-of.js';
import { RUN_VERDICTS } from './assertion-run.js';

/** So many cases has an assertion at most: as many as a batch has questions. */
const MOST_CASES = 1_000;

const TEXT = z.string().max(500);
/** Whatever came out of JSON; `z.json()` would go over it once more. */
const ANY = z.custom<Json>();

/** What paths call an assertion. */
export const ASSERTION_NAME = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be at most 63 lower-case letters, digits and `-`, and start and end with a letter or digit',
  )
  .describe('name of the assertion: lower-case letters, digits and `-`');

const CONTENT = {
  question: z.string().min(1).max(100).describe('name of a question, as in `/queries/<question>`'),
  description: TEXT.optional(),
  requiredCoverage: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('share of the rules, 0 to 1, that cases which pass have to go by; for `route` and `policy-verdict`'),
};

const CASE = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  input: z.record(z.string(), ANY).describe('the parameters of the question, as `POST …/queries/<question>` takes them'),
  expect: z
    .strictObject({
      verdict: z.string().min(1).max(100).optional(),
      result: z
        .record(z.string(), ANY)
        .optional()
        .describe('a part of `result`: members that are named have to be as they are told, lists element by element and as long'),
    })
    .describe('`verdict`, `result`, or both'),
});

/** An assertion as it is sent to be saved, or to be run once. */
export const ASSERTION_CONTENT = z.strictObject({ ...CONTENT, cases: z.array(CASE).min(1).max(MOST_CASES) });

/** An assertion in a list. */
export const ASSERTION_SUMMARY = z
  .object({
    name: z.string(),
    ...CONTENT,
    caseCount: z.int(),
    version: z.int().describe('counts its changes; what `If-Match` of a change names'),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    updatedAt: z.iso.datetime(),
    updatedBy: z.string(),
  })
  .meta({ id: 'AssertionSummary' });

/** An assertion as it is shown. */
export const ASSERTION = ASSERTION_SUMMARY.extend({ cases: z.array(CASE) }).meta({ id: 'Assertion' });

const VERDICT = z.enum(keysOf(RUN_VERDICTS));

const OUTCOME = z
  .object({
    index: z.int().describe('place of the case in the assertion'),
    name: z.string().nullable(),
    outcome: VERDICT,
    verdict: z.string().nullable().describe('of the answer; null where there is none'),
    summary: z.string().nullable(),
    mismatches: z
      .array(
        z.object({
          pointer: z.string().describe('JSON pointer into the answer'),
          expected: ANY.describe('of a large value the beginning of its text'),
          actual: ANY.describe('null where the answer has nothing there; of a large value the beginning of its text'),
        }),
      )
      .describe('where the answer is not as it has to be, the first twenty places'),
    omitted: z.int().describe('how many more places there are'),
    problem: z
      .looseObject({ code: z.string() })
      .nullable()
      .describe('the problem document where the question has no answer at this coordinate'),
  })
  .meta({ id: 'AssertionCaseOutcome' });

const RULE = {
  object: objectRefSchema,
  pointer: z.string(),
  dialect: z.enum(DIALECTS).nullable().describe('by which it was judged; null for a rule of a policy'),
  class: z.string().nullable(),
  gateway: z.string().nullable().describe('`namespace/name`'),
  host: z.string().nullable().describe('null: every host, or as the rule itself says'),
  path: z.string().nullable().describe('of an IngressRoute its whole rule; null: a default backend, or a rule for connections'),
  pathType: z.string().nullable(),
  direction: z.enum(['ingress', 'egress']).nullable().describe('of a rule of a policy'),
};

const COVERED = {
  rules: z.int().describe('of the classes and Gateways that the cases asked, or of the policies that decide about their connections'),
  covered: z.int().describe('rules that a case which passed went by'),
  share: z.number().nullable().describe('`covered` of `rules`, 0 to 1; null where there are none'),
};

const COVERAGE = z
  .object({
    ...COVERED,
    tried: z.array(z.object({ ...RULE, cases: z.int().describe('how many cases went by it') })),
    untried: z.array(z.object(RULE)).describe('the rules that no case went by, the first thousand'),
    omitted: z.int().describe('how many more there are of them'),
  })
  .meta({ id: 'RuleCoverage' });

const RUN = {
  assertion: z.string().nullable().describe('null for a draft'),
  version: z.int().nullable(),
  question: z.string(),
  revision: z.int(),
  verdict: VERDICT.describe(
    keysOf(RUN_VERDICTS)
      .map((one) => `\`${one}\`: ${RUN_VERDICTS[one]}`)
      .join('; '),
  ),
  summary: z.string(),
  passed: z.int().describe('cases'),
  failed: z.int().describe('cases'),
  requiredCoverage: z.number().nullable(),
};

/** What came of an assertion. */
export const ASSERTION_RUN = z
  .object({
    ...RUN,
    cases: z.array(OUTCOME),
    coverage: COVERAGE.nullable().describe('null for questions that do not go by rules of objects'),
  })
  .meta({ id: 'AssertionRun' });

/** What came of one assertion among many. */
export const ASSERTION_RUN_SUMMARY = z
  .object({ ...RUN, failures: z.array(OUTCOME).describe('the cases that failed'), coverage: z.object(COVERED).nullable() })
  .meta({ id: 'AssertionRunSummary' });
