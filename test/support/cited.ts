import type { Evidence } from '../../src/core/kernel/evidence.js';

/** The answer, every step of whose evidence names the rule that it goes by. */
export function cited<A extends { readonly evidence: readonly Evidence[] }>(answer: A): A {
  const without = answer.evidence.find(({ cites }) => cites === undefined);
  if (without) throw new Error(`no rule is named for ${without.reason}: ${without.message}`);
  return answer;
}
