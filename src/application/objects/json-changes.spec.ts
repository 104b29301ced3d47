import { describe, expect, it } from 'vitest';
import type { Json } from '../../core/kernel/json.js';
import { jsonChanges } from './json-changes.js';

/** Pointers are those of RFC 6901; its escapes are `~0` and `~1`. */
const ROWS: readonly (readonly [name: string, before: Json | undefined, after: Json | undefined, changes: readonly string[]])[] = [
  ['equal documents', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
  ['the order of members', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
  ['a value', { a: { b: 1 } }, { a: { b: 2 } }, ['changed /a/b 1 → 2']],
  ['a new member', { a: 1 }, { a: 1, b: { c: 1 } }, ['added /b null → {"c":1}']],
  ['a member that is gone', { a: 1, b: [2] }, { a: 1 }, ['removed /b [2] → null']],
  ['a member that became null', { a: 1 }, { a: null }, ['changed /a 1 → null']],
  ['a member that is null and was not there', {}, { a: null }, ['added /a null → null']],
  ['another type', { a: [1] }, { a: { 0: 1 } }, ['changed /a [1] → {"0":1}']],
  ['a longer list', { a: [1] }, { a: [1, 2] }, ['added /a/1 null → 2']],
  ['a shorter list', { a: [1, 2] }, { a: [3] }, ['changed /a/0 1 → 3', 'removed /a/1 2 → null']],
  ['names with slashes and tildes', { 'a/b': { 'c~d': 1 } }, { 'a/b': { 'c~d': 2 } }, ['changed /a~1b/c~0d 1 → 2']],
  ['a document that was not there', undefined, { a: 1 }, ['added  null → {"a":1}']],
  ['a document that is gone', { a: 1 }, undefined, ['removed  {"a":1} → null']],
  ['a member that every object inherits', {}, { constructor: 1 }, ['added /constructor null → 1']],
];

describe('jsonChanges', () => {
  it.each(ROWS)('%s', (_, before, after, changes) => {
    const lines = jsonChanges(before, after).map(
      (one) => `${one.change} ${one.pointer} ${JSON.stringify(one.before)} → ${JSON.stringify(one.after)}`,
    );
    expect(lines).toEqual(changes);
  });
});
