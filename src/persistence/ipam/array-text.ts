/** What of an element has to stand behind a backslash (PostgreSQL, 8.15.6 "Array Input and Output Syntax"). */
const SPECIAL = /["\\]/;

type Element = string | number | boolean | null | undefined;

/**
 * A column of rows as the literal of an array. `pg` would do the same with several short-lived strings for each element; of hundreds of rows a batch they are a good part of all garbage.
 * A column in which there is nothing is an empty array, which `unnest` fills up with nulls beside longer ones (PostgreSQL, 9.19 "Array Functions").
 */
export function columnText(elements: readonly Element[]): string {
  if (elements.every((element) => element === null || element === undefined)) return '{}';
  let before: Element;
  let text = 'NULL';
  const texts = elements.map((element) => {
    // Rows of a batch have most in common: what is as it was in the row before is not written anew.
    if (element !== before) text = elementText((before = element));
    return text;
  });
  return `{${texts.join(',')}}`;
}

function elementText(element: Element): string {
  if (element === null || element === undefined) return 'NULL';
  if (typeof element !== 'string') return String(element);
  return `"${SPECIAL.test(element) ? element.replaceAll(/["\\]/g, String.raw`\$&`) : element}"`;
}
