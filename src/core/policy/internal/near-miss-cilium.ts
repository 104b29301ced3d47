import { describeRef } from '../../kernel/object-ref.js';
import { IP_PROTOCOLS } from '../../net/ip-protocol.js';
import type { Steps } from '../../kernel/steps.js';
import { PROTOCOLS } from '../../net/protocol.js';
import {
  CILIUM_NAMESPACE_LABEL,
  CILIUM_NAMESPACE_LABELS,
  type CiliumPeer,
  type CiliumPolicy,
  type CiliumPort,
  type CiliumPortRule,
  type CiliumRule,
  type CiliumSpec,
} from '../../resources/cilium-policy.js';
import { type LabelRequirement } from '../../resources/label-selector.js';
import { isCiliumPolicy } from './acting-cilium-policy.js';
import { unmetOf } from './cilium-identity.js';
import { describeCiliumPeer } from './cilium-words.js';
import { describeCiliumPort } from './cilium-ports.js';
import { type ConnectionSet, coversConnections, formatConnections, isEverything, onlyProtocol } from './connection-set.js';
import { PolicyEdit } from './edits.js';
import type { LayerJudgement, RuleJudgement } from './judge-layer.js';
import { isSmallChange, labelFix, type MissContext, type NearMissCandidate, sidesOf, valueFor } from './near-miss-candidates.js';
import { defaultDenyCandidate, denialCandidates } from './near-miss-denials.js';
import { onePort } from './near-miss-rules.js';
import { peerFor } from './peer-for.js';

/** Changes around the rules of Cilium: a label, a port, a peer more or less, one more rule in a policy that isolates, or its default-deny. Yields often. */
export function* ciliumCandidates(context: MissContext, layer: LayerJudgement): Steps<readonly NearMissCandidate[]> {
  const found: NearMissCandidate[] = [];
  for (const { acting, rules } of layer.policies) {
    const { policy } = acting;
    if (!isCiliumPolicy(policy)) continue;
    const byPointer = rulesOf(policy);
    for (const judged of rules) {
      yield;
      const rule = byPointer.get(judged.rule.pointer);
      if (rule) found.push(...aroundRule(context, policy, rule, judged));
    }
    const spec = policy.specs.find(({ subject }) => subject.pointer === acting.pointer);
    if (!spec || !acting.isolates) continue;
    const open = () => policy.specs.map((one) => ({ ...one, [context.direction]: { ...one[context.direction], defaultDeny: false } }));
    const after = (): CiliumPolicy => ({ ...policy, specs: open() });
    found.push(...newRule(context, policy, spec));
    if (context.book.cilium?.settings.cilium.nonDefaultDeny) found.push(defaultDenyCandidate(context, policy, spec, after));
  }
  return found;
}

/** The rules of both directions by where they stand. */
function rulesOf({ specs }: CiliumPolicy): ReadonlyMap<string, CiliumRule> {
  const rules = specs.flatMap(({ ingress, egress }) => [...ingress.rules, ...egress.rules]);
  return new Map(rules.map((rule) => [rule.pointer, rule]));
}

function aroundRule(context: MissContext, policy: CiliumPolicy, rule: CiliumRule, judged: RuleJudgement): readonly NearMissCandidate[] {
  if (rule.action === 'Deny') return denialCandidates(context, policy, rule, judged, (before, after) => replaced(policy, before, after));
  if (rule.failsClosed) return [];
  const portsFit = coversConnections(judged.portsAtDestination, context.words.asked);
  if (judged.admitsPeer) return portsFit ? [] : onePortMore(context, policy, rule, judged);
  return portsFit ? [...oneLabelMore(context, policy, rule), ...onePeerMore(context, policy, rule)] : [];
}

/** One more port, or one more type of messages: `icmps` do not go with `toPorts`. */
function onePortMore(context: MissContext, policy: CiliumPolicy, rule: CiliumRule, judged: RuleJudgement): readonly NearMissCandidate[] {
  if (rule.ports.some(({ ports }) => ports.some(({ type }) => type === 'icmp'))) return oneMessageMore(context, policy, rule, judged);
  const wanted = onePort(context.words.asked);
  if (!wanted) return [];
  const { protocol, port } = wanted;
  const fix = `add \`{ports: [{port: "${port}", protocol: ${protocol}}]}\` to \`${rule.pointer}/toPorts\` of ${describeRef(policy.ref)}`;
  return [moreOf(context, policy, rule, judged, { field: 'toPorts', named: `${protocol} ${port}`, fix })];
}

