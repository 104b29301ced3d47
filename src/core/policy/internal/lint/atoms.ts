import type { Steps } from '../../../kernel/steps.js';
import { ClassFinder } from '../class-finder.js';
import {
  addClass,
  addClasses,
  type ClassSet,
  eachClass,
  emptyClassSet,
  hasAny,
  hasClass,
  otherClasses,
  sharedClasses,
} from '../class-set.js';
import type { LayerRule } from '../layer.js';
import { canMeet } from '../policy-endpoint.js';
import type { EndpointClass } from '../policy-index.js';
import type { Population } from './population.js';

/** Classes that every rule of a list treats alike, by one of them. */
export interface Atom {
  readonly other: EndpointClass;
  /** Its position in the population. */
  readonly position: number;
}

/** How many divisions are remembered: neighbours in a namespace are divided alike. */
const REMEMBERED = 256;

/** Divides everybody into those that the rules' peers tell apart, by sets of classes: the work follows the rules, not the pairs. */
export class Atoms {
  /** How many words of sets were looked at. */
  work = 0;
  private readonly finder: ClassFinder;
  private readonly admitted = new Map<string, ClassSet>();
  private readonly divided = new Map<string, readonly Atom[]>();
  private readonly meeting = new Map<number, ClassSet>();
  private ports: readonly ClassSet[] | undefined;

  constructor(private readonly population: Population) {
    this.finder = new ClassFinder(population.classes);
  }

  /** Whether a peer of the rule matches the atom. */
  admits(rule: LayerRule, { position }: Atom): boolean {
    return hasClass(this.setOf(rule), position);
  }

  /** The classes that the rule's peers match. */
  matching(rule: LayerRule): readonly EndpointClass[] {
    return this.listed(this.setOf(rule)).map(({ other }) => other);
  }

  /**
   * Where the effect of rules most likely shows: one class that none of the rules matches, and for each of the wanted ones a class that it alone matches, or that
   * it matches at all. `families`: those that the subject speaks. Yields often.
   */
  *samples(rules: readonly LayerRule[], wanted: readonly LayerRule[], families: number): Steps<readonly Atom[]> {
    const meet = this.meetable(families);
    const sets = yield* this.setsOf(rules);
    const [once, twice] = this.counted(sets.values());
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
   * The atoms that a subject of these families can meet. `byPorts`: the other side is looked at for its ports, too. Yields after each set. Undefined: there would
   * be more than `most` work in all.
   */
  *of(rules: readonly LayerRule[], families: number, byPorts: boolean, most: number): Steps<readonly Atom[] | undefined> {
    const sets = yield* this.setsOf(rules);
    const key = JSON.stringify([families, byPorts, ...sets.keys()]);
    const known = this.divided.get(key);
    if (known) return known;
    let blocks: readonly ClassSet[] = [this.meetable(families)];
    for (const set of [...sets.values(), ...(byPorts ? this.byPorts() : [])]) {
      yield;
      if (this.work > most) return undefined;
      blocks = this.split(blocks, set);
    }
    const found = blocks.flatMap((block) => this.atomAt(firstIn(block)));
    if (this.divided.size >= REMEMBERED) this.divided.clear();
    this.divided.set(key, found);
    return found;
  }

  private split(blocks: readonly ClassSet[], set: ClassSet): readonly ClassSet[] {
    this.work += 2 * blocks.length * set.length;
    return blocks.flatMap((block) => [sharedClasses(block, set), otherClasses(block, set)].filter(hasAny));
  }

  /** The classes that are in some of the sets, and those that are in several. */
  private counted(sets: Iterable<ClassSet>): readonly [once: ClassSet, twice: ClassSet] {
    const { length } = this.population.classes;
    const [once, twice] = [emptyClassSet(length), emptyClassSet(length)];
    for (const set of sets) {
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
      sets.set(rule.peersKey, this.setOf(rule));
    }
    return sets;
  }

  private setOf(rule: LayerRule): ClassSet {
    let found = this.admitted.get(rule.peersKey);
    if (!found) {
      found = this.finder.admittedBy(rule);
      this.admitted.set(rule.peersKey, found);
    }
    return found;
  }

  /** Classes that have a family in common with the subject. */
  private meetable(families: number): ClassSet {
    let set = this.meeting.get(families);
    if (!set) {
      set = emptyClassSet(this.population.classes.length);
      for (const [position, one] of this.population.classes.entries()) if (canMeet(families, one.families)) addClass(set, position);
      this.meeting.set(families, set);
    }
    return set;
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

function firstIn(set: ClassSet): number | undefined {
  const word = set.findIndex((bits) => bits !== 0);
  const bits = set[word] ?? 0;
  return word < 0 ? undefined : word * 32 + 31 - Math.clz32(bits & -bits);
}
