import type { Ip } from '../../../net/ip.js';
import type { RegexProgram } from '../../../regex/regex-program.js';

type Named = readonly [name: string, value: string];

/** What a rule asks of a request beside host and path: values that it tells apart. */
export interface RuleAsks {
  readonly methods: readonly string[];
  readonly headers: readonly Named[];
  readonly query: readonly Named[];
  readonly addresses: readonly Ip[];
}

/** A rule of one side, as far as requests for it are made up. */
export interface SideRule {
  /** Lower-case; undefined: every host. */
  readonly host: string | undefined;
  /** As it is written; of an expression its text. */
  readonly path: string;
  /** Set for a path that is compared as an expression; null: one that cannot be evaluated. */
  readonly pattern: RegexProgram | null | undefined;
  readonly asks: RuleAsks;
  /** Not all that the rule tells apart stands in `asks`. */
  readonly asksMore: boolean;
  /** Who may read answers from other origins, each as the dialect reads it: where both sides say the same of a path, no origin tells them apart. */
  readonly cors: readonly string[];
}

/** A rule that asks for a host and a path alone. */
export const ASKS_NOTHING: RuleAsks = { methods: [], headers: [], query: [], addresses: [] };
