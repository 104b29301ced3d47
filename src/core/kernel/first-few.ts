/** `a, b, c and 4 more`: the first few of the texts, and how many there are beside them. `count`: of how many `texts` are the first. */
export function firstFew(texts: readonly string[], most: number, count = texts.length): string {
  const shown = texts.slice(0, most);
  const left = count - shown.length;
  return `${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}
