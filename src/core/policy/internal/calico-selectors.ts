import { allOf, type CalicoSelector, mapSteps, type SelectorStep } from '../../resources/calico-selector.js';
import type { CalicoEntity, CalicoPolicy, CalicoSubject } from '../../resources/calico-policy.js';
import { NAMESPACE_LABEL, NAMESPACE_PREFIX, SERVICE_ACCOUNT_LABEL, SERVICE_ACCOUNT_PREFIX } from './calico-labels.js';

/**
 * How the selectors of a policy become one over all labels of an endpoint (projectcalico/calico `libcalico-go/lib/backend/syncersv1/updateprocessors`):
 * selectors of namespaces and service accounts ask for the labels that endpoints inherit, under their prefix.
 */

const HAS_NAMESPACE: SelectorStep = { op: 'has', label: NAMESPACE_LABEL };
const HAS_ACCOUNT: SelectorStep = { op: 'has', label: SERVICE_ACCOUNT_LABEL };

/** Whom a policy selects; undefined: every endpoint. */
export function subjectSelector(policy: CalicoPolicy): CalicoSelector | undefined {
  const { selector, namespaceSelector, serviceAccountSelector } = policy.subject ?? NOBODY;
  const ofAccount = serviceAccountSelector && prefixed(serviceAccountSelector, SERVICE_ACCOUNT_PREFIX);
  if (policy.kind === 'CalicoNetworkPolicy') return allOf(selector, inNamespace(policy.namespace), ofAccount);
  // "We treat all() as select all namespaces": in the selector beside the namespaceSelector too (`globalnetworkpolicyprocessor.go`).
  const ofNamespace = namespaceSelector && prefixed(namespaceSelector, NAMESPACE_PREFIX);
  const placed = ofNamespace ? replaceAll(allOf(selector, ofNamespace), HAS_NAMESPACE) : selector;
  return ofAccount ? replaceAll(allOf(placed, ofAccount), HAS_ACCOUNT) : placed;
}

const NOBODY: CalicoSubject = { selector: undefined, namespaceSelector: undefined, serviceAccountSelector: undefined };

/** Whom one side of a rule is about. */
export interface EntitySelectors {
  /** Only endpoints and sets that it matches; undefined: any address. */
  readonly positive: CalicoSelector | undefined;
  /** All but the addresses of endpoints and sets that it matches. */
  readonly negative: CalicoSelector | undefined;
}

/**
 * "Endpoints for a namespaced policy are limited to the namespace (or to selected namespaces) as soon as any of the selector fields are used, including
 * NotSelector" (`rules.go`, `GetEntityRuleSelector`). Beside a positive selector the negative one filters its endpoints (felix `calc/rule_scanner.go`).
 */
export function entitySelectors(entity: CalicoEntity, namespace: string | undefined): EntitySelectors {
  const { selector, notSelector, namespaceSelector, serviceAccounts } = entity;
  const own = allOf(accountsSelector(serviceAccounts), selector);
  const limited = (own ?? notSelector) && namespace !== undefined ? inNamespace(namespace) : undefined;
  const positive = allOf(namespaceSelector ? placeSelector(namespaceSelector) : limited, own);
  if (!positive || !notSelector) return { positive, negative: notSelector };
  return { positive: allOf(positive, negated(notSelector)), negative: undefined };
}

/** "`all()`: any workload that is in a namespace; `global()`: only host endpoints or GlobalNetworkSets." */
function placeSelector(selector: CalicoSelector): CalicoSelector {
  return mapSteps(prefixed(selector, NAMESPACE_PREFIX), (step) => {
    if (step.op === 'all') return HAS_NAMESPACE;
    return step.op === 'global' ? [HAS_NAMESPACE, { op: 'not' }] : step;
  });
}

/** "A list of Service account names are AND'd with the selectors." */
function accountsSelector(accounts: CalicoEntity['serviceAccounts']): CalicoSelector | undefined {
  if (!accounts) return undefined;
  const { names, selector } = accounts;
  const text = `service account in {${names.map((name) => `"${name}"`).join(', ')}}`;
  const named: CalicoSelector = { text, steps: [{ op: 'in', label: SERVICE_ACCOUNT_LABEL, values: new Set(names) }] };
  return allOf(selector && prefixed(selector, SERVICE_ACCOUNT_PREFIX), names.length === 0 ? undefined : named);
}

function inNamespace(namespace: string): CalicoSelector {
  return { text: `namespace == "${namespace}"`, steps: [{ op: 'in', label: NAMESPACE_LABEL, values: new Set([namespace]) }] };
}

function negated({ text, steps }: CalicoSelector): CalicoSelector {
  return { text: `!(${text})`, steps: [...steps, { op: 'not' }] };
}

/** The labels that it asks for become inherited ones; its text says whose they are. */
function prefixed(selector: CalicoSelector, prefix: string): CalicoSelector {
  const { steps } = mapSteps(selector, (step) => ('label' in step ? { ...step, label: `${prefix}${step.label}` } : step));
  return { text: `${prefix === NAMESPACE_PREFIX ? 'namespace' : 'service account'}: ${selector.text}`, steps };
}

function replaceAll(selector: CalicoSelector | undefined, by: SelectorStep): CalicoSelector | undefined {
  return selector && mapSteps(selector, (step) => (step.op === 'all' ? by : step));
}
