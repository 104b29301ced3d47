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
  const shares: S[] = [];
  let [allowed, denied, passed] = [sets.none, sets.none, sets.none];
  let [open, decided] = [sets.all, sets.none];
  for (const rule of rules) {
    // What is left is worked out only when somebody comes behind.
    open = sets.minus(open, decided);
    if (open === sets.none) break;
    const { action, matched } = effectOf(rule);
    decided = sets.meet(open, matched);
    shares.push(decided);
    if (action === 'Accept') allowed = sets.join(allowed, decided);
    else if (action === 'Deny') denied = sets.join(denied, decided);
    else passed = sets.join(passed, decided);
  }
  return { allowed, denied, passed, shares };
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
