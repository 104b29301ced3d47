import type { ClusterPolicy } from '../../../resources/cluster-policy.js';
import { isClusterPolicy } from '../acting-cluster-policy.js';
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  haveConnections,
  intersectConnections,
  subtractConnections,
  unionOfConnections,
} from '../connection-set.js';
import { decideInOrder, PLAIN } from '../decide-in-order.js';
import type { LayerAt } from '../layer.js';
import type { Hit } from './outcome.js';

/** Two policies of one tier and priority that decide otherwise over the same connection. */
export interface Rivals {
  readonly policies: readonly [ClusterPolicy, ClusterPolicy];
}

/** Whether a layer has two policies of one priority. */
export function mayRival(layers: readonly LayerAt[]): boolean {
  return layers.some(({ policies }) => {
    const priorities = policies.flatMap(({ policy }) => (isClusterPolicy(policy) ? [policy.priority] : []));
    return new Set(priorities).size < priorities.length;
  });
}

/**
 * "If this happens, the implementation can apply any of the matching policies to the connection, and there is no way for the user to reliably determine which one
 * it will choose" (v1alpha2, Priority): told of those that really decide differently over something that earlier priorities have left. Yields often, with nothing in between.
 */
export function* rivalsAmong(layers: readonly LayerAt[], hits: readonly Hit[]): Generator<Rivals | undefined> {
  for (const layer of layers.keys()) {
    const byPriority = new Map<number | undefined, Map<ClusterPolicy, Hit[]>>();
    for (const hit of hits) {
      const { policy } = hit.rule;
      if (hit.layer !== layer || !isClusterPolicy(policy)) continue;
      const own = byPriority.get(policy.priority) ?? new Map<ClusterPolicy, Hit[]>();
      byPriority.set(policy.priority, own);
      const known = own.get(policy);
      if (known) known.push(hit);
      else own.set(policy, [hit]);
    }
    let open = ALL_CONNECTIONS;
    for (const own of byPriority.values()) {
      yield* amongEquals([...own], open);
      open = subtractConnections(open, unionOfConnections([...own.values()].flat().map(({ matched }) => matched)));
    }
  }
}

function* amongEquals(equals: readonly (readonly [ClusterPolicy, readonly Hit[]])[], open: ConnectionSet): Generator<Rivals | undefined> {
  if (equals.length < 2) return;
  const alone = equals.map(([policy, hits]) => {
    const { allowed, denied, passed } = decideInOrder(hits, ({ rule, matched }) => ({ action: rule.action, matched }), PLAIN);
    const within = (set: ConnectionSet) => intersectConnections(open, set);
    return { policy, allowed: within(allowed), denied: within(denied), passed: within(passed) };
  });
  for (const [position, a] of alone.entries()) {
    for (const b of alone.slice(position + 1)) {
      const differ = ACTIONS.some((one) => ACTIONS.some((other) => one !== other && haveConnections(a[one], b[other])));
      yield differ ? { policies: [a.policy, b.policy] } : undefined;
    }
  }
}

const ACTIONS = ['allowed', 'denied', 'passed'] as const;
