import { isJsonObject, type Json } from '../../core/kernel/json.js';

/** One place where two JSON documents differ; null also where there is nothing: `change` tells. */
export interface JsonChange {
  /** JSON pointer (RFC 6901); empty: the whole document. */
  readonly pointer: string;
  readonly change: 'added' | 'changed' | 'removed';
  readonly before: Json;
  readonly after: Json;
}

/**
 * The places where two documents differ, deepest first named: members by name, elements of lists by position. Undefined stands for a document that is not there.
 */
export function jsonChanges(before: Json | undefined, after: Json | undefined): readonly JsonChange[] {
  const changes: JsonChange[] = [];
  compare(before, after, '', changes);
  return changes;
}

function compare(before: Json | undefined, after: Json | undefined, pointer: string, changes: JsonChange[]): void {
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = [...Object.keys(before), ...Object.keys(after).filter((name) => !Object.hasOwn(before, name))];
    for (const name of names) {
      compare(ownMember(before, name), ownMember(after, name), `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, changes);
    }
  } else if (isList(before) && isList(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      compare(before[index], after[index], `${pointer}/${index}`, changes);
    }
  } else if (before !== after) {
    const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
    changes.push({ pointer, change, before: before ?? null, after: after ?? null });
  }
}

function ownMember(object: { readonly [name: string]: Json | undefined }, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
