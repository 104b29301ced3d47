import { describeRef } from '../../kernel/object-ref.js';
import { PROTOCOLS } from '../../net/protocol.js';
import type { NetworkPolicy, PolicyPort, PolicyRule } from '../../resources/network-policy.js';
import { type ConnectionSet, formatConnections, isEverything } from './connection-set.js';
import { PolicyEdit } from './edits.js';
import type { LayerJudgement } from './judge-layer.js';
import { type MissContext, type NearMissCandidate, sidesOf } from './near-miss-candidates.js';
import { peerFor } from './peer-for.js';

/** A rule that admits just what was asked for, in the policy that selects the subject most narrowly. */
export function newRule(context: MissContext, layers: readonly LayerJudgement[]): readonly NearMissCandidate[] {
  const isolating = layers.flatMap(({ policies }) =>
    policies.flatMap(({ acting: { isolates, policy } }) => (isolates && policy.kind === 'NetworkPolicy' ? [policy] : [])),
  );
  const policy = isolating.toSorted((a, b) => b.podSelector.requirements.length - a.podSelector.requirements.length)[0];
  const { direction, words } = context;
  const { other } = sidesOf(direction);
  const described = policy && peerFor(words.flow[other], words.blocks[other], policy.namespace);
  if (!policy || !described) return [];
  const pointer = `/spec/${direction}/${policy[direction].length}`;
  // Ports name TCP, UDP and SCTP alone: a rule for anything else is one without ports.
  const named = portsFor(words.asked, pointer);
  const rule: PolicyRule = { pointer, peers: [described.peer], ports: named };
  const after: NetworkPolicy = { ...policy, [direction]: [...policy[direction], rule] };
  const object = describeRef(policy.ref);
  const verb = direction === 'egress' ? 'to' : 'from';
  const ports = named.length === 0 ? 'every port' : formatConnections(words.asked);
  return [
    {
      reason: 'NEW_RULE',
      rank: 'new-rule',
      object,
      pointer: `/spec/${direction}`,
      message: `no rule of ${isolating.length === 1 ? object : `the ${isolating.length} policies that isolate ${words[sidesOf(direction).subject]}`} admits it`,
      fix: `add a rule to \`/spec/${direction}\` of ${object}: ${verb} ${described.text}, ${ports}`,
      edit: new PolicyEdit(policy, () => after),
    },
  ];
}

function portsFor(asked: ConnectionSet, pointer: string): readonly PolicyPort[] {
  if (isEverything(asked)) return [];
  return PROTOCOLS.flatMap((protocol) =>
    asked[protocol].map((range, index): PolicyPort => {
      const whole = range.from === 1 && range.to === 65535;
      return {
        type: 'port',
        pointer: `${pointer}/ports/${index}`,
        protocol,
        port: whole ? undefined : range.from,
        endPort: whole || range.from === range.to ? undefined : range.to,
      };
    }),
  );
}
