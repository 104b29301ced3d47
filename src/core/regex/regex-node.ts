import type { Assertion, CodeRange } from './regex-program.js';

/** A parsed regular expression. */
export type RegexNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'character'; readonly ranges: readonly CodeRange[] }
  | { readonly kind: 'assert'; readonly what: Assertion }
  /** A look ahead: what follows matches, or does not. */
  | { readonly kind: 'look'; readonly isWanted: boolean; readonly body: RegexNode }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'either'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'group'; readonly index: number; readonly body: RegexNode }
  | {
      readonly kind: 'repeat';
      readonly body: RegexNode;
      readonly least: number;
      readonly most: number | undefined;
      readonly lazy: boolean;
    };
