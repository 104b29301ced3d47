import { isJsonObject } from '../core/kernel/json.js';
import { childPointer } from './json-pointer.js';

/** What a list says of its items: `PodList` of `v1`. */
export interface ListType {
  readonly kind: string | undefined;
  readonly apiVersion: string | undefined;
}

/** A value of a document that may be an object: the document itself, or an item of a list. */
export interface Candidate {
  readonly value: unknown;
  readonly pointer: string;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The type of a list, or undefined where the value is none. As apimachinery has it: whatever has `items` is a list (`unstructured/helpers.go`). */
export function listTypeOf(value: unknown): ListType | undefined {
  if (!isJsonObject(value)) return undefined;
  if (!Array.isArray(value['items']) && !(value['items'] === null && textOf(value['kind'])?.endsWith('List'))) return undefined;
  return { kind: textOf(value['kind']), apiVersion: textOf(value['apiVersion']) };
}

/** Whether the list says by an `apiVersion` that it is an object, and not by a `kind` which. */
export function isMisnamed(list: ListType | undefined): boolean {
  return list?.apiVersion !== undefined && list.kind === undefined;
}

/** Whether the list's items may leave out their kind: `PodList` may, `List` may not. */
export function namesItemKind(list: ListType): boolean {
  return list.kind !== undefined && list.kind !== 'List' && list.kind.endsWith('List');
}

/**
 * Gives an item what its typed list says of it: the kind without `List`, and the apiVersion (client-go drops both from the items of a typed
 * list). An item with a kind of its own keeps it.
 */
export function typedItem(item: unknown, list: ListType): unknown {
  if (!isJsonObject(item) || textOf(item['kind']) !== undefined || !namesItemKind(list)) return item;
  const kind = list.kind?.slice(0, -'List'.length);
  return { ...item, apiVersion: textOf(item['apiVersion']) ?? list.apiVersion, kind };
}

/** The objects a document holds: itself, or the items of lists and arrays, nested ones too, in order. */
export function expandList(value: unknown, pointer = ''): readonly Candidate[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => expandList(item, childPointer(pointer, index)));
  const list = listTypeOf(value);
  if (!list || !isJsonObject(value)) return [{ value, pointer }];
  const items = Array.isArray(value['items']) ? (value['items'] as readonly unknown[]) : [];
  return items.flatMap((item, index) => expandList(typedItem(item, list), `${pointer}/items/${index}`));
}
