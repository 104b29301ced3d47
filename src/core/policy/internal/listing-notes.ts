import { type Note, uniqueNotes } from '../../kernel/answer.js';
import type { NetworkModel } from '../../model/network-model.js';
import { calicoWarnings } from './calico-notes.js';
import {
  assumedApis,
  assumedCalico,
  assumedNetworks,
  assumedSwitch,
  calicoPoliciesOf,
  ciliumPoliciesOf,
  unenforcedPolicies,
  unmodelledPolicies,
} from './enforcement.js';
import type { AskedProtocol } from '../asked-protocol.js';
import type { PolicyIndex } from './policy-index.js';
import { undefinedProtocol } from './undefined-protocol.js';

/** What a statement about many pairs rests on: switches of the profile that decide and that nobody told, and what the API leaves undefined of the protocol. */
export function listingAssumptions(model: NetworkModel, index: PolicyIndex, protocol: AskedProtocol | undefined): readonly Note[] {
  if (index.policies.length === 0) return [];
  const byNetworkPolicies = !index.calico && !index.cilium && model.networkPolicies.length > 0;
  const notes = [
    ...undefinedProtocol(protocol, byNetworkPolicies),
    ...assumedSwitch(model, 'policy.enforcement', 'policies are taken as enforced'),
  ];
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

/** What is stored and does not count in the answer: policies of APIs that are not enforced, or not modelled, and what stands in a tier that is not there. */
export function policiesLeftOut(model: NetworkModel, index: PolicyIndex): readonly Note[] {
  return [...unenforcedPolicies(model), ...unmodelledPolicies(model), ...calicoWarnings(index)];
}

/** Says so where the format `netpol-analyzer` leaves out policies that act: that tool reads Kubernetes' own APIs. */
export function otherApisLeftOut(model: NetworkModel, format: string): readonly Note[] {
  const count = calicoPoliciesOf(model).length + (ciliumPoliciesOf(model)?.length ?? 0);
  if (count === 0 || format !== 'netpol-analyzer') return [];
  const policies = count === 1 ? 'policy of another API is' : 'policies of other APIs are';
  const message = `${count} ${policies} left out: netpol-analyzer reads those of Kubernetes only, the format \`table\` has all`;
  return [{ code: 'OTHER_APIS_LEFT_OUT', message }];
}
