import type { Answer } from '../../src/core/kernel/answer.js';
import { qualifiedName } from '../../src/core/kernel/object-ref.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { CompareResult, CompareVerdict, Comparison } from '../../src/core/policy/compare-result.js';
import { policyCompare } from '../../src/core/policy/policy-compare.js';

/** Compares the policies of these names, each as its kind's notation has it: `shop/web`, `cnp first`; the answer in one go. */
export function compare(
  model: NetworkModel,
  a: readonly string[],
  b: readonly string[],
  before?: NetworkModel,
): Answer<CompareVerdict, CompareResult> {
  const steps = policyCompare(model, {
    a: policiesOf(model, a),
    b: policiesOf(before ?? model, b),
    over: 'cluster',
    since: before && 1,
  });
  for (;;) {
    const step = steps.next();
    if (!step.done) continue;
    if (!step.value.ok) throw new Error(step.value.error.message);
    return step.value.value;
  }
}

function policiesOf(model: NetworkModel, names: readonly string[]) {
  const wanted = new Set(names);
  const all = [...model.networkPolicies, ...model.clusterPolicies, ...model.ciliumPolicies, ...model.calico.policies];
  return all.filter(({ ref }) => wanted.has(qualifiedName(ref)));
}

/** `a: shop/web -> data/db TCP 80` for every witness. */
export function witnesses({ differences }: Comparison): readonly string[] {
  return differences.flatMap((pair) =>
    pair.witnesses.map(({ allowedBy, from, to, protocol, port }) => `${allowedBy}: ${from} -> ${to} ${protocol} ${port ?? ''}`.trim()),
  );
}
