import { selectorMatches } from '../../resources/label-selector.js';
import type { NetworkPolicy, PolicyPeer } from '../../resources/network-policy.js';
import type { Labels } from '../../resources/resource.js';
import type { Direction } from './direction.js';
import { LabelIndex } from './label-index.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** Up to how many policies are asked one by one rather than indexed. */
const FEW = 8;

/** The NetworkPolicies of one namespace, found by the pods that they select and by those that they admit. */
export class NamespacePolicies {
  /** In the order of the model. */
  readonly policies: NetworkPolicy[] = [];
  private subjects: LabelIndex<number> | undefined;
  private readonly admitting: Partial<Record<Direction, PeerIndex>> = {};

  /** Those that select a pod of the namespace. */
  selecting(labels: Labels): readonly NetworkPolicy[] {
    const { policies } = this;
    if (policies.length <= FEW) return policies.filter(({ podSelector }) => selectorMatches(podSelector, labels));
    this.subjects ??= subjectsOf(policies);
    return inOrder(policies, this.subjects.candidates(labels)).filter(({ podSelector }) => selectorMatches(podSelector, labels));
  }

  /** All that may admit the other side in the direction, and some that do not. */
  mayAdmit(direction: Direction, other: PolicyEndpoint): readonly NetworkPolicy[] {
    const { policies, admitting } = this;
    if (policies.length <= FEW) return policies;
    const index = (admitting[direction] ??= new PeerIndex(policies, direction));
    return inOrder(policies, index.candidates(other));
  }
}

function subjectsOf(policies: readonly NetworkPolicy[]): LabelIndex<number> {
  const index = new LabelIndex<number>();
  for (const [position, { podSelector }] of policies.entries()) index.add(podSelector, position);
  return index;
}

function inOrder(policies: readonly NetworkPolicy[], positions: readonly number[]): readonly NetworkPolicy[] {
  return [...new Set(positions)].sort((a, b) => a - b).flatMap((position) => policies[position] ?? []);
}

/** Positions of policies by a label that some peer of theirs cannot do without. */
class PeerIndex {
  private readonly byPod = new LabelIndex<number>();
  private readonly byNamespace = new LabelIndex<number>();
  private readonly anyway: number[] = [];

  constructor(policies: readonly NetworkPolicy[], direction: Direction) {
    for (const [position, policy] of policies.entries()) {
      for (const { peers } of policy[direction]) {
        if (peers.length === 0) this.anyway.push(position);
        for (const peer of peers) this.add(peer, position);
      }
    }
  }

  candidates(other: PolicyEndpoint): readonly number[] {
    if (other.kind !== 'pod') return this.anyway;
    const { labels, namespaceLabels } = other;
    return [...this.anyway, ...this.byPod.candidates(labels), ...this.byNamespace.candidates(namespaceLabels)];
  }

  private add(peer: PolicyPeer, position: number): void {
    if (peer.type === 'ipBlock') this.anyway.push(position);
    if (peer.type !== 'pods') return;
    const { podSelector, namespaceSelector } = peer;
    if (podSelector?.requirements.some(({ operator }) => operator === 'In')) this.byPod.add(podSelector, position);
    else this.byNamespace.add(namespaceSelector, position);
  }
}
