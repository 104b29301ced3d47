import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LINT_CODES } from '../../src/core/policy/lint-codes.js';

/** The cells of the rows of a table whose first cell is a code. */
function rowsOf(markdown: string): readonly (readonly string[])[] {
  const rows = markdown.split('\n').filter((line) => line.startsWith('| `POL-'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('the README of the policy room', () => {
  it('lists every code of the lint with its gravity, meaning and source, and no others', () => {
    const readme = readFileSync(new URL('../../src/core/policy/README.md', import.meta.url), 'utf8');
    const expected = Object.entries(LINT_CODES).map(([code, { severity, means, source }]) => [`\`${code}\``, severity, means, source]);
    expect(rowsOf(readme)).toEqual(expected);
  });
});
