import type { ClusterPolicy } from '../../../resources/cluster-policy.js';
import { isClusterPolicy } from '../acting-cluster-policy.js';
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from '../connection-set.js';
import { decideInOrder, type SetOperations } from '../decide-in-order.js';
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
export function* rivalsAmong(
  layers: readonly LayerAt[],
  hits: readonly Hit[],
  sets: SetOperations<ConnectionSet>,
): Generator<Rivals | undefined> {
  if (!mayRival(layers)) return;
  for (const layer of layers.keys()) {
    const byPriority = new Map<number | undefined, Map<ClusterPolicy, Hit[]>>();
    for (const hit of hits) {
      const { policy } = hit.rule;
      if (hit.layer !== layer || !isClusterPolicy(policy)) continue;
      const own = byPriority.get(policy.priority) ?? new Map<ClusterPolicy, Hit[]>();
      byPriority.set(policy.priority, own);
      own.set(policy, [...(own.get(policy) ?? []), hit]);
    }
    let open = ALL_CONNECTIONS;
    for (const own of byPriority.values()) {
      yield* amongEquals([...own], open, sets);
      for (const hit of [...own.values()].flat()) open = sets.minus(open, hit.matched);
    }
  }
}

function* amongEquals(
  equals: readonly (readonly [ClusterPolicy, readonly Hit[]])[],
  open: ConnectionSet,
  sets: SetOperations<ConnectionSet>,
): Generator<Rivals | undefined> {
  if (equals.length < 2) return;
  const alone = equals.map(([policy, hits]) => ({
    policy,
    ...decideInOrder(hits, ({ rule, matched }) => ({ action: rule.action, matched }), sets),
  }));
  for (const [position, a] of alone.entries()) {
    yield undefined;
    for (const b of alone.slice(position + 1)) {
      const [both] = [[a.shares, b.shares].map((shares) => shares.reduce((sum, share) => sets.join(sum, share), NO_CONNECTIONS))];
      const shared = sets.meet(open, sets.meet(both[0] ?? NO_CONNECTIONS, both[1] ?? NO_CONNECTIONS));
      const differ = (['allowed', 'denied'] as const).some((what) => sets.meet(shared, a[what]) !== sets.meet(shared, b[what]));
      if (differ) yield { policies: [a.policy, b.policy] };
    }
  }
}
