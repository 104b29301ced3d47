import { type LabelRequirement, type LabelSelector, selectorMatches } from '../../../resources/label-selector.js';
import type { Labels } from '../../../resources/resource.js';
import { compareText } from '../../../kernel/compare.js';
import type { Steps } from '../../../kernel/steps.js';
import type { PodFormula } from './pod-formula.js';

/** Selectors of namespaces, and of pods in them. */
export interface PodSelectors {
  readonly namespaces: LabelSelector;
  readonly pods: LabelSelector;
}

/** Pods nobody has made yet: those that one peer of a rule would select. */
export interface PseudoPeer {
  /** `[namespace with {team=a}]/[pod with {app=web}]`, as netpol-analyzer names it; what such selectors cannot say is told as it was written. */
  readonly name: string;
  readonly formula: PodFormula;
  /** Undefined where no selectors say it. */
  readonly selectors: PodSelectors | undefined;
}

/** A pod or template of the model. */
export interface ExistingPeer {
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
}

const NAME_LABEL = 'kubernetes.io/metadata.name';

/** netpol-analyzer's name for such pods. */
export function nameOfSelectors({ namespaces, pods }: PodSelectors): string {
  return `${namespacesName(namespaces)}/${podsName(pods)}`;
}

/** Equal for pseudo-peers that say the same, however they are written. */
function keyOfPeer({ formula, selectors }: Omit<PseudoPeer, 'name'>): string {
  if (selectors) return `${meaningOf(selectors.namespaces)}/${meaningOf(selectors.pods)}`;
  return JSON.stringify(formula.map((step) => ('values' in step ? { ...step, values: [...step.values].sort() } : step)));
}

/**
 * "Pseudo-peers, derived from rule selectors that no existing workload satisfies": one for each that differs, the first that has it names it. One that consists of equalities
 * alone is left out where a pod that exists has these labels; whoever means whole namespaces, or uses expressions, stands for more than what exists. Yields often.
 */
export function* distinctPeers(found: readonly PseudoPeer[], existing: readonly ExistingPeer[]): Steps<readonly PseudoPeer[]> {
  const byKey = new Map<string, PseudoPeer>();
  for (const peer of found) {
    yield;
    const key = keyOfPeer(peer);
    if (!byKey.has(key)) byKey.set(key, peer);
  }
  const carrying = new Map<string, ExistingPeer[]>();
  for (const one of existing) {
    yield;
    for (const [key, value] of Object.entries(one.labels)) {
      const known = carrying.get(`${key}=${value}`);
      if (known) known.push(one);
      else carrying.set(`${key}=${value}`, [one]);
    }
  }
  const unknown: PseudoPeer[] = [];
  for (const peer of byKey.values()) {
    yield;
    if (!isThere(peer, carrying)) unknown.push(peer);
  }
  return unknown.sort((a, b) => compareText(a.name, b.name));
}

/** Equal for selectors that say the same. */
export function meaningOf({ requirements, invalid }: LabelSelector): string {
  const texts = requirements.map(({ key, operator, values }) => `${key} ${operator} ${values.join(' ')}`);
  return `${String(invalid)} ${[...new Set(texts)].sort().join(', ')}`;
}

/** Whether the selector matches whatever there is. */
export function matchesEverything(selector: LabelSelector): boolean {
  return !selector.invalid && selector.requirements.length === 0;
}

/** `carrying`: those that exist, by `key=value` of their labels. */
function isThere({ selectors }: PseudoPeer, carrying: ReadonlyMap<string, readonly ExistingPeer[]>): boolean {
  if (!selectors) return false;
  const { namespaces, pods } = selectors;
  if ([namespaces, pods].some((selector) => matchesEverything(selector) || selector.requirements.some(isExpression))) return false;
  const lists = pods.requirements.map(({ key, values }) => carrying.get(`${key}=${values[0] ?? ''}`) ?? []);
  const shortest = lists.reduce((least, list) => (list.length < least.length ? list : least));
  return shortest.some(({ labels, namespaceLabels }) => selectorMatches(pods, labels) && selectorMatches(namespaces, namespaceLabels));
}

function isExpression({ operator, values, asExpression }: LabelRequirement): boolean {
  return operator !== 'In' || values.length !== 1 || asExpression === true;
}

function namespacesName(selector: LabelSelector): string {
  const [only] = selector.requirements;
  if (!only) return '[all namespaces]';
  if (selector.requirements.length === 1 && only.key === NAME_LABEL && !isExpression(only)) return only.values[0] ?? '';
  return `[namespace with {${inWords(selector)}}]`;
}

function podsName(selector: LabelSelector): string {
  return selector.requirements.length === 0 ? '[all pods]' : `[pod with {${inWords(selector)}}]`;
}

/** `app=x,{Key:role,Operator:NotIn,Values:[api web],}`: equalities by key, then expressions, as Go prints them. */
function inWords({ requirements }: LabelSelector): string {
  const equalities = requirements.filter((one) => !isExpression(one)).map(({ key, values }) => `${key}=${values[0] ?? ''}`);
  const expressions = requirements
    .filter(isExpression)
    .map(({ key, operator, values, writtenValues = values }) => `{Key:${key},Operator:${operator},Values:[${writtenValues.join(' ')}],}`);
  return [...equalities.sort(), ...expressions.sort()].join(',');
}
