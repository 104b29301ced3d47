import { assertNever } from '../../../kernel/assert-never.js';
import { isIdentityRelevant } from '../../../resources/cilium-identity-label.js';
import { CILIUM_NAMESPACE_LABEL, CILIUM_NAMESPACE_LABELS, type CiliumSelector } from '../../../resources/cilium-policy.js';
import { type LabelRequirement, requirementHolds } from '../../../resources/label-selector.js';
import { CLUSTER, SERVICE_ACCOUNT as ACCOUNT } from '../cilium-identity.js';
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
export function podsOfCiliumPeer(peer: ResolvedPeer, cluster: string): PodFormula {
  switch (peer.type) {
    case 'endpoints':
      return podsOfIdentity(peer.selector, cluster);
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
export function podsOfIdentity({ requirements, invalid }: CiliumSelector, cluster: string): PodFormula {
  return invalid ? NO_POD : everyOf(requirements.map((requirement) => podsWith(requirement, cluster)));
}

function podsWith(requirement: LabelRequirement, cluster: string): PodFormula {
  const key = /^(?:any|k8s):(.*)$/s.exec(requirement.key)?.[1];
  if (key === CILIUM_NAMESPACE_LABEL) return requirementFormula(requirement, NAMESPACE);
  if (key === ACCOUNT) return requirementFormula(requirement, SERVICE_ACCOUNT);
  if (key?.startsWith(`${CILIUM_NAMESPACE_LABELS}.`)) {
    return requirementFormula(requirement, namespaceLabel(key.slice(CILIUM_NAMESPACE_LABELS.length + 1)));
  }
  if (key !== undefined && key !== CLUSTER && isIdentityRelevant(key)) return requirementFormula(requirement, key);
  // What is the same for every pod: the cluster it is in, and labels that it has not, those of nodes and of the world among them.
  return requirementHolds(requirement, key === CLUSTER ? { [requirement.key]: cluster } : {}) ? ANY_POD : NO_POD;
}
