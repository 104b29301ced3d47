import { describeRef, type ObjectRef } from './object-ref.js';
import type { Steps } from './steps.js';

/** A rule of a stored object that answers go by. What its kind has no word for is null. */
export interface CountedRule {
  readonly object: ObjectRef;
  readonly pointer: string;
  /** By which dialect it was judged. */
  readonly dialect: string | null;
  readonly class: string | null;
  /** `namespace/name`. */
  readonly gateway: string | null;
  /** Of a rule for requests; null: every host, or as the rule itself says. */
  readonly host: string | null;
  /** Of an IngressRoute its whole rule; null: a default backend, or a rule for connections. */
  readonly path: string | null;
  readonly pathType: string | null;
  /** Of a rule of a policy. */
  readonly direction: 'ingress' | 'egress' | null;
}

/** A rule, and how many cases went by it. */
export interface TriedRule extends CountedRule {
  readonly cases: number;
}

/** Which rules some cases go by, and which none. */
export interface RuleCoverage {
  readonly rules: number;
  readonly covered: number;
  /** `covered` of `rules`, 0 to 1; null where there are no rules. */
  readonly share: number | null;
  readonly tried: readonly TriedRule[];
  /** The rules that no case goes by, the first ones. */
  readonly untried: readonly CountedRule[];
  /** How many more there are of them. */
  readonly omitted: number;
}

/** So many untried rules are told. */
const MOST_UNTRIED = 1000;
/** So many rules are looked at in one step. */
const STRETCH = 2000;

interface Tally {
  readonly rule: CountedRule;
  cases: number;
}

/** Counts how many cases go by each rule of some scopes: classes, Gateways, policies. Of a scope no two rules have the same place. */
export class RuleTally {
  private readonly scopes = new Map<string, Map<string, Tally>>();

  knows(scope: string): boolean {
    return this.scopes.has(scope);
  }

  /** Adds the rules of a scope. Yields often. */
  *list(scope: string, rules: Iterable<CountedRule>): Steps<void> {
    const tallies = new Map<string, Tally>();
    let listed = 0;
    for (const rule of rules) {
      if (++listed % STRETCH === 0) yield;
      tallies.set(placeOf(describeRef(rule.object), rule.pointer), { rule, cases: 0 });
    }
    this.scopes.set(scope, tallies);
  }

  /** Counts a case for a rule, whose object is named as people name it; nothing where the scope has no such rule. */
  count(scope: string, object: string, pointer: string): void {
    const tally = this.scopes.get(scope)?.get(placeOf(object, pointer));
    if (tally) tally.cases++;
  }

  /** Yields often. */
  *coverage(): Steps<RuleCoverage> {
    const tried: TriedRule[] = [];
    const untried: CountedRule[] = [];
    let rules = 0;
    for (const tallies of this.scopes.values()) {
      for (const { rule, cases } of tallies.values()) {
        if (++rules % STRETCH === 0) yield;
        if (cases > 0) tried.push({ ...rule, cases });
        else if (untried.length < MOST_UNTRIED) untried.push(rule);
      }
    }
    const covered = tried.length;
    return { rules, covered, share: rules === 0 ? null : covered / rules, tried, untried, omitted: rules - covered - untried.length };
  }
}

function placeOf(object: string, pointer: string): string {
  return `${object} ${pointer}`;
}
