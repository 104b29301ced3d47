import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FINDING_CODES } from '../../src/core/findings/finding-codes.js';

describe('the README of the findings room', () => {
  it('lists every code with its gravity, meaning and source, and no others', () => {
    const readme = readFileSync(new URL('../../src/core/findings/README.md', import.meta.url), 'utf8');
    const rows = readme.split('\n').filter((line) => /^\| `[A-Z_]+` +\|/.test(line));
    const cells = rows.map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    expect(cells).toEqual(
      Object.entries(FINDING_CODES).map(([code, { severity, means, source }]) => [`\`${code}\``, severity, means, source]),
    );
  });
});
