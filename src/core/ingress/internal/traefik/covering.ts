import type { CompiledRule } from '../../../traefik-rule/compile-rule.js';
import { asksForPathLeft, pathLeft } from './path-left.js';
import { followsFrom, leftBy, type RuleCase } from './rule-cases.js';

/** A rule that goes before another one. */
export interface Rival<Router> {
  readonly router: Router;
  readonly rule: CompiledRule;
}

/** Matchers are compared so often for one class, and for one rule; then nothing more is shown. */
const MOST_COMPARISONS = 4_000_000;
const MOST_FOR_ONE = 200_000;
/** Of so many rules that cover something together it is asked whether fewer would do. */
const MOST_TOLD = 12;

/** Bounds the work of comparing rules of one class. */
export class Comparisons {
  private all = 0;
  private before = 0;

  /** From here on another rule is looked at. */
  begin(): void {
    this.before = this.all;
  }

  /** Whether the work may go on. */
  readonly spend = (count = 1): boolean => {
    this.all += count;
    return !this.isSpent;
  };

  get isSpent(): boolean {
    return this.all > Math.min(MOST_COMPARISONS, this.before + MOST_FOR_ONE);
  }
}

/** What is left of a case by the rules that go before; `by`: those that together take all of it. */
export interface Covering<Router> {
  readonly by: readonly Router[] | undefined;
  readonly left: readonly RuleCase[];
}

/** Whether some rules take everything of a case, one of them or several together. */
export function coveringOf<Router>(known: RuleCase, rivals: readonly Rival<Router>[], { spend }: Comparisons): Covering<Router> {
  const whole = rivals.find(
    ({ rule }) => spend(rule.tests.size * (known.holding.length + known.failing.length)) && followsFrom(known, rule.root) === true,
  );
  if (whole) return { by: [whole.router], left: [] };
  const meeting = rivals.filter(({ rule }) => followsFrom(known, rule.root) === undefined);
  const left = leftOf(known, meeting, spend);
  if (left.length > 0) return { by: undefined, left };
  return { by: fewest(known, meeting, spend).map(({ router }) => router), left };
}

function leftOf(known: RuleCase, rivals: readonly Rival<unknown>[], spend: Comparisons['spend']): readonly RuleCase[] {
  const rules = rivals.map(({ rule }) => rule.root);
  return leftBy(known, rules, spend).filter((one) => !asksForPathLeft(one) || pathLeft(one).found !== 'none');
}

/** The same without those that are not needed. */
function fewest<Router>(known: RuleCase, rivals: readonly Rival<Router>[], spend: Comparisons['spend']): readonly Rival<Router>[] {
  let needed = rivals;
  for (const one of rivals.slice(0, MOST_TOLD)) {
    const others = needed.filter((other) => other !== one);
    if (leftOf(known, others, spend).length === 0) needed = others;
  }
  return needed;
}
