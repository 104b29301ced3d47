import { describeRef } from '../kernel/object-ref.js';
import { type CountedRule, type RuleCoverage, RuleTally } from '../kernel/rule-coverage.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { type Direction, DIRECTIONS } from './internal/direction.js';
import { type CountedPolicy, pointersOf } from './internal/policy-pointers.js';
import type { PolicyVerdictResult } from './policy-result.js';

/**
 * Counts which rules of policies connections go by: the rules are those of the policies that isolate one of the sides, or decide. A connection goes by the rules that allow or deny it. Rules
 * that only pass on decide nothing, and are not counted.
 */
export class PolicyRuleCount {
  private readonly tally = new RuleTally();
  private byName: ReadonlyMap<string, CountedPolicy> | undefined;

  constructor(private readonly model: NetworkModel) {}

  /** Adds the rules of the policies about a connection; the connection itself goes by some of them where `counts`. */
  *add(result: PolicyVerdictResult, counts: boolean): Steps<void> {
    this.byName ??= yield* namesOf(this.model);
    for (const direction of DIRECTIONS) {
      const { isolatedBy, decidedBy } = result[direction];
      for (const name of isolatedBy) {
        const policy = this.byName.get(name);
        const scope = scopeOf(name, direction);
        if (policy && !this.tally.knows(scope)) yield* this.tally.list(scope, rulesOf(policy, direction));
      }
      if (counts) for (const { policy, pointer } of decidedBy) this.tally.count(scopeOf(policy, direction), policy, pointer);
    }
  }

  coverage(): Steps<RuleCoverage> {
    return this.tally.coverage();
  }
}

const scopeOf = (policy: string, direction: Direction) => `${policy} ${direction}`;

/** Every policy as answers name it. */
function* namesOf({ networkPolicies, clusterPolicies, ciliumPolicies, calico }: NetworkModel): Steps<ReadonlyMap<string, CountedPolicy>> {
  const names = new Map<string, CountedPolicy>();
  for (const policies of [networkPolicies, clusterPolicies, ciliumPolicies, calico.policies]) {
    for (const policy of policies) names.set(describeRef(policy.ref), policy);
    yield;
  }
  return names;
}

const NO_REQUEST = { dialect: null, class: null, gateway: null, host: null, path: null, pathType: null } as const;

function rulesOf(policy: CountedPolicy, direction: Direction): readonly CountedRule[] {
  return pointersOf(policy, direction).map((pointer) => ({ object: policy.ref, pointer, ...NO_REQUEST, direction }));
}
