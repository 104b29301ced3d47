import { array, assert, boolean, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addClass,
  addClasses,
  addShared,
  eachClass,
  emptyClassSet,
  fullClassSet,
  hasAny,
  hasClass,
  haveShared,
  otherClasses,
  sharedClasses,
} from './class-set.js';
import { TurnedRows } from './turned-rows.js';

const setOf = (members: readonly boolean[]) => {
  const set = emptyClassSet(members.length);
  for (const [position, member] of members.entries()) if (member) addClass(set, position);
  return set;
};
const membersOf = (set: Uint32Array, count: number) => Array.from({ length: count }, (_, position) => hasClass(set, position));
const two = integer({ min: 1, max: 100 }).chain((length) =>
  array(array(boolean(), { minLength: length, maxLength: length }), { minLength: 2, maxLength: 2 }),
);

describe('sets of classes', () => {
  it('behave as sets of positions', () => {
    assert(
      property(two, ([a = [], b = []]) => {
        const { length } = a;
        const [left, right] = [setOf(a), setOf(b)];
        const both = left.slice();
        addClasses(both, right);
        expect(membersOf(both, length)).toEqual(a.map((member, at) => member || b[at]));
        expect(membersOf(sharedClasses(left, right), length)).toEqual(a.map((member, at) => member && b[at]));
        const added = otherClasses(left, left);
        addShared(added, left, right, fullClassSet(length));
        expect(added).toEqual(sharedClasses(left, right));
        expect(membersOf(otherClasses(left, right), length)).toEqual(a.map((member, at) => member && !b[at]));
        expect(hasAny(left)).toBe(a.includes(true));
        expect(haveShared(left, right)).toBe(a.some((member, at) => member && b[at]));
        const visited: number[] = [];
        eachClass(left, (position) => visited.push(position));
        expect(visited).toEqual(a.flatMap((member, position) => (member ? [position] : [])));
        expect(Array.from(otherClasses(fullClassSet(length), left))).toEqual(Array.from(setOf(a.map((member) => !member))));
      }),
    );
  });

  it('turn from rows into columns', () => {
    const matrix = integer({ min: 1, max: 70 }).chain((columns) =>
      array(array(boolean(), { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 70 }),
    );
    assert(
      property(matrix, (rows) => {
        const columns = rows[0]?.length ?? 0;
        // At once, and 32 columns at a time; forwards, and backwards.
        for (const turned of [new TurnedRows(rows.map(setOf), columns), new TurnedRows(rows.map(setOf), columns, 1)]) {
          const inOrder = Array.from({ length: columns }, (_, column) => column);
          for (const column of [...inOrder, ...inOrder.toReversed()]) {
            const expected = setOf(rows.map((row) => row[column] ?? false));
            expect(Array.from(turned.column(column) ?? emptyClassSet(rows.length))).toEqual(Array.from(expected));
          }
        }
      }),
    );
  });
});
