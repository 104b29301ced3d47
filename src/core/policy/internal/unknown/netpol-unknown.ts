import type { Steps } from '../../../kernel/steps.js';
import { EVERYTHING, type LabelSelector, selectorOfLabels } from '../../../resources/label-selector.js';
import type { Direction } from '../direction.js';
import type { AnyPolicy, LayerRule } from '../layer.js';
import { type AskedMarks, oneOf } from './marks.js';
import { isPods, type PeeredRule, peeredRules, type PodsPeer, policyNamespace, portNamesOf } from './peered-rules.js';
import { everyOf, namespacesSelected, podsSelected } from './pod-formula.js';
import {
  distinctPeers,
  type ExistingPeer,
  matchesEverything,
  meaningOf,
  nameOfSelectors,
  type PodSelectors,
  type PseudoPeer,
} from './pseudo-peer.js';
import type { PortName, Unknown, UnknownPods } from './unknown-pods.js';

/** That tool reads ingress rules first, and names a pseudo-peer as the first rule has it. */
const AS_WRITTEN: readonly Direction[] = ['ingress', 'egress'];

/** Unknown pods as netpol-analyzer sees them: by the selectors of Kubernetes' own APIs, which mean the same where they read the same. */
export class NetpolUnknown implements UnknownPods {
  private readonly written: Readonly<Record<Direction, Map<AnyPolicy, ReadonlyMap<string, PeeredRule>>>> = {
    egress: new Map(),
    ingress: new Map(),
  };

  private constructor(readonly pseudoPeers: readonly PseudoPeer[]) {}

  /** Looks for them in the rules of every policy. Yields often. */
  static *of(policies: readonly AnyPolicy[], existing: readonly ExistingPeer[]): Steps<NetpolUnknown> {
    const found = policies.flatMap((policy) =>
      AS_WRITTEN.flatMap((direction) => peeredRules(policy, direction))
        .filter((rule) => !meansEverybody(rule))
        .flatMap(({ peers }) => peers.flatMap((peer) => (isPods(peer) ? pseudoPeersOf(peer, policyNamespace(policy)) : []))),
    );
    return new NetpolUnknown(yield* distinctPeers(found, existing));
  }

  /** One of its peers has the same selectors, or selects all. Selectors that merely overlap do not count. */
  means(rule: LayerRule, direction: Direction, who: Unknown): boolean | undefined {
    const written = this.writtenOf(rule, direction);
    if (!written) return undefined;
    if (who === 'everybody') return meansEverybody(written);
    const { selectors } = who;
    if (!selectors || written.peers.length === 0) return written.peers.length === 0;
    return written.peers.some((peer) => {
      if (!isPods(peer)) return false;
      const { namespaces, pods } = selectorsOf(peer, policyNamespace(rule.policy));
      return covers(namespaces, selectors.namespaces) && covers(pods, selectors.pods);
    });
  }

  marksAsked(rule: LayerRule, direction: Direction): AskedMarks {
    const peers = this.writtenOf(rule, direction)?.peers ?? [];
    if (peers.length === 0) return [];
    const selectors = peers.filter(isPods).map((peer) => selectorsOf(peer, policyNamespace(rule.policy)));
    const lists = selectors.map(({ namespaces, pods }): AskedMarks => [
      ...(matchesEverything(namespaces) ? [] : [[namespacesMark(namespaces)]]),
      ...(matchesEverything(pods) ? [] : [[podsMark(pods)]]),
    ]);
    const [only] = lists;
    return only && lists.length === 1 ? only : oneOf(lists);
  }

  marksOf(who: Unknown): readonly string[] {
    if (who === 'everybody' || !who.selectors) return [];
    return [podsMark(who.selectors.pods), namespacesMark(who.selectors.namespaces)];
  }

  portNames(rule: LayerRule, direction: Direction): readonly PortName[] {
    return portNamesOf(this.writtenOf(rule, direction)?.ports ?? []);
  }

  /** Each policy is gone through once. */
  private writtenOf({ policy, pointer }: LayerRule, direction: Direction): PeeredRule | undefined {
    const written = this.written[direction];
    const rules = written.get(policy) ?? new Map(peeredRules(policy, direction).map((rule) => [rule.pointer, rule]));
    written.set(policy, rules);
    return rules.get(pointer);
  }
}

/** Whether every pod of the cluster is meant: no peers at all, or every namespace and no podSelector that narrows it. */
function meansEverybody({ peers }: PeeredRule): boolean {
  const isWhole = ({ namespaceSelector, podSelector }: PodsPeer) =>
    namespaceSelector !== undefined && matchesEverything(namespaceSelector) && matchesEverything(podSelector ?? EVERYTHING);
  return peers.length === 0 || peers.some((peer) => isPods(peer) && isWhole(peer));
}

/** A podSelector alone means pods of the policy's own namespace, which has its name as a label. */
function selectorsOf({ namespaceSelector, podSelector }: PodsPeer, namespace: string): PodSelectors {
  const namespaces = namespaceSelector ?? selectorOfLabels({ 'kubernetes.io/metadata.name': namespace });
  return { namespaces, pods: podSelector ?? EVERYTHING };
}

/** The one that the peer is; none where it cannot be read. */
export function pseudoPeersOf(peer: PodsPeer, namespace: string): readonly PseudoPeer[] {
  if (peer.podSelector?.invalid || peer.namespaceSelector?.invalid) return [];
  const selectors = selectorsOf(peer, namespace);
  const formula = everyOf([namespacesSelected(selectors.namespaces), podsSelected(selectors.pods)]);
  return [{ name: nameOfSelectors(selectors), formula, selectors }];
}

function podsMark(selector: LabelSelector): string {
  return `pods ${meaningOf(selector)}`;
}

function namespacesMark(selector: LabelSelector): string {
  return `namespaces ${meaningOf(selector)}`;
}

function covers(selector: LabelSelector, other: LabelSelector): boolean {
  return matchesEverything(selector) || (!selector.invalid && meaningOf(selector) === meaningOf(other));
}
