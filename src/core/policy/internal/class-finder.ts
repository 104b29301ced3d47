import type { Steps } from '../../kernel/steps.js';
import type { LabelSelector } from '../../resources/label-selector.js';
import type { Labels } from '../../resources/resource.js';
import { addClass, type ClassSet, ClassSetPool } from './class-set.js';
import type { Ip } from '../../net/ip.js';
import type { IpRange } from '../../net/ip-set.js';
import type { LayerRule, Whereabouts } from './layer.js';
import type { EndpointClass } from './policy-index.js';

/** So many classes are asked about in one step. */
const BREATH = 16;

type ByLabel = Map<string, Map<string, number[]>>;

/** Finds the classes that a rule admits, among those of a comparison, by asking it only about those that it may admit: an inverted index of labels. */
export class ClassFinder {
  private readonly byNamespace = new Map<string, number[]>();
  private readonly byLabel: ByLabel = new Map();
  private readonly byNamespaceLabel: ByLabel = new Map();
  private readonly pool: ClassSetPool;
  private readonly pods: number[] = [];
  /** Neither pods nor addresses outside. */
  private readonly hosts: number[] = [];
  private readonly addresses: AddressedClass[] = [];
  private readonly others: number[] = [];
  private readonly everybody: readonly number[];

  constructor(private readonly classes: readonly EndpointClass[]) {
    this.pool = new ClassSetPool(classes.length);
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
      file(this.byLabel, labels, position);
      file(this.byNamespaceLabel, namespaceLabels, position);
    }
    this.addresses.sort((a, b) => a.family - b.family || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  }

  /** The positions of the classes that the rule admits. Yields often: there may be many classes, and many peers that each is asked about. */
  *admittedBy(rule: LayerRule): Steps<ClassSet> {
    const found = this.pool.empty();
    let asked = 0;
    for (const positions of this.askedBy(rule)) {
      for (const position of positions) {
        if (++asked % BREATH === 0) yield;
        const one = this.classes[position];
        if (one && rule.admits(one.endpoint)) addClass(found, position);
      }
    }
    return found;
  }

  /** Lists of all whom the rule may admit. */
  private *askedBy({ within }: LayerRule): Generator<readonly number[]> {
    if (within === undefined) yield this.everybody;
    else for (const where of within) yield* this.candidates(where);
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

  /** The shortest lists that together hold everybody who may be there. */
  private candidates(where: Whereabouts): readonly (readonly number[])[] {
    if (where.type === 'others') return where.ranges ? [this.hosts, ...where.ranges.map((range) => this.within(range))] : [this.others];
    const { namespace, labels, namespaceLabels } = where;
    const choices = [...listsFor(this.byLabel, labels), ...listsFor(this.byNamespaceLabel, namespaceLabels)];
    if (namespace !== undefined) choices.push([this.byNamespace.get(namespace) ?? []]);
    let [best, least] = [[this.pods], this.pods.length];
    for (const lists of choices) {
      const length = lists.reduce((sum, list) => sum + list.length, 0);
      if (length < least) [best, least] = [lists, length];
    }
    return best;
  }
}

/** A class of addresses, by one of them. */
interface AddressedClass extends Ip {
  readonly position: number;
}

function file(index: ByLabel, labels: Labels, position: number): void {
  for (const [key, value] of Object.entries(labels)) {
    let lists = index.get(key);
    if (!lists) {
      lists = new Map();
      index.set(key, lists);
    }
    listAt(lists, value).push(position);
  }
}

function listAt(lists: Map<string, number[]>, key: string): number[] {
  let list = lists.get(key);
  if (!list) {
    list = [];
    lists.set(key, list);
  }
  return list;
}

/** For each label that the selector cannot do without, the lists of those that have it. */
function listsFor(index: ByLabel, selector: LabelSelector | undefined): number[][][] {
  const equal = selector?.requirements.filter(({ operator }) => operator === 'In') ?? [];
  return equal.map(({ key, values }) => [...new Set(values)].map((value) => index.get(key)?.get(value) ?? []));
}