/** One more type of ICMP, where just that was asked for. */
function oneMessageMore(context: MissContext, policy: CiliumPolicy, rule: CiliumRule, judged: RuleJudgement): readonly NearMissCandidate[] {
  const { asked } = context.words;
  const number = onlyProtocol(asked);
  if (number !== IP_PROTOCOLS.ICMP && number !== IP_PROTOCOLS.ICMPv6) return [];
  const [wanted, another] = portsFor(asked, '').flatMap(({ ports }) => ports);
  if (wanted?.type !== 'icmp' || another) return [];
  const entry = `{family: IPv${wanted.family}, type: ${wanted.icmpType}}`;
  const fix = `add \`{fields: [${entry}]}\` to \`${rule.pointer}/icmps\` of ${describeRef(policy.ref)}`;
  return [moreOf(context, policy, rule, judged, { field: 'icmps', named: describeCiliumPort(wanted), fix })];
}

/** The rule with what was asked for among its ports. */
function moreOf(
  { words }: MissContext,
  policy: CiliumPolicy,
  rule: CiliumRule,
  { portsAtDestination }: RuleJudgement,
  { field, named, fix }: { readonly field: 'toPorts' | 'icmps'; readonly named: string; readonly fix: string },
): NearMissCandidate {
  const pointer = `${rule.pointer}/${field}`;
  const admits = formatConnections(portsAtDestination);
  const after = () => withRule(policy, { ...rule, ports: [...rule.ports, ...portsFor(words.asked, pointer)] });
  return {
    reason: 'RULE_PORT',
    rank: 'port',
    object: describeRef(policy.ref),
    pointer,
    message: `the rule admits the peer for ${admits === 'No Connections' ? 'no port of this destination' : admits}, not for ${named}`,
    fix,
    edit: new PolicyEdit(policy, after),
  };
}

/** A selector of the rule is one label of the pod away. */
function oneLabelMore({ book, direction, words }: MissContext, policy: CiliumPolicy, { peers }: CiliumRule): readonly NearMissCandidate[] {
  const { subject, other } = sidesOf(direction);
  const [endpoint, own] = [words.flow[other], words.flow[subject]];
  const { cilium } = book;
  if (endpoint.kind !== 'pod' || !cilium) return [];
  const identity = cilium.identityOf(endpoint, own.kind === 'address' ? undefined : own.node);
  return (peers ?? []).flatMap((peer): readonly NearMissCandidate[] => {
    const unmet = peer.type === 'endpoints' ? unmetOf(peer.selector, identity) : [];
    const requirement = unmet.length === 1 && unmet[0] ? podLabel(unmet[0]) : undefined;
    if (!requirement) return [];
    const value = valueFor(requirement);
    return [
      {
        reason: 'POD_LABEL',
        rank: isSmallChange(requirement, endpoint.labels) ? 'pod-label' : 'other-label',
        object: describeRef(policy.ref),
        pointer: peer.pointer,
        message: `the peer selects endpoints one label away from ${words[other]}`,
        fix: labelFix(words[other], requirement.key, value),
        edit: { type: 'pod-label', side: other, key: requirement.key, value },
      },
    ];
  });
}

/** The requirement as one of the pod's own labels; undefined for labels that nobody can give a pod. */
function podLabel(requirement: LabelRequirement): LabelRequirement | undefined {
  const [source, key] = requirement.key.split(/:(.*)/s);
  if ((source !== 'any' && source !== 'k8s') || !key || key === CILIUM_NAMESPACE_LABEL) return undefined;
  return key.startsWith(CILIUM_NAMESPACE_LABELS) || key.startsWith('io.cilium.') ? undefined : { ...requirement, key };
}

/** One more peer of the kind that the rule has: two kinds do not go together. */
function onePeerMore(context: MissContext, policy: CiliumPolicy, rule: CiliumRule): readonly NearMissCandidate[] {
  const peer = ciliumPeerFor(context, `${rule.pointer}/`);
  if (!peer) return [];
  const { direction, words } = context;
  const { other } = sidesOf(direction);
  const named = `${rule.pointer}/${fieldOf(direction, peer)}`;
  // Not where it only stands for what the agent counts to an entity.
  const pointer = [named, `${named}Set`].find((field) => rule.peers?.some((one) => one.pointer.startsWith(`${field}/`)));
  if (pointer === undefined) return [];
  const object = describeRef(policy.ref);
  return [
    {
      reason: 'RULE_PEER',
      rank: 'new-peer',
      object,
      pointer,
      message: `the rule admits the port, and none of its peers is ${words[other]}`,
      fix: `add ${describeCiliumPeer(peer)} to \`${pointer}\` of ${object}`,
      edit: new PolicyEdit(policy, () => withRule(policy, { ...rule, peers: [...(rule.peers ?? []), peer] })),
    },
  ];
}

