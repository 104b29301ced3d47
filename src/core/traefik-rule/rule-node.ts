/** A part of a rule's text. Offsets are of characters, from 0; `to` is behind the last. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** One call of a matcher, `Host("a")`, by its canonical name. */
export interface RuleCall extends Span {
  readonly kind: 'call';
  readonly name: string;
  readonly values: readonly string[];
}

/** A rule as it was read. */
export type RuleNode =
  | RuleCall
  | (Span & { readonly kind: 'not'; readonly of: RuleNode })
  | (Span & { readonly kind: 'and' | 'or'; readonly left: RuleNode; readonly right: RuleNode });

/** Why Traefik refuses a rule, where, and what would be right. */
export interface RuleFault {
  /** Counts from 1, in characters of the rule. */
  readonly position: number;
  readonly message: string;
  readonly hint: string | undefined;
}

/** A fault before its place is known. */
export type MatcherFault = Omit<RuleFault, 'position'>;
