import type { Steps } from '../../../kernel/steps.js';
import { ClassFinder } from '../class-finder.js';
import { addClass, addClasses, type ClassSet, countClasses, eachClass, emptyClassSet, otherClasses, sharedClasses } from '../class-set.js';
import type { LayerRule } from '../layer.js';
import { canMeet, type PolicyEndpoint } from '../policy-endpoint.js';
import type { EndpointClass } from '../policy-index.js';
import { isAmong, nodeOf, type Whose } from '../whose.js';
import type { Population } from './population.js';

/** Classes that every rule of a list treats alike, by one of them. */
export interface Atom {
  readonly other: EndpointClass;
  /** Its position in the population. */
  readonly position: number;
}

/** Whom the subjects of a group can meet. */
export interface Meeting {
  readonly key: string;
  readonly set: ClassSet;
}

const NOWHERE: ReadonlySet<string | undefined> = new Set();

/** How many divisions are remembered: neighbours in a namespace are divided alike. */
const REMEMBERED = 256;

/** To move a class to another block takes as long as looking at so many words. */
const WORDS_OF_A_MOVE = 10;

/** Divides everybody into those that the rules' peers tell apart, by sets of classes: the work follows the rules, not the pairs. */
export class Atoms {
  /** How many words of sets were looked at. */
  work = 0;
  private readonly finder: ClassFinder;
  private readonly admitted = new Map<string, ClassSet>();
  private readonly ids = new Map<string, number>();
  private readonly divided = new Map<string, readonly Atom[]>();
  private readonly meetings = new Map<string, Meeting>();
  private ports: readonly ClassSet[] | undefined;

  constructor(private readonly population: Population) {
    this.finder = new ClassFinder(population.classes);
  }

  /** The classes that the rule's peers match. Yields often. */
  *matching(rule: LayerRule): Steps<readonly EndpointClass[]> {
    return this.listed(yield* this.setOf(rule)).map(({ other }) => other);
  }

  /**
   * Where the effect of rules most likely shows: one class that none of the rules matches, and for each of the wanted ones a class that it alone matches, or that
   * it matches at all. Yields often.
   */
  *samples(rules: readonly LayerRule[], wanted: readonly LayerRule[], { set: meet }: Meeting): Steps<readonly Atom[]> {
    const sets = yield* this.setsOf(rules);
    const [once, twice] = yield* this.counted(sets.values());
    const found = new Set<number>();
    const take = (set: ClassSet) => {
      const position = firstIn(set);
      if (position !== undefined) found.add(position);
    };
    take(otherClasses(meet, once));
    for (const { peersKey } of wanted) {
      yield;
      const own = sharedClasses(meet, sets.get(peersKey) ?? meet);
      take(otherClasses(own, twice));
      take(own);
    }
    return [...found].flatMap((position) => this.atomAt(position));
  }

  /**
   * The atoms among those who can be met. `byPorts`: the other side is looked at for its ports, too. Yields after each set. Undefined: there would
   * be more than `most` work in all.
   */
  *of(rules: readonly LayerRule[], { key: who, set: meet }: Meeting, byPorts: boolean, most: number): Steps<readonly Atom[] | undefined> {
    const sets = yield* this.setsOf(rules);
    const key = [who, byPorts, ...[...sets.keys()].map((one) => this.idOf(one))].join();
    const known = this.divided.get(key);
    if (known) return known;
    const blocks = new Blocks(meet, this.population.classes.length);
    for (const set of [...sets.values(), ...(byPorts ? this.byPorts() : [])]) {
      yield;
      if (this.work > most) return undefined;
      this.work += blocks.split(set);
    }
    const found = blocks.firsts().flatMap((position) => this.atomAt(position));
    if (this.divided.size >= REMEMBERED) this.divided.clear();
    this.divided.set(key, found);
    return found;
  }

  /** A short name of a rule's peers. */
  private idOf(peersKey: string): number {
    const id = this.ids.get(peersKey) ?? this.ids.size;
    this.ids.set(peersKey, id);
    return id;
  }

  /** The classes that are in some of the sets, and those that are in several. Yields after each set. */
  private *counted(sets: Iterable<ClassSet>): Steps<readonly [once: ClassSet, twice: ClassSet]> {
    const { length } = this.population.classes;
    const [once, twice] = [emptyClassSet(length), emptyClassSet(length)];
    for (const set of sets) {
      yield;
      addClasses(twice, sharedClasses(once, set));
      addClasses(once, set);
      this.work += 3 * set.length;
    }
    return [once, twice];
  }

