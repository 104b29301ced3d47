import { inMap } from '../../kernel/in-map.js';
import type { Steps } from '../../kernel/steps.js';
import { addClass, addClasses, type ClassSet, ClassSetPool, emptyClassSet, hasClass, removeClass } from './class-set.js';
import { LabelLists } from './label-lists.js';
import { selectorMatches } from '../../resources/label-selector.js';
import { compareIps, type Ip } from '../../net/ip.js';
import { type IpRange, rangeOfCidr } from '../../net/ip-set.js';
import { sortedInSteps } from '../../kernel/sorted-in-steps.js';
import type { Labelling, LayerRule, Whereabouts } from './layer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';
import type { EndpointClass } from './policy-index.js';

/** So many classes are asked about in one step. */
const BREATH = 16;
/** So many peers take as long as one class. */
const PEERS_OF_A_CLASS = 100;

type Pods = Extract<Whereabouts, { type: 'pods' }>;
type Labelled = Extract<Whereabouts, { type: 'labelled' }>;
type Others = Extract<Whereabouts, { type: 'others' }>;

/**
 * Finds the classes that a rule admits, among those of a comparison: where labels alone tell them, by sets, however many peers the rule has; else by asking it about
 * those that it may admit.
 */
export class ClassFinder {
  private readonly pool: ClassSetPool;
  private readonly everybody: readonly number[];
  private places: Places | undefined;
  private readonly labelled = new Map<Labelling, LabelLists>();

  constructor(private readonly classes: readonly EndpointClass[]) {
    this.pool = new ClassSetPool(classes.length);
    this.everybody = classes.map((_, position) => position);
  }

  /** The positions of the classes that the rule admits. Yields often: there may be many classes, and many peers. */
  *admittedBy(rule: LayerRule): Steps<ClassSet> {
    const { within } = rule;
    const asking = new Asking(this.classes, rule, this.pool.empty());
    if (!within) {
      yield* asking.about(this.everybody);
      return asking.found;
    }
    this.places ??= yield* Places.of(this.classes);
    for (const where of within) {
      if (asking.isTired(1)) yield;
      switch (where.type) {
        case 'pods':
          yield* this.findPods(where, this.places, asking);
          break;
        case 'labelled':
          yield* this.findLabelled(where, this.places, asking);
          break;
        case 'others':
          yield* this.findOthers(where, this.places, asking);
      }
    }
    return asking.found;
  }

  private *findPods(where: Pods, places: Places, asking: Asking): Steps<void> {
    const lists = places.podLists(where);
    if (where.exactly && isLong(lists, this.classes.length)) addClasses(asking.found, yield* places.podsOf(where));
    else if (where.exactly) for (const list of lists) yield* asking.take(list, (position) => this.isOf(where, position));
    else for (const list of lists) yield* asking.about(list);
  }

  private *findLabelled({ labelsOf, formula, butNode }: Labelled, places: Places, asking: Asking): Steps<void> {
    let lists = this.labelled.get(labelsOf);
    if (!lists) {
      lists = new LabelLists(this.classes.length);
      for (const [position, { endpoint }] of this.classes.entries()) {
        yield;
        const labels = labelsOf(endpoint);
        if (labels) lists.file(labels, position);
      }
      this.labelled.set(labelsOf, lists);
    }
    const told = yield* lists.satisfying(formula());
    const asked = butNode === undefined ? undefined : places.hostsOf(butNode);
    if (!asked) {
      addClasses(asking.found, told);
      return;
    }
    const sure = told.slice();
    for (const position of asked) removeClass(sure, position);
    addClasses(asking.found, sure);
    yield* asking.about(asked);
  }

  private *findOthers({ nets, pods, admits }: Others, places: Places, asking: Asking): Steps<void> {
    const lists = nets ? [places.hosts] : [places.others];
    const isAdmitted = admits && ((position: number) => this.isAdmitted(position, admits));
    for (const list of lists) yield* isAdmitted ? asking.take(list, isAdmitted) : asking.about(list);
    for (const net of nets ?? []) {
      if (asking.isTired(LIGHT)) yield;
      const range = rangeOfCidr(net);
      const inside = pods ? [...places.addresses.within(range), ...places.addressedPods.within(range)] : places.addresses.within(range);
      yield* isAdmitted ? asking.take(inside, isAdmitted) : asking.about(inside);
    }
  }

  private isAdmitted(position: number, admits: (other: PolicyEndpoint) => boolean): boolean {
    const one = this.classes[position];
    return one !== undefined && admits(one.endpoint);
  }

  /** Whether the pod is there. */
  private isOf({ namespace, labels, namespaceLabels }: Pods, position: number): boolean {
    const endpoint = this.classes[position]?.endpoint;
    if (endpoint?.kind !== 'pod' || (namespace !== undefined && endpoint.namespace !== namespace)) return false;
    if (labels && !selectorMatches(labels, endpoint.labels)) return false;
    return namespaceLabels === undefined || selectorMatches(namespaceLabels, endpoint.namespaceLabels);
  }
}

/** What a rule was asked, and whom it admits. */
class Asking {
  private readonly asked: ClassSet;
  /** Who is asked is held against all peers. */
  private readonly ofAsking: number;
  private work = 0;

  constructor(
    private readonly classes: readonly EndpointClass[],
    private readonly rule: LayerRule,
    readonly found: ClassSet,
  ) {
    this.asked = emptyClassSet(classes.length);
    this.ofAsking = 1 + (rule.within?.length ?? 0) / PEERS_OF_A_CLASS;
  }

