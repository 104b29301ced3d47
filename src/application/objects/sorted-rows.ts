import { compareText } from '../../core/kernel/compare.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { Collection, Row, SortedRow } from './collection.js';

/** So that indexes are in order as text. */
const INDEX_DIGITS = 9;

/** The items of a collection in the order of a field, sorted once for each model and field. */
export function sortedRows<T>(model: NetworkModel, collection: Collection<T>, sort: string): readonly SortedRow<T>[] {
  const ofModel = collection.sorted.get(model) ?? new Map<string, readonly SortedRow<T>[]>();
  collection.sorted.set(model, ofModel);
  const known = ofModel.get(sort);
  if (known) return known;
  const rows = Array.from(collection.items(model), (item, index): SortedRow<T> => {
    const row = collection.row(item, model);
    return { key: [valueOf(row, sort), row.namespace, row.name, row.kind, String(index).padStart(INDEX_DIGITS, '0')], row, item };
  });
  rows.sort((a, b) => compareKeys(a.key, b.key));
  ofModel.set(sort, rows);
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
