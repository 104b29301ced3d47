import type { CodeRange } from './regex-program.js';

const LAST = 0xffff;
const DIGIT: readonly CodeRange[] = [[48, 57]];
const WORD: readonly CodeRange[] = [...DIGIT, [65, 90], [95, 95], [97, 122]];
const SPACE: readonly CodeRange[] = [
  [9, 10],
  [12, 13],
  [32, 32],
];
const UPPER: readonly CodeRange[] = [[65, 90]];
const LOWER: readonly CodeRange[] = [[97, 122]];

/** `\d`, `\W` … of RE2 (ASCII only); undefined: none of them. */
export function perlClass(letter: string): readonly CodeRange[] | undefined {
  switch (letter) {
    case 'd':
      return DIGIT;
    case 'w':
      return WORD;
    case 's':
      return SPACE;
    case 'D':
      return negated(DIGIT);
    case 'W':
      return negated(WORD);
    case 'S':
      return negated(SPACE);
    default:
      return undefined;
  }
}

/** `[:alpha:]` … as far as names need them; undefined: none of them. */
export function posixClass(name: string): readonly CodeRange[] | undefined {
  switch (name) {
    case 'alnum':
      return [...DIGIT, ...UPPER, ...LOWER];
    case 'alpha':
      return [...UPPER, ...LOWER];
    case 'digit':
      return DIGIT;
    case 'lower':
      return LOWER;
    case 'upper':
      return UPPER;
    case 'word':
      return WORD;
    case 'xdigit':
      return [...DIGIT, [65, 70], [97, 102]];
    default:
      return undefined;
  }
}

/** Every character but these. */
export function negated(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const result: CodeRange[] = [];
  let next = 0;
  for (const [first, last] of ranges.toSorted(([a], [b]) => a - b)) {
    if (first > next) result.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  return next > LAST ? result : [...result, [next, LAST]];
}

/** The ranges and, of the letters a to z in them, those of the other case. */
export function withOtherCase(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const shifted = ranges.flatMap(([first, last]): CodeRange[] =>
    [[Math.max(first, 65) + 32, Math.min(last, 90) + 32] as const, [Math.max(first, 97) - 32, Math.min(last, 122) - 32] as const].filter(
      ([from, to]) => from <= to,
    ),
  );
  return [...ranges, ...shifted];
}
