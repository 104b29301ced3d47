import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { lint } from '../../../test/support/policy-lint.js';
import { askPolicy, judgedRows, policyCluster, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';

/**
 * What plugins make of policies of the cluster: projectcalico/calico `libcalico-go/lib/backend/k8s/conversion/clusternetworkpolicy.go` and its test,
 * cilium/cilium `pkg/k8s/cluster_network_policy.go`.
 */

const CLUSTER = `
  node n1 192.168.0.1
  ns shop team=a
  shop/web app=web on n1 @10.0.1.1
  data/db app=db sql=5432 on n1 @10.0.2.1`;

const APIS = ['networking.k8s.io', 'policy.networking.k8s.io/v1alpha2'];
const CALICO: JsonObject = { cni: { plugin: 'calico' }, policy: { apis: [...APIS, 'projectcalico.org'] } };
const CILIUM: JsonObject = { cni: { plugin: 'cilium' }, policy: { apis: [...APIS, 'cilium.io'] } };

const everyPod = { namespaces: {} };
const cnp = (rules: JsonObject, tier = 'Admin'): JsonObject => ({ tier, priority: 1, subject: everyPod, ...rules });
const outward = (...rules: JsonObject[]): PolicySpecs => ({ 'cnp a': cnp({ egress: rules }) });

function expectRows(settings: JsonObject, policies: PolicySpecs, table: string): void {
  expect(judgedRows(policyCluster(CLUSTER, policies, settings), table)).toEqual(rowsOf(table));
}

describe('Calico: "dropping k8s rule that couldn\'t be converted", "replacing failed rule with a deny-all one"', () => {
  it.each([
    ['nodes', { action: 'Deny', to: [{ nodes: {} }] }],
    ['nodes beside pods', { action: 'Pass', to: [everyPod, { nodes: {} }] }],
    ['a port by its name', { action: 'Deny', to: [everyPod], protocols: [{ destinationNamedPort: 'sql' }] }],
  ])('%s: a rule that does not accept denies everything', (_, rule) => {
    const table = 'shop/web -> data/db:80';
    expectRows(CALICO, outward(rule), `${table} = deny`);
    expectRows({ cni: { plugin: 'kindnet' } }, outward(rule), `${table} = allow`);
  });

  it('one that accepts matches nothing', () => {
    const rules = [
      { action: 'Accept', to: [everyPod], protocols: [{ destinationNamedPort: 'sql' }] },
      { action: 'Deny', to: [everyPod] },
    ];
    expectRows(CALICO, outward(...rules), 'shop/web -> data/db:5432 = deny');
    expectRows({ cni: { plugin: 'kindnet' } }, outward(...rules), 'shop/web -> data/db:5432 = allow');
  });

  it('the answer and the lint say so', () => {
    const model = policyCluster(CLUSTER, outward({ action: 'Deny', to: [{ nodes: {} }] }), CALICO);
    expect(askPolicy(model, 'shop/web -> data/db:80').warnings.map(({ code }) => code)).toEqual(['RULE_FAILS_CLOSED']);
    const { findings } = lint(model).result;
    expect(findings.filter(({ code }) => code === 'POL-NOT-ENFORCED' || code === 'POL-INVALID')).toMatchObject([
      { code: 'POL-NOT-ENFORCED', pointer: '/spec/egress/0', message: expect.stringContaining('calico does not know `nodes` in rules') },
    ]);
  });
});

describe('Cilium, with `enable-k8s-cluster-network-policy`', () => {
  const denied = outward({ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] });
  it('networks are CIDR selectors: no pods, and nodes only with `policy-cidr-match-mode: nodes`', () => {
    expectRows(CILIUM, denied, 'shop/web -> data/db:80 = allow\nshop/web -> 203.0.113.1:80 = deny\nshop/web -> node/n1:80 = allow');
    const nodes = { ...CILIUM, policy: { ...(CILIUM['policy'] as JsonObject), ipBlockMatchesNodes: true } };
    expectRows(nodes, denied, 'shop/web -> node/n1:80 = deny');
  });

  it('the tier Admin stands before its own policies, Baseline behind them, and Pass leads from the one to the other', () => {
    const own = {
      'ciliumnp shop/p': {
        endpointSelector: {},
        egress: [{ toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'data' } }] }],
      },
    };
    const baseline = { 'cnp b': cnp({ egress: [{ action: 'Deny', to: [everyPod] }] }, 'Baseline') };
    const row = (outcome: string) => `shop/web -> data/db:80 = ${outcome}`;
    expectRows(CILIUM, own, row('allow'));
    expectRows(CILIUM, { ...own, ...baseline }, row('allow'));
    expectRows(CILIUM, baseline, row('deny'));
    expectRows(CILIUM, { ...own, ...outward({ action: 'Deny', to: [everyPod] }) }, row('deny'));
    expectRows(CILIUM, { ...own, ...outward({ action: 'Pass', to: [everyPod] }, { action: 'Deny', to: [everyPod] }) }, row('allow'));
  });
});
