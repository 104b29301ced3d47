import { z } from 'zod';
import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { problem } from '../../core/kernel/problem.js';
import { err, ok } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { POLICY_PODS_VERDICTS, type PolicyPodsResult, policyPods } from '../../core/policy/policy-pods.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import type { ClusterPolicy } from '../../core/resources/cluster-policy.js';
import type { NetworkPolicy } from '../../core/resources/network-policy.js';
import { defineQuestion } from '../questions/question.js';

const input = z.strictObject({
  policy: z
    .string()
    .min(1)
    .max(512)
    .describe(
      'the policy, `shop/default-deny`; one of the cluster by its kind, `AdminNetworkPolicy/deny-metadata`, or `anp/`, `banp/`, `cnp/`',
    ),
});

const result: z.ZodType<PolicyPodsResult> = z.object({
  policy: z.string(),
  podSelector: z.string().describe('`<all>` for the empty selector; of a policy of the cluster its subject in words'),
  ingress: z.boolean().describe('it isolates for ingress; a policy of the cluster has rules for it'),
  egress: z.boolean(),
  pods: z.array(z.object({ pod: z.string(), workload: z.string().describe('`Deployment shop/web`'), node: z.string().nullable() })),
  nearMisses: z.array(z.object({ pod: z.string(), message: z.string() })).describe('pods of its namespaces that one label keeps out'),
});

const PREFIX = /^(networkpolicy|netpol)\//;

/** As `kubectl` shortens them. */
const KINDS: ReadonlyMap<string, ClusterPolicy['kind']> = new Map([
  ['anp', 'AdminNetworkPolicy'],
  ['adminnetworkpolicy', 'AdminNetworkPolicy'],
  ['banp', 'BaselineAdminNetworkPolicy'],
  ['baselineadminnetworkpolicy', 'BaselineAdminNetworkPolicy'],
  ['cnp', 'ClusterNetworkPolicy'],
  ['clusternetworkpolicy', 'ClusterNetworkPolicy'],
]);

function ofNamespace(model: NetworkModel, text: string): NetworkPolicy | undefined {
  const wanted = text.replace(PREFIX, '');
  return model.networkPolicies.find((one) => nameOf(one) === wanted);
}

function ofCluster(model: NetworkModel, text: string): ClusterPolicy | undefined {
  const [kind = '', name] = text.split('/');
  const wanted = KINDS.get(kind.toLowerCase());
  return model.clusterPolicies.find((one) => one.kind === wanted && one.ref.name === name);
}

function nameOf(policy: NetworkPolicy | ClusterPolicy): string {
  return policy.kind === 'NetworkPolicy' ? `${policy.namespace}/${policy.ref.name}` : `${policy.kind}/${policy.ref.name}`;
}

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
    const policy = ofNamespace(model, given.policy) ?? ofCluster(model, given.policy);
    if (policy) return ok({ question: { policy: nameOf(policy) }, answer: policyPods(model, policy) });
    const names = [...model.networkPolicies, ...model.clusterPolicies].map(nameOf);
    const wanted = given.policy.replace(PREFIX, '');
    const hint = didYouMeanHint(wanted, names);
    return err(problem('unknown-object', `there is no NetworkPolicy \`${wanted}\``, hint === undefined ? {} : { hint }));
  },
});
