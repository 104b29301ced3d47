import type { Note } from '../../kernel/answer.js';
import { compareText } from '../../kernel/compare.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { ClusterPolicy, PolicyTier } from '../../resources/cluster-policy.js';
import {
  type ConnectionSet,
  intersectConnections,
  NO_CONNECTIONS,
  noConnections,
  sameConnections,
  unionConnections,
} from './connection-set.js';
import { DIRECTIONS, type Direction } from './direction.js';
import type { JudgedCase } from './judged-cases.js';
import type { Flow, LayerJudgement } from './judge-direction.js';
import { judgeTier } from './judge-tier.js';
import type { PolicySettings } from './policy-settings.js';

/**
 * Policies of one tier and priority that decide otherwise over something that was asked for: "the implementation can apply any of the matching policies to the
 * connection, and there is no way for the user to reliably determine which one it will choose".
 */
export function samePriorities(settings: PolicySettings, cases: readonly JudgedCase[]): readonly Note[] {
  const messages = new Set<string>();
  for (const { group, judgement } of cases) {
    for (const direction of DIRECTIONS) {
      for (const layer of judgement[direction].layers) {
        for (const [a, b] of rivals(settings, layer, direction, group.flow, group.asked)) {
          const rank = `priority ${a.priority ?? 'none'} in tier ${layer.layer}`;
          messages.add(`${describeRef(a.ref)} and ${describeRef(b.ref)} have ${rank} and decide differently`);
        }
      }
    }
  }
  return [...messages].map((text) => ({
    code: 'SAME_PRIORITY',
    message: `${text}: which of them acts is up to the plugin; taken in the order of their names`,
  }));
}

/** What a policy alone would make of what was asked for. */
type Alone = Readonly<Record<'allowed' | 'decided' | 'matched', ConnectionSet>>;

/** Policies that decided, each with those of its priority that would have decided otherwise. */
function rivals(
  settings: PolicySettings,
  { layer, clusterPolicies }: LayerJudgement,
  direction: Direction,
  flow: Flow,
  asked: ConnectionSet,
): readonly (readonly [ClusterPolicy, ClusterPolicy])[] {
  if (layer === 'NetworkPolicy' || clusterPolicies.length < 2) return [];
  const known = new Map<ClusterPolicy, Alone>();
  const alone = (policy: ClusterPolicy) => {
    const found = known.get(policy) ?? judgeAlone(settings, layer, policy, direction, flow);
    known.set(policy, found);
    return found;
  };
  const deciding = clusterPolicies.filter(({ rules }) => rules.some(({ decides }) => !noConnections(intersectConnections(decides, asked))));
  return deciding.flatMap(({ policy: a }) =>
    clusterPolicies.flatMap(({ policy: b }): readonly (readonly [ClusterPolicy, ClusterPolicy])[] =>
      b !== a && b.priority === a.priority && disagree(alone(a), alone(b), asked)
        ? [compareText(a.ref.name, b.ref.name) < 0 ? [a, b] : [b, a]]
        : [],
    ),
  );
}

function judgeAlone(settings: PolicySettings, tier: PolicyTier, policy: ClusterPolicy, direction: Direction, flow: Flow): Alone {
  const { allowed, decided, clusterPolicies } = judgeTier(settings, tier, [policy], direction, flow);
  const matched = clusterPolicies
    .flatMap(({ rules }) => rules)
    .reduce((sum, { decides }) => unionConnections(sum, decides), NO_CONNECTIONS);
  return { allowed, decided, matched };
}

function disagree(one: Alone, other: Alone, asked: ConnectionSet): boolean {
  const both = intersectConnections(intersectConnections(one.matched, other.matched), asked);
  const same = (x: ConnectionSet, y: ConnectionSet) => sameConnections(intersectConnections(x, both), intersectConnections(y, both));
  return !same(one.allowed, other.allowed) || !same(one.decided, other.decided);
}
