import { inMap } from '../../kernel/in-map.js';
import type { Steps } from '../../kernel/steps.js';
import { conditionHolds, type LabelCondition, type SelectorStep } from '../../resources/calico-selector.js';
import type { LabelRequirement, LabelSelector } from '../../resources/label-selector.js';
import type { Labels } from '../../resources/resource.js';
import { addClass, addClasses, type ClassSet, emptyClassSet, keepShared, otherClasses, removeClass, removeClasses } from './class-set.js';

type Positions = readonly number[];

/** Positions of classes by the labels that they have. */
export class LabelLists {
  private readonly byKey = new Map<string, Map<string, number[]>>();
  private readonly having = new Map<string, ClassSet>();
  private readonly long = new Map<Positions, ClassSet>();
  private readonly filed: ClassSet;
  private readonly nobody: ClassSet;

  /** `count`: how many classes there are. */
  constructor(private readonly count: number) {
    this.filed = emptyClassSet(count);
    this.nobody = emptyClassSet(count);
  }

  /** All of them are filed before the first question. */
  file(labels: Labels, position: number): void {
    addClass(this.filed, position);
    for (const [key, value] of Object.entries(labels)) {
      let lists = this.byKey.get(key);
      if (!lists) {
        lists = new Map();
        this.byKey.set(key, lists);
      }
      inMap(lists, value, () => []).push(position);
    }
  }

  /** For each label that the selector cannot do without, the lists of those that have it. */
  listsFor(selector: LabelSelector | undefined): (readonly Positions[])[] {
    const positive = selector?.requirements.filter(({ operator }) => operator === 'In' || operator === 'Exists') ?? [];
    return positive.map((one) => this.listsOf(one));
  }

  /** Takes everybody out of the set whom the selector does not match; nobody else has it yet. Yields after each requirement. */
  *narrow(set: ClassSet, selector: LabelSelector | undefined): Steps<void> {
    if (selector?.invalid) set.fill(0);
    for (const one of selector?.requirements ?? []) {
      yield;
      if (one.operator === 'Exists') keepShared(set, this.havingLabel(one.key));
      else if (one.operator === 'DoesNotExist') removeClasses(set, this.havingLabel(one.key));
      else if (one.operator === 'In') keepShared(set, this.setOf(this.listsOf(one)));
      else for (const list of this.listsOf(one)) for (const position of list) removeClass(set, position);
    }
  }

  /** Those of the filed ones for which a formula in postfix order holds: each of its conditions is asked once, of the labels that there are. Yields after each step. */
  *satisfying(formula: readonly SelectorStep[]): Steps<ClassSet> {
    const results: ClassSet[] = [];
    for (const step of formula) {
      yield;
      if (step.op === 'all' || step.op === 'global') results.push(this.filed);
      else if (step.op === 'not') results.push(otherClasses(this.filed, results.pop() ?? this.filed));
      else if (step.op === 'and' || step.op === 'or') {
        const [first = this.filed, ...others] = results.splice(-step.operands);
        const sum = first.slice();
        const join = step.op === 'and' ? keepShared : addClasses;
        for (const other of others) join(sum, other);
        results.push(sum);
      } else results.push(this.meeting(step));
    }
    return results[0] ?? this.filed;
  }

  /** Those for which a condition holds. */
  private meeting(condition: LabelCondition): ClassSet {
    const { op, label } = condition;
    if (op === 'has') return this.havingLabel(label);
    const lists = this.byKey.get(label) ?? new Map<string, number[]>();
    if (op === 'in') return this.setOf([...condition.values].map((value) => lists.get(value) ?? []));
    if (op === 'not in') return otherClasses(this.filed, this.setOf([...condition.values].map((value) => lists.get(value) ?? [])));
    return this.setOf([...lists].flatMap(([value, list]) => (conditionHolds(condition, { [label]: value }) ? [list] : [])));
  }

  /** Those whose label has one of the values; where none is told, any. */
  private listsOf({ key, operator, values }: LabelRequirement): readonly Positions[] {
    const lists = this.byKey.get(key);
    if (!lists) return [];
    return operator === 'Exists' ? [...lists.values()] : [...new Set(values)].map((value) => lists.get(value) ?? []);
  }

  private havingLabel(key: string): ClassSet {
    const lists = this.byKey.get(key);
    if (!lists) return this.nobody;
    const known = this.having.get(key) ?? this.setOf([...lists.values()]);
    this.having.set(key, known);
    return known;
  }

  private setOf(lists: readonly Positions[]): ClassSet {
    const set = emptyClassSet(this.count);
    for (const list of lists) {
      if (list.length > set.length) addClasses(set, this.asSet(list));
      else for (const position of list) addClass(set, position);
    }
    return set;
  }

  /** A list of more positions than a set has words: of each label there are 32 of them at most. */
  private asSet(list: Positions): ClassSet {
    let set = this.long.get(list);
    if (!set) {
      set = emptyClassSet(this.count);
      for (const position of list) addClass(set, position);
      this.long.set(list, set);
    }
    return set;
  }
}
