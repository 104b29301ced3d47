import { describe, expect, it } from 'vitest';
import { lineByLine, type TextFormat, type TextTable, writeTable } from './text-table.js';

const ROWS = [
  ['shop/web', 'shop/api', 'TCP 80,443', false],
  ['a "quoted" | name', '10.0.0.0/8', '', true],
] as const;

const TABLE: TextTable = {
  columns: ['from', 'to', 'connection', 'partial'],
  ends: [0, 1],
  batches: () => ROWS.map((row) => [row]),
  lines: () => lineByLine([ROWS], ([from, to]) => `${String(from)} => ${String(to)}`),
};

/** Each format of the same two rows. */
const WRITTEN: Readonly<Record<TextFormat, readonly string[]>> = {
  ndjson: [
    '{"from":"shop/web","to":"shop/api","connection":"TCP 80,443","partial":false}',
    '{"from":"a \\"quoted\\" | name","to":"10.0.0.0/8","connection":"","partial":true}',
  ],
  // RFC 4180, section 2: fields with commas or quotes stand in quotes, quotes are doubled.
  csv: ['from,to,connection,partial', 'shop/web,shop/api,"TCP 80,443",false', '"a ""quoted"" | name",10.0.0.0/8,,true'],
  // GitHub Flavored Markdown, "Tables (extension)": a delimiter row, pipes in cells escaped.
  md: [
    '| from | to | connection | partial |',
    '|------|----|------------|---------|',
    '| shop/web | shop/api | TCP 80,443 | false |',
    '| a "quoted" \\| name | 10.0.0.0/8 |  | true |',
  ],
  // The DOT language: identifiers in double quotes, in which `"` is written `\"`.
  dot: ['digraph {', '\t"shop/web" -> "shop/api" [label="TCP 80,443"]', '\t"a \\"quoted\\" | name" -> "10.0.0.0/8" [label=""]', '}'],
  txt: ['shop/web => shop/api', 'a "quoted" | name => 10.0.0.0/8'],
};

describe('a table as text', () => {
  it.each(Object.entries(WRITTEN))('is written as %s', (format, expected) => {
    expect([...writeTable(TABLE, format as TextFormat)].join('')).toBe(`${expected.join('\n')}\n`);
  });

  it('asks for a batch when the one before is written', () => {
    const asked: number[] = [];
    const slow: TextTable = {
      ...TABLE,
      *batches() {
        for (const [number, row] of ROWS.entries()) {
          asked.push(number);
          yield [row];
        }
      },
    };
    const text = writeTable(slow, 'ndjson');
    text.next(); // what stands before the rows
    text.next();
    expect(asked).toEqual([0]);
  });
});
