import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SETTINGS } from '../../src/application/config/configuration.js';

/** The rows of the document's first table, which stands before its chapters, without padding and escapes. */
function documented(): readonly (readonly string[])[] {
  const [settings = ''] = readFileSync('docs/CONFIGURATION.md', 'utf8').split('\n## ');
  const lines = settings.split('\n');
  const rows = lines.filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll(/\\([_*~])/g, '$1')),
  );
}

it('docs/CONFIGURATION.md names every setting as the server reads it, in the same order, and no other', () => {
  const expected = Object.entries(SETTINGS).map(([name, { about, expected: mustBe, byDefault }]) => [
    `\`${name}\``,
    about,
    mustBe,
    byDefault === undefined ? '—' : `\`${byDefault}\``,
  ]);
  expect(documented()).toEqual(expected);
});
