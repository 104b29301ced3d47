import { selectorOfLabels } from '../../resources/label-selector.js';
import type { Labels } from '../../resources/resource.js';
import type { EndpointCandidate, ModelPod } from '../network-model.js';
import type { LabelIndex } from '../internal/label-index.js';
import { looksMisspelled } from './looks-misspelled.js';

/** How many near misses of a service are told, and how many pods are looked at for each label: an explanation, not a listing. */
const MOST_TOLD = 10;
const MOST_LOOKED_AT = 200;

/**
 * Pods that a service does not select for one label alone. Where it selects nothing, those are all pods that differ in one label; where it selects some, only
 * those that lack the label or have it misspelled, because releases share every label but one. A selector of one label has near misses only when it selects
 * nothing, and only where a value looks misspelled.
 */
export function nearMisses(
  namespace: string,
  selector: Labels,
  selected: readonly number[],
  pods: readonly ModelPod[],
  labels: LabelIndex,
): readonly EndpointCandidate[] {
  const keys = Object.keys(selector);
  if (keys.length === 1 && selected.length > 0) return [];
  const found = new Map<number, string>();
  for (const key of keys) {
    const wanted = selector[key] ?? '';
    const meant = new Map<string, boolean>(); // many pods share a value
    const looksMeant = (value: string): boolean => {
      const known = meant.get(value) ?? looksMisspelled(value, wanted);
      meant.set(value, known);
      return known;
    };
    const near = keys.length > 1 ? fulfillingTheRest(namespace, selector, key, labels) : misspelling(namespace, key, wanted, labels);
    for (const id of near) {
      const own = pods[id]?.labels ?? {};
      const value = Object.hasOwn(own, key) ? own[key] : undefined;
      if (value === wanted || (selected.length > 0 && value !== undefined && !looksMeant(value))) continue;
      found.set(id, difference(key, value, wanted));
    }
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .slice(0, MOST_TOLD)
    .map(([pod, message]) => ({ pod, included: false, ready: false, reason: 'SELECTOR_NEAR_MISS', message, missingPorts: [] }));
}

/** Pods that fulfil everything but one pair, in order; the head of a long list is enough. */
function fulfillingTheRest(namespace: string, selector: Labels, left: string, labels: LabelIndex): readonly number[] {
  const { [left]: _left, ...others } = selector;
  return labels.select(namespace, selectorOfLabels(others)).slice(0, MOST_LOOKED_AT);
}

/** Pods whose value of the label looks like the wanted one. */
function* misspelling(namespace: string, key: string, wanted: string, labels: LabelIndex): Generator<number> {
  for (const value of labels.valuesOf(namespace, key)) {
    if (looksMisspelled(value, wanted)) yield* labels.carrying(namespace, key, value).slice(0, MOST_LOOKED_AT);
  }
}

function difference(key: string, value: string | undefined, wanted: string): string {
  return value === undefined
    ? `label \`${key}\` is missing; the selector asks for \`${wanted}\``
    : `label \`${key}\` is \`${value}\`; the selector asks for \`${wanted}\``;
}
