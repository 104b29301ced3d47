import { describe, expect, it } from 'vitest';
import { GoRandom } from './go-random.js';
import { GO_RANDOM_STATE } from './go-random-state.js';

const LENGTH = 607;
const TAP = 273;
const STEPS = 7_800_000_000_000n;
/** Room for the sums of 607 products of 64 bits. */
const DIGIT = 40;

describe('the random numbers of Go', () => {
  // golang/go `src/math/rand/gen_cooked.go`: the generator runs from the seed 1. A polynomial x^n modulo x^607 − x^334 − 1 leaps over n steps.
  it('begin at the state after 7.8 · 10^12 steps', () => {
    const outputs = leap(initial(), STEPS);
    const placed = new Map(outputs.map((value, index) => [placeOf(STEPS + BigInt(index)), value]));
    expect(GO_RANDOM_STATE).toEqual(Array.from({ length: LENGTH }, (_, place) => BigInt.asUintN(63, placed.get(place) ?? -1n)));
  });

  // `src/math/rand/regress_test.go`, the values of `Int63` and `Uint32` for the seed 0: 8717895732742165505, 2259404117704393152 and 4059586549, 1052117029 (their upper 32 bits).
  it('are those of its own table', () => {
    const numbers = new GoRandom(0);
    expect([numbers.uint32(), numbers.uint32()]).toEqual([8717895732742165505n >> 31n, 2259404117704393152n >> 31n]);
  });

  it('go on behind the end of the state', () => {
    const numbers = new GoRandom(1);
    const drawn = Array.from({ length: 2_000 }, () => numbers.below(10n));
    expect(new Set(drawn).size).toBe(10);
    expect([new GoRandom(1).below(0n), new GoRandom(1).below(1n)]).toEqual([0n, 0n]);
  });
});

/** The first 607 numbers, oldest first. */
function initial(): bigint[] {
  let lehmer = 1;
  const next = (): bigint => BigInt((lehmer = (lehmer * 48_271) % 2_147_483_647));
  for (let turn = 0; turn < 20; turn++) next();
  const places = Array.from({ length: LENGTH }, () => (next() << 20n) ^ (next() << 10n) ^ next());
  return Array.from({ length: LENGTH }, (_, step) => places[placeOf(BigInt(step))]!);
}

/** Where the generator puts the number of a step: from its feeding place downwards. */
function placeOf(step: bigint): number {
  return Number((((BigInt(LENGTH - TAP - 1) - step) % 607n) + 607n) % 607n);
}

function leap(first: readonly bigint[], steps: bigint): readonly bigint[] {
  let power = [1n, ...Array.from({ length: LENGTH - 1 }, () => 0n)];
  for (const bit of steps.toString(2)) {
    power = reduced(digits(number(power) ** 2n, 2 * LENGTH));
    if (bit === '1') power = reduced([0n, ...power]);
  }
  const numbers = [...first];
  for (let index = LENGTH; index < 2 * LENGTH; index++) {
    numbers.push(BigInt.asUintN(64, numbers[index - LENGTH]! + numbers[index - TAP]!));
  }
  return first.map((_, index) =>
    BigInt.asUintN(
      64,
      power.reduce((sum, factor, at) => sum + factor * numbers[index + at]!, 0n),
    ),
  );
}

/** x^607 is x^334 + 1. */
function reduced(terms: bigint[]): bigint[] {
  for (let index = terms.length - 1; index >= LENGTH; index--) {
    terms[index - LENGTH] = BigInt.asUintN(64, terms[index - LENGTH]! + terms[index]!);
    terms[index - TAP] = BigInt.asUintN(64, terms[index - TAP]! + terms[index]!);
  }
  return terms.slice(0, LENGTH);
}

/** The terms of a polynomial as digits of one number, whose product is that of the polynomials. */
function number(terms: readonly bigint[]): bigint {
  return BigInt(
    `0x${terms
      .toReversed()
      .map((term) => term.toString(16).padStart(DIGIT, '0'))
      .join('')}`,
  );
}

function digits(product: bigint, count: number): bigint[] {
  const hex = product.toString(16).padStart(count * DIGIT, '0');
  return Array.from({ length: count }, (_, index) => {
    const end = hex.length - index * DIGIT;
    return BigInt.asUintN(64, BigInt(`0x${hex.slice(end - DIGIT, end)}`));
  });
}
