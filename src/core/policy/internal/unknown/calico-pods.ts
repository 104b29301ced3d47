import { calicoSelectorMatches, type CalicoSelector, mapSteps, type SelectorStep } from '../../../resources/calico-selector.js';
import type { CalicoEntity } from '../../../resources/calico-policy.js';
import { NAMESPACE_LABEL, NAMESPACE_PREFIX, ORCHESTRATOR, SERVICE_ACCOUNT_LABEL, SERVICE_ACCOUNT_PREFIX } from '../calico-labels.js';
import type { CalicoReferences } from '../calico-references.js';
import { entitySelectors } from '../calico-selectors.js';
import type { PodAddresses } from './pod-addresses.js';
import {
  anyOf,
  beyondLabels,
  butNot,
  conditionFormula,
  everyOf,
  namespaceLabel,
  NO_POD,
  type PodFormula,
  ANY_POD,
  NAMESPACE,
  SERVICE_ACCOUNT,
} from './pod-formula.js';

/** The pods that one side of a rule of Calico means, as `CalicoSide` judges those that exist: all criteria that are given hold. */
export function podsOfEntity(
  calico: CalicoReferences,
  addresses: PodAddresses,
  entity: CalicoEntity,
  namespace: string | undefined,
): PodFormula {
  const { positive, negative } = entitySelectors(entity, namespace);
  const counts = calico.addressCounts({ kind: 'pod' });
  const within = (nets: CalicoEntity['nets']) => addresses.within(nets.map((cidr) => ({ cidr, except: [] })));
  const found = (selector: CalicoSelector) =>
    counts ? anyOf([podsOfCalicoSelector(selector), within(calico.members.netsOf(selector))]) : podsOfCalicoSelector(selector);
  const { nets, notNets, service } = entity;
  return everyOf([
    ...(positive ? [found(positive)] : []),
    ...(negative ? [butNot(found(negative))] : []),
    ...(nets.length > 0 ? [counts ? within(nets) : NO_POD] : []),
    ...(notNets.length > 0 ? [counts ? addresses.outside(notNets) : NO_POD] : []),
    ...(service ? [beyondLabels(`endpoint of Service ${service.namespace}/${service.name}`)] : []),
  ]);
}

/** Pods by the labels that they have and inherit (`calicoLabelsOfPod`). */
export function podsOfCalicoSelector(selector: CalicoSelector): PodFormula {
  return mapSteps(selector, (step) => ('label' in step ? conditionOf(step) : step)).steps;
}

function conditionOf(step: Extract<SelectorStep, { label: string }>): PodFormula {
  const { label } = step;
  if (label === ORCHESTRATOR.label) {
    return calicoSelectorMatches({ text: '', steps: [step] }, { [label]: ORCHESTRATOR.value }) ? ANY_POD : NO_POD;
  }
  return conditionFormula({ ...step, label: podLabel(label) });
}

function podLabel(label: string): string {
  if (label === NAMESPACE_LABEL) return NAMESPACE;
  if (label === SERVICE_ACCOUNT_LABEL || label === `${SERVICE_ACCOUNT_PREFIX}projectcalico.org/name`) return SERVICE_ACCOUNT;
  return label.startsWith(NAMESPACE_PREFIX) ? namespaceLabel(label.slice(NAMESPACE_PREFIX.length)) : label;
}
