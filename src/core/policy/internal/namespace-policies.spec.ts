import { array, assert, constant, constantFrom, dictionary, oneof, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyCluster } from '../../../../test/support/policy-cluster.js';
import type { JsonObject } from '../../kernel/json.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import { actingNetworkPolicy, selectsPod } from './acting-network-policy.js';
import { PolicyIndex } from './policy-index.js';

const values = constantFrom('x', 'y', 'z');
const labels = dictionary(constantFrom('app', 'tier'), values);
const expression = record({
  key: constantFrom('app', 'tier'),
  operator: constantFrom('In', 'NotIn'),
  values: array(values, { minLength: 1 }),
});
const selector = oneof(
  labels.map((matchLabels) => ({ matchLabels })),
  array(expression, { maxLength: 2 }).map((matchExpressions) => ({ matchExpressions })),
);
const peer = oneof(
  record({ podSelector: selector, namespaceSelector: selector }),
  record({ podSelector: selector }),
  record({ namespaceSelector: selector }),
  constant({ ipBlock: { cidr: '10.0.0.0/8' } }),
  constant({}),
);
const spec = record({ podSelector: selector, ingress: array(record({ from: array(peer, { maxLength: 2 }) }), { maxLength: 2 }) });

describe('the policies of a namespace, however many there are', () => {
  it('are found by the pods that they select and by those that they admit', () => {
    assert(
      property(array(spec, { minLength: 9, maxLength: 14 }), labels, labels, constantFrom('shop', 'other'), (specs, own, spaced, where) => {
        const words = (set: Readonly<Record<string, string>>) =>
          Object.entries(set)
            .map(([key, value]) => `${key}=${value}`)
            .join(' ');
        const policies = Object.fromEntries(specs.map((one, number) => [`shop/policy-${number}`, one as JsonObject]));
        const cluster = `ns shop ${words(spaced)}\n ns other ${words(spaced)}\n shop/subject ${words(own)} @10.0.0.1\n ${where}/peer ${words(own)}`;
        const model = policyCluster(cluster, policies);
        const index = PolicyIndex.of(model);
        const all = index.policiesIn('shop');
        for (const { endpoint } of model.pods.flatMap((one) => index.classesOf(one))) {
          if (endpoint.kind !== 'pod') continue;
          expect(index.selecting('NetworkPolicy', endpoint)).toEqual(all.filter((one) => selectsPod(one, endpoint)));
          const admits = (one: NetworkPolicy) =>
            actingNetworkPolicy(index.settings, one, 'ingress').rules.some((rule) => rule.admits(endpoint));
          expect(index.mayAdmit('shop', 'ingress', endpoint)).toEqual(expect.arrayContaining(all.filter(admits)));
        }
      }),
      { numRuns: 60 },
    );
  });
});
