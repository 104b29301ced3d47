import { inMap } from '../../../kernel/in-map.js';
import { wholeFamily } from '../../../net/ip-set.js';
import { rangesOf } from '../address-cuts.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { ClusterPeer } from '../../../resources/cluster-policy.js';
import { formatSelector, type LabelSelector, selectorMatches } from '../../../resources/label-selector.js';
import type { PolicyPeer } from '../../../resources/network-policy.js';
import type { Labels } from '../../../resources/resource.js';
import { judgePeer, peerMatches } from '../judge-peer.js';
import { formatRange, isOut } from '../parties.js';
import type { EndpointClass, PolicyIndex } from '../policy-index.js';

/** The pods of one class, as people name them. */
export interface Inhabitants {
  readonly class: EndpointClass;
  /** `Deployment shop/web`: the first of them. */
  readonly workload: string;
  readonly pods: number;
}

interface Quarter {
  readonly labels: Labels;
  readonly all: EndpointClass[];
  /** Classes by `key=value`. */
  readonly byLabel: Map<string, EndpointClass[]>;
  /** Classes by `key`. */
  readonly byKey: Map<string, EndpointClass[]>;
}

const NOBODY: readonly EndpointClass[] = [];

/**
 * Everybody who lives in a cluster, by class: its pods, workloads without pods by their template, nodes, and the addresses outside. Answers whom a peer
 * matches without asking everybody: by namespace, then by label.
 */
export class Population {
  readonly classes: EndpointClass[] = [];
  private readonly inhabitants = new Map<number, { class: EndpointClass; workload: string; pods: number }>();
  private readonly quarters = new Map<string, Quarter>();
  /** Classes that are no pods, and pods whose addresses a block may match. */
  private readonly addressed: EndpointClass[] = [];
  private readonly addressedPods: EndpointClass[] = [];
  private readonly namespaces = new Map<string, readonly Quarter[]>();
  private readonly selected = new Map<string, readonly EndpointClass[]>();

  private constructor(private readonly index: PolicyIndex) {}

  /** Yields often. */
  static *of(model: NetworkModel, index: PolicyIndex): Generator<undefined, Population> {
    const population = new Population(index);
    for (const pod of model.pods) {
      yield;
      if (isOut(model, pod)) continue;
      const workload = model.workloads[pod.workload];
      const name = workload ? `${workload.kind} ${workload.namespace}/${workload.name}` : `Pod ${pod.namespace}/${pod.name}`;
      for (const one of index.classesOf(pod)) population.settle(one, name, 1);
    }
    for (const { kind, namespace, name, template, pods } of model.workloads) {
      yield;
      if (pods.length > 0 || !template) continue;
      population.settle(index.classOfTemplate(namespace, template.labels, template.spec), `${kind} ${namespace}/${name}`, 0);
    }
    for (const node of model.nodes.values()) for (const one of index.classesOfNode(node)) population.settle(one, `Node ${node.name}`, 0);
    for (const family of model.profile.ipFamilies) {
      for (const part of index.cuts.cut(wholeFamily(family))) {
        yield;
        population.settle(index.classOfRange(part), formatRange(part), 0);
      }
    }
    return population;
  }

  /** The classes that are pods. */
  get pods(): readonly EndpointClass[] {
    return this.classes.filter(({ endpoint }) => endpoint.kind === 'pod');
  }

  /** The pods of a class. */
  of(one: EndpointClass): Inhabitants {
    return this.inhabitants.get(one.id) ?? { class: one, workload: '', pods: 0 };
  }

  /** The classes of one namespace's pods that the selector matches. */
  select(namespace: string, selector: LabelSelector | undefined): readonly EndpointClass[] {
    const quarter = this.quarters.get(namespace);
    return quarter ? this.inQuarter(quarter, namespace, selector) : NOBODY;
  }

  /** The classes of all namespaces that the first selector matches, and whose labels the second does. */
  selectIn(namespaceSelector: LabelSelector, podSelector: LabelSelector | undefined): readonly EndpointClass[] {
    const key = `${textOf(namespaceSelector)}\n${textOf(podSelector)}`;
    const known = this.selected.get(key);
    if (known) return known;
    const found = this.quartersOf(namespaceSelector).flatMap((quarter) => this.search(quarter, podSelector));
    this.selected.set(key, found);
    return found;
  }

  /** The classes that a peer of a policy of this namespace matches. */
  matching(namespace: string, peer: PolicyPeer | ClusterPeer): readonly EndpointClass[] {
    if (peer.type === 'invalid' || peer.type === 'domainNames') return NOBODY;
    if (peer.type === 'pods') {
      const { namespaceSelector, podSelector } = peer;
      return namespaceSelector ? this.selectIn(namespaceSelector, podSelector) : this.select(namespace, podSelector);
    }
    return this.addressed.filter(({ endpoint }) => peerMatches(judgePeer(this.index.settings, namespace, peer, endpoint)));
  }

