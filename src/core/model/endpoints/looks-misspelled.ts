const DIGITS = /\d/;
const SHORTEST = 3;

/**
 * Whether one label value looks like another misspelled: the same but for capitals and separators, or one letter too many, too few, wrong or swapped with
 * its neighbour. Numbers are no misspellings: `app-1` and `app-2` are two things.
 */
export function looksMisspelled(value: string, wanted: string): boolean {
  const [a, b] = [plain(value), plain(wanted)];
  if (a === b) return value !== wanted;
  if (Math.min(a.length, b.length) < SHORTEST || Math.abs(a.length - b.length) > 1) return false;
  let head = 0;
  while (a[head] === b[head]) head++;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const [left, right] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  if (DIGITS.test(left + right)) return false;
  const swapped = left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
  return swapped || (left.length <= 1 && right.length <= 1);
}

function plain(value: string): string {
  return value.toLowerCase().replace(/[-_.]/g, '');
}
