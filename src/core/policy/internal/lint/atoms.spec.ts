import { describe, expect, it } from 'vitest';
import { finished } from '../../../kernel/steps.js';
import type { LayerRule } from '../layer.js';
import { familyMask, type PolicyEndpoint } from '../policy-endpoint.js';
import type { EndpointClass } from '../policy-index.js';
import { Atoms } from './atoms.js';
import type { Population } from './population.js';

function classAt(id: number): EndpointClass {
  const endpoint: PolicyEndpoint = { kind: 'address', address: { family: 4, value: BigInt(id) } };
  return { id, endpoint, families: familyMask(endpoint) };
}

const CLASSES = Array.from({ length: 1_000 }, (_, id) => classAt(id));

/** A rule whose peers are the classes of these numbers. */
function ruleOf(...ids: readonly number[]): LayerRule {
  const admits = (other: PolicyEndpoint) => other.kind === 'address' && ids.includes(Number(other.address.value));
  return { peersKey: ids.join(), within: undefined, admits } as unknown as LayerRule;
}

function atomsOf(classes: readonly EndpointClass[]): Atoms {
  return new Atoms({ classes } as unknown as Population);
}

function sampled(rules: readonly LayerRule[], wanted: readonly LayerRule[]): readonly number[] {
  const all = atomsOf(CLASSES.slice(0, 9));
  const atoms = finished(all.samples(rules, wanted, all.meeting(CLASSES[0]?.families ?? 0, 'everybody', [])));
  return atoms.map(({ position }) => position);
}

describe('where the effect of rules shows first', () => {
  const [a, b, c] = [ruleOf(1, 2, 3), ruleOf(2, 3), ruleOf(3, 4)];

  it.each([
    ['nobody matches, a alone, a at all', [a, b, c], [a], [0, 1]],
    ['b is nowhere alone', [a, b, c], [b], [0, 2]],
    ['c alone, and c at all', [a, b, c], [c], [0, 4, 3]],
    ['rules with the same peers are one', [a, ruleOf(1, 2, 3)], [a], [0, 1]],
  ])('%s', (_, rules, wanted, expected) => expect(sampled(rules, wanted)).toEqual(expected));

  it('is found in work that follows the rules, not their pairs', () => {
    const workFor = (count: number) => {
      const atoms = atomsOf(CLASSES);
      const rules = CLASSES.slice(0, count).map(({ id }) => ruleOf(id));
      finished(atoms.samples(rules, rules, atoms.meeting(CLASSES[0]?.families ?? 0, 'everybody', [])));
      return atoms.work;
    };
    expect(workFor(400)).toBeLessThanOrEqual(2 * workFor(200));
  });
});

describe('those that rules tell apart', () => {
  const divided = (rules: readonly LayerRule[], classes = CLASSES.slice(0, 9)) => {
    const atoms = atomsOf(classes);
    const found = finished(atoms.of(rules, atoms.meeting(CLASSES[0]?.families ?? 0, 'everybody', []), false, Number.POSITIVE_INFINITY));
    return { positions: found?.map(({ position }) => position), work: atoms.work };
  };

  it.each([
    ['no rule: everybody is alike', [], [0]],
    ['those of one rule, and the others', [ruleOf(1, 2, 3)], [0, 1]],
    ['those of both, of either, of neither', [ruleOf(1, 2, 3), ruleOf(3, 4)], [0, 1, 3, 4]],
    ['a rule that all but one match', [ruleOf(0, 1, 2, 3, 4, 5, 6, 7)], [0, 8]],
  ] as const)('%s', (_, rules, expected) => expect(divided([...rules]).positions).toEqual(expected));

  it('are found in work that follows the rules, not rules times parts', () => {
    const workFor = (count: number) =>
      divided(
        CLASSES.slice(0, count).map(({ id }) => ruleOf(id)),
        CLASSES,
      ).work;
    expect(workFor(800)).toBeLessThanOrEqual(2 * workFor(400));
  });
});
