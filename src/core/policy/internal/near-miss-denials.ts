import { describeRef } from '../../kernel/object-ref.js';
import { cidrContains, formatCidr } from '../../net/cidr.js';
import type { CiliumPolicy, CiliumRule, CiliumSpec } from '../../resources/cilium-policy.js';
import { describeCiliumPort } from './cilium-ports.js';
import { intersectConnections, noConnections } from './connection-set.js';
import { PolicyEdit } from './edits.js';
import type { RuleJudgement } from './judge-layer.js';
import { type MissContext, type NearMissCandidate, sidesOf } from './near-miss-candidates.js';
import { labelChanges, triesOf } from './near-miss-labels.js';
import { podsOfIdentity } from './unknown/cilium-pods.js';

/** How a policy of Cilium is with one rule changed, or without it. */
type WithRule = (before: CiliumRule, after: CiliumRule | undefined) => CiliumPolicy;

/** Changes around a rule of Cilium that denies what was asked for: a label of the other pod, an exception from a block, a port less, or the rule gone. */
export function denialCandidates(
  context: MissContext,
  policy: CiliumPolicy,
  rule: CiliumRule,
  judged: RuleJudgement,
  withRule: WithRule,
): readonly NearMissCandidate[] {
  if (noConnections(intersectConnections(judged.matched, context.words.asked))) return [];
  const object = describeRef(policy.ref);
  const changed = (to: () => CiliumRule | undefined) => new PolicyEdit(policy, () => withRule(rule, to()));
  const gone: NearMissCandidate = {
    reason: 'DENY_RULE',
    rank: 'less-rule',
    object,
    pointer: rule.pointer,
    message: 'the rule denies it, whatever else allows it',
    fix: `take the rule \`${rule.pointer}\` from ${object}`,
    edit: changed(() => undefined),
  };
  if (rule.failsClosed) return [gone];
  return [
    ...labelsOfPeers(context, rule, judged),
    ...exceptions(context, rule, object, changed),
    ...portsLess(rule, object, changed),
    gone,
  ];
}

type Changed = (to: () => CiliumRule) => NearMissCandidate['edit'];

function labelsOfPeers(context: MissContext, { peers }: CiliumRule, judged: RuleJudgement): readonly NearMissCandidate[] {
  const identities = context.book.cilium?.identities;
  if (!identities || !peers) return [];
  const tries = triesOf(
    context,
    peers.reduce((sum, peer) => sum + (peer.type === 'endpoints' ? 1 + peer.selector.requirements.length : 1), 0),
  );
  return peers.flatMap((peer) =>
    peer.type === 'endpoints' && tries.left > 0
      ? labelChanges(context, judged, podsOfIdentity(peer.selector, identities), peer.pointer, tries)
      : [],
  );
}

/** Only `fromCIDRSet` and `toCIDRSet` know exceptions. */
function exceptions({ direction, words }: MissContext, rule: CiliumRule, object: string, changed: Changed): readonly NearMissCandidate[] {
  const { other } = sidesOf(direction);
  const [block, { address }] = [words.blocks[other], words.flow[other]];
  if (!block || address === undefined) return [];
  return (rule.peers ?? []).flatMap((peer): readonly NearMissCandidate[] => {
    if (peer.type !== 'cidr' || !peer.pointer.includes('CIDRSet') || !cidrContains(peer.cidr, address)) return [];
    const peers = () => rule.peers?.map((one) => (one === peer ? { ...peer, except: [...peer.except, block] } : one));
    return [
      {
        reason: 'DENY_PEER',
        rank: 'peer',
        object,
        pointer: peer.pointer,
        message: `the rule denies ${formatCidr(peer.cidr)}, and ${words[other]} lies in it`,
        fix: `add \`${formatCidr(block)}\` to \`${peer.pointer}/except\` of ${object}`,
        edit: changed(() => ({ ...rule, peers: peers() })),
      },
    ];
  });
}

/** An entry of `toPorts` that denies just this; without the last one the rule would deny every port. */
function portsLess(rule: CiliumRule, object: string, changed: Changed): readonly NearMissCandidate[] {
  const entries = rule.ports.flatMap(({ ports }) => ports);
  if (entries.length < 2) return [];
  return rule.ports.flatMap((element) =>
    element.ports.map((port): NearMissCandidate => {
      const without = (): CiliumRule => {
        const less = { ...element, ports: element.ports.filter((one) => one !== port) };
        return { ...rule, ports: rule.ports.map((one) => (one === element ? less : one)).filter((one) => one.ports.length > 0) };
      };
      return {
        reason: 'DENY_PORT',
        rank: 'port',
        object,
        pointer: port.pointer,
        message: `the rule denies ${describeCiliumPort(port)}`,
        fix: `take \`${port.pointer}\` (${describeCiliumPort(port)}) from ${object}`,
        edit: changed(without),
      };
    }),
  );
}

/** "`enableDefaultDeny`: whether the rule applies default-deny to all endpoints it selects": the policy then allows what it names, and refuses nothing else. */
export function defaultDenyCandidate(
  context: MissContext,
  policy: CiliumPolicy,
  spec: CiliumSpec,
  after: () => CiliumPolicy,
): NearMissCandidate {
  const { direction, words } = context;
  const object = describeRef(policy.ref);
  return {
    reason: 'DEFAULT_DENY',
    rank: 'default-deny',
    object,
    pointer: `${spec.pointer}/enableDefaultDeny/${direction}`,
    message: `${object} puts ${words[sidesOf(direction).subject]} into default-deny, and it alone does`,
    fix: `set \`${spec.pointer}/enableDefaultDeny/${direction}\` of ${object} to \`false\`: whatever no rule denies is then open`,
    edit: new PolicyEdit(policy, after),
  };
}
