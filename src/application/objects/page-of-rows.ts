import { selectorMatches } from '../../core/resources/label-selector.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { Collection, SortedRow } from './collection.js';
import { fieldsMatch } from './field-selector.js';
import type { ListPlan } from './list-plan.js';
import type { Page } from './list-request.js';
import { compareKeys, keyOf, nameOf, sortedRows } from './sorted-rows.js';

/** One page of a collection: the items that were asked for, in order, from where the page before stopped. */
export function pageOfRows<T>(model: NetworkModel, collection: Collection<T>, plan: ListPlan, revision: number): Page<T> {
  const ascending = sortedRows(model, collection, plan.sort);
  const rows = plan.descending ? ascending.toReversed() : ascending;
  const valueOf =
    ({ row, item }: SortedRow<T>) =>
    (field: string): string =>
      nameOf(row, field) ?? collection.field(item, field, model);
  const shown: SortedRow<T>[] = [];
  let remaining = 0;
  for (let index = startOf(rows, plan); index < rows.length; index++) {
    const row = rows[index];
    if (!row || !isAsked(row, plan, valueOf(row))) continue;
    if (shown.length < plan.limit) shown.push(row);
    else remaining++;
  }
  const cursorAt = (index: number): string => plan.next({ revisions: [revision], after: placeAt(shown, index) });
  const token = remaining > 0 && shown.length > 0 ? cursorAt(shown.length - 1) : null;
  return { revision, items: shown.map(({ item }) => item), continue: token, remaining, cursorAt };
}

function isAsked({ row }: SortedRow<unknown>, { labels, fields }: ListPlan, valueOf: (field: string) => string): boolean {
  return selectorMatches(labels, row.labels) && fieldsMatch(fields, valueOf);
}

function placeAt(rows: readonly SortedRow<unknown>[], index: number): readonly string[] {
  const row = rows[index];
  return row ? keyOf(row) : [];
}

/** The first row beyond the place the last page stopped at, by bisection. */
function startOf(rows: readonly SortedRow<unknown>[], { from, descending }: ListPlan): number {
  if (!from) return 0;
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareKeys(placeAt(rows, middle), from.after);
    if (descending ? order < 0 : order > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
