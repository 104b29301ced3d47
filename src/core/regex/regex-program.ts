/** Character codes from `first` to `last`. */
export type CodeRange = readonly [first: number, last: number];

/** Where a match may stand without taking a character. */
export type Assertion = 'begin' | 'end' | 'word-boundary' | 'no-word-boundary' | 'last-line-end';

/** How an expression is read: in RE2's syntax, or in that of PCRE. */
export type Flavour = 're2' | 'pcre';

/** One step of a compiled expression. `split` tries `first` before `second`, as Perl and Go do. */
export type Instruction =
  | { readonly op: 'character'; readonly ranges: readonly CodeRange[] }
  | { readonly op: 'split'; readonly first: number; readonly second: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'assert'; readonly what: Assertion }
  /** What follows matches the instructions, or does not. They have no groups, and repeat nothing that may be empty. */
  | { readonly op: 'look'; readonly isWanted: boolean; readonly instructions: readonly Instruction[] }
  | { readonly op: 'match' };

/** A regular expression ready to be matched in time that grows with program and text, never faster. */
export interface RegexProgram {
  readonly instructions: readonly Instruction[];
  /** Groups in parentheses, without the whole. */
  readonly groups: number;
  /** What every text that matches contains, empty where nothing is known: most texts are told by it. */
  readonly literal: string;
}
