import { parseLabelText } from '../../model/parse-label-text.js';
import type { NetworkModel } from '../../model/network-model.js';
import { selectorMatches } from '../../resources/label-selector.js';

/** Which namespaces a controller reads: some by name, those that a selector of labels chooses (as `kubectl get -l` takes it), or all. */
export function watchedNamespaces(
  model: NetworkModel,
  names: readonly string[],
  selectorText: string | undefined,
): (namespace: string) => boolean {
  if (names.length > 0) {
    const named = new Set(names);
    return (namespace) => named.has(namespace);
  }
  if (selectorText === undefined) return () => true;
  const selector = parseLabelText(selectorText);
  const chosen = new Set<string>();
  if (selector.ok) {
    for (const [name, { labels }] of model.namespaces) if (selectorMatches(selector.value, labels)) chosen.add(name);
  }
  return (namespace) => chosen.has(namespace);
}
