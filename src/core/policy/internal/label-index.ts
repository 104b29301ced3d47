import type { LabelSelector } from '../../resources/label-selector.js';
import type { Labels } from '../../resources/resource.js';

/**
 * Finds the selectors that may match some labels without asking all of them: each stands under one label that it cannot do without, and those that can do
 * without any stand apart.
 */
export class LabelIndex<T> {
  private readonly byLabel = new Map<string, Map<string, T[]>>();
  private readonly anyway: T[] = [];

  /** Puts an item under a label of its selector; under none where the selector is undefined, nowhere where it is invalid. */
  add(selector: LabelSelector | undefined, item: T): void {
    if (selector?.invalid) return;
    // The label that the fewest items stand under finds the fewest in vain.
    let best: { readonly key: string; readonly values: readonly string[]; readonly load: number } | undefined;
    for (const { key, operator, values } of selector?.requirements ?? []) {
      if (operator !== 'In') continue;
      const lists = this.byLabel.get(key);
      const load = values.reduce((sum, value) => sum + (lists?.get(value)?.length ?? 0), 0);
      if (!best || load < best.load) best = { key, values, load };
    }
    if (best) for (const value of new Set(best.values)) this.under(best.key, value).push(item);
    else this.anyway.push(item);
  }

  /** The items whose selector may match the labels, each once; whether it does is left to ask. */
  candidates(labels: Labels): readonly T[] {
    const { byLabel } = this;
    const found = [...this.anyway];
    const keys = Object.keys(labels);
    for (const key of keys.length < byLabel.size ? keys : byLabel.keys()) {
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      const list = value === undefined ? undefined : byLabel.get(key)?.get(value);
      for (const item of list ?? []) found.push(item);
    }
    return found;
  }

  private under(key: string, value: string): T[] {
    let lists = this.byLabel.get(key);
    if (!lists) {
      lists = new Map();
      this.byLabel.set(key, lists);
    }
    let list = lists.get(value);
    if (!list) {
      list = [];
      lists.set(value, list);
    }
    return list;
  }
}
