import { describe, expect, it } from 'vitest';
import { calicoCluster } from '../../../test/support/calico-cluster.js';
import { endpoints, policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import { finished, type Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { exposure } from './exposure.js';
import { PolicyIndex } from './internal/policy-index.js';
import { podPolicies } from './pod-policies.js';
import { policyCompare } from './policy-compare.js';
import { policyLint } from './policy-lint.js';
import { policyPods } from './policy-pods.js';
import { reachability } from './reachability.js';

/** Clusters that somebody made to keep the server busy: every question about them has an end, and pauses as often as there are things to look at. */

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const podsOf = (count: number) =>
  numbers(count)
    .map((number) => `shop/p${number} app=x${number} @10.0.${number >> 8}.${(number & 255) + 1}`)
    .join('\n');

function pausesOf(steps: Steps<unknown>): number {
  let pauses = 0;
  while (!steps.next().done) pauses++;
  return pauses;
}

const calicoRule = (number: number): JsonObject => ({
  action: 'Allow',
  protocol: 'TCP',
  source: { selector: `app == 'x${number}'` },
  destination: { ports: [number + 1] },
});

function calicoPolicies(count: number): PolicySpecs {
  return Object.fromEntries(numbers(count).map((number) => [`np shop/a${number}`, { selector: 'all()', ingress: [calicoRule(number)] }]));
}

describe('the first question about a cluster with very many policies of Calico', () => {
  it('pauses at each policy and at each rule', () => {
    const index = (specs: PolicySpecs) => pausesOf(PolicyIndex.inSteps(calicoCluster(podsOf(2), specs)));
    expect(index(calicoPolicies(300))).toBeGreaterThanOrEqual(index(calicoPolicies(100)) + 2 * 200);
    const one = (count: number): PolicySpecs => ({ 'np shop/a': { selector: 'all()', ingress: numbers(count).map(calicoRule) } });
    expect(index(one(300))).toBeGreaterThanOrEqual(index(one(100)) + 200);
  });

  it('pauses at each set of networks, at each host endpoint, and at each rule of Cilium that names networks', () => {
    const index = (model: NetworkModel) => pausesOf(PolicyIndex.inSteps(model));
    const sets = (count: number): PolicySpecs => Object.fromEntries(numbers(count).map((number) => [`gset s${number}`, { nets: [] }]));
    const hosts = (count: number): PolicySpecs =>
      Object.fromEntries(numbers(count).map((number) => [`hep h${number}`, { node: 'n1', interfaceName: `eth${number}` }]));
    const calico = (specs: PolicySpecs) => index(calicoCluster(podsOf(1), { ...calicoPolicies(1), ...specs }));
    expect(calico(sets(300))).toBeGreaterThanOrEqual(calico(sets(100)) + 200);
    expect(calico(hosts(300))).toBeGreaterThanOrEqual(calico(hosts(100)) + 2 * 200);
    const cilium = (count: number) => {
      const ingress = numbers(count).map(() => ({ fromCIDR: ['10.0.0.0/8'] }));
      return index(policyCluster(podsOf(1), { 'ciliumnp shop/a': { endpointSelector: {}, ingress } }, { cni: { plugin: 'cilium' } }));
    };
    // One for the rule, and one for its network.
    expect(cilium(300)).toBeGreaterThanOrEqual(cilium(100) + 2 * 200);
  });
});

describe('the policies of a pod, and the pods of a policy', () => {
  const rules = (count: number): PolicySpecs => ({
    'shop/a': {
      podSelector: {},
      ingress: numbers(count).map((number) => ({ from: [{ podSelector: { matchLabels: { app: `x${number}` } } }] })),
    },
  });

  const policiesOf = (model: NetworkModel) => podPolicies(model, model.podByKey.get('shop/p0')!);
  const none = (count: number): PolicySpecs =>
    Object.fromEntries(numbers(count).map((number) => [`shop/a${number}`, { podSelector: { matchLabels: { app: 'none' } } }]));

  it('come with a pause at each policy and at each rule', () => {
    const ask = (specs: PolicySpecs) => pausesOf(policiesOf(policyCluster(podsOf(2), specs)));
    expect(ask(rules(90))).toBeGreaterThanOrEqual(ask(rules(30)) + 60);
    expect(ask(none(90))).toBeGreaterThanOrEqual(ask(none(30)) + 60);
    expect(pausesOf(policiesOf(calicoCluster(podsOf(2), calicoPolicies(90))))).toBeGreaterThanOrEqual(180);
  });

  it('are listed up to a hundred of each API, with a hundred rules of each, and what is left out is counted', () => {
    const { result, warnings, evidence } = finished(policiesOf(policyCluster(podsOf(2), { ...none(101), ...rules(103) })));
    expect([result.others.length, warnings.map(({ code, message }) => `${code} ${message.split(':', 1)[0] ?? ''}`)]).toEqual([
      100,
      ['LIST_NOT_TOLD of 101 policies in `others` the first 100 are listed'],
    ]);
    expect(result.policies[0]?.ingressRules.slice(99)).toEqual(['from pods `app=x99` of namespace shop, every port', 'and 3 more rules']);
    expect(evidence.map(({ message }) => message)).toContain('1 more policy is not told');
    const ofCalico = finished(policiesOf(calicoCluster(podsOf(2), calicoPolicies(101))));
    expect([ofCalico.result.calicoPolicies.length, ofCalico.warnings.map(({ code }) => code)]).toEqual([100, ['LIST_NOT_TOLD']]);
    expect(ofCalico.summary).toContain('and 96 more');
  });

  it('a rule of very many peers is told by its first, and how much more there is', () => {
    const peers = numbers(2_000).map((number) => ({ podSelector: { matchLabels: { app: `x${number}` } } }));
    const [rule = ''] = finished(
      policiesOf(policyCluster(podsOf(2), { 'shop/a': { podSelector: {}, ingress: [{ from: peers }] } })),
    ).result.policies.flatMap(({ ingressRules }) => ingressRules);
    expect([rule.length < 4_100, /… and \d+ more characters$/.test(rule)]).toEqual([true, true]);
  });

  it('come with a pause at each pod', () => {
    const ask = (count: number) => {
      const model = policyCluster(podsOf(count), rules(1));
      return pausesOf(policyPods(model, model.networkPolicies[0]!));
    };
    expect(ask(300)).toBeGreaterThanOrEqual(ask(100) + 200);
  });
});

describe('the comparison of policies that name very many values of one label', () => {
  const compare = (model: NetworkModel) => {
    const policies = model.calico.policies;
    const answer = finished(policyCompare(model, { a: policies, b: policies, over: 'cluster', since: undefined }));
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  };

  // Each value was asked each condition: 20,000 rules kept everybody waiting for ten minutes.
  it('looks at each value, and not at each with each condition', () => {
    const model = calicoCluster(podsOf(2), { 'np shop/a': { selector: 'all()', ingress: numbers(5_000).map(calicoRule) } });
    expect(compare(model).result.cluster.relation).toBe('EQUAL');
  });

  it('gives up where beginnings and endings make too many kinds, and says so', () => {
    const part = (number: number): JsonObject => ({
      action: 'Allow',
      source: { selector: `app starts with 'x${number}' || app ends with 'y${number}'` },
    });
    const model = calicoCluster(podsOf(2), { 'np shop/a': { selector: 'all()', ingress: numbers(3_000).map(part) } });
    const { result } = compare(model);
    expect(result.cluster.relation).toBe('EQUAL');
    expect(result.whyNot).toContain('more labels');
  });
});

describe('policy-lint of very many policies that change nothing', () => {
  it('names a few of those that stay, and tells that there are more than it counts', () => {
    const open = { podSelector: {}, ingress: [{}] };
    const lint = (count: number) => {
      const model = policyCluster(podsOf(2), Object.fromEntries(numbers(count).map((number) => [`shop/a${number}`, open])));
      const { result } = finished(
        policyLint(model, { namespace: undefined, policy: undefined, codes: ['POL-REDUNDANT-POLICY'], severity: 'info', limit: 1 }),
      );
      return [result.counts[0]?.count, result.findings[0]?.message, result.findings[0]?.related.length];
    };
    const while_ = 'without the policy exactly the same is allowed, while NetworkPolicy shop/a1, NetworkPolicy shop/a10 and';
    expect(lint(51)).toEqual([51, `${while_} 48 more stay`, 5]);
    expect(lint(52)).toEqual([52, `${while_} more than 48 others stay`, 5]);
  });
});

describe('reachability of very many groups', () => {
  const from = (number: number): JsonObject => ({ podSelector: { matchLabels: { app: `x${number}` } } });
  const ask = (pods: number, ingress: readonly JsonObject[]) => {
    const policy = { podSelector: { matchLabels: { app: 'x0' } }, ingress };
    const model = policyCluster(podsOf(pods), { 'shop/p': policy });
    const subject = endpoints(model, 'shop/p0');
    const answer = finished(reachability(model, { side: 'to', subject, others: undefined, protocol: undefined, port: undefined }));
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  };

  it('lists the first thousand, and tells how many there are', () => {
    const { result, warnings } = ask(
      1_003,
      numbers(1_003).map((number) => ({ from: [from(number)], ports: [{ port: number + 1 }] })),
    );
    expect([result.groups.length, result.connected]).toEqual([1_000, 1_002]);
    expect(warnings.find(({ code }) => code === 'LIST_NOT_TOLD')?.message).toContain('the 1000 largest of 1002 groups are listed');
  });

  it('lists of the rules of a group the first hundred, and tells how many there are', () => {
    const rules = (count: number) => numbers(count).map((number) => ({ from: [from(1)], ports: [{ port: 2 * number + 1 }] }));
    const untold = ask(2, rules(101));
    expect(untold.result.groups.map((group) => group.rules.length)).toEqual([100]);
    expect(untold.warnings.find(({ code }) => code === 'LIST_NOT_TOLD')?.message).toContain('the first 100 rules');
    const told = ask(2, rules(100));
    expect(told.result.groups.map((group) => group.rules.length)).toEqual([100]);
    expect(told.warnings.map(({ code }) => code)).not.toContain('LIST_NOT_TOLD');
  });
});

describe('exposure behind very many tiers', () => {
  it('counts the tiers that decide about each kind of pods, and refuses before it asks them', () => {
    const count = 1_600;
    const tiers = numbers(count).flatMap((number): [string, JsonObject][] => [
      [`tier t${number}`, { order: number, defaultAction: 'Pass' }],
      [
        `gnp t${number}.p`,
        { tier: `t${number}`, selector: 'all()', ingress: [{ action: 'Allow', source: { selector: `app == 'y${number}'` } }] },
      ],
    ]);
    const model = calicoCluster(podsOf(10), Object.fromEntries(tiers));
    const steps = exposure(model, { of: undefined, workload: undefined, direction: 'ingress', format: 'table' });
    // 10 kinds of pods, 1,600 kinds that rules select, and 1,600 tiers that are gone through for each two.
    expect(finished(steps)).toMatchObject({ ok: false, error: { kind: 'limit-too-large', extra: { maximum: 20_000_000 } } });
  });
});
