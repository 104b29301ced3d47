import type { LabelRequirement, LabelSelector } from '../../resources/label-selector.js';
import type { Labels } from '../../resources/resource.js';
import { addClass, type ClassSet, emptyClassSet, keepShared, removeClass, removeClasses } from './class-set.js';

/** Positions of classes by the labels that they have. */
export class LabelLists {
  private readonly byKey = new Map<string, Map<string, number[]>>();
  private readonly having = new Map<string, ClassSet>();

  /** `count`: how many classes there are. */
  constructor(private readonly count: number) {}

  /** All of them are filed before the first question. */
  file(labels: Labels, position: number): void {
    for (const [key, value] of Object.entries(labels)) {
      let lists = this.byKey.get(key);
      if (!lists) {
        lists = new Map();
        this.byKey.set(key, lists);
      }
      listAt(lists, value).push(position);
    }
  }

  /** For each label that the selector cannot do without, the lists of those that have it. */
  listsFor(selector: LabelSelector | undefined): (readonly (readonly number[])[])[] {
    const positive = selector?.requirements.filter(({ operator }) => operator === 'In' || operator === 'Exists') ?? [];
    return positive.map((one) => this.listsOf(one));
  }

  /** Takes everybody out of the set whom the selector does not match; nobody else has it yet. */
  narrow(set: ClassSet, selector: LabelSelector | undefined): void {
    if (selector?.invalid) set.fill(0);
    for (const one of selector?.requirements ?? []) {
      if (one.operator === 'Exists') keepShared(set, this.havingLabel(one.key));
      else if (one.operator === 'DoesNotExist') removeClasses(set, this.havingLabel(one.key));
      else if (one.operator === 'In') keepShared(set, this.setOf(this.listsOf(one)));
      else for (const list of this.listsOf(one)) for (const position of list) removeClass(set, position);
    }
  }

  /** Those whose label has one of the values; where none is told, any. */
  private listsOf({ key, operator, values }: LabelRequirement): readonly number[][] {
    const lists = this.byKey.get(key);
    if (!lists) return [];
    return operator === 'Exists' ? [...lists.values()] : [...new Set(values)].map((value) => lists.get(value) ?? []);
  }

  private havingLabel(key: string): ClassSet {
    const known = this.having.get(key) ?? this.setOf([...(this.byKey.get(key)?.values() ?? [])]);
    this.having.set(key, known);
    return known;
  }

  private setOf(lists: readonly (readonly number[])[]): ClassSet {
    const set = emptyClassSet(this.count);
    for (const list of lists) for (const position of list) addClass(set, position);
    return set;
  }
}

/** The list of a key, which is made where there is none. */
export function listAt(lists: Map<string, number[]>, key: string): number[] {
  let list = lists.get(key);
  if (!list) {
    list = [];
    lists.set(key, list);
  }
  return list;
}
