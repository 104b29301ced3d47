import { describeRef } from '../../kernel/object-ref.js';
import type { Steps } from '../../kernel/steps.js';
import type { PolicyCondition } from '../policy-result.js';
import {
  type ConnectionSet,
  formatConnections,
  intersectConnections,
  noConnections,
  subtractConnections,
  unionOfConnections,
} from './connection-set.js';
import { DIRECTIONS, type Direction } from './direction.js';
import type { JudgedCase } from './judged-cases.js';
import type { LayerJudgement, RuleJudgement } from './judge-layer.js';
import type { ConditionAt } from './layer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** What a proxy asks of the connections that are allowed, of each once. Yields often. */
export function* conditionsOf(cases: readonly JudgedCase[]): Steps<readonly PolicyCondition[]> {
  const found = new Map<string, PolicyCondition>();
  for (const { group, judgement } of cases) {
    for (const direction of DIRECTIONS) {
      yield;
      if (!judgement[direction].layers.some(hasConditions)) continue;
      const allowed = intersectConnections(judgement.allowed, group.asked);
      const rules = judgement[direction].layers.flatMap(({ policies }) => policies.flatMap((policy) => policy.rules));
      for (const condition of asked(rules, direction, group.flow.destination, allowed)) found.set(JSON.stringify(condition), condition);
    }
  }
  return [...found.values()];
}

function hasConditions({ policies }: LayerJudgement): boolean {
  return policies.some(({ rules }) => rules.some(({ rule }) => rule.conditionsAt !== undefined));
}

/**
 * "If a layer 4 rule is specified in the policy, and a similar layer 4 rule with layer 7 rules is also specified, then the layer 7 portions of the latter rule
 * will have no effect" (layer7.rst): what another rule admits without asking is no longer asked. It is asked even where nothing isolates: "EnableDefaultDeny
 * does not apply to layer-7 policy" (intro.rst).
 */
function asked(
  judged: readonly RuleJudgement[],
  direction: Direction,
  destination: PolicyEndpoint,
  allowed: ConnectionSet,
): readonly PolicyCondition[] {
  const rules = judged.filter(({ rule, decides }) => rule.action === 'Accept' && !noConnections(intersectConnections(decides, allowed)));
  const conditions = rules.map(({ rule, decides }) => ({ rule, decides, conditions: rule.conditionsAt?.(destination) ?? [] }));
  if (conditions.every((one) => one.conditions.length === 0)) return [];
  const free = unionOfConnections(conditions.map(freeOf));
  return conditions.flatMap(({ rule, decides, conditions: list }) =>
    list.flatMap(({ pointer, kind, text, connections, lasting }): readonly PolicyCondition[] => {
      const share = intersectConnections(intersectConnections(decides, connections), allowed);
      const left = lasting ? share : subtractConnections(share, free);
      if (noConnections(left)) return [];
      return [
        { direction, policy: describeRef(rule.policy.ref), pointer, kind, connection: formatConnections(left), text: `only ${text}` },
      ];
    }),
  );
}

/** What a rule admits without asking anything of it that another rule could make moot. */
function freeOf({ decides, conditions }: Pick<RuleJudgement, 'decides'> & { readonly conditions: readonly ConditionAt[] }): ConnectionSet {
  return conditions.reduce((rest, { connections, lasting }) => (lasting ? rest : subtractConnections(rest, connections)), decides);
}
