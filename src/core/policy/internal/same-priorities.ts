import type { Note } from '../../kernel/answer.js';
import { compareText } from '../../kernel/compare.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { ClusterPolicy } from '../../resources/cluster-policy.js';
import { isClusterPolicy } from './acting-cluster-policy.js';
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
import type { Flow } from './judge-direction.js';
import { judgeLayer, type LayerJudgement } from './judge-layer.js';
import type { ActingPolicy, LayerAt } from './layer.js';

/**
 * Policies of one tier and priority that decide otherwise over something that was asked for: "the implementation can apply any of the matching policies to the
 * connection, and there is no way for the user to reliably determine which one it will choose".
 */
export function samePriorities(cases: readonly JudgedCase[]): readonly Note[] {
  const messages = new Set<string>();
  for (const { group, judgement } of cases) {
    for (const direction of DIRECTIONS) {
      for (const layer of judgement[direction].layers) {
        for (const [a, b] of rivals(layer, direction, group.flow, group.asked)) {
          const rank = `priority ${a.priority ?? 'none'} in tier ${layer.at.layer}`;
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
type Alone = Readonly<Record<'allowed' | 'denied' | 'matched', ConnectionSet>>;

/** Policies that decided, each with those of its priority that would have decided otherwise. */
function rivals(
  layer: LayerJudgement,
  direction: Direction,
  flow: Flow,
  asked: ConnectionSet,
): readonly (readonly [ClusterPolicy, ClusterPolicy])[] {
  const ofCluster = layer.policies.flatMap(({ acting, rules }) =>
    isClusterPolicy(acting.policy) ? [{ acting, policy: acting.policy, rules }] : [],
  );
  const subject = direction === 'egress' ? flow.source : flow.destination;
  if (ofCluster.length < 2 || subject.kind === 'address') return [];
  const known = new Map<ActingPolicy, Alone>();
  const alone = (acting: ActingPolicy) => {
    const at: LayerAt = { layer: layer.at.layer, policies: [acting], rules: acting.rules, end: 'open' };
    const found = known.get(acting) ?? allOf(judgeLayer(at, direction, subject, flow, layer));
    known.set(acting, found);
    return found;
  };
  const deciding = ofCluster.filter(({ rules }) => rules.some(({ decides }) => !noConnections(intersectConnections(decides, asked))));
  return deciding.flatMap((a) =>
    ofCluster.flatMap((b): readonly (readonly [ClusterPolicy, ClusterPolicy])[] => {
      const rivalling = b !== a && b.policy.priority === a.policy.priority && disagree(alone(a.acting), alone(b.acting), asked);
      if (!rivalling) return [];
      return [compareText(a.policy.ref.name, b.policy.ref.name) < 0 ? [a.policy, b.policy] : [b.policy, a.policy]];
    }),
  );
}

function allOf({ allowed, denied, policies }: LayerJudgement): Alone {
  const matched = policies.flatMap(({ rules }) => rules).reduce((sum, { decides }) => unionConnections(sum, decides), NO_CONNECTIONS);
  return { allowed, denied, matched };
}

function disagree(one: Alone, other: Alone, asked: ConnectionSet): boolean {
  const both = intersectConnections(intersectConnections(one.matched, other.matched), asked);
  const same = (x: ConnectionSet, y: ConnectionSet) => sameConnections(intersectConnections(x, both), intersectConnections(y, both));
  return !same(one.allowed, other.allowed) || !same(one.denied, other.denied);
}
