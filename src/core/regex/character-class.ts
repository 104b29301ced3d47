import type { CodeRange, Flavour } from './regex-program.js';

const LAST = 0xffff;
const DIGIT: readonly CodeRange[] = [[48, 57]];
const WORD: readonly CodeRange[] = [...DIGIT, [65, 90], [95, 95], [97, 122]];
const SPACE: readonly CodeRange[] = [
  [9, 10],
  [12, 13],
  [32, 32],
];
const SPACE_ITSELF: CodeRange = [32, 32];
const PERL_SPACE: readonly CodeRange[] = [[9, 13], SPACE_ITSELF];
const PUNCTUATION: readonly CodeRange[] = [
  [33, 47],
  [58, 64],
  [91, 96],
  [123, 126],
];
const UPPER: readonly CodeRange[] = [[65, 90]];
const LOWER: readonly CodeRange[] = [[97, 122]];

/** `\d`, `\W` … of ASCII alone; for PCRE a vertical tab is space, too (pcrepattern, since 8.34). Undefined: none of them. */
export function perlClass(letter: string, flavour: Flavour = 're2'): readonly CodeRange[] | undefined {
  const space = flavour === 'pcre' ? PERL_SPACE : SPACE;
  switch (letter) {
    case 'd':
      return DIGIT;
    case 'w':
      return WORD;
    case 's':
      return space;
    case 'D':
      return negated(DIGIT);
    case 'W':
      return negated(WORD);
    case 'S':
      return negated(space);
    default:
      return undefined;
  }
}

const CONTROLS: Readonly<Partial<Record<string, number>>> = { a: 7, t: 9, n: 10, f: 12, r: 13 };

/** `\t`, `\n` … as RE2 and PCRE both have them; undefined: none of them. */
export function controlCharacter(letter: string): readonly CodeRange[] | undefined {
  const code = Object.hasOwn(CONTROLS, letter) ? CONTROLS[letter] : undefined;
  return code === undefined ? undefined : [[code, code]];
}

/** `[:alpha:]` … in ASCII, as RE2 and PCRE have them; undefined: none of them. */
export function posixClass(name: string): readonly CodeRange[] | undefined {
  switch (name) {
    case 'alnum':
      return [...DIGIT, ...UPPER, ...LOWER];
    case 'alpha':
      return [...UPPER, ...LOWER];
    case 'ascii':
      return [[0, 127]];
    case 'blank':
      return [[9, 9], SPACE_ITSELF];
    case 'cntrl':
      return [
        [0, 31],
        [127, 127],
      ];
    case 'digit':
      return DIGIT;
    case 'graph':
      return [[33, 126]];
    case 'lower':
      return LOWER;
    case 'print':
      return [[32, 126]];
    case 'punct':
      return PUNCTUATION;
    case 'space':
      return PERL_SPACE;
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
