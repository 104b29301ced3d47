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
export interface Effect {
  readonly action: PolicyAction;
  readonly matched: ConnectionSet;
}

/** How sets are combined: as they are, or remembered. */
export interface SetOperations {
  meet(a: ConnectionSet, b: ConnectionSet): ConnectionSet;
  join(a: ConnectionSet, b: ConnectionSet): ConnectionSet;
  minus(a: ConnectionSet, b: ConnectionSet): ConnectionSet;
}

/** Sets combined as they are. */
export const PLAIN: SetOperations = { meet: intersectConnections, join: unionConnections, minus: subtractConnections };

/** What one tier decides; the rest is left to the next one. */
export interface TierDecision {
  readonly allowed: ConnectionSet;
  readonly denied: ConnectionSet;
  /** By position of the rule: what it was the first to match. Rules behind the last that was asked are missing. */
  readonly shares: readonly ConnectionSet[];
}

/**
 * The first rule that matches a connection decides: Accept and Deny are final, "Pass skips all further rules in the current tier, and passes evaluation to the
 * next tier". Rules are asked for until everything is decided.
 */
export function decideInOrder<R>(rules: readonly R[], effectOf: (rule: R) => Effect, sets: SetOperations): TierDecision {
  const shares: ConnectionSet[] = [];
  let open = ALL_CONNECTIONS;
  let allowed = NO_CONNECTIONS;
  let denied = NO_CONNECTIONS;
  for (const rule of rules) {
    if (open === NO_CONNECTIONS) break;
    const { action, matched } = effectOf(rule);
    const share = sets.meet(open, matched);
    shares.push(share);
    if (share === NO_CONNECTIONS) continue;
    open = sets.minus(open, share);
    if (action === 'Accept') allowed = sets.join(allowed, share);
    else if (action === 'Deny') denied = sets.join(denied, share);
  }
  return { allowed, denied, shares };
}
