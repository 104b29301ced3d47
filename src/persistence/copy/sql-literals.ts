import pg from 'pg';

/** A value that stands for a placeholder. */
export type SqlValue = string | number | null | undefined | readonly string[];

/** The statement with its values written in: `COPY` takes no parameters. */
export function withValues(sql: string, values: readonly SqlValue[]): string {
  return sql.replace(/\$(\d+)/g, (_, position: string) => literal(values[Number(position) - 1]));
}

function literal(value: SqlValue): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number') return String(Math.trunc(value));
  if (typeof value === 'string') return pg.escapeLiteral(value);
  return `ARRAY[${value.map((item) => pg.escapeLiteral(item)).join(', ')}]::text[]`;
}
