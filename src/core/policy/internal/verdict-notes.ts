import type { Note } from '../../kernel/answer.js';
import { keysOf } from '../../kernel/keys-of.js';
import type { Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { PolicyQuestion } from '../policy-question.js';
import { assumedApis, assumedCalico, assumedNetworks, assumedSwitch, isEnforced } from './enforcement.js';
import { isCalicoPolicy } from './calico-layers.js';
import { calicoWarnings, interfaceNotes } from './calico-notes.js';
import type { JudgedCase } from './judged-cases.js';
import { isCiliumPolicy } from './acting-cilium-policy.js';
import { isClusterPolicy } from './acting-cluster-policy.js';
import type { DirectionJudgement } from './judge-direction.js';
import { openRules } from './open-rules.js';
import { PolicyIndex } from './policy-index.js';
import type { RuleJudgement } from './judge-layer.js';
import { type PeerMatch, peerMatches, type PeerMismatch } from './judge-peer.js';
import { samePriorities } from './same-priorities.js';
import { undefinedProtocol } from './undefined-protocol.js';

/** What an answer rests on beside the objects. */
export interface VerdictNotes {
  readonly assumptions: readonly Note[];
  readonly warnings: readonly Note[];
  /** An address that is not known might have decided otherwise. */
  readonly insufficient: boolean;
}

/** The switches that decided and that nobody told, addresses that the model made up, and traps that people fall into. Yields often. */
export function* verdictNotes(model: NetworkModel, question: PolicyQuestion, cases: readonly JudgedCase[]): Steps<VerdictNotes> {
  const judged = cases.flatMap(({ judgement }) => [judgement.egress, judgement.ingress]);
  const outcomes = new Set<PeerMatch | PeerMismatch>();
  const traps = new Set<Trap>();
  const refusals = new Set<string>();
  for (const direction of judged) {
    for (const rule of rulesOf(direction)) {
      // Both are worked out here, and remembered for all that follows.
      if (rule.peers.length + rule.ports.length > 0) yield;
      for (const { outcome } of rule.peers) outcomes.add(outcome);
      addTraps(rule, traps);
      if (rule.rule.refusal) refusals.add(rule.rule.refusal.text);
    }
  }
  // What a peer came to nowhere is not looked for again.
  const unknownAddress = outcomes.has('ADDRESS_UNKNOWN') && cases.some(someHangsOnAddress);
  const unknownName = outcomes.has('DOMAIN_NOT_RESOLVED') && hangsOnName(cases);
  yield;
  const assumptions = [
    ...undefinedProtocol(question.protocol, judged.some(byNetworkPolicies)),
    ...switchNotes(model, judged, outcomes),
    ...addressNotes(cases, outcomes),
    ...interfaceNotes(judged),
  ];
  yield;
  const unknown = UNKNOWN_PEERS.some((outcome) => outcomes.has(outcome)) ? yield* unknownPeers(cases) : [];
  yield;
  const warnings = [...warningsOf(model, question, cases, { judged, traps, refusals, unknownAddress, unknownName }), ...unknown];
  yield;
  return {
    assumptions,
    warnings,
    insufficient: unknownAddress || unknownName || unknown.length > 0 || hangsOnPriority(model, warnings),
  };
}

function someHangsOnAddress({ verdict, judgement: { egress, ingress } }: JudgedCase): boolean {
  const both = [egress, ingress];
  return (verdict !== 'ALLOWED' && both.some(hangsOnAddress)) || both.some(orderHangsOnAddress);
}

function byNetworkPolicies({ layers }: DirectionJudgement): boolean {
  return layers.some(({ at }) => at.layer === 'NetworkPolicy');
}

function rulesOf({ layers }: DirectionJudgement): readonly RuleJudgement[] {
  return layers.flatMap(({ policies }) => policies.flatMap(({ rules }) => rules));
}

function switchNotes(
  model: NetworkModel,
  judged: readonly DirectionJudgement[],
  outcomes: ReadonlySet<PeerMatch | PeerMismatch>,
): readonly Note[] {
  const notes: Note[] = [];
  if (judged.some(({ isolated }) => isolated)) notes.push(...assumedSwitch(model, 'policy.enforcement', 'policies are taken as enforced'));
  if (judged.some(({ exemption }) => exemption === 'LOOPBACK')) {
    notes.push(...assumedSwitch(model, 'policy.loopback', 'a pod is taken to reach itself whatever its policies say'));
  }
  if (judged.some(({ exemption }) => exemption === 'HOST')) {
    notes.push(...assumedSwitch(model, 'policy.hostNetworkPods', 'hostNetwork pods are taken for their nodes'));
  }
  if (
    judged.some(
      ({ exemption, layers }) => exemption === 'ENDPOINT_TO_HOST' || layers.some(({ at }) => at.layer === 'calico-endpoint-to-host'),
    )
  ) {
    notes.push(...assumedSwitch(model, 'policy.calico.endpointToHost', 'a node is taken to accept what its own pods send to it'));
  }
  if (judged.some(({ layers }) => layers.some(({ policies }) => policies.some(({ acting }) => isClusterPolicy(acting.policy)))))
    notes.push(...assumedApis(model));
  if (judged.some(({ layers }) => layers.some(({ at }) => at.layer.startsWith('calico')))) notes.push(...assumedCalico(model));
  if (outcomes.has('NETWORKS_IGNORE_PODS') || outcomes.has('ADDRESS_IN_NETWORKS')) notes.push(...assumedNetworks(model));
  if (outcomes.has('BLOCK_IGNORES_NODES'))
    notes.push(...assumedSwitch(model, 'policy.ipBlockMatchesNodes', 'an ipBlock is taken to match no nodes'));
  if (judged.some(onHost))
    notes.push(...assumedSwitch(model, 'policy.cilium.hostPolicies', 'policies with a nodeSelector are taken as enforced'));
  const namesNodes = outcomes.has('NODE_SELECTED') || outcomes.has('NODE_NOT_SELECTED');
  if (namesNodes && judged.flatMap(rulesOf).some(asksNodeLabels)) {
    notes.push(...assumedSwitch(model, 'policy.cilium.nodeLabels', 'nodes are taken to have identities by their labels'));
  }
  const pods = model.profile.policy.ipBlockMatchesPods;
  if (outcomes.has('BLOCK_IGNORES_PODS') || (pods && outcomes.has('ADDRESS_IN_BLOCK'))) {
    notes.push(...assumedSwitch(model, 'policy.ipBlockMatchesPods', `an ipBlock is taken to ${pods ? '' : 'not '}match pods`));
  }
  return notes;
}

/** Policies with a nodeSelector were asked. */
function onHost({ layers }: DirectionJudgement): boolean {
  return layers.some(({ policies }) => policies.some(({ acting }) => acting.pointer.endsWith('/nodeSelector')));
}

/** A rule names nodes by their labels, as Cilium does it. */
function asksNodeLabels({ rule, peers }: RuleJudgement): boolean {
  return isCiliumPolicy(rule.policy) && peers.some(({ outcome }) => outcome === 'NODE_SELECTED' || outcome === 'NODE_NOT_SELECTED');
}

/** A derived address is one the cluster may give, not the one it gave. */
function addressNotes(cases: readonly JudgedCase[], outcomes: ReadonlySet<PeerMatch | PeerMismatch>): readonly Note[] {
  const decided = [
    'ADDRESS_IN_BLOCK',
    'ADDRESS_OUTSIDE_BLOCK',
    'ADDRESS_EXCEPTED',
    'ADDRESS_IN_NETWORKS',
    'ADDRESS_OUTSIDE_NETWORKS',
  ] as const;
  if (!decided.some((outcome) => outcomes.has(outcome))) return [];
  const members = cases.flatMap(({ groups }) => groups.flatMap((group) => [...group.sources, ...group.destinations]));
  const derived = members.filter(
    ({ pod }) => pod !== undefined && pod.ips.some(({ provenance }) => provenance === 'derived' || provenance === 'assumed'),
  );
  if (derived.length === 0) return [];
  const message = `the address of ${derived[0]?.name ?? ''}${derived.length > 1 ? ' and others' : ''} is one that the model gave: an ipBlock judged it`;
  return [{ code: 'POD_ADDRESS_DERIVED', message }];
}

/** Refused, and a rule that admits did not ask a block because the pod has no address. */
function hangsOnAddress(judged: DirectionJudgement): boolean {
  return judged.isolated && rulesOf(judged).some((rule) => mayMatchAddress(rule) && rule.rule.unordered);
}

/** An ordered rule may match the address that the pod gets, whatever it does then; so may one that denies. */
function orderHangsOnAddress(judged: DirectionJudgement): boolean {
  return rulesOf(judged).some((rule) => mayMatchAddress(rule) && !(rule.rule.unordered && rule.rule.action === 'Accept'));
}

function mayMatchAddress({ admitsPeer, peers, rule }: RuleJudgement): boolean {
  if (admitsPeer) return false;
  const missed = peers.filter(({ outcome }) => !peerMatches(outcome));
  const unknown = missed.filter(({ outcome }) => outcome === 'ADDRESS_UNKNOWN');
  // Calico's criteria must all hold, peers of the others are alternatives.
  return unknown.length > 0 && (!isCalicoPolicy(rule.policy) || unknown.length === missed.length);
}

/** "There is no way for the user to reliably determine which one it will choose" (network-policy-api `apis/v1alpha2`, Priority), unless the profile says by name. */
function hangsOnPriority({ profile }: NetworkModel, warnings: readonly Note[]): boolean {
  return profile.policy.equalPriority === 'undefined' && warnings.some(({ code }) => code === 'SAME_PRIORITY');
}

/** Denied, and a rule accepts domain names that may stand for the destination. */
function hangsOnName(cases: readonly JudgedCase[]): boolean {
  return cases.some(
    ({ verdict, group, judgement }) =>
      verdict !== 'ALLOWED' &&
      group.flow.destination.kind === 'address' &&
      openRules(judgement.egress, group.asked).some(
        ({ rule, peers }) => rule.action === 'Accept' && peers.some(({ outcome }) => outcome === 'DOMAIN_NOT_RESOLVED'),
      ),
  );
}

/** What rules have that may surprise. */
type Trap = 'SCTP' | 'range of ports' | 'unreadable' | 'invalid' | 'port not found';

const RANGE_OF_PORTS = / \d+-\d+$/;

function addTraps({ rule, peers, ports }: RuleJudgement, traps: Set<Trap>): void {
  if (rule.unreadable) traps.add('unreadable');
  const isChecked = rule.policy.kind === 'NetworkPolicy';
  if (isChecked && peers.some(({ outcome }) => outcome === 'PEER_INVALID')) traps.add('invalid');
  for (const { text, missing } of ports) {
    if (text.startsWith('SCTP')) traps.add('SCTP');
    if (RANGE_OF_PORTS.test(text)) traps.add('range of ports');
    if (isChecked && missing === 'PORT_INVALID') traps.add('invalid');
    if (missing === 'NAMED_PORT_NOT_FOUND') traps.add('port not found');
  }
}

/** What was seen of all cases. */
interface Seen {
  readonly judged: readonly DirectionJudgement[];
  readonly traps: ReadonlySet<Trap>;
  /** Why rules cannot be read. */
  readonly refusals: ReadonlySet<string>;
  readonly unknownAddress: boolean;
  /** A name that is not resolved might have decided otherwise. */
  readonly unknownName: boolean;
}

function warningsOf(
  model: NetworkModel,
  { to }: PolicyQuestion,
  cases: readonly JudgedCase[],
  { judged, traps, refusals, unknownAddress, unknownName }: Seen,
): readonly Note[] {
  const warnings: Note[] = [];
  const isolated = judged.some((one) => one.isolated);
  if (isolated && !isEnforced(model)) {
    const message = `${model.profile.cni.plugin} stores policies and does not enforce them: \`policyVerdict\` says what they would decide`;
    warnings.push({ code: 'NOT_ENFORCED', message });
  }
  if (unknownAddress) {
    warnings.push({ code: 'ADDRESS_UNKNOWN', message: 'a pod has no address yet, and an ipBlock might match the one it gets' });
  }
  if (unknownName) {
    const message = 'a rule accepts domain names, and which addresses they have is not known: it is taken to match nothing';
    warnings.push({ code: 'DOMAIN_NOT_RESOLVED', message });
  }
  warnings.push(...samePriorities(cases), ...calicoWarnings(PolicyIndex.of(model)));
  warnings.push(...pluginWarnings(model, traps), ...ruleWarnings(traps, refusals));
  const translated =
    to.services.length > 0 && cases.some(({ group, judgement }) => group.flow.source.kind === 'address' && judgement.ingress.isolated);
  if (translated) {
    const message =
      'from outside, a pod behind a service may see the address of a node instead of the client’s (externalTrafficPolicy): an ipBlock then judges that one';
    warnings.push({ code: 'SOURCE_MAY_BE_TRANSLATED', message });
  }
  return warnings;
}

/** Peers that nobody can look up here, and what is said of each. */
const UNKNOWN = {
  GROUP_NOT_RESOLVED: 'a rule names groups of a cloud provider, whose addresses are not known: they are taken to match nothing',
  API_SERVER_UNKNOWN:
    'a rule names the entity kube-apiserver, and no object tells where that is: the service `kubernetes` would, with its endpoints',
  NODE_UNKNOWN: 'a rule tells the own node from the others, and on which node a pod runs is not known',
} as const satisfies Partial<Record<PeerMismatch, string>>;

const UNKNOWN_PEERS = keysOf(UNKNOWN);

/** A rule might have decided otherwise: one that accepts where it was refused, one that denies where it was not. Yields after each direction of a case. */
function* unknownPeers(cases: readonly JudgedCase[]): Steps<readonly Note[]> {
  const found = new Set<string>();
  for (const { verdict, judgement, group } of cases) {
    for (const direction of [judgement.egress, judgement.ingress]) {
      yield;
      for (const { rule, peers, admitsPeer } of openRules(direction, group.asked)) {
        if (admitsPeer || verdict === (rule.action === 'Deny' ? 'DENIED' : 'ALLOWED')) continue;
        for (const { outcome } of peers) if (Object.hasOwn(UNKNOWN, outcome)) found.add(outcome);
      }
    }
  }
  return Object.entries(UNKNOWN).flatMap(([code, message]) => (found.has(code) ? { code, message } : []));
}

/** What the plugin does not enforce, where a rule asks for it. */
function pluginWarnings({ profile: { cni, policy } }: NetworkModel, traps: ReadonlySet<Trap>): readonly Note[] {
  const warnings: Note[] = [];
  if (!policy.sctp && traps.has('SCTP')) {
    const message = `a rule names SCTP, which ${cni.plugin} does not enforce unless it is switched on (\`policy.sctp\` of the profile)`;
    warnings.push({ code: 'SCTP_NOT_ENFORCED', message });
  }
  if (!policy.endPort && traps.has('range of ports')) {
    const message = `a rule names a range of ports, which ${cni.plugin} is not known to enforce (\`policy.endPort\` of the profile)`;
    warnings.push({ code: 'END_PORT_NOT_ENFORCED', message });
  }
  return warnings;
}

/** So many reasons for which rules are refused are told. */
const FEW = 3;

/** Rules that do not mean what their authors may think. */
function ruleWarnings(traps: ReadonlySet<Trap>, refused: ReadonlySet<string>): readonly Note[] {
  const warnings: Note[] = [];
  if (traps.has('unreadable')) {
    const refusals = [...refused].slice(0, FEW).join('; ');
    const message = `a rule of a policy cannot be read, or names what the plugin does not know: if it accepts it matches nothing, otherwise it denies everything${refusals === '' ? '' : ` (${refusals})`}`;
    warnings.push({ code: 'RULE_FAILS_CLOSED', message });
  }
  if (traps.has('invalid')) {
    const message = 'a policy has a peer or port that the API server refuses: it is taken to match nothing';
    warnings.push({ code: 'INVALID_RULE', message });
  }
  if (traps.has('port not found')) {
    const message = 'a policy names a port that a destination does not have: the entry matches nothing there';
    warnings.push({ code: 'NAMED_PORT_NOT_FOUND', message });
  }
  return warnings;
}
