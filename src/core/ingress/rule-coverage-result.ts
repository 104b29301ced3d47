import type { RulePlace } from './route-lint-result.js';
import type { DialectName } from './route-request.js';

/** A rule that requests can go by, as its object has it. */
export interface RoutingRule extends RulePlace {
  readonly dialect: DialectName;
  readonly class: string | null;
  /** `namespace/name`. */
  readonly gateway: string | null;
  /** Null: every host, or as the rule itself says. */
  readonly host: string | null;
  /** Of an IngressRoute its whole rule; null: a default backend, or a rule for connections. */
  readonly path: string | null;
  readonly pathType: string | null;
}

/** A rule, and how many requests went by it. */
export interface TriedRule extends RoutingRule {
  readonly cases: number;
}

/** Which rules of the classes and Gateways that were asked some requests go by, and which none. */
export interface RuleCoverage {
  readonly rules: number;
  readonly covered: number;
  /** `covered` of `rules`, 0 to 1; null where there are no rules. */
  readonly share: number | null;
  /** In the order in which the controller goes over its objects. */
  readonly tried: readonly TriedRule[];
  /** The rules that no request goes by, the first ones. */
  readonly untried: readonly RoutingRule[];
  /** How many more there are of them. */
  readonly omitted: number;
}
