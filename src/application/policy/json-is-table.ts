/** What a `format` stands for: `json` is `table`, the form that every listing has. */
export function jsonIsTable(format: unknown): unknown {
  return format === 'json' ? 'table' : format;
}
