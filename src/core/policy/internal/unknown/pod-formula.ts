import type { LabelCondition, SelectorStep } from '../../../resources/calico-selector.js';
import type { LabelRequirement, LabelSelector } from '../../../resources/label-selector.js';
import { NAMESPACE_PREFIX, SERVICE_ACCOUNT_PREFIX } from '../calico-labels.js';

/**
 * What a peer of any API asks of a pod, in postfix order as Calico's selectors are: conditions on its own labels, on those of its namespace (behind
 * {@link NAMESPACE_PREFIX}), on its namespace's name and on its service account. Every API's selectors become such formulas, so that rules of all of them are
 * compared with one another.
 */
export type PodFormula = readonly SelectorStep[];

/** The name of the pod's namespace, as a label that no pod can have by itself: no key has a space. Every pod has one. */
export const NAMESPACE = 'namespace name';
/** The name of its service account, likewise. */
export const SERVICE_ACCOUNT = 'service account';
/** Labels without which no pod is. */
export const EVERY_POD_HAS: ReadonlySet<string> = new Set([NAMESPACE, SERVICE_ACCOUNT]);
/** What stands before a condition that no label tells: that its address lies in networks, that it is behind a service. */
const BEYOND_LABELS = 'beyond labels: ';

/** Every namespace has its name as a label, under these keys (kubernetes/api `core/v1/types.go`; projectcalico/calico `k8s/conversion/constants.go`). */
const NAMES = new Set(['kubernetes.io/metadata.name', 'projectcalico.org/name']);

export const ANY_POD: PodFormula = [{ op: 'all' }];
export const NO_POD: PodFormula = [{ op: 'all' }, { op: 'not' }];

/** All of the formulas hold; of none: every pod. */
export function everyOf(formulas: readonly PodFormula[]): PodFormula {
  return formulas.includes(NO_POD) ? NO_POD : joined(formulas, 'and', ANY_POD);
}

/** One of them holds; of none: no pod. */
export function anyOf(formulas: readonly PodFormula[]): PodFormula {
  return formulas.includes(ANY_POD) ? ANY_POD : joined(formulas, 'or', NO_POD);
}

/** The formula does not hold. */
export function butNot(formula: PodFormula): PodFormula {
  if (formula === ANY_POD) return NO_POD;
  return formula === NO_POD ? ANY_POD : [...formula, { op: 'not' }];
}

function joined(formulas: readonly PodFormula[], op: 'and' | 'or', neutral: PodFormula): PodFormula {
  const [first, ...others] = formulas.filter((one) => one !== neutral);
  if (!first) return neutral;
  return others.length === 0 ? first : [first, ...others].flat().concat({ op, operands: others.length + 1 });
}

/** One condition; that a pod has what every pod has is none. */
export function conditionFormula(condition: LabelCondition): PodFormula {
  return condition.op === 'has' && EVERY_POD_HAS.has(condition.label) ? ANY_POD : [condition];
}

/** A selector of pods by their own labels. */
export function podsSelected(selector: LabelSelector): PodFormula {
  return selectorFormula(selector, (key) => key);
}

/** A selector of namespaces, for their pods. */
export function namespacesSelected(selector: LabelSelector): PodFormula {
  return selectorFormula(selector, namespaceLabel);
}

/** The label of a pod that stands for one of its namespace. */
export function namespaceLabel(key: string): string {
  return NAMES.has(key) ? NAMESPACE : `${NAMESPACE_PREFIX}${key}`;
}

/** A condition that labels do not tell; `what` says which: equal conditions hold for the same pods. */
export function beyondLabels(what: string): PodFormula {
  return [{ op: 'has', label: `${BEYOND_LABELS}${what}` }];
}

/** Whether labels alone tell for which pods it holds. */
export function isToldByLabels(formula: PodFormula): boolean {
  return !formula.some((step) => 'label' in step && step.label.startsWith(BEYOND_LABELS));
}

/** Whether the label is one that somebody can give the pod itself. */
export function isOwnLabel(label: string): boolean {
  return ![NAMESPACE_PREFIX, SERVICE_ACCOUNT_PREFIX, BEYOND_LABELS].some((prefix) => label.startsWith(prefix)) && !EVERY_POD_HAS.has(label);
}

/** A selector with its keys named otherwise. */
function selectorFormula({ requirements, invalid }: LabelSelector, label: (key: string) => string): PodFormula {
  return invalid ? NO_POD : everyOf(requirements.map((one) => requirementFormula(one, label(one.key))));
}

/** One requirement, asked of a label. */
export function requirementFormula({ operator, values }: LabelRequirement, label: string): PodFormula {
  const has = conditionFormula({ op: 'has', label });
  if (operator === 'Exists') return has;
  if (operator === 'DoesNotExist') return butNot(has);
  return [{ op: operator === 'In' ? 'in' : 'not in', label, values: new Set(values) }];
}

/** The formula as selectors of namespaces and of pods; undefined where they cannot say it: alternatives, parts of values. */
export function asSelectors(formula: PodFormula): { readonly namespaces: LabelSelector; readonly pods: LabelSelector } | undefined {
  const requirements: LabelRequirement[] = [];
  for (const [index, step] of formula.entries()) {
    if (step.op === 'all' || step.op === 'and') continue;
    if (step.op === 'not') {
      const [before, last] = [formula[index - 1], requirements.at(-1)];
      if (before?.op !== 'has' || last?.operator !== 'Exists') return undefined;
      requirements.splice(-1, 1, { ...last, operator: 'DoesNotExist' });
    } else {
      const requirement = 'label' in step ? requirementOf(step) : undefined;
      if (!requirement) return undefined;
      requirements.push(requirement);
    }
  }
  const isOfNamespace = ({ key }: LabelRequirement) => key === NAMESPACE || key.startsWith(NAMESPACE_PREFIX);
  const selector = (some: readonly LabelRequirement[]): LabelSelector => ({ requirements: some, invalid: false });
  return {
    namespaces: selector(requirements.filter(isOfNamespace).map((one) => ({ ...one, key: namespaceKey(one.key) }))),
    pods: selector(requirements.filter((one) => !isOfNamespace(one))),
  };
}

function namespaceKey(label: string): string {
  return label === NAMESPACE ? 'kubernetes.io/metadata.name' : label.slice(NAMESPACE_PREFIX.length);
}

function requirementOf(condition: LabelCondition): LabelRequirement | undefined {
  const { op, label: key } = condition;
  if (op === 'has') return { key, operator: 'Exists', values: [] };
  return op === 'in' || op === 'not in' ? { key, operator: op === 'in' ? 'In' : 'NotIn', values: [...condition.values].sort() } : undefined;
}