  /** The pods among them: of many addresses none is asked. */
  podsMatching(namespace: string, peer: PolicyPeer | ClusterPeer): readonly EndpointClass[] {
    if (peer.type === 'invalid' || peer.type === 'domainNames' || peer.type === 'pods') return this.matching(namespace, peer);
    return this.addressedPods.filter(({ endpoint }) => peerMatches(judgePeer(this.index.settings, namespace, peer, endpoint)));
  }

  /** Whether a peer of a policy of this namespace matches anybody. Whoever has an address that the peer names is asked first. */
  hasMatch(namespace: string, peer: PolicyPeer | ClusterPeer): boolean {
    const matches = ({ endpoint }: EndpointClass) => peerMatches(judgePeer(this.index.settings, namespace, peer, endpoint));
    const [first] = peer.type === 'ipBlock' || peer.type === 'networks' ? rangesOf(peer) : [];
    const named = first && this.index.classOfRange(first);
    if (named && this.inhabitants.has(named.id) && matches(named)) return true;
    if (peer.type === 'pods') {
      const { namespaceSelector, podSelector } = peer;
      const own = this.quarters.get(namespace);
      const quarters = namespaceSelector ? this.quartersOf(namespaceSelector) : own ? [own] : [];
      return quarters.some((quarter) => carrying(quarter, podSelector).some(matches));
    }
    return this.matching(namespace, peer).length > 0;
  }

  private settle(one: EndpointClass, workload: string, pods: number): void {
    const known = this.inhabitants.get(one.id);
    if (known) {
      known.pods += pods;
      return;
    }
    this.inhabitants.set(one.id, { class: one, workload, pods });
    this.classes.push(one);
    const { endpoint } = one;
    if (endpoint.kind !== 'pod' || endpoint.address !== undefined) this.addressed.push(one);
    if (endpoint.kind !== 'pod') return;
    if (endpoint.address !== undefined) this.addressedPods.push(one);
    const { namespace, namespaceLabels, labels } = endpoint;
    const quarter = this.quarters.get(namespace) ?? {
      labels: namespaceLabels,
      all: [],
      byLabel: new Map<string, EndpointClass[]>(),
      byKey: new Map<string, EndpointClass[]>(),
    };
    this.quarters.set(namespace, quarter);
    quarter.all.push(one);
    for (const [key, value] of Object.entries(labels)) {
      inMap(quarter.byLabel, `${key}=${value}`, () => []).push(one);
      inMap(quarter.byKey, key, () => []).push(one);
    }
  }

  private quartersOf(selector: LabelSelector): readonly Quarter[] {
    const key = textOf(selector);
    const known = this.namespaces.get(key);
    if (known) return known;
    const found = [...this.quarters.values()].filter(({ labels }) => selectorMatches(selector, labels));
    this.namespaces.set(key, found);
    return found;
  }

  private inQuarter(quarter: Quarter, namespace: string, selector: LabelSelector | undefined): readonly EndpointClass[] {
    const key = `${namespace} ${textOf(selector)}`;
    const known = this.selected.get(key);
    if (known) return known;
    const found = this.search(quarter, selector);
    this.selected.set(key, found);
    return found;
  }

  private search(quarter: Quarter, selector: LabelSelector | undefined): readonly EndpointClass[] {
    if (selector === undefined) return quarter.all;
    if (selector.invalid) return NOBODY;
    return carrying(quarter, selector).filter(({ endpoint }) => endpoint.kind === 'pod' && selectorMatches(selector, endpoint.labels));
  }
}

/** Of the labels that the selector cannot do without, the classes with the one that the fewest have. */
function carrying({ all, byLabel, byKey }: Quarter, selector: LabelSelector | undefined): readonly EndpointClass[] {
  let shortest: readonly EndpointClass[] = all;
  for (const { key, operator, values } of selector?.requirements ?? []) {
    if (operator !== 'Exists' && (operator !== 'In' || values.length !== 1)) continue;
    const found = (operator === 'Exists' ? byKey.get(key) : byLabel.get(`${key}=${values[0] ?? ''}`)) ?? NOBODY;
    if (found.length < shortest.length) shortest = found;
  }
  return shortest;
}

function textOf(selector: LabelSelector | undefined): string {
  return selector === undefined ? 'absent' : `${selector.invalid} ${formatSelector(selector)}`;
}
