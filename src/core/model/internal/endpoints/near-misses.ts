import { didYouMean } from '../../../kernel/did-you-mean.js';
import { selectorOfLabels } from '../../../resources/label-selector.js';
import type { Labels } from '../../../resources/resource.js';
import type { EndpointCandidate, ModelPod } from '../../network-model.js';
import type { LabelIndex } from '../label-index.js';

/** How many near misses of a service are told, and how many pods are looked at for each label: an explanation, not a listing. */
const MOST_TOLD = 10;
const MOST_LOOKED_AT = 200;

/**
 * Pods that a service does not select for one label alone. A service that selects something is told only of labels that are missing or look misspelled; one
 * that selects nothing, of every pod that differs in one. A selector of one label has near misses only where the value looks misspelled.
 */
export function nearMisses(
  namespace: string,
  selector: Labels,
  selected: readonly number[],
  pods: readonly ModelPod[],
  labels: LabelIndex,
): readonly EndpointCandidate[] {
  const keys = Object.keys(selector);
  const found = new Map<number, string>();
  for (const key of keys) {
    const wanted = selector[key] ?? '';
    const looksLike = misspellings(wanted);
    const strict = keys.length === 1 || selected.length > 0;
    for (const id of lookAt(namespace, selector, key, labels)) {
      const own = pods[id]?.labels ?? {};
      const value = Object.hasOwn(own, key) ? own[key] : undefined;
      if (value === wanted) continue;
      if (strict && (value === undefined ? keys.length === 1 : !looksLike(value))) continue;
      found.set(id, difference(key, value, wanted));
    }
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .slice(0, MOST_TOLD)
    .map(([pod, message]) => ({ pod, included: false, ready: false, reason: 'SELECTOR_NEAR_MISS', message, missingPorts: [] }));
}

/** Pods that fulfil everything but one pair, in order; the head of a long list is enough. */
function* lookAt(namespace: string, selector: Labels, left: string, labels: LabelIndex): Generator<number> {
  const { [left]: _left, ...others } = selector;
  const ids = labels.select(namespace, selectorOfLabels(others));
  for (let index = 0; index < Math.min(ids.length, MOST_LOOKED_AT); index++) {
    const id = ids[index];
    if (id !== undefined) yield id;
  }
}

/** Whether a value looks like the wanted one misspelled; each value is compared once. */
function misspellings(wanted: string): (value: string) => boolean {
  const known = new Map<string, boolean>();
  return (value) => {
    const answer = known.get(value) ?? didYouMean(wanted, [value]) !== undefined;
    known.set(value, answer);
    return answer;
  };
}

function difference(key: string, value: string | undefined, wanted: string): string {
  return value === undefined
    ? `label \`${key}\` is missing; the selector asks for \`${wanted}\``
    : `label \`${key}\` is \`${value}\`; the selector asks for \`${wanted}\``;
}
