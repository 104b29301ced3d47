import { describe, expect, it } from 'vitest';
import { BACKGROUND } from '../../../test/support/finding-manifests.js';
import { modelOf, objectsOf } from '../../../test/support/model.js';
import { mended, trace } from '../../../test/support/trace.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';

/** Network plugins that enforce the policies, so that what is mended is what happens. */
const SETTINGS = (cni: string) => ({
  podCIDRs: ['10.244.0.0/16'],
  serviceCIDRs: ['10.96.0.0/16'],
  cni: { plugin: cni },
  policy: {
    enforcement: 'on' as const,
    apis: ['networking.k8s.io', 'policy.networking.k8s.io', 'projectcalico.org', 'cilium.io'],
  },
});

const API = `
{apiVersion: v1, kind: Service, metadata: {name: api, namespace: t}, spec: {clusterIP: 10.96.0.20, selector: {app: api}, ports: [{port: 80, targetPort: 8080}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: api, namespace: t, labels: {app: api}}, spec: {nodeName: n1, containers: [{name: c, ports: [{containerPort: 8080}]}]}, status: {phase: Running, podIP: 10.244.1.20, conditions: [{type: Ready, status: 'True'}]}}
---
`;

const admin = (kind: string, spec: string, version = 'v1alpha1') =>
  `{apiVersion: policy.networking.k8s.io/${version}, kind: ${kind}, metadata: {name: default}, spec: {${spec}}}`;
const calico = (kind: string, spec: string) =>
  `{apiVersion: projectcalico.org/v3, kind: ${kind}, metadata: {name: p${kind === 'NetworkPolicy' ? ', namespace: t' : ''}}, spec: {${spec}}}`;
const clusterwide = (spec: string) =>
  `{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {name: p}, spec: {${spec}}}`;
