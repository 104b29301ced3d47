import { z } from 'zod';
import { atParameter } from '../../core/kernel/problem-place.js';
import { ok } from '../../core/kernel/result.js';
import { POLICY_PODS_VERDICTS, type PolicyPodsResult, policyPods } from '../../core/policy/policy-pods.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import { defineLongQuestion } from '../questions/question.js';
import { namedPolicy, POLICY_NAMING, policyName } from './named-policy.js';

const input = z.strictObject({
  policy: z.string().min(1).max(512).describe(`the policy: ${POLICY_NAMING}`),
});

const result: z.ZodType<PolicyPodsResult> = z.object({
  policy: z.string(),
  podSelector: z.string().describe('`<all>` for the empty selector; of a policy of the cluster its subject in words'),
  ingress: z.boolean().describe('it isolates for ingress; a policy of the cluster has rules for it'),
  egress: z.boolean(),
  pods: z.array(z.object({ pod: z.string(), workload: z.string().describe('`Deployment shop/web`'), node: z.string().nullable() })),
  nearMisses: z.array(z.object({ pod: z.string(), message: z.string() })).describe('pods of its namespaces that one label keeps out'),
});

/** Which pods a policy selects. */
export const policyPodsQuestion = defineLongQuestion({
  name: 'policy-pods',
  room: 'policy',
  title: 'Which pods does a network policy select, and which does it miss by one label',
  input,
  result,
  verdicts: POLICY_PODS_VERDICTS,
  reasons: POLICY_REASONS,
  examples: [
    { title: 'A policy of one workload', cluster: 'harbor', input: { policy: 'shop/web-from-ingress' } },
    { title: 'Default-deny', cluster: 'harbor', input: { policy: 'ops/deny-all-egress' } },
  ],
  *steps({ model }, given) {
    const policy = atParameter('policy', namedPolicy(model, given.policy));
    if (!policy.ok) return policy;
    return ok({ question: { policy: policyName(policy.value) }, answer: yield* policyPods(model, policy.value) });
  },
});