  /** Whether it is time to let others run. */
  isTired(more: number): boolean {
    this.work = this.work >= BREATH ? more : this.work + more;
    return this.work >= BREATH;
  }

  /** Asks the rule about classes, about each of them once. */
  *about(positions: readonly number[]): Steps<void> {
    for (const position of positions) {
      if (hasClass(this.found, position) || hasClass(this.asked, position)) continue;
      if (this.isTired(this.ofAsking)) yield;
      addClass(this.asked, position);
      const one = this.classes[position];
      if (one && this.rule.admits(one.endpoint)) addClass(this.found, position);
    }
  }

  /** Takes those that are said to be admitted; the rule is not asked. */
  *take(positions: readonly number[], isAdmitted: (position: number) => boolean): Steps<void> {
    for (const position of positions) {
      if (hasClass(this.found, position) || hasClass(this.asked, position)) continue;
      if (this.isTired(LIGHT)) yield;
      if (isAdmitted(position)) addClass(this.found, position);
    }
  }
}

/** To hold a class against one peer takes this part of asking a rule. */
const LIGHT = 1 / 32;

/** Where the classes of a comparison are: an inverted index of namespaces, labels and addresses. */
class Places {
  private readonly byNamespace = new Map<string, number[]>();
  private readonly byNode = new Map<string, number[]>();
  private readonly byLabel: LabelLists;
  private readonly byNamespaceLabel: LabelLists;
  private readonly pods: number[] = [];
  /** Neither pods nor addresses outside. */
  readonly hosts: number[] = [];
  readonly addresses = new Addresses();
  readonly addressedPods = new Addresses();
  readonly others: number[] = [];

  private constructor(private readonly count: number) {
    this.byLabel = new LabelLists(count);
    this.byNamespaceLabel = new LabelLists(count);
  }

  /** Yields after each class. */
  static *of(classes: readonly EndpointClass[]): Steps<Places> {
    const places = new Places(classes.length);
    for (const [position, one] of classes.entries()) {
      yield;
      places.file(one, position);
    }
    for (const addresses of [places.addresses, places.addressedPods]) yield* addresses.putInOrder();
    return places;
  }

  private file({ endpoint }: EndpointClass, position: number): void {
    if (endpoint.kind === 'pod') {
      this.pods.push(position);
      const { namespace, labels, namespaceLabels, address } = endpoint;
      if (address) this.addressedPods.add(address, position);
      inMap(this.byNamespace, namespace, () => []).push(position);
      this.byLabel.file(labels, position);
      this.byNamespaceLabel.file(namespaceLabels, position);
      return;
    }
    this.others.push(position);
    if (endpoint.kind === 'address') this.addresses.add(endpoint.address, position);
    else {
      this.hosts.push(position);
      if (endpoint.node !== undefined) inMap(this.byNode, endpoint.node, () => []).push(position);
    }
  }

  /** The classes of a node. */
  hostsOf(node: string): readonly number[] {
    return this.byNode.get(node) ?? [];
  }

  /** The shortest lists that together hold every pod that may be there. */
  podLists({ namespace, labels, namespaceLabels }: Pods): readonly (readonly number[])[] {
    const choices = [...this.byLabel.listsFor(labels), ...this.byNamespaceLabel.listsFor(namespaceLabels)];
    if (namespace !== undefined) choices.push([this.byNamespace.get(namespace) ?? []]);
    let [best, least]: [readonly (readonly number[])[], number] = [[this.pods], this.pods.length];
    for (const lists of choices) {
      const length = lengthOf(lists);
      if (length < least) [best, least] = [lists, length];
    }
    return best;
  }

  /** Just the pods that are there. Yields often. */
  *podsOf({ namespace, labels, namespaceLabels }: Pods): Steps<ClassSet> {
    const set = emptyClassSet(this.count);
    const pods = namespace === undefined ? this.pods : (this.byNamespace.get(namespace) ?? []);
    for (const position of pods) addClass(set, position);
    yield* this.byLabel.narrow(set, labels);
    yield* this.byNamespaceLabel.narrow(set, namespaceLabels);
    return set;
  }
}

/** Whether it is less work to go through words of sets than through the lists. */
function isLong(lists: readonly (readonly number[])[], count: number): boolean {
  return lengthOf(lists) > count / 32;
}

function lengthOf(lists: readonly (readonly number[])[]): number {
  return lists.reduce((sum, list) => sum + list.length, 0);
}

/** Classes by an address that they have. */
class Addresses {
  private readonly list: { readonly address: Ip; readonly position: number }[] = [];
  private sorted: typeof this.list = [];

  add(address: Ip, position: number): void {
    this.list.push({ address, position });
  }

  /** Before the first question. Yields often. */
  *putInOrder(): Steps<void> {
    this.sorted = yield* sortedInSteps(this.list, (a, b) => compareIps(a.address, b.address));
  }

  /** The classes whose addresses lie in the range. */
  within({ family, first, last }: IpRange): readonly number[] {
    const { sorted } = this;
    const start = { family, value: first };
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const one = sorted[middle];
      if (one && compareIps(one.address, start) < 0) low = middle + 1;
      else high = middle;
    }
    const found: number[] = [];
    for (let one = sorted[low]; one?.address.family === family && one.address.value <= last; one = sorted[++low]) found.push(one.position);
    return found;
  }
}
