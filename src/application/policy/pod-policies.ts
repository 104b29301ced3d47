import { z } from 'zod';
import { problem } from '../../core/kernel/problem.js';
import { atParameter, problemAt } from '../../core/kernel/problem-place.js';
import { err, ok } from '../../core/kernel/result.js';
import { parseEndpointSelector } from '../../core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';
import { unknownPod } from '../../core/model/unknown-pod.js';
import { POD_POLICIES_VERDICTS, type PodPoliciesResult, podPolicies } from '../../core/policy/pod-policies.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import { defineLongQuestion } from '../questions/question.js';

const input = z.strictObject({ pod: z.string().min(1).max(512).describe('the pod, `pod/data/postgres-0` or `data/postgres-0`') });

const rules = z.array(z.string()).describe('each rule in words');

const result: z.ZodType<PodPoliciesResult> = z.object({
  pod: z.string(),
  labels: z.array(z.string()),
  policies: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      podSelector: z.string().describe('`<all>` for the empty selector'),
      ingress: z.boolean().describe('it isolates for ingress'),
      egress: z.boolean(),
      ingressRules: rules,
      egressRules: rules,
    }),
  ),
  clusterPolicies: z
    .array(
      z.object({
        kind: z.enum(['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy']),
        name: z.string(),
        tier: z.enum(['Admin', 'Baseline']),
        priority: z.number().int().nullable().describe('null: last of its tier'),
        subject: z.string().describe('`pods app=web of namespaces team=x`'),
        ingressRules: rules,
        egressRules: rules,
      }),
    )
    .describe('policies of `policy.networking.k8s.io` that select the pod, in the order in which they act'),
  ciliumPolicies: z
    .array(
      z.object({
        kind: z.enum(['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy']),
        namespace: z.string().nullable().describe('null for a clusterwide one'),
        name: z.string(),
        subject: z.string().describe('`endpoints app=web of namespace shop`'),
        ingress: z.boolean().describe('it puts the pod into default-deny for ingress'),
        egress: z.boolean(),
        ingressRules: rules,
        egressRules: rules,
      }),
    )
    .describe('policies of `cilium.io` that select the pod; of a pod on the host network those of its node'),
  calicoPolicies: z
    .array(
      z.object({
        kind: z.enum(['CalicoNetworkPolicy', 'GlobalNetworkPolicy']),
        namespace: z.string().nullable().describe('null for a global one'),
        name: z.string(),
        tier: z.string(),
        order: z.number().nullable().describe('null: last of its tier'),
        subject: z.string().describe('``endpoints `app == "web"` of namespace shop``'),
        ingress: z.boolean().describe("it applies to ingress: what no rule of its tier matches gets the tier's default action"),
        egress: z.boolean(),
        ingressRules: rules,
        egressRules: rules,
      }),
    )
    .describe('policies of `projectcalico.org` that select the pod, in the order in which they act within their tiers'),
  others: z.array(z.string()).describe('policies of the namespace that select other pods'),
});

/** Which policies select a pod. */
export const podPoliciesQuestion = defineLongQuestion({
  name: 'pod-policies',
  room: 'policy',
  title: 'Which network policies select a pod, and what do they allow',
  input,
  result,
  verdicts: POD_POLICIES_VERDICTS,
  reasons: POLICY_REASONS,
  examples: [{ title: 'A database', cluster: 'harbor', input: { pod: 'pod/data/postgres-0' } }],
  *steps({ model }, given) {
    const text = /^[^/:]+\/[^/]+$/.test(given.pod) && !given.pod.startsWith('pod/') ? `pod/${given.pod}` : given.pod;
    const selector = atParameter('pod', parseEndpointSelector(text));
    if (!selector.ok) return selector;
    if (selector.value.type !== 'pod') {
      const message = `\`${given.pod}\` is no pod: expected \`pod/<namespace>/<name>\``;
      const found = resolveEndpoints(model, selector.value);
      const first = found.ok ? model.pods[found.value.pods[0] ?? -1] : undefined;
      const hint = first === undefined ? {} : { hint: `one of its pods is \`pod/${first.namespace}/${first.name}\`` };
      return err(problem('invalid-request', message, { ...hint, errors: [{ pointer: '/pod', code: 'not-a-pod', message, ...hint }] }));
    }
    const key = `${selector.value.namespace}/${selector.value.name}`;
    const pod = model.podByKey.get(key);
    if (!pod) return err(problemAt('/pod', unknownPod(model, key)));
    return ok({ question: { pod: `pod/${key}` }, answer: yield* podPolicies(model, pod) });
  },
});
