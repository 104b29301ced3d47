import type { Steps } from '../../../kernel/steps.js';
import type { AnyPolicy, LayerAt } from '../layer.js';
import { admitsUnknown, type Fates, type RemovalFate, setOf, staysAnyway } from './fates.js';
import type { Ending } from './outcome.js';

/** A set of policies that is taken away. */
export interface Removal {
  readonly fate: RemovalFate;
  readonly goes: (policy: AnyPolicy) => boolean;
  /** How the layers end without them; undefined: as they do with them. */
  readonly endings: readonly Ending[] | undefined;
}

/** What can be taken away, and is not missed yet. */
export interface Removals {
  readonly policies: Map<AnyPolicy, Removal>;
  readonly sets: Map<string, Removal>;
}

/** Each policy of the group, and each set of them, whose effect has not been seen yet. */
export function* removalsOf(fates: Fates, layers: readonly LayerAt[]): Steps<Removals> {
  const [policies, sets] = [new Map<AnyPolicy, Removal>(), new Map<string, Removal>()];
  const isolating = isolatingPolicies(layers);
  const removal = (fate: RemovalFate, goes: (policy: AnyPolicy) => boolean): Removal => ({
    fate,
    goes,
    endings: endingsWithout(layers, isolating, goes),
  });
  const taken = new Set<string>();
  for (const { policies: acting } of layers) {
    for (const { policy, isolates, rules } of acting) {
      yield;
      if (staysAnyway(policy) || (!isolates && rules.length === 0)) continue;
      if (rules.some(admitsUnknown)) for (const fate of fates.without(policy)) fate.effective = true;
      const fate = fates.ofPolicy(policy);
      fate.applies = true;
      if (!fate.effective)
        policies.set(
          policy,
          removal(fate, (one) => one === policy),
        );
      taken.add(setOf(policy));
    }
  }
  for (const set of taken) {
    yield;
    const fate = fates.ofSet(set);
    fate.applies = true;
    if (!fate.effective)
      sets.set(
        set,
        removal(fate, (one) => setOf(one) === set),
      );
  }
  return { policies, sets };
}

/** By layer, the policies because of which it ends with Deny; undefined: it ends as it does whatever its policies say. */
function isolatingPolicies(layers: readonly LayerAt[]): readonly (readonly AnyPolicy[] | undefined)[] {
  return layers.map(({ end, lasting, policies }) =>
    end === 'open' || lasting ? undefined : policies.flatMap(({ policy, isolates }) => (isolates ? [policy] : [])),
  );
}

/** How layers end without some policies; undefined: no layer ends otherwise. */
function endingsWithout(
  layers: readonly LayerAt[],
  isolating: readonly (readonly AnyPolicy[] | undefined)[],
  goes: (policy: AnyPolicy) => boolean,
): readonly Ending[] | undefined {
  const opens = isolating.map((some) => some?.every(goes) === true);
  return opens.includes(true) ? layers.map(({ end }, at) => ({ end: opens[at] ? 'open' : end })) : undefined;
}
