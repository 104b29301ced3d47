import { type Note, uniqueNotes } from '../../kernel/answer.js';
import type { NetworkModel } from '../../model/network-model.js';
import { assumedApis, assumedCalico, assumedNetworks, assumedSwitch } from './enforcement.js';
import type { PolicyIndex } from './policy-index.js';

/** What a statement about many pairs rests on: switches of the profile that decide and that nobody told. */
export function listingAssumptions(model: NetworkModel, index: PolicyIndex): readonly Note[] {
  if (index.policies.length === 0) return [];
  const notes = [...assumedSwitch(model, 'policy.enforcement', 'policies are taken as enforced')];
  if (index.clusterPolicies.length > 0) notes.push(...assumedApis(model));
  if (index.calico) notes.push(...assumedCalico(model));
  if (index.cuts.judging) {
    const pods = model.profile.policy.ipBlockMatchesPods;
    notes.push(...assumedSwitch(model, 'policy.ipBlockMatchesPods', `an ipBlock is taken to ${pods ? '' : 'not '}match pods`));
  }
  if (index.cuts.judgingNetworks) notes.push(...assumedNetworks(model));
  if (model.pods.some((pod) => index.isHost(pod))) {
    notes.push(...assumedSwitch(model, 'policy.hostNetworkPods', 'hostNetwork pods are taken for their nodes'));
  }
  return uniqueNotes(notes);
}
