/** What came of asking rules of Traefik about a request. */
export type TraefikRuleVerdict = keyof typeof TRAEFIK_RULE_VERDICTS;

/** Every verdict with its meaning. */
export const TRAEFIK_RULE_VERDICTS = {
  MATCHES: 'a rule matches; `serves` is the one that gets the request',
  NO_MATCH: 'no rule matches: Traefik answers 404',
  UNDEFINED: 'several rules match with the same priority and precedence: Traefik does not say which serves',
  UNKNOWN: 'whether a rule matches that would go first cannot be told',
  VALID: 'no request is asked about, and every rule can be read',
  INVALID: 'no request is asked about and a rule is refused, or all rules are',
} as const;

/** Every reason code in the evidence of `traefik-rule`, with its meaning. */
export const TRAEFIK_RULE_REASONS = {
  RULE_REFUSED: 'Traefik refuses the rule and drops its router',
  RULE_READ: 'the rule can be read',
  RULE_SERVES: 'the rule matches and goes first',
  RULE_FAILS: 'the rule does not match',
  RULE_UNKNOWN: 'whether the rule matches cannot be told',
  LOWER_PRIORITY: 'the rule matches, but its priority is lower',
  LATER_PROVIDER: 'the rule matches with the same priority, but its provider goes later',
  SAME_RANK: 'the rule matches with the same priority and precedence as another',
  BEHIND_UNKNOWN: 'the rule matches, but one that would go first may match too',
  PART_HOLDS: 'this part of the rule holds',
  PART_FAILS: 'this part of the rule does not hold',
  PART_UNKNOWN: 'whether this part of the rule holds cannot be told',
} as const;

/** Rules as they were read, and the one that serves. */
export interface TraefikRuleResult {
  /** The path that matchers compare; null without a request. */
  readonly routingPath: string | null;
  /** Index of the rule that serves. */
  readonly serves: number | null;
  readonly rules: readonly TraefikRuleView[];
}

/** One rule. */
export interface TraefikRuleView {
  readonly rule: string;
  /** Why it is refused. */
  readonly fault: { readonly position: number; readonly message: string; readonly hint: string | null } | null;
  readonly priority: number;
  /** Names that certificates are asked for; null where the rule cannot be read. */
  readonly domains: readonly string[] | null;
  /** Null without a request, for a refused rule, and where it cannot be told. */
  readonly matches: boolean | null;
}