const networkPolicy = (spec: string) =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: np, namespace: t}, spec: {${spec}}}`;
const TIER = '{apiVersion: projectcalico.org/v3, kind: Tier, metadata: {name: security}, spec: {order: 100}}';

const ASK = { from: 'pod/t/client', to: '10.96.0.20:80' };

async function objectsWith(...policies: readonly string[]): Promise<readonly KubernetesObject[]> {
  return objectsOf([BACKGROUND, API, ...policies].join('\n---\n'));
}

/** The fix of the one refusal, and what the same request comes to once it is applied. */
async function mend(cni: string, policies: readonly string[], ask: Readonly<Record<string, unknown>> = ASK) {
  const objects = await objectsWith(...policies);
  const before = trace(modelOf(objects, SETTINGS(cni)), ask);
  const refusal = before.result.findings.find(({ code }) => code === 'POLICY_DENIED' || code === 'DNS_EGRESS_DENIED');
  if (!refusal?.fix) return { verdict: before.verdict, fix: null, after: null };
  const after = trace(modelOf(mended(objects, refusal), SETTINGS(cni)), ask);
  return { verdict: before.verdict, fix: refusal.fix.message, after: after.verdict };
}

const DENY_ALL = 'action: Deny, from: [{namespaces: {}}]';
const SUBJECT = 'subject: {namespaces: {}}';

describe('a refusal is mended by a rule of the policy that refuses', () => {
  it.each([
    // network-policy-api apis/v1alpha1: rules act in their order, and Pass leaves the traffic to NetworkPolicies
    [
      'AdminNetworkPolicy',
      'kindnet',
      [
        admin(
          'AdminNetworkPolicy',
          `priority: 10, ${SUBJECT}, ingress: [{action: Allow, from: [{namespaces: {matchLabels: {a: b}}}]}, {${DENY_ALL}}]`,
        ),
      ],
      'let AdminNetworkPolicy default leave TCP 8080 to the policies behind it',
    ],
    [
      'AdminNetworkPolicy, what goes out',
      'kindnet',
      [
        admin(
          'AdminNetworkPolicy',
          `priority: 10, ${SUBJECT}, egress: [{action: Deny, to: [{namespaces: {}}], ports: [{portNumber: {protocol: TCP, port: 8080}}]}]`,
        ),
      ],
      'let AdminNetworkPolicy default leave TCP 8080 to the policies behind it',
    ],
    [
      'BaselineAdminNetworkPolicy',
      'kindnet',
      [admin('BaselineAdminNetworkPolicy', `${SUBJECT}, ingress: [{${DENY_ALL}}]`)],
      'let BaselineAdminNetworkPolicy default allow TCP 8080',
    ],
    [
      'ClusterNetworkPolicy',
      'kindnet',
      [admin('ClusterNetworkPolicy', `tier: Admin, priority: 10, ${SUBJECT}, ingress: [{${DENY_ALL}}]`, 'v1alpha2')],
      'let ClusterNetworkPolicy default leave TCP 8080 to the policies behind it',
    ],
    [
      'ClusterNetworkPolicy, baseline',
      'kindnet',
      [admin('ClusterNetworkPolicy', `tier: Baseline, priority: 10, ${SUBJECT}, ingress: [{${DENY_ALL}}]`, 'v1alpha2')],
      'let ClusterNetworkPolicy default allow TCP 8080',
    ],
    [
      'NetworkPolicy behind an AdminNetworkPolicy that passes',
      'kindnet',
      [
        admin('AdminNetworkPolicy', `priority: 10, ${SUBJECT}, ingress: [{action: Pass, from: [{namespaces: {}}]}]`),
        networkPolicy('podSelector: {matchLabels: {app: api}}'),
      ],
      'let NetworkPolicy t/np allow TCP 8080',
    ],
    // docs.tigera.io, Calico policy: the end of a tier denies; rules act in their order
    [
      'Calico, no rule',
      'calico',
      [calico('NetworkPolicy', "selector: app == 'api', types: [Ingress]")],
      'let NetworkPolicy.projectcalico.org t/p allow TCP 8080',
    ],
    [
      'Calico, a rule that denies',
      'calico',
      [
        calico(
          'GlobalNetworkPolicy',
          "selector: app == 'api', types: [Ingress], ingress: [{action: Allow, source: {selector: app == 'nobody'}}, {action: Deny}]",
        ),
      ],
      'let GlobalNetworkPolicy p allow TCP 8080',
    ],
    [
      'Calico, a tier before the default one',
      'calico',
      [
        TIER,
        calico('GlobalNetworkPolicy', "tier: security, selector: app == 'api', types: [Ingress], ingress: [{action: Deny, protocol: TCP}]"),
      ],
      'let GlobalNetworkPolicy p leave TCP 8080 to the policies behind it',
    ],
    [
      'Calico, what goes out',
      'calico',
      [calico('NetworkPolicy', "selector: app == 'client', types: [Egress], egress: [{action: Deny, destination: {ports: [8080]}}]")],
      'let NetworkPolicy.projectcalico.org t/p allow TCP 8080',
    ],
    [
      'Calico and NetworkPolicies, which stand in its tier `default`',
      'calico',
      [calico('NetworkPolicy', "selector: app == 'api', types: [Ingress]"), networkPolicy('podSelector: {matchLabels: {app: api}}')],
      expect.stringMatching(/^let NetworkPolicy\S* t\/n?p allow TCP 8080$/),
    ],
    // cilium Documentation/security/policy/intro.rst: rules add up
    [
      'CiliumClusterwideNetworkPolicy',
      'cilium',
      [clusterwide('endpointSelector: {matchLabels: {app: api}}, ingress: [{}]')],
      'let CiliumClusterwideNetworkPolicy p allow TCP 8080',
    ],
  ])('%s', async (_, cni, policies, fix) => {
    expect(await mend(cni, policies)).toEqual({ verdict: 'BLOCKED_BY_POLICY', fix, after: 'CONNECTS' });
  });

  it.each([
    [
      'calico',
      calico('GlobalNetworkPolicy', "selector: app == 'client', types: [Egress]"),
      'let GlobalNetworkPolicy p allow UDP 53 and TCP 53',
    ],
    [
      'cilium',
      clusterwide('endpointSelector: {matchLabels: {app: client}}, egress: [{}]'),
      'let CiliumClusterwideNetworkPolicy p allow UDP 53 and TCP 53',
    ],
    [
      'kindnet',
      admin(
        'AdminNetworkPolicy',
        `priority: 10, ${SUBJECT}, egress: [{action: Deny, to: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]}]`,
      ),
      'let AdminNetworkPolicy default leave UDP 53 and TCP 53 to the policies behind it',
    ],
  ])('queries to the name server, with %s', async (cni, policy, fix) => {
    const { verdict, fix: told, after } = await mend(cni, [policy], { from: 'pod/t/client', to: 'api:80' });
    expect([verdict, told]).toEqual(['DNS_BLOCKED', fix]);
    expect(after).not.toBe('DNS_BLOCKED');
  });

  it('not where Cilium denies: nothing that is added helps (cilium Documentation/security/policy/deny.rst)', async () => {
    const deny = clusterwide('endpointSelector: {matchLabels: {app: api}}, ingressDeny: [{fromEndpoints: [{}]}]');
    expect(await mend('cilium', [deny])).toEqual({ verdict: 'BLOCKED_BY_POLICY', fix: null, after: null });
  });
});
