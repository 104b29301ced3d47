import { z } from 'zod';
import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { problem } from '../../core/kernel/problem.js';
import { err, ok } from '../../core/kernel/result.js';
import { POLICY_PODS_VERDICTS, type PolicyPodsResult, policyPods } from '../../core/policy/policy-pods.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import { defineQuestion } from '../questions/question.js';

const input = z.strictObject({ policy: z.string().min(1).max(512).describe('the NetworkPolicy, `shop/default-deny`') });

const result: z.ZodType<PolicyPodsResult> = z.object({
  policy: z.string(),
  podSelector: z.string().describe('`<all>` for the empty selector'),
  ingress: z.boolean().describe('it isolates for ingress'),
  egress: z.boolean(),
  pods: z.array(z.object({ pod: z.string(), workload: z.string().describe('`Deployment shop/web`'), node: z.string().nullable() })),
  nearMisses: z.array(z.object({ pod: z.string(), message: z.string() })).describe('pods of the namespace that one label keeps out'),
});

/** Which pods a policy selects. */
export const policyPodsQuestion = defineQuestion({
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
  ask({ model }, given) {
    const wanted = given.policy.replace(/^(networkpolicy|netpol)\//, '');
    const policy = model.networkPolicies.find((one) => `${one.namespace}/${one.ref.name}` === wanted);
    if (!policy) {
      const names = model.networkPolicies.map((one) => `${one.namespace}/${one.ref.name}`);
      const hint = didYouMeanHint(wanted, names);
      return err(problem('unknown-object', `there is no NetworkPolicy \`${wanted}\``, hint === undefined ? {} : { hint }));
    }
    return ok({ question: { policy: wanted }, answer: policyPods(model, policy) });
  },
});
