import type { NetworkModel } from '../../core/model/network-model.js';
import type { Collection, ItemName } from '../objects/collection.js';

/** How the items of one noun lead to those of another: a fact of the model, in the order of the model. */
export interface Relation<T = unknown, V = unknown> {
  /** `pod.services`. */
  readonly name: string;
  readonly to: Collection<T, V>;
  /** The items that the named one leads to; none where nothing has the name. */
  related(name: ItemName, model: NetworkModel): readonly T[];
}

/** `shop/web`: the key of the model's maps. */
export function keyOf({ namespace, name }: Pick<ItemName, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

/** Computes something of a model once, for a model never changes. */
export function perModel<T>(compute: (model: NetworkModel) => T): (model: NetworkModel) => T {
  const known = new WeakMap<NetworkModel, { readonly value: T }>();
  return (model) => {
    const found = known.get(model) ?? { value: compute(model) };
    known.set(model, found);
    return found.value;
  };
}

/** Groups items by keys, each under as many as it has. */
export function groupByKeys<K, T>(items: Iterable<T>, keysOf: (item: T) => Iterable<K>): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    for (const key of new Set(keysOf(item))) {
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
  }
  return groups;
}
