import { expect, it } from 'vitest';
import { problem } from './problem.js';

it('repeats no more than the beginning of what a stranger sends', () => {
  const { message } = problem('unknown-cluster', `there is no cluster \`${'a'.repeat(1_000_000)}\``);
  expect(message).toMatch(/^there is no cluster `a+…$/);
  expect(message.length).toBeLessThan(5_000);
});
