/** How the rows of an answer are written when they are wanted as text: a JSON object, CSV or Markdown row, edge, or line each. */
export const TEXT_FORMATS = ['ndjson', 'csv', 'md', 'dot', 'txt'] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

/** Whether a `format` is one of text. */
export function isTextFormat(format: unknown): format is TextFormat {
  return TEXT_FORMATS.some((known) => known === format);
}

export type Cell = string | boolean | null;

/** The rows of an answer, made a batch at a time so that no more than a batch is held. */
export interface TextTable {
  readonly columns: readonly string[];
  /** Which columns an edge leads from and to; the others are its label. */
  readonly ends: readonly [from: number, to: number];
  batches(): Iterable<readonly (readonly Cell[])[]>;
  /** The whole as `txt`, a batch of lines at a time. */
  lines(): Iterable<readonly string[]>;
}

/** How a format of rows begins, writes a row, and ends. */
interface Writing {
  readonly head: (table: TextTable) => string;
  readonly row: (table: TextTable, row: readonly Cell[]) => string;
  readonly tail: string;
}

const NOTHING = () => '';

const WRITINGS: Readonly<Record<Exclude<TextFormat, 'txt'>, Writing>> = {
  ndjson: {
    head: NOTHING,
    row: ({ columns }, row) => JSON.stringify(Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]))),
    tail: '',
  },
  csv: { head: ({ columns }) => `${columns.join(',')}\n`, row: (_, row) => row.map(csvCell).join(','), tail: '' },
  md: {
    head: ({ columns }) => `${mdRow(columns)}\n|${columns.map((column) => '-'.repeat(column.length + 2)).join('|')}|\n`,
    row: (_, row) => mdRow(row.map(textOf)),
    tail: '',
  },
  dot: { head: () => 'digraph {\n', row: dotEdge, tail: '}\n' },
};

/** The text of a table, a batch at a time; empty batches are told too, so that who reads can rest. */
export function* writeTable(table: TextTable, format: TextFormat): Generator<string> {
  if (format === 'txt') {
    for (const batch of table.lines()) yield batch.map((line) => `${line}\n`).join('');
    return;
  }
  const { head, row: write, tail } = WRITINGS[format];
  yield head(table);
  for (const batch of table.batches()) yield batch.map((row) => `${write(table, row)}\n`).join('');
  yield tail;
}

/** The lines of a table whose rows are a line each. */
export function* lineByLine(
  batches: Iterable<readonly (readonly Cell[])[]>,
  line: (row: readonly Cell[]) => string,
): Generator<readonly string[]> {
  for (const batch of batches) yield batch.map(line);
}

/** A cell in words: nothing is empty. */
function textOf(cell: Cell): string {
  return cell === null ? '' : String(cell);
}

/** RFC 4180, section 2: a field with a comma, a quote or a line break stands in quotes, and quotes in it are doubled. */
function csvCell(cell: Cell): string {
  const text = textOf(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function mdRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function dotEdge({ ends: [from, to] }: TextTable, row: readonly Cell[]): string {
  const label = row.filter((cell, index) => index !== from && index !== to && typeof cell === 'string' && cell !== '');
  return `\t${quoted(row[from] ?? '')} -> ${quoted(row[to] ?? '')} [label=${quoted(label.join(' | '))}]`;
}

function quoted(cell: Cell): string {
  return `"${textOf(cell).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
