import type { Direction } from '../direction.js';
import type { AnyPolicy, LayerRule } from '../layer.js';
import type { SubjectGroup } from './subject-groups.js';

/** What a rule comes to over everybody it was asked about. */
export interface RuleFate {
  readonly rule: LayerRule;
  readonly direction: Direction;
  /** It matches something somewhere. */
  matches: boolean;
  /** Somewhere it is the first of its layer to match. */
  first: boolean;
  /** Somewhere something else would be allowed without it. */
  effective: boolean;
  /** Other rules that decide over what it matches, a few of them. */
  readonly covering: Set<LayerRule>;
}

/** What becomes of a cluster without some policies. */
export interface RemovalFate {
  /** They say something about some endpoint. */
  applies: boolean;
  /** Somewhere something else would be allowed without them. */
  effective: boolean;
}

const UNKNOWN = { matches: false, first: false, effective: false } as const;
/** Of a rule that may match what no endpoint tells. */
const AS_WRITTEN = { matches: true, first: true, effective: true } as const;

/** What is known so far of rules, policies and sets of policies. */
export class Fates {
  private readonly byRule = new Map<LayerRule, RuleFate>();
  private readonly places = new Map<AnyPolicy, Map<string, RuleFate>>();
  readonly policies = new Map<AnyPolicy, RemovalFate>();
  readonly sets = new Map<string, RemovalFate>();

  get rules(): readonly RuleFate[] {
    return [...this.places.values()].flatMap((places) => [...places.values()]);
  }

  /** What was not looked at has an effect, as far as anybody knows. */
  giveUp({ written, layers }: SubjectGroup): void {
    for (const { policies, rules } of layers) {
      for (const rule of rules) this.of(rule, written).effective = true;
      for (const { policy } of policies) {
        for (const fate of this.without(policy)) fate.effective = true;
      }
    }
  }

  /** What was found out about a rule that was met. */
  known(rule: LayerRule): RuleFate | undefined {
    return this.byRule.get(rule);
  }

  /** What stands at one place of a policy is one rule, however many the engine makes of it. `direction`: the one it is written for. */
  of(rule: LayerRule, direction: Direction): RuleFate {
    const known = this.byRule.get(rule);
    if (known) return known;
    const { policy, pointer } = rule;
    const places = this.places.get(policy) ?? new Map<string, RuleFate>();
    if (!staysAnyway(policy)) this.places.set(policy, places);
    const place = `${direction} ${pointer}`;
    const start = staysAnyway(policy) || admitsUnknown(rule) ? AS_WRITTEN : UNKNOWN;
    const fate = places.get(place) ?? { rule, direction, ...start, covering: new Set() };
    places.set(place, fate);
    this.byRule.set(rule, fate);
    return fate;
  }

  /** What becomes of the cluster without the policy, and without the set that it belongs to. */
  without(policy: AnyPolicy): readonly RemovalFate[] {
    return [remembered(this.policies, policy), remembered(this.sets, setOf(policy))];
  }

  ofPolicy(policy: AnyPolicy): RemovalFate {
    return remembered(this.policies, policy);
  }

  ofSet(set: string): RemovalFate {
    return remembered(this.sets, set);
  }
}

/** It may match what no endpoint tells: addresses that are found out while the cluster runs; or addresses of services, and ports of nodes, before they are translated. */
export function admitsUnknown({ policy, unresolved = [] }: LayerRule): boolean {
  return unresolved.length > 0 || (policy.kind === 'GlobalNetworkPolicy' && policy.preDNAT);
}

/** No policy that somebody could take away: what profiles say, and what Felix is told. */
export function staysAnyway({ kind }: AnyPolicy): boolean {
  return kind === 'Profile' || kind === 'FelixConfiguration';
}

/** The NetworkPolicies of one namespace are a set, those of the cluster another. */
export function setOf(policy: AnyPolicy): string {
  return policy.kind === 'NetworkPolicy' ? policy.namespace : '';
}

function remembered<K>(fates: Map<K, RemovalFate>, key: K): RemovalFate {
  const fate = fates.get(key) ?? { applies: false, effective: false };
  fates.set(key, fate);
  return fate;
}
