import type { Note } from '../../kernel/answer.js';
import { firstFew } from '../../kernel/first-few.js';
import { describeRef } from '../../kernel/object-ref.js';
import { oncePer } from '../../kernel/once-per.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import type { CalicoBook } from './calico-book.js';
import type { DirectionJudgement } from './judge-direction.js';
import type { PolicyIndex } from './policy-index.js';

/** How many policies a note names. */
const FEW = 5;

/** What to know about Calico's policies beside what they decide: tiers that are not there. */
export function calicoWarnings({ calico }: Pick<PolicyIndex, 'calico'>): readonly Note[] {
  return calico ? withoutTier(calico) : [];
}

const withoutTier = oncePer((book: CalicoBook): readonly Note[] => {
  const homeless = book.policies.filter(({ tier }) => book.tier(tier) === undefined);
  if (homeless.length === 0) return [];
  const tiers = [...new Set(homeless.map(({ tier }) => `\`${tier}\``))].join(', ');
  return [{ code: 'TIER_MISSING', message: `${names(homeless)}: the tier ${tiers} does not exist, so that they have no effect` }];
});

/** What was taken for granted about the interfaces of nodes: the objects know them by name, and the model by their addresses. */
export function interfaceNotes(judged: readonly DirectionJudgement[]): readonly Note[] {
  const texts = judged.flatMap(({ layers }) => layers.flatMap(({ at }) => at.host?.assumed ?? []));
  return [...new Set(texts)].map((message) => ({ code: 'HOST_INTERFACE_ASSUMED', message }));
}

function names(policies: readonly CalicoPolicy[]): string {
  const told = policies.slice(0, FEW).map(({ ref }) => describeRef(ref));
  return firstFew(told, FEW, policies.length);
}
