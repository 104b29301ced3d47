import { describe, expect, it } from 'vitest';
import { endpoints, policyCluster } from '../../../../test/support/policy-cluster.js';
import { finished } from '../../kernel/steps.js';
import { flowsBetween } from './flows.js';
import { judgeAll, wordsOf } from './judged-cases.js';
import { nearMisses } from './near-misses.js';
import type { PolicyBook } from './policy-book.js';
import { PolicyIndex } from './policy-index.js';
import { sidesOf } from './question-sides.js';

/** How often the policies of a pod are looked up again because one of them was changed: once for every change that is tried. */
function triesAmong(rules: number): number {
  const ingress = Array.from({ length: rules }, (_, number) => ({ from: [{ podSelector: {} }], ports: [{ port: number + 1_000 }] }));
  const model = policyCluster('shop/a app=a @10.0.0.1\nshop/b app=b @10.0.0.2', { 'shop/p': { podSelector: {}, ingress } });
  const index = PolicyIndex.of(model);
  const sides = finished(
    sidesOf(model, index, { from: endpoints(model, 'shop/a'), to: endpoints(model, 'shop/b'), port: '80', protocol: 'TCP' }),
  );
  if (!sides.ok) throw new Error(sides.error.message);
  const [one] = finished(judgeAll(index, flowsBetween(sides.value.sources, sides.value.destinations), Infinity)) ?? [];
  if (!one) throw new Error('nothing was judged');
  let tries = 0;
  const book: PolicyBook = {
    settings: index.settings,
    cilium: undefined,
    calico: undefined,
    memory: index.memory,
    selectingHost: () => [],
    policiesIn: (namespace) => index.policiesIn(namespace),
    mayAdmit: () => [],
    selecting: (api, subject) => {
      if (api === 'NetworkPolicy') tries++;
      return index.selecting(api, subject);
    },
  };
  expect(finished(nearMisses(book, wordsOf(one), one))).toHaveLength(12);
  return tries;
}

describe('changes that would admit a connection', () => {
  it.each([
    ['a hundred, of however many', 150, 100],
    ['fewer where each asks more rules: 50,000 rules in all', 1_000, 49],
    ['as many as are told, at least', 6_000, 12],
  ])('are tried: %s', (_, rules, expected) => expect(triesAmong(rules)).toBe(expected));
});
