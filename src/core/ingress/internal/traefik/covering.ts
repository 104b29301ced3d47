import type { Steps } from '../../../kernel/steps.js';
import { type CompiledRule, holdsFor } from '../../../traefik-rule/compile-rule.js';
import type { SeenRequest } from '../../../traefik-rule/seen-request.js';
import { asksForPathLeft, pathLeft } from './path-left.js';
import { followsFrom, leftBy, type RuleCase } from './rule-cases.js';

/** A rule that goes before another one. */
export interface Rival<Router> {
  readonly router: Router;
  readonly rule: CompiledRule;
}

/** Matchers are tried or compared so often for one class, and for one rule; then nothing more is shown. */
const MOST_COMPARISONS = 8_000_000;
const MOST_FOR_ONE = 200_000;
/** So many rules that cover something together are looked for. */
const MOST_TOGETHER = 48;
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

/**
 * Whether some rules take everything of a case, one of them or several together. Nobody is asked but who takes something: a request of the case (`samplesOf`, as rules see it)
 * shows one rival, what that one leaves over the next, until nothing is left, or a request that no rival takes. Where no request tells, a rival that follows from the case is looked for.
 */
export function* coveringOf<Router>(
  known: RuleCase,
  rivals: Iterable<Rival<Router>>,
  samplesOf: (known: RuleCase) => readonly SeenRequest[],
  { spend }: Comparisons,
): Steps<Covering<Router>> {
  const together = new Set<Rival<Router>>();
  let left: readonly RuleCase[] = [known];
  for (let [open] = left; open; [open] = left) {
    const next: Rival<Router> | 'unknown' | undefined = nextFor(open, samplesOf(open), rivals, together, spend);
    if (next === undefined || together.size >= MOST_TOGETHER) return { by: undefined, left };
    if (next === 'unknown') {
      const whole = wholeOf(known, rivals, spend);
      return whole ? { by: [whole.router], left: [] } : { by: undefined, left };
    }
    if (followsFrom(known, next.rule.root) === true) return { by: [next.router], left: [] };
    together.add(next);
    left = leftOf(left, [next], spend);
    yield;
  }
  const inOrder = [...rivals].filter((one) => together.has(one));
  return { by: fewest(known, inOrder, spend).map(({ router }) => router), left };
}

/** A rival that takes some request of what is left: rather one that takes all of it. Undefined: one that no rival takes is left; unknown: no request tells. */
function nextFor<Router>(
  open: RuleCase,
  samples: readonly SeenRequest[],
  rivals: Iterable<Rival<Router>>,
  together: ReadonlySet<Rival<Router>>,
  spend: Comparisons['spend'],
): Rival<Router> | 'unknown' | undefined {
  for (const sample of samples) {
    let [first, isOpen]: [Rival<Router> | undefined, boolean] = [undefined, false];
    for (const one of rivals) {
      if (!spend(one.rule.tests.size)) return 'unknown';
      const holds = holdsFor(one.rule, sample);
      if (holds === false) continue;
      if (holds === undefined || together.has(one))
        isOpen = true; // of what one takes that is known it is not known exactly what it leaves over
      else if (followsFrom(open, one.rule.root) === true) return one;
      else first ??= one;
    }
    if (first) return first;
    if (!isOpen) return undefined;
  }
  return 'unknown';
}

function wholeOf<Router>(known: RuleCase, rivals: Iterable<Rival<Router>>, spend: Comparisons['spend']): Rival<Router> | undefined {
  for (const one of rivals) {
    if (!spend(costOf(known, one.rule))) return undefined;
    if (followsFrom(known, one.rule.root) === true) return one;
  }
  return undefined;
}

const costOf = ({ holding, failing }: RuleCase, { tests }: CompiledRule) => tests.size * (holding.length + failing.length);

function leftOf(cases: readonly RuleCase[], rivals: readonly Rival<unknown>[], spend: Comparisons['spend']): readonly RuleCase[] {
  const rules = rivals.map(({ rule }) => rule.root);
  return leftBy(cases, rules, spend).filter((one) => !asksForPathLeft(one) || pathLeft(one).found !== 'none');
}

/** The same without those that are not needed. */
function fewest<Router>(known: RuleCase, rivals: readonly Rival<Router>[], spend: Comparisons['spend']): readonly Rival<Router>[] {
  let needed = rivals;
  for (const one of rivals.slice(0, MOST_TOLD)) {
    const others = needed.filter((other) => other !== one);
    if (leftOf([known], others, spend).length === 0) needed = others;
  }
  return needed;
}
