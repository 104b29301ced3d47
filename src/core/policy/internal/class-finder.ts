import type { Steps } from '../../kernel/steps.js';
import { addClass, addClasses, type ClassSet, ClassSetPool, emptyClassSet, hasClass } from './class-set.js';
import { LabelLists, listAt } from './label-lists.js';
import { selectorMatches } from '../../resources/label-selector.js';
import type { Ip } from '../../net/ip.js';
import type { IpRange } from '../../net/ip-set.js';
import type { LayerRule, Whereabouts } from './layer.js';
import type { EndpointClass } from './policy-index.js';

/** So many classes are asked about in one step. */
const BREATH = 16;
/** So many peers take as long as one class. */
const PEERS_OF_A_CLASS = 100;

type Pods = Extract<Whereabouts, { type: 'pods' }>;

/** Finds the classes that a rule admits, among those of a comparison, by asking it only about those that it may admit: an inverted index of labels. */
export class ClassFinder {
  private readonly byNamespace = new Map<string, number[]>();
  private readonly byLabel: LabelLists;
  private readonly byNamespaceLabel: LabelLists;
  private readonly pool: ClassSetPool;
  private readonly pods: number[] = [];
  /** Neither pods nor addresses outside. */
  private readonly hosts: number[] = [];
  private readonly addresses: AddressedClass[] = [];
  private readonly others: number[] = [];
  private readonly everybody: readonly number[];

  constructor(private readonly classes: readonly EndpointClass[]) {
    this.pool = new ClassSetPool(classes.length);
    this.byLabel = new LabelLists(classes.length);
    this.byNamespaceLabel = new LabelLists(classes.length);
    this.everybody = classes.map((_, position) => position);
    for (const [position, { endpoint }] of classes.entries()) {
      if (endpoint.kind !== 'pod') {
        this.others.push(position);
        if (endpoint.kind === 'address') this.addresses.push({ position, ...endpoint.address });
        else this.hosts.push(position);
        continue;
      }
      this.pods.push(position);
      const { namespace, labels, namespaceLabels } = endpoint;
      listAt(this.byNamespace, namespace).push(position);
      this.byLabel.file(labels, position);
      this.byNamespaceLabel.file(namespaceLabels, position);
    }
    this.addresses.sort((a, b) => a.family - b.family || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  }

  /** The positions of the classes that the rule admits. Yields often: there may be many classes, and many peers. */
  *admittedBy(rule: LayerRule): Steps<ClassSet> {
    const { within } = rule;
    const found = this.pool.empty();
    const asked = emptyClassSet(this.classes.length);
    let work = 0;
    const isTired = (more: number) => {
      work = work >= BREATH ? more : work + more;
      return work >= BREATH;
    };
    const ask = (position: number) => {
      addClass(asked, position);
      const one = this.classes[position];
      if (one && rule.admits(one.endpoint)) addClass(found, position);
    };
    if (!within) {
      for (const position of this.everybody) {
        if (isTired(1)) yield;
        ask(position);
      }
      return found;
    }
    // Who is asked is held against all peers.
    const ofAsking = 1 + within.length / PEERS_OF_A_CLASS;
    for (const where of within) {
      if (isTired(1)) yield;
      const lists = where.type === 'pods' ? this.podLists(where) : this.otherLists(where);
      if (where.type === 'pods' && where.exactly && this.isLong(lists)) {
        addClasses(found, this.podsOf(where));
        continue;
      }
      for (const list of lists) {
        for (const position of list) {
          if (hasClass(found, position) || hasClass(asked, position)) continue;
          if (where.type === 'pods' && where.exactly) {
            if (this.isOf(where, position)) addClass(found, position);
            continue;
          }
          if (isTired(ofAsking)) yield;
          ask(position);
        }
      }
    }
    return found;
  }

  /** The classes of addresses that lie in the range. */
  private within({ family, first, last }: IpRange): readonly number[] {
    const { addresses } = this;
    let [low, high] = [0, addresses.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const one = addresses[middle];
      if (one && (one.family < family || (one.family === family && one.value < first))) low = middle + 1;
      else high = middle;
    }
    const found: number[] = [];
    for (let one = addresses[low]; one && one.family === family && one.value <= last; one = addresses[++low]) found.push(one.position);
    return found;
  }

  private otherLists({ ranges }: Extract<Whereabouts, { type: 'others' }>): readonly (readonly number[])[] {
    return ranges ? [this.hosts, ...ranges.map((range) => this.within(range))] : [this.others];
  }

  /** The shortest lists that together hold every pod that may be there. */
  private podLists({ namespace, labels, namespaceLabels }: Pods): readonly (readonly number[])[] {
    const choices = [...this.byLabel.listsFor(labels), ...this.byNamespaceLabel.listsFor(namespaceLabels)];
    if (namespace !== undefined) choices.push([this.byNamespace.get(namespace) ?? []]);
    let [best, least]: [readonly (readonly number[])[], number] = [[this.pods], this.pods.length];
    for (const lists of choices) {
      const length = lengthOf(lists);
      if (length < least) [best, least] = [lists, length];
    }
    return best;
  }

  /** Whether it is less work to go through words of sets than through the lists. */
  private isLong(lists: readonly (readonly number[])[]): boolean {
    return lengthOf(lists) > this.classes.length / 32;
  }

  /** Just the pods that are there. */
  private podsOf({ namespace, labels, namespaceLabels }: Pods): ClassSet {
    const set = emptyClassSet(this.classes.length);
    const pods = namespace === undefined ? this.pods : (this.byNamespace.get(namespace) ?? []);
    for (const position of pods) addClass(set, position);
    this.byLabel.narrow(set, labels);
    this.byNamespaceLabel.narrow(set, namespaceLabels);
    return set;
  }

  /** Whether the pod is there. */
  private isOf({ namespace, labels, namespaceLabels }: Pods, position: number): boolean {
    const endpoint = this.classes[position]?.endpoint;
    if (endpoint?.kind !== 'pod' || (namespace !== undefined && endpoint.namespace !== namespace)) return false;
    if (labels && !selectorMatches(labels, endpoint.labels)) return false;
    return namespaceLabels === undefined || selectorMatches(namespaceLabels, endpoint.namespaceLabels);
  }
}

function lengthOf(lists: readonly (readonly number[])[]): number {
  return lists.reduce((sum, list) => sum + list.length, 0);
}

/** A class of addresses, by one of them. */
interface AddressedClass extends Ip {
  readonly position: number;
}
