import type { Steps } from '../../../kernel/steps.js';
import type { AnyPolicy, LayerAt } from '../layer.js';
import { admitsUnknown, type Fates, type RemovalFate, setOf, staysAnyway } from './fates.js';

/** A policy or a set of them that is taken away. */
export interface Removal {
  readonly fate: RemovalFate;
  /** The layers that end with Deny because of it alone; undefined: none does. */
  readonly opens: ReadonlySet<number> | undefined;
}

/** What can be taken away, and is not missed yet. */
export interface Removals {
  readonly policies: Map<AnyPolicy, Removal>;
  readonly sets: Map<string, Removal>;
}

/** Each policy of the group, and each set of them, whose effect has not been seen yet. */
export function* removalsOf(fates: Fates, layers: readonly LayerAt[]): Steps<Removals> {
  const [policies, sets] = [new Map<AnyPolicy, Removal>(), new Map<string, Removal>()];
  const [openedByPolicy, openedBySet] = [openedBy(layers, (policy) => policy), openedBy(layers, setOf)];
  const taken = new Set<string>();
  for (const { policies: acting } of layers) {
    for (const { policy, isolates, rules } of acting) {
      yield;
      if (staysAnyway(policy) || (!isolates && rules.length === 0)) continue;
      if (rules.some(admitsUnknown)) for (const fate of fates.without(policy)) fate.effective = true;
      const fate = fates.ofPolicy(policy);
      fate.applies = true;
      if (!fate.effective) policies.set(policy, { fate, opens: openedByPolicy.get(policy) });
      taken.add(setOf(policy));
    }
  }
  for (const set of taken) {
    yield;
    const fate = fates.ofSet(set);
    fate.applies = true;
    if (!fate.effective) sets.set(set, { fate, opens: openedBySet.get(set) });
  }
  return { policies, sets };
}

/** By whom it is that layers end with Deny: those that do because of one alone. */
function openedBy<K>(layers: readonly LayerAt[], keyOf: (policy: AnyPolicy) => K): ReadonlyMap<K, ReadonlySet<number>> {
  const opened = new Map<K, Set<number>>();
  for (const [layer, { end, lasting, policies }] of layers.entries()) {
    if (end === 'open' || lasting) continue;
    const [only, ...others] = new Set(policies.flatMap(({ policy, isolates }) => (isolates ? [keyOf(policy)] : [])));
    if (only !== undefined && others.length === 0) opened.set(only, (opened.get(only) ?? new Set()).add(layer));
  }
  return opened;
}
