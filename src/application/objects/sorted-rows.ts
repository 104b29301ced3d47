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
    return { value: nameOf(row, sort) ?? collection.field(item, sort, model), index, row, item };
  });
  rows.sort(compareRows);
  ofModel.set(sort, rows);
  return rows;
}

/** The part of an item's name that a field stands for; undefined for the collection's own fields. */
export function nameOf({ namespace, name }: Row, field: string): string | undefined {
  if (field === 'namespace' || field === 'metadata.namespace') return namespace;
  return field === 'name' || field === 'metadata.name' ? name : undefined;
}

/** An item's place as a page ends with it. */
export function keyOf({ value, row, index }: SortedRow<unknown>): readonly string[] {
  return [value, row.namespace, row.name, row.kind, String(index).padStart(INDEX_DIGITS, '0')];
}

/** Orders two places by their first part that differs. */
export function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (let part = 0; part < a.length; part++) {
    const order = compareText(a[part] ?? '', b[part] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** As {@link compareKeys} orders their places, without making them. */
function compareRows(a: SortedRow<unknown>, b: SortedRow<unknown>): number {
  return (
    compareText(a.value, b.value) ||
    compareText(a.row.namespace, b.row.namespace) ||
    compareText(a.row.name, b.row.name) ||
    compareText(a.row.kind, b.row.kind) ||
    a.index - b.index
  );
}