function newRule(context: MissContext, policy: CiliumPolicy, spec: CiliumSpec): readonly NearMissCandidate[] {
  const { direction, words } = context;
  const { rules } = spec[direction];
  const pointer = `${spec.pointer}/${direction}/${rules.filter(({ action }) => action === 'Accept').length}`;
  const peer = ciliumPeerFor(context, `${pointer}/`);
  if (!peer) return [];
  const ports = isEverything(words.asked) ? [] : portsFor(words.asked, `${pointer}/toPorts`);
  const rule: CiliumRule = { pointer, action: 'Accept', peers: [peer], ports, authentication: undefined, failsClosed: false };
  const after = () => withSpec(policy, { ...spec, [direction]: { ...spec[direction], rules: [...rules, rule] } });
  const object = describeRef(policy.ref);
  const what = isEverything(words.asked) ? 'every port' : formatConnections(words.asked);
  return [
    {
      reason: 'NEW_RULE',
      rank: 'new-rule',
      object,
      pointer: `${spec.pointer}/${direction}`,
      message: `no rule admits it, and ${object} isolates ${words[sidesOf(direction).subject]}`,
      fix: `add a rule to \`${spec.pointer}/${direction}\` of ${object}: ${direction === 'egress' ? 'to' : 'from'} ${describeCiliumPeer(peer)}, ${what}`,
      edit: new PolicyEdit(policy, after),
    },
  ];
}

/** A peer for just the other side: a pod by its labels, a node as an entity, an address by its block. */
function ciliumPeerFor({ direction, words }: MissContext, at: string): CiliumPeer | undefined {
  const { subject, other } = sidesOf(direction);
  const [endpoint, own] = [words.flow[other], words.flow[subject]];
  if (endpoint.kind === 'host') {
    const node = own.kind === 'address' ? undefined : own.node;
    return { type: 'entity', pointer: at, entity: node !== undefined && node === endpoint.node ? 'host' : 'remote-node' };
  }
  const block = words.blocks[other];
  if (endpoint.kind === 'address') return block && { type: 'cidr', pointer: at, cidr: block, except: [] };
  const labels = peerFor(endpoint, undefined, endpoint.namespace)?.peer;
  if (labels?.type !== 'pods') return undefined;
  const requirements = (labels.podSelector?.requirements ?? []).map((one) => ({ ...one, key: `any:${one.key}` }));
  const scope = { key: `k8s:${CILIUM_NAMESPACE_LABEL}`, operator: 'In' as const, values: [endpoint.namespace] };
  return { type: 'endpoints', pointer: at, selector: { requirements: [...requirements, scope], invalid: false } };
}

function fieldOf(direction: 'ingress' | 'egress', { type }: CiliumPeer): string {
  const kind = type === 'endpoints' ? 'Endpoints' : type === 'entity' ? 'Entities' : 'CIDR';
  return `${direction === 'ingress' ? 'from' : 'to'}${kind}`;
}

function portsFor(asked: ConnectionSet, pointer: string): readonly CiliumPortRule[] {
  const ports = PROTOCOLS.flatMap((protocol) =>
    asked[protocol].map(({ from, to }): CiliumPort => {
      const whole = from === 1 && to === 65535;
      return { type: 'port', pointer, protocol, port: whole ? undefined : from, endPort: whole || from === to ? undefined : to };
    }),
  );
  const messages = ([4, 6] as const).flatMap((family) =>
    asked[family === 4 ? 'ICMP' : 'ICMPv6'].flatMap(({ from, to }): readonly CiliumPort[] =>
      from === to ? [{ type: 'icmp', pointer, family, icmpType: from }] : [],
    ),
  );
  return [{ pointer, ports: [...ports, ...messages], layer7: undefined, conditions: [] }];
}

function withRule(policy: CiliumPolicy, changed: CiliumRule): CiliumPolicy {
  return replaced(policy, changed, changed);
}

/** The policy with another rule at the place of one, or with none there. */
function replaced(policy: CiliumPolicy, { pointer }: CiliumRule, after: CiliumRule | undefined): CiliumPolicy {
  const swap = (rules: readonly CiliumRule[]) => rules.flatMap((rule) => (rule.pointer === pointer ? (after ?? []) : rule));
  const specs = policy.specs.map((spec) => ({
    ...spec,
    ingress: { ...spec.ingress, rules: swap(spec.ingress.rules) },
    egress: { ...spec.egress, rules: swap(spec.egress.rules) },
  }));
  return { ...policy, specs };
}

function withSpec(policy: CiliumPolicy, changed: CiliumSpec): CiliumPolicy {
  return { ...policy, specs: policy.specs.map((spec) => (spec.pointer === changed.pointer ? changed : spec)) };
}
