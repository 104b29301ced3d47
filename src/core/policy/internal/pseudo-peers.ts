import type { ClusterPeer, ClusterPort } from '../../resources/cluster-policy.js';
import {
  EVERYTHING,
  type LabelRequirement,
  type LabelSelector,
  selectorMatches,
  selectorOfLabels,
} from '../../resources/label-selector.js';
import type { PolicyPeer } from '../../resources/network-policy.js';
import type { Labels } from '../../resources/resource.js';
import { compareText } from '../../kernel/compare.js';
import { isClusterPolicy } from './acting-cluster-policy.js';
import type { Direction } from './direction.js';
import type { AnyPolicy } from './layer.js';

/** Pods nobody has made yet: those that one peer of a rule would select. */
export interface PseudoPeer {
  /** `[namespace with {team=a}]/[pod with {app=web}]`, as netpol-analyzer names it. */
  readonly name: string;
  readonly namespaces: LabelSelector;
  readonly pods: LabelSelector;
}

/** A rule of Kubernetes' own APIs. */
export interface PeeredRule {
  readonly pointer: string;
  readonly peers: readonly (PolicyPeer | ClusterPeer)[];
  readonly ports: readonly ClusterPort[];
}

type PodsPeer = Extract<PolicyPeer | ClusterPeer, { type: 'pods' }>;

/** That tool reads ingress rules first, and names a pseudo-peer as the first rule has it. */
const AS_WRITTEN: readonly Direction[] = ['ingress', 'egress'];

const NAME_LABEL = 'kubernetes.io/metadata.name';

/** The rules of a policy that count in a direction; none for policies of other APIs, whose peers are not selectors alone. */
export function peeredRules(policy: AnyPolicy, direction: Direction): readonly PeeredRule[] {
  if (policy.kind === 'NetworkPolicy') return policy[`${direction}Isolation`] ? policy[direction] : [];
  return isClusterPolicy(policy) ? policy[direction].filter(({ failsClosed }) => !failsClosed) : [];
}

/** Whether every pod of the cluster is meant: no peers at all, or every namespace and no podSelector that narrows it. */
export function meansEverybody({ peers }: PeeredRule): boolean {
  return (
    peers.length === 0 || peers.some((peer) => isPods(peer) && isEmpty(peer.namespaceSelector) && isEmpty(peer.podSelector ?? EVERYTHING))
  );
}

/**
 * "Pseudo-peers, derived from rule selectors that no existing workload satisfies": one for each distinct pair of selectors in the rules. One that consists of equalities
 * alone is left out where a pod that exists has these labels; whoever means whole namespaces, or uses expressions, stands for more than what exists.
 */
export function pseudoPeersOf(policies: readonly AnyPolicy[], existing: readonly ExistingPeer[]): readonly PseudoPeer[] {
  const found = new Map<string, PseudoPeer>();
  for (const policy of policies) {
    for (const rule of AS_WRITTEN.flatMap((direction) => peeredRules(policy, direction))) {
      if (meansEverybody(rule)) continue;
      for (const peer of rule.peers) {
        if (!isPods(peer) || peer.podSelector?.invalid || peer.namespaceSelector?.invalid) continue;
        const pseudo = pseudoPeer(peer, namespaceOf(policy));
        const key = `${meaning(pseudo.namespaces)}/${meaning(pseudo.pods)}`;
        if (!found.has(key)) found.set(key, pseudo);
      }
    }
  }
  return [...found.values()].filter((pseudo) => !isThere(pseudo, existing)).sort((a, b) => compareText(a.name, b.name));
}

/** A pod or template of the model. */
export interface ExistingPeer {
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
}

/** Whether a rule means the pseudo-peer: one of its peers has the same selectors, or selects all. Selectors that merely overlap do not count. */
export function meansPseudoPeer(rule: PeeredRule, policy: AnyPolicy, pseudo: PseudoPeer): boolean {
  if (rule.peers.length === 0) return true;
  return rule.peers.some((peer) => {
    if (!isPods(peer)) return false;
    const { namespaces, pods } = selectorsOf(peer, namespaceOf(policy));
    return covers(namespaces, pseudo.namespaces) && covers(pods, pseudo.pods);
  });
}

function isPods(peer: PolicyPeer | ClusterPeer): peer is PodsPeer {
  return peer.type === 'pods';
}

function namespaceOf(policy: AnyPolicy): string {
  return policy.kind === 'NetworkPolicy' ? policy.namespace : '';
}

function isEmpty(selector: LabelSelector | undefined): boolean {
  return selector !== undefined && !selector.invalid && selector.requirements.length === 0;
}

/** A podSelector alone means pods of the policy's own namespace, which has its name as a label. */
function selectorsOf({ namespaceSelector, podSelector }: PodsPeer, namespace: string): Pick<PseudoPeer, 'namespaces' | 'pods'> {
  return { namespaces: namespaceSelector ?? selectorOfLabels({ [NAME_LABEL]: namespace }), pods: podSelector ?? EVERYTHING };
}

function pseudoPeer(peer: PodsPeer, namespace: string): PseudoPeer {
  const { namespaces, pods } = selectorsOf(peer, namespace);
  return { name: `${namespacesName(namespaces)}/${podsName(pods)}`, namespaces, pods };
}

/** Equal for selectors that say the same, however they are written. */
function meaning({ requirements, invalid }: LabelSelector): string {
  const texts = requirements.map(({ key, operator, values }) => `${key} ${operator} ${values.join(' ')}`);
  return `${String(invalid)} ${[...new Set(texts)].sort().join(', ')}`;
}

function covers(selector: LabelSelector, other: LabelSelector): boolean {
  return isEmpty(selector) || (!selector.invalid && meaning(selector) === meaning(other));
}

function isThere({ namespaces, pods }: PseudoPeer, existing: readonly ExistingPeer[]): boolean {
  const selectors = [namespaces, pods];
  if (selectors.some((selector) => isEmpty(selector) || selector.requirements.some(isExpression))) return false;
  return existing.some(({ labels, namespaceLabels }) => selectorMatches(pods, labels) && selectorMatches(namespaces, namespaceLabels));
}

function isExpression({ operator, values, asExpression }: LabelRequirement): boolean {
  return operator !== 'In' || values.length !== 1 || asExpression === true;
}

function namespacesName(selector: LabelSelector): string {
  const [only] = selector.requirements;
  if (!only) return '[all namespaces]';
  if (selector.requirements.length === 1 && only.key === NAME_LABEL && !isExpression(only)) return only.values[0] ?? '';
  return `[namespace with {${inWords(selector)}}]`;
}

function podsName(selector: LabelSelector): string {
  return selector.requirements.length === 0 ? '[all pods]' : `[pod with {${inWords(selector)}}]`;
}

/** `app=x,{Key:role,Operator:NotIn,Values:[api web],}`: equalities by key, then expressions, as Go prints them. */
function inWords({ requirements }: LabelSelector): string {
  const equalities = requirements.filter((one) => !isExpression(one)).map(({ key, values }) => `${key}=${values[0] ?? ''}`);
  const expressions = requirements
    .filter(isExpression)
    .map(({ key, operator, values }) => `{Key:${key},Operator:${operator},Values:[${values.join(' ')}],}`);
  return [...equalities.sort(), ...expressions.sort()].join(',');
}
