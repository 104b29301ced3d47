import { describe, expect, it } from 'vitest';
import { sameQuantity } from './same-quantity.js';

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/: suffixes, and that 1.5 is serialized as 1500m. */
describe('quantities', () => {
  it.each([
    ['1Gi', '1024Mi'],
    ['1.5', '1500m'],
    ['1.5Gi', '1536Mi'],
    ['12e6', '12M'],
    [1, '1000m'],
    ['.5', '500m'],
    ['0', '0Gi'],
    ['-1', '-1.0'],
    ['1e999999999', '10e999999998'],
  ])('%s and %s are as much', (a, b) => {
    expect(sameQuantity(a, b)).toBe(true);
  });

  it.each([
    ['1G', '1Gi'],
    ['1', '-1'],
    ['1', undefined],
    ['1Gi', '1gi'],
    ['', '0'],
    ['.', '0'],
    [null, 0],
  ])('%s and %s are not', (a, b) => {
    expect(sameQuantity(a, b)).toBe(false);
  });
});
