import { z } from 'zod';
import { atParameter } from '../../core/kernel/problem-place.js';
import { ok } from '../../core/kernel/result.js';
import { LINT_CODE_NAMES, LINT_CODES } from '../../core/policy/lint-codes.js';
import { LINT_VERDICTS, type LintResult } from '../../core/policy/lint-result.js';
import { policyLint } from '../../core/policy/policy-lint.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import { defineLongQuestion } from '../questions/question.js';
import { knownNamespace } from './known-namespace.js';
import { namedPolicy, POLICY_NAMING, policyName } from './named-policy.js';

const OBJECT_REF = z.object({ apiVersion: z.string(), kind: z.string(), namespace: z.string().optional(), name: z.string() });

const SEVERITIES = ['error', 'warning', 'info'] as const;
const MOST_FINDINGS = 10_000;

const input = z.strictObject({
  namespace: z.string().min(1).max(63).optional().describe('only policies and workloads of this namespace; all policies still act'),
  policy: z.string().min(1).max(512).optional().describe(`only this policy: ${POLICY_NAMING}`),
  code: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.enum(LINT_CODE_NAMES)).max(LINT_CODE_NAMES.length))
    .optional()
    .describe('only these codes'),
  severity: z.enum(SEVERITIES).default('info').describe('the least grave that is told'),
  limit: z.coerce.number().int().min(1).max(MOST_FINDINGS).default(1000).describe('how many findings are told; `counts` has all'),
});

const severity = z.enum(SEVERITIES);
const code = z
  .enum(LINT_CODE_NAMES)
  .describe(LINT_CODE_NAMES.map((one) => `\`${one}\`: ${LINT_CODES[one].means} (${LINT_CODES[one].source})`).join('; '));

const result: z.ZodType<LintResult> = z.object({
  policies: z.number().int().describe('how many policies were looked at'),
  findings: z.array(
    z.object({
      code,
      severity,
      object: OBJECT_REF,
      pointer: z.string().describe('JSON pointer into the object; empty: the object as a whole'),
      rule: z.number().int().nullable().describe('position of the rule in its direction'),
      direction: z.enum(['egress', 'ingress']).nullable(),
      message: z.string(),
      related: z
        .array(z.object({ object: OBJECT_REF, pointer: z.string() }))
        .describe('what it rests on: the rules that cover a redundant one, the service of a port …'),
      fix: z
        .object({
          message: z.string(),
          patch: z
            .array(z.object({ op: z.enum(['add', 'remove', 'replace']), path: z.string(), value: z.json().optional() }))
            .describe('JSON patch (RFC 6902) of the object'),
        })
        .nullable()
        .describe('a change of the object that makes the finding go away'),
      fingerprint: z.string().describe('the same as long as code, object and place are'),
    }),
  ),
  counts: z
    .array(z.object({ code: z.enum(LINT_CODE_NAMES), severity, count: z.number().int() }))
    .describe('of all findings, `limit` or not'),
  omitted: z.number().int().describe('how many findings `limit` left out'),
}) as z.ZodType<LintResult>;

/** What is wrong or suspicious in the policies. */
export const policyLintQuestion = defineLongQuestion({
  name: 'policy-lint',
  room: 'policy',
  title: 'What is wrong or suspicious in the network policies, and how is it mended',
  input,
  result,
  verdicts: LINT_VERDICTS,
  reasons: POLICY_REASONS,
  examples: [
    { title: 'The whole cluster', cluster: 'harbor', input: {} },
    { title: 'Did default-deny cut DNS?', cluster: 'harbor', input: { code: ['POL-EGRESS-NO-DNS'] } },
    { title: 'One namespace, without notes', cluster: 'atoll', input: { namespace: 'reef', severity: 'warning' } },
  ],
  *steps({ model }, given) {
    const namespace = atParameter('namespace', knownNamespace(model, given.namespace));
    if (!namespace.ok) return namespace;
    const policy = given.policy === undefined ? undefined : atParameter('policy', namedPolicy(model, given.policy));
    if (policy && !policy.ok) return policy;
    const named = policy?.value;
    const answer = yield* policyLint(model, {
      severity: given.severity,
      limit: given.limit,
      codes: given.code,
      policy: named?.ref,
      namespace: namespace.value,
    });
    const question = {
      namespace: namespace.value ?? null,
      policy: named ? policyName(named) : null,
      code: given.code ?? null,
      severity: given.severity,
      limit: given.limit,
    };
    return ok({ question, answer });
  },
});
