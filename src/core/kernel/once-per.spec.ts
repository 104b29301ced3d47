import { describe, expect, it } from 'vitest';
import { oncePer } from './once-per.js';

describe('oncePer', () => {
  it('makes a thing once for each object, also where nothing comes of it', () => {
    const made: string[] = [];
    const lengthOf = oncePer(({ name }: { readonly name: string }) => {
      made.push(name);
      return name === '' ? undefined : name.length;
    });
    const [web, nobody] = [{ name: 'web' }, { name: '' }];
    expect([lengthOf(web), lengthOf(nobody), lengthOf(web), lengthOf(nobody), lengthOf({ name: 'web' })]).toEqual([
      3,
      undefined,
      3,
      undefined,
      3,
    ]);
    expect(made).toEqual(['web', '', 'web']);
  });
});
