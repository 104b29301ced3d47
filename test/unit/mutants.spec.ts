import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALL_MUTANTS } from '../mutants/all-mutants.js';
import { countOf, mutated } from '../mutants/mutant.js';

/** `npm run mutants` plants these mistakes; what is held here costs nothing: that each of them can still be made. */
describe('the mistakes that tests have to notice', () => {
  it.each(ALL_MUTANTS)('$file', ({ file, specs, mutants }) => {
    const source = readFileSync(file, 'utf8');
    const faults = mutants.flatMap((mutant) => {
      try {
        return mutated(source, mutant) === source ? [`${mutant.breaks}: changes nothing`] : [];
      } catch (error) {
        return [`${mutant.breaks}: ${(error as Error).message}`];
      }
    });
    expect([...faults, ...specs.filter((spec) => !existsSync(spec))]).toEqual([]);
  });

  it.each([
    ['src/core/ingress/', 60],
    ['src/core/ipam/', 20],
    ['src/core/policy/', 20],
  ])('%s: at least %i', (room, least) => {
    expect(countOf(ALL_MUTANTS.filter(({ file }) => file.startsWith(room)))).toBeGreaterThanOrEqual(least);
  });

  it('none stands there twice', () => {
    const all = ALL_MUTANTS.flatMap(({ file, mutants }) => mutants.map(({ from, to }) => JSON.stringify([file, from, to])));
    expect(all.filter((one, index) => all.indexOf(one) !== index)).toEqual([]);
  });
});
