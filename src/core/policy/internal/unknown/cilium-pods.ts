import { assertNever } from '../../../kernel/assert-never.js';
import {
  CILIUM_CLUSTER_LABEL,
  CILIUM_NAMESPACE_LABEL,
  CILIUM_NAMESPACE_LABELS,
  type CiliumSelector,
} from '../../../resources/cilium-policy.js';
import { type LabelRequirement, requirementHolds } from '../../../resources/label-selector.js';
import { type IdentitySettings, SERVICE_ACCOUNT as ACCOUNT } from '../cilium-identity.js';
import type { ResolvedPeer } from '../cilium-references.js';
import {
  ANY_POD,
  everyOf,
  NAMESPACE,
  namespaceLabel,
  NO_POD,
  type PodFormula,
  requirementFormula,
  SERVICE_ACCOUNT,
} from './pod-formula.js';

/** The pods that a peer of Cilium means: by their identities, or as an entity; networks and names never mean one (layer3.rst). */
export function podsOfCiliumPeer(peer: ResolvedPeer, settings: IdentitySettings): PodFormula {
  switch (peer.type) {
    case 'endpoints':
      return podsOfIdentity(peer.selector, settings);
    case 'entity':
      return peer.entity === 'all' || peer.entity === 'cluster' ? ANY_POD : NO_POD;
    case 'nodes':
    case 'blocks':
    case 'fqdn':
    case 'groups':
    case 'invalid':
      return NO_POD;
    default:
      return assertNever(peer);
  }
}

/** Pods by the labels of their identities (`podIdentity`). */
export function podsOfIdentity({ requirements, invalid }: CiliumSelector, settings: IdentitySettings): PodFormula {
  return invalid ? NO_POD : everyOf(requirements.map((requirement) => podsWith(requirement, settings)));
}

function podsWith(requirement: LabelRequirement, { clusterName, carries }: IdentitySettings): PodFormula {
  const key = /^(?:any|k8s):(.*)$/s.exec(requirement.key)?.[1];
  // What is the same for every pod: the cluster it is in, and labels that it has not, those of nodes and of the world among them.
  if (key === undefined || key === CILIUM_CLUSTER_LABEL || !carries(key)) {
    return requirementHolds(requirement, key === CILIUM_CLUSTER_LABEL && carries(key) ? { [requirement.key]: clusterName } : {})
      ? ANY_POD
      : NO_POD;
  }
  if (key === CILIUM_NAMESPACE_LABEL) return requirementFormula(requirement, NAMESPACE);
  if (key === ACCOUNT) return requirementFormula(requirement, SERVICE_ACCOUNT);
  if (!key.startsWith(`${CILIUM_NAMESPACE_LABELS}.`)) return requirementFormula(requirement, key);
  return requirementFormula(requirement, namespaceLabel(key.slice(CILIUM_NAMESPACE_LABELS.length + 1)));
}
