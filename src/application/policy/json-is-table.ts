/** What a `format` stands for: `json` is `table`, the form that every listing has. */
export function jsonIsTable<F extends string>(format: F): Exclude<F, 'json'> | 'table' {
  return isOther(format) ? format : 'table';
}

function isOther<F extends string>(format: F): format is Exclude<F, 'json'> {
  return format !== 'json';
}
