import type { ClusterPeer } from '../../../resources/cluster-policy.js';
import { formatSelector, type LabelSelector, selectorMatches } from '../../../resources/label-selector.js';
import type { PolicyPeer } from '../../../resources/network-policy.js';
import type { LintFix } from '../../lint-result.js';
import { DIRECTIONS } from '../direction.js';
import { describePeer } from '../policy-words.js';
import type { LintDrafts } from './draft.js';
import { type LintContext, type LintedPolicy, namespaceOf } from './lint-context.js';
import { nearestSelector, selectorJson } from './selector-patch.js';
import { labelsOf } from './subject-checks.js';

type Peer = PolicyPeer | ClusterPeer;
type PodsPeer = Extract<Peer, { type: 'pods' }>;

/** A peer that matches nobody: no pod, node or address of the model. Domain names stand for addresses that nobody knows, and are left out. */
export function* peerMatchesNothing(context: LintContext, policy: LintedPolicy): LintDrafts {
  const namespace = namespaceOf(policy);
  for (const peer of peersOf(policy)) {
    yield;
    if (peer.type === 'domainNames' || isInvalid(peer) || context.population.hasMatch(namespace, peer)) continue;
    yield {
      code: 'POL-PEER-MATCHES-NOTHING',
      object: policy.ref,
      pointer: peer.pointer,
      message: `${describePeer(peer, namespace)}: ${why(context, peer)}`,
      mend: () => (peer.type === 'pods' ? mend(context, namespace, peer) : undefined),
    };
  }
}

function* peersOf(policy: LintedPolicy): Generator<Peer> {
  for (const direction of DIRECTIONS) for (const { peers } of policy[direction]) yield* peers;
}

function isInvalid(peer: Peer): boolean {
  return (
    peer.type === 'invalid' || (peer.type === 'pods' && (peer.podSelector?.invalid === true || peer.namespaceSelector?.invalid === true))
  );
}

function why({ population, model }: LintContext, peer: Peer): string {
  if (peer.type === 'nodes') return 'there is no such node';
  if (peer.type === 'ipBlock' || peer.type === 'networks') return 'no address of the families that the cluster has lies in it';
  if (peer.type !== 'pods' || !peer.namespaceSelector) return 'there is no such pod';
  if (population.selectIn(peer.namespaceSelector, undefined).length > 0) return 'there is no such pod';
  const exists = hasNamespace(model, peer.namespaceSelector);
  return exists ? 'the namespaces that match have no pods' : 'no namespace matches';
}

function hasNamespace(model: LintContext['model'], selector: LabelSelector): boolean {
  return [...model.namespaces.values()].some(({ labels }) => selectorMatches(selector, labels));
}

function mend({ population, model }: LintContext, namespace: string, peer: PodsPeer): LintFix | undefined {
  const path = (field: 'namespaceSelector' | 'podSelector') => `${peer.pointer}${fieldOf(namespace, peer, field)}`;
  const offer = (field: 'namespaceSelector' | 'podSelector', selector: LabelSelector | undefined): LintFix | undefined => {
    if (!selector || population.matching(namespace, { ...peer, [field]: selector }).length === 0) return undefined;
    const patch = [{ op: 'replace' as const, path: path(field), value: selectorJson(selector) }];
    return { message: `write \`${formatSelector(selector)}\` as ${field}`, patch };
  };
  const { namespaceSelector, podSelector } = peer;
  if (namespaceSelector && population.selectIn(namespaceSelector, undefined).length === 0) {
    const labels = [...model.namespaces.values()].map((one) => one.labels);
    return offer('namespaceSelector', nearestSelector(namespaceSelector, labels));
  }
  if (!podSelector) return undefined;
  const candidates = namespaceSelector ? population.selectIn(namespaceSelector, undefined) : population.select(namespace, undefined);
  return offer('podSelector', nearestSelector(podSelector, labelsOf(candidates)));
}

/** NetworkPolicies have the two side by side, policies of the cluster below `pods`, or the first alone as `namespaces`. */
function fieldOf(namespace: string, peer: PodsPeer, field: string): string {
  if (namespace !== '') return `/${field}`;
  return peer.podSelector === undefined ? '/namespaces' : `/pods/${field}`;
}

/**
 * "This policy contains two elements in the from array, and allows connections from Pods in the local Namespace with the label, or from any Pod in any
 * namespace …" (Behavior of to and from selectors): told where both in one element would match pods too.
 */
export function* splitPeers({ population }: LintContext, policy: LintedPolicy): LintDrafts {
  if (policy.kind !== 'NetworkPolicy') return;
  for (const direction of DIRECTIONS) {
    for (const { peers } of policy[direction]) {
      for (const [position, first] of peers.entries()) {
        yield;
        const second = peers[position + 1];
        const halves = second && halvesOf(first, second);
        if (!halves || population.selectIn(halves.namespaceSelector, halves.podSelector).length === 0) continue;
        const [namespaces, pods] = [formatSelector(halves.namespaceSelector), formatSelector(halves.podSelector)];
        const value = { namespaceSelector: selectorJson(halves.namespaceSelector), podSelector: selectorJson(halves.podSelector) };
        yield {
          code: 'POL-PEER-SPLIT',
          object: policy.ref,
          pointer: first.pointer,
          message: `namespaceSelector \`${namespaces}\` and podSelector \`${pods}\` are two elements: all pods of those namespaces match, and pods \`${pods}\` of namespace ${policy.namespace}; in one element only pods with both would`,
          related: second ? [{ object: policy.ref, pointer: second.pointer }] : [],
          fix: {
            message: 'write both selectors into one element',
            patch: [
              { op: 'replace', path: first.pointer, value },
              { op: 'remove', path: second?.pointer ?? '' },
            ],
          },
        };
      }
    }
  }
}

/** A namespaceSelector alone beside a podSelector alone that says something. */
function halvesOf(
  a: PolicyPeer,
  b: PolicyPeer,
): { readonly namespaceSelector: LabelSelector; readonly podSelector: LabelSelector } | undefined {
  if (a.type !== 'pods' || b.type !== 'pods' || isInvalid(a) || isInvalid(b)) return undefined;
  const namespaceSelector = a.podSelector ? b.namespaceSelector : a.namespaceSelector;
  const podSelector = a.podSelector ? a.podSelector : b.podSelector;
  const mixed = [a, b].some((one) => one.namespaceSelector && one.podSelector) || (a.podSelector && b.podSelector);
  if (mixed || !namespaceSelector || !podSelector || podSelector.requirements.length === 0) return undefined;
  return { namespaceSelector, podSelector };
}
