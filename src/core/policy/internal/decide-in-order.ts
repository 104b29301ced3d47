import type { PolicyAction } from '../../resources/cluster-policy.js';
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  intersectConnections,
  NO_CONNECTIONS,
  subtractConnections,
  unionConnections,
} from './connection-set.js';

/** What a rule does to the connections that it matches. */
export interface Effect<S> {
  readonly action: PolicyAction;
  readonly matched: S;
}

/** How sets of connections are combined: between two endpoints as they are, or remembered; or between one endpoint and many others at once. */
export interface SetOperations<S> {
  readonly all: S;
  readonly none: S;
  meet(a: S, b: S): S;
  join(a: S, b: S): S;
  minus(a: S, b: S): S;
}

/** Sets combined as they are. */
export const PLAIN: SetOperations<ConnectionSet> = {
  all: ALL_CONNECTIONS,
  none: NO_CONNECTIONS,
  meet: intersectConnections,
  join: unionConnections,
  minus: subtractConnections,
};

/** What one layer's rules decide; what none of them matches is left to its end. */
export interface LayerDecision<S> {
  readonly allowed: S;
  readonly denied: S;
  /** Left to the next layer, whatever the end of this one says. */
  readonly passed: S;
  /** By position of the rule: what it was the first to match. Rules behind the last that was asked are missing. */
  readonly shares: readonly S[];
}

/**
 * The first rule that matches a connection decides: Accept and Deny are final, "Pass skips all further rules in the current tier, and passes evaluation to the
 * next tier". Rules are asked for until everything is decided.
 */
export function decideInOrder<R, S>(rules: readonly R[], effectOf: (rule: R) => Effect<S>, sets: SetOperations<S>): LayerDecision<S> {
  const ordered = new InOrder(sets);
  for (const rule of rules) {
    if (ordered.isDecided()) break;
    ordered.take(effectOf(rule));
  }
  return ordered;
}

/** A layer on the way: its rules are taken one after the other, by whoever has to rest between them. */
export class InOrder<S> implements LayerDecision<S> {
  readonly shares: S[] = [];
  allowed: S;
  denied: S;
  passed: S;
  private open: S;
  private decided: S;

  constructor(private readonly sets: SetOperations<S>) {
    this.open = sets.all;
    this.allowed = this.denied = this.passed = this.decided = sets.none;
  }

  /** Whether nothing is left for a further rule. */
  isDecided(): boolean {
    // What is left is worked out only when somebody comes behind.
    this.open = this.sets.minus(this.open, this.decided);
    this.decided = this.sets.none;
    return this.open === this.sets.none;
  }

  /** The next rule, after it was asked whether all is decided. */
  take({ action, matched }: Effect<S>): void {
    const { sets } = this;
    this.decided = sets.meet(this.open, matched);
    this.shares.push(this.decided);
    if (action === 'Accept') this.allowed = sets.join(this.allowed, this.decided);
    else if (action === 'Deny') this.denied = sets.join(this.denied, this.decided);
    else this.passed = sets.join(this.passed, this.decided);
  }
}

/** How far the layers have come: what they have allowed, and what is left to the next ones. */
export interface Standing<S> {
  readonly allowed: S;
  readonly open: S;
}

/** The standing behind one more layer. */
export function afterLayer<S>(
  { allowed, open }: Standing<S>,
  decision: Omit<LayerDecision<S>, 'shares'>,
  end: 'Deny' | 'open',
  sets: SetOperations<S>,
): Standing<S> {
  const sum = sets.join(allowed, sets.meet(open, decision.allowed));
  if (end === 'Deny') return { allowed: sum, open: sets.meet(open, decision.passed) };
  return { allowed: sum, open: sets.minus(sets.minus(open, decision.allowed), decision.denied) };
}
