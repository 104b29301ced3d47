import type { Note } from '../../kernel/answer.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import type { DirectionJudgement } from './judge-direction.js';
import { PolicyIndex } from './policy-index.js';

/** How many policies a note names. */
const FEW = 5;

/** What to know about Calico's policies beside what they decide: tiers that are not there, and what acts on host endpoints elsewhere than it is judged. */
export function calicoWarnings(model: NetworkModel, judged: readonly DirectionJudgement[]): readonly Note[] {
  const { calico: book } = PolicyIndex.of(model);
  if (!book) return [];
  const { policies } = book;
  const homeless = policies.filter(({ tier }) => book.tier(tier) === undefined);
  const warnings: Note[] = [];
  if (homeless.length > 0) {
    const tiers = [...new Set(homeless.map(({ tier }) => `\`${tier}\``))].join(', ');
    warnings.push({ code: 'TIER_MISSING', message: `${names(homeless)}: the tier ${tiers} does not exist, so that they have no effect` });
  }
  if (model.calico.hostEndpoints.length === 0) return warnings;
  const elsewhere = policies.filter((one) => one.kind === 'GlobalNetworkPolicy' && (one.doNotTrack || one.preDNAT || one.applyOnForward));
  if (elsewhere.length > 0) {
    const message = `${names(elsewhere)}: untracked, pre-DNAT and forwarding policies act at host endpoints on packets that pass through, and may deny what is allowed here`;
    warnings.push({ code: 'HOST_ENDPOINT_POLICY', message });
  }
  if (judged.some(({ layers }) => layers.some(({ at }) => at.layer === 'calico-profiles'))) {
    const message = 'at a host endpoint the failsafe ports of FelixConfiguration are open whatever policies say, and are not judged here';
    warnings.push({ code: 'FAILSAFE_PORTS', message });
  }
  return warnings;
}

function names(policies: readonly CalicoPolicy[]): string {
  const told = policies.slice(0, FEW).map(({ ref }) => describeRef(ref));
  return policies.length > FEW ? `${told.join(', ')} and ${policies.length - FEW} more` : told.join(', ');
}
