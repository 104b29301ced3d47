import { describe, expect, it } from 'vitest';
import { calicoCluster } from '../../../test/support/calico-cluster.js';
import { askPolicy, policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import { describeRef } from '../kernel/object-ref.js';
import { finished } from '../kernel/steps.js';
import type { CountedRule } from '../kernel/rule-coverage.js';
import type { NetworkModel } from '../model/network-model.js';
import { PolicyRuleCount } from './rule-coverage.js';

const PODS = `
  ns shop
  ns data
  shop/web app=web @10.0.1.1
  shop/api app=api @10.0.1.2
  data/db app=db @10.0.2.1`;

const named = ({ object, pointer }: CountedRule) => `${describeRef(object).split(' ')[1]} ${pointer}`;

/** The rules that were gone by, how often, and those that were not. */
function counted(model: NetworkModel, ...asked: readonly string[]) {
  const count = new PolicyRuleCount(model);
  for (const flow of asked) finished(count.add(askPolicy(model, flow).result, true));
  const { tried, untried } = finished(count.coverage());
  return [tried.map((rule) => `${named(rule)} ×${rule.cases}`), untried.map(named)];
}

const from = (app: string): JsonObject => ({ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app } } }] });
const tcp = (port: number): JsonObject => ({ ports: [{ protocol: 'TCP', port }] });

describe('the coverage of policies', () => {
  const SPECS: PolicySpecs = {
    'data/db': { podSelector: { matchLabels: { app: 'db' } }, ingress: [{ ...from('web'), ...tcp(5432) }, from('api')], egress: [{}] },
    'data/none': { podSelector: {} },
    'shop/other': { podSelector: { matchLabels: { app: 'nobody' } }, ingress: [{}] },
  };

  // Kubernetes "Network Policies": rules of the policies that select a pod are a union; what none admits is denied by all of them, and by no rule.
  it('is of the policies that select one of the sides, in the directions in which they isolate', () => {
    const model = policyCluster(PODS, SPECS);
    expect(counted(model, 'shop/web -> data/db:5432 TCP', 'shop/web -> data/db:80 TCP')).toEqual([
      ['data/db /spec/ingress/0 ×1'],
      ['data/db /spec/ingress/1'],
    ]);
    expect(counted(model, 'shop/web -> shop/api:80 TCP')).toEqual([[], []]);
  });

  // network-policy-api `clusternetworkpolicy_types.go`: "Pass" leaves the connection to the next tier.
  it('knows policies of the cluster: what passes on decides nothing', () => {
    const subject = { namespaces: {} };
    const peer = (app: string) => [{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app } } } }];
    const ingress = [
      { action: 'Pass', from: peer('web') },
      { action: 'Deny', from: peer('api') },
      { action: 'Accept', from: peer('db') },
    ];
    const settings = { policy: { enforcement: 'on', apis: ['networking.k8s.io', 'policy.networking.k8s.io'] } } as const;
    const model = policyCluster(PODS, { ...SPECS, 'cnp a': { tier: 'Admin', priority: 1, subject, ingress } }, settings);
    expect(counted(model, 'shop/api -> data/db:5432 TCP', 'shop/web -> data/db:5432 TCP')).toEqual([
      ['a /spec/ingress/1 ×1', 'data/db /spec/ingress/0 ×1'],
      ['a /spec/ingress/2', 'data/db /spec/ingress/1'],
    ]);
  });

  // docs.tigera.io "Rule": Log and Pass leave the packet to what comes next.
  it('knows policies of Calico', () => {
    const ingress = [{ action: 'Log' }, { action: 'Deny', source: { selector: 'app == "api"' } }, { action: 'Allow' }];
    const model = calicoCluster(PODS, { 'gnp a': { selector: 'app == "db"', types: ['Ingress'], ingress } });
    expect(counted(model, 'shop/web -> data/db:80 TCP', 'shop/web -> data/db:81 TCP')).toEqual([
      ['a /spec/ingress/2 ×2'],
      ['a /spec/ingress/1'],
    ]);
  });

  // docs.cilium.io "Deny Policies": deny rules go before allow rules.
  it('knows policies of Cilium, the rules that deny among them', () => {
    const select = (app: string) => ({ matchLabels: { app } });
    const spec = {
      endpointSelector: select('db'),
      ingress: [{ fromEndpoints: [{}] }],
      ingressDeny: [{ fromEndpoints: [select('web')] }],
    };
    const model = policyCluster(PODS, { 'ccnp a': spec }, { cni: { plugin: 'cilium' } });
    expect(counted(model, 'shop/api -> data/db:80 TCP')).toEqual([['a /spec/ingress/0 ×1'], ['a /spec/ingressDeny/0']]);
  });
});
