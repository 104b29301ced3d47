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

/** What one layer's rules decide; the rest is left to its end. */
export interface LayerDecision<S> {
  readonly allowed: S;
  readonly denied: S;
  /** By position of the rule: what it was the first to match. Rules behind the last that was asked are missing. */
  readonly shares: readonly S[];
}

/**
 * The first rule that matches a connection decides: Accept and Deny are final, "Pass skips all further rules in the current tier, and passes evaluation to the
 * next tier". Rules are asked for until everything is decided.
 */
export function decideInOrder<R, S>(rules: readonly R[], effectOf: (rule: R) => Effect<S>, sets: SetOperations<S>): LayerDecision<S> {
  const shares: S[] = [];
  let [open, allowed, denied, decided] = [sets.all, sets.none, sets.none, sets.none];
  for (const rule of rules) {
    // What is left is worked out only when somebody comes behind.
    open = sets.minus(open, decided);
    if (open === sets.none) break;
    const { action, matched } = effectOf(rule);
    decided = sets.meet(open, matched);
    shares.push(decided);
    if (action === 'Accept') allowed = sets.join(allowed, decided);
    else if (action === 'Deny') denied = sets.join(denied, decided);
  }
  return { allowed, denied, shares };
}

/** How far the layers have come: what they have allowed, and what is left to the next ones. */
export interface Standing<S> {
  readonly allowed: S;
  readonly open: S;
}

/** The standing behind one more layer. */
export function afterLayer<S>(
  { allowed, open }: Standing<S>,
  decision: Pick<LayerDecision<S>, 'allowed' | 'denied'>,
  end: 'Deny' | 'open',
  sets: SetOperations<S>,
): Standing<S> {
  const sum = sets.join(allowed, sets.meet(open, decision.allowed));
  return { allowed: sum, open: end === 'Deny' ? sets.none : sets.minus(sets.minus(open, decision.allowed), decision.denied) };
}