  /** The classes that each rule's peers match, by its peers. */
  private *setsOf(rules: readonly LayerRule[]): Steps<ReadonlyMap<string, ClassSet>> {
    const sets = new Map<string, ClassSet>();
    for (const rule of rules) {
      yield;
      sets.set(rule.peersKey, yield* this.setOf(rule));
    }
    return sets;
  }

  /** The positions of the classes that the rule's peers match. Yields often where they are not known yet. */
  *setOf(rule: LayerRule): Steps<ClassSet> {
    let found = this.admitted.get(rule.peersKey);
    if (!found) {
      found = yield* this.finder.admittedBy(rule);
      this.admitted.set(rule.peersKey, found);
    }
    return found;
  }

  /** Whom subjects of these families can meet where the rules are about some others only (`whose`). */
  meeting(families: number, whose: Whose, subjects: readonly EndpointClass[]): Meeting {
    const nodes = whose === 'everybody' ? NOWHERE : new Set(subjects.map(({ endpoint }) => nodeOf(endpoint)));
    const key = [families, whose, ...nodes].join(' ');
    let found = this.meetings.get(key);
    if (!found) {
      const set = emptyClassSet(this.population.classes.length);
      for (const [position, { endpoint, families: own }] of this.population.classes.entries())
        if (canMeet(families, own) && isAmongAny(whose, nodes, endpoint)) addClass(set, position);
      found = { key, set };
      this.meetings.set(key, found);
    }
    return found;
  }

  /** Classes with the same named ports, set by set. */
  private byPorts(): readonly ClassSet[] {
    if (this.ports) return this.ports;
    const texts = this.population.classes.map(({ endpoint }) =>
      endpoint.kind === 'pod'
        ? JSON.stringify(endpoint.ports.map(({ name, protocol, containerPort }) => [name, protocol, containerPort]))
        : '',
    );
    const sets = new Map<string, ClassSet>();
    for (const [position, text] of texts.entries()) {
      const set = sets.get(text) ?? emptyClassSet(texts.length);
      sets.set(text, set);
      addClass(set, position);
    }
    this.ports = [...sets.values()];
    return this.ports;
  }

  private listed(set: ClassSet): readonly Atom[] {
    const found: Atom[] = [];
    eachClass(set, (position) => found.push(...this.atomAt(position)));
    return found;
  }

  private atomAt(position: number | undefined): readonly Atom[] {
    const other = position === undefined ? undefined : this.population.classes[position];
    return other && position !== undefined ? [{ other, position }] : [];
  }
}

/** The classes of a set, divided again and again: what costs is the smaller part of each division. */
class Blocks {
  private readonly blockOf: Int32Array;
  private count = 1;
  private readonly size: number;

  constructor(
    private readonly members: ClassSet,
    length: number,
  ) {
    this.blockOf = new Int32Array(length);
    this.size = countClasses(members);
  }

  /** Divides every block into what is in the set and what is not; returns how many words and positions were looked at. */
  split(set: ClassSet): number {
    const inside = sharedClasses(this.members, set);
    const count = countClasses(inside);
    const smaller = 2 * count > this.size ? otherClasses(this.members, set) : inside;
    const moved = new Map<number, number>();
    eachClass(smaller, (position) => {
      const block = this.blockOf[position] ?? 0;
      let own = moved.get(block);
      if (own === undefined) {
        own = this.count++;
        moved.set(block, own);
      }
      this.blockOf[position] = own;
    });
    return 3 * set.length + WORDS_OF_A_MOVE * Math.min(count, this.size - count);
  }

  /** The first position of each block. */
  firsts(): readonly number[] {
    const found = new Map<number, number>();
    eachClass(this.members, (position) => {
      const block = this.blockOf[position] ?? 0;
      if (!found.has(block)) found.set(block, position);
    });
    return [...found.values()];
  }
}

/** Whether packets of that other side pass where those of an endpoint on one of the nodes do. */
function isAmongAny(whose: Whose, nodes: ReadonlySet<string | undefined>, other: PolicyEndpoint): boolean {
  if (whose === 'everybody') return true;
  const node = nodeOf(other);
  const known = node !== undefined && nodes.has(node);
  return (known && isAmong(whose, other.kind, true)) || (nodes.size > (known ? 1 : 0) && isAmong(whose, other.kind, false));
}

function firstIn(set: ClassSet): number | undefined {
  const word = set.findIndex((bits) => bits !== 0);
  const bits = set[word] ?? 0;
  return word < 0 ? undefined : word * 32 + 31 - Math.clz32(bits & -bits);
}
