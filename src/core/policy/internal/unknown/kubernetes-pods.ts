import { assertNever } from '../../../kernel/assert-never.js';
import type { ClusterPeer } from '../../../resources/cluster-policy.js';
import type { PolicyPeer } from '../../../resources/network-policy.js';
import { selectorOfLabels } from '../../../resources/label-selector.js';
import type { PolicySettings } from '../policy-settings.js';
import type { PodAddresses } from './pod-addresses.js';
import { everyOf, namespacesSelected, NO_POD, type PodFormula, podsSelected } from './pod-formula.js';

/** The pods that a peer of Kubernetes' own APIs means, as `judgePeer` judges those that exist. */
export function podsOfPeer(
  settings: PolicySettings,
  addresses: PodAddresses,
  peer: PolicyPeer | ClusterPeer,
  namespace: string,
): PodFormula {
  switch (peer.type) {
    case 'pods':
      return podsOfSelectors(peer, namespace);
    case 'ipBlock':
      return settings.ipBlockMatchesPods ? addresses.within([peer]) : NO_POD;
    case 'networks':
      return settings.networksMatchPods ? addresses.within(peer.networks.map((cidr) => ({ cidr, except: [] }))) : NO_POD;
    case 'nodes':
    case 'domainNames':
    case 'invalid':
      return NO_POD;
    default:
      return assertNever(peer);
  }
}

/** Pods of the namespaces that are selected, of the one namespace where none are; the second selector left out is all of them. */
export function podsOfSelectors(
  { namespaceSelector, podSelector }: Pick<Extract<PolicyPeer, { type: 'pods' }>, 'namespaceSelector' | 'podSelector'>,
  namespace: string,
): PodFormula {
  const places = namespacesSelected(namespaceSelector ?? selectorOfLabels({ 'kubernetes.io/metadata.name': namespace }));
  return podSelector ? everyOf([places, podsSelected(podSelector)]) : places;
}
