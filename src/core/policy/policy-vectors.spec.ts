import { describe, expect, it } from 'vitest';
import { CALICO, calicoCluster } from '../../../test/support/calico-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { askPolicy, judgedRows, policyCluster, policyObjects, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';

/** One vector for each mistake in the order of policies that no other spec notices (`npm run mutants`). */

const PODS = `
  ns shop team=red
  ns data team=blue
  shop/web app=web @10.0.1.1
  data/db app=db @10.0.2.1`;
const ROW = 'shop/web -> data/db:80';

/** kubernetes-sigs/network-policy-api `apis/v1alpha2`, Priority: of equal ones any may act; kube-network-policies takes them by name. */
describe('policies of the cluster', () => {
  const settings: JsonObject = {
    policy: {
      apis: ['networking.k8s.io', 'policy.networking.k8s.io/v1alpha1', 'policy.networking.k8s.io/v1alpha2'],
      equalPriority: 'name',
    },
  };
  const ask = (priority: number) => {
    const subject = { namespaces: {} };
    const from = [{ namespaces: {} }];
    const policies = {
      'cnp a': { tier: 'Admin', priority: 1, subject, ingress: [{ action: 'Deny', from }] },
      'anp b': { priority, subject, ingress: [{ action: 'Allow', from }] },
    } as PolicySpecs;
    return askPolicy(policyCluster(PODS, policies, settings), ROW);
  };

  it('of one priority act by name, whatever their kind', () => {
    expect(ask(1).verdict).toBe('DENIED');
  });

  it('of two priorities are no rivals', () => {
    expect([ask(1), ask(2)].map(({ warnings }) => warnings.map(({ code }) => code))).toEqual([['SAME_PRIORITY'], []]);
  });
});

/** projectcalico/calico felix `calc/policy_sorter.go`: tiers by order, then by name, wherever their policies stand. */
describe('policies of Calico', () => {
  const expectRows = (calico: PolicySpecs, table: string) =>
    expect(judgedRows(calicoCluster(PODS, calico, { settings: CALICO }), table)).toEqual(rowsOf(table));
  const db = (tier: string, order: number, action: string): JsonObject => ({
    tier,
    order,
    selector: 'app == "db"',
    types: ['Ingress'],
    ingress: [{ action }],
  });

  it('tiers of one order by name', () => {
    const tiers = { 'tier first': { order: 10 }, 'tier second': { order: 10 } };
    expectRows({ ...tiers, 'gnp first.p': db('first', 2, 'Deny'), 'gnp second.p': db('second', 1, 'Allow') }, `${ROW} = deny`);
  });

  it('a policy about egress alone says nothing about ingress', () => {
    expectRows({ 'gnp p': { selector: 'app == "db"', types: ['Egress'], egress: [{ action: 'Deny' }] } }, `${ROW} = allow`);
  });
});

/** cilium/cilium `pkg/policy/rule.go`: every spec of `specs` is a rule of its own; one that selects the endpoint and denies by default is enough. */
it('one of several specs puts an endpoint into default-deny', () => {
  const endpointSelector = { matchLabels: { app: 'db' } };
  const specs = [
    { endpointSelector, enableDefaultDeny: { ingress: false }, ingress: [{ fromEndpoints: [{ matchLabels: { app: 'other' } }] }] },
    { endpointSelector, ingress: [{ fromEndpoints: [{ matchLabels: { app: 'other' } }] }] },
  ];
  const policy = { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 'p', namespace: 'data' }, specs };
  const model = modelOf([...policyObjects(PODS), policy], { cni: { plugin: 'cilium' } });
  expect(judgedRows(model, `${ROW} = deny`)).toEqual(rowsOf(`${ROW} = deny`));
});
