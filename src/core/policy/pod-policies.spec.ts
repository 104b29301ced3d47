import { describe, expect, it } from 'vitest';
import { calicoCluster } from '../../../test/support/calico-cluster.js';
import { policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import { podPolicies } from './pod-policies.js';
import { policyPods } from './policy-pods.js';

const CLUSTER = `
  shop/web app=web @10.0.1.1
  shop/wep app=wep @10.0.1.2
  shop/agent app=web @192.168.0.1 host
`;
const POLICIES: PolicySpecs = {
  'shop/in': {
    podSelector: { matchLabels: { app: 'web' } },
    ingress: [{ from: [{ podSelector: {} }, { ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 80, endPort: 90 }] }],
  },
  'shop/out': { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
  'shop/none': { podSelector: { matchLabels: { app: 'nobody' } } },
};
const EXCLUDED: ProfileSettings = { policy: { hostNetworkPods: 'excluded', enforcement: 'on' } };

const pod = (model: NetworkModel, name: string) => finished(podPolicies(model, model.podByKey.get(name)!));
const policy = (model: NetworkModel, name: string) =>
  finished(
    policyPods(
      model,
      model.networkPolicies.find(({ ref }) => ref.name === name)!,
    ),
  );

describe('the policies of a pod', () => {
  const model = policyCluster(CLUSTER, POLICIES, EXCLUDED);

  it('with their rules in words, and the others of the namespace with the reason', () => {
    const { verdict, result, evidence, summary } = pod(model, 'shop/web');
    expect([verdict, summary]).toEqual(['ISOLATED', 'shop/web: ISOLATED – selected by NetworkPolicy shop/in, NetworkPolicy shop/out']);
    expect(result.policies.map(({ name, ingressRules, egressRules }) => [name, ingressRules, egressRules])).toEqual([
      ['in', ['from all pods of namespace shop or 10.0.0.0/8, TCP 80-90'], []],
      ['out', [], ['to everybody, every port']],
    ]);
    expect(result.others).toEqual(['none']);
    expect(evidence.map(({ outcome, reason, object }) => [outcome, reason, object?.name])).toEqual([
      ['selected', 'POLICY_SELECTS', 'in'],
      ['excluded', 'SUBJECT_NOT_SELECTED', 'none'],
      ['selected', 'POLICY_SELECTS', 'out'],
    ]);
  });

  it('and how far they isolate it', () => {
    expect(pod(model, 'shop/wep').verdict).toBe('EGRESS_ISOLATED');
    expect(pod(policyCluster(CLUSTER, { 'shop/in': POLICIES['shop/in'] ?? {} }, EXCLUDED), 'shop/web').verdict).toBe('INGRESS_ISOLATED');
    expect(pod(policyCluster(CLUSTER, {}, EXCLUDED), 'shop/web').verdict).toBe('OPEN');
  });

  it('none, where the pod counts as its node', () => {
    const { verdict, evidence } = pod(model, 'shop/agent');
    expect([verdict, evidence[0]?.reason]).toEqual(['OPEN', 'HOST_NETWORK']);
    expect(pod(policyCluster(CLUSTER, POLICIES, { policy: { hostNetworkPods: 'as-pods' } }), 'shop/agent').verdict).toBe('ISOLATED');
  });
});

/** felix `calc/policy_sorter.go`, `PolKVLess`: by order, none last, then by name. */
it('policies of Calico in the order in which they act', () => {
  const named = ['c', 'a', 'd', 'b'].map((name, index) => [`gnp ${name}`, { selector: 'all()', ...(index < 2 && { order: index + 1 }) }]);
  const { result } = pod(calicoCluster(CLUSTER, Object.fromEntries(named) as PolicySpecs), 'shop/web');
  expect(result.calicoPolicies.map(({ name }) => name)).toEqual(['c', 'a', 'b', 'd']);
});

describe('the pods of a policy', () => {
  const model = policyCluster(CLUSTER, POLICIES, EXCLUDED);

  it('and those that one label keeps out', () => {
    const { verdict, result } = policy(model, 'in');
    expect([verdict, result.pods.map((one) => one.pod)]).toEqual(['SELECTS', ['shop/web']]);
    expect(result.nearMisses).toEqual([{ pod: 'shop/wep', message: 'selects `app=web`, Pod shop/wep has `app=wep`' }]);
  });

  it('none: the policy has no effect', () => {
    expect(policy(model, 'none').verdict).toBe('EMPTY');
  });
});
