import { compareText } from '../../core/kernel/compare.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { Collection, Row } from './collection.js';

/** So that indexes are in order as text. */
const INDEX_DIGITS = 9;

/** An item in its place: what it is sorted by, what names it, and its place in the model, for names in faulty dumps are not always unique. */
export interface SortedRow<T> {
  readonly key: readonly string[];
  readonly row: Row;
  readonly item: T;
}

const SORTED = new WeakMap<NetworkModel, Map<string, readonly SortedRow<unknown>[]>>();

/** The items of a collection in the order of a field, sorted once for each model and order: a model never changes. */
export function sortedRows<T>(model: NetworkModel, collection: Collection<T>, sort: string): readonly SortedRow<T>[] {
  const ofModel = SORTED.get(model) ?? new Map<string, readonly SortedRow<unknown>[]>();
  SORTED.set(model, ofModel);
  const name = `${collection.noun} ${sort}`;
  const known = ofModel.get(name);
  if (known) return known as readonly SortedRow<T>[];
  const rows = Array.from(collection.items(model), (item, index): SortedRow<T> => {
    const row = collection.row(item, model);
    return { key: [valueOf(row, sort), row.namespace, row.name, row.kind, String(index).padStart(INDEX_DIGITS, '0')], row, item };
  });
  rows.sort((a, b) => compareKeys(a.key, b.key));
  ofModel.set(name, rows);
  return rows;
}

/** What a field selector or a sort finds in a row. */
export function valueOf({ namespace, name, fields }: Row, field: string): string {
  switch (field) {
    case 'namespace':
    case 'metadata.namespace':
      return namespace;
    case 'name':
    case 'metadata.name':
      return name;
    default:
      return fields[field] ?? '';
  }
}

/** Orders two keys by their first part that differs. */
export function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < a.length; index++) {
    const order = compareText(a[index] ?? '', b[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}
