import { formatSelector, type LabelSelector, selectorMatches } from '../../resources/label-selector.js';
import type { ModelPod } from '../network-model.js';
import { inChunks } from './in-chunks.js';

/** Pods of one namespace by label. */
interface NamespaceIndex {
  readonly all: number[];
  readonly byLabel: Map<string, Map<string, number[]>>;
}

const NONE: readonly number[] = [];

/** Answers which pods of a namespace a selector matches, without looking at every pod. Answers are remembered. */
export class LabelIndex {
  private readonly namespaces = new Map<string, NamespaceIndex>();
  private readonly memory = new Map<string, readonly number[]>();

  private constructor(private readonly pods: readonly ModelPod[]) {}

  /** Indexes the pods by namespace and label. */
  static *of(pods: readonly ModelPod[]): Generator<undefined, LabelIndex> {
    const index = new LabelIndex(pods);
    for (const chunk of inChunks(pods)) {
      for (const pod of chunk) index.add(pod);
      yield;
    }
    return index;
  }

  /** Ids of every namespace's pods, ascending. */
  podsByNamespace(): ReadonlyMap<string, readonly number[]> {
    return new Map([...this.namespaces].map(([namespace, index]) => [namespace, index.all]));
  }

  /** Ids of the pods of one namespace that the selector matches, ascending. */
  select(namespace: string, selector: LabelSelector): readonly number[] {
    const index = this.namespaces.get(namespace);
    if (!index || selector.invalid) return NONE;
    if (selector.requirements.length === 0) return index.all;
    const key = `${namespace}\n${formatSelector(selector)}`;
    const known = this.memory.get(key);
    if (known) return known;
    const found = this.shortlist(index, selector).filter((id) => selectorMatches(selector, this.pods[id]?.labels ?? {}));
    this.memory.set(key, found);
    return found;
  }

  /** Ids of the pods of a namespace that carry the label, ascending. */
  carrying(namespace: string, key: string, value: string): readonly number[] {
    return this.namespaces.get(namespace)?.byLabel.get(key)?.get(value) ?? NONE;
  }

  /** The values that a label has in a namespace. */
  valuesOf(namespace: string, key: string): Iterable<string> {
    return this.namespaces.get(namespace)?.byLabel.get(key)?.keys() ?? [];
  }

  private add(pod: ModelPod): void {
    const index = this.namespaceIndex(pod.namespace);
    index.all.push(pod.id);
    for (const [key, value] of Object.entries(pod.labels)) {
      const values = index.byLabel.get(key) ?? new Map<string, number[]>();
      index.byLabel.set(key, values);
      const ids = values.get(value);
      if (ids) ids.push(pod.id);
      else values.set(value, [pod.id]);
    }
  }

  private namespaceIndex(namespace: string): NamespaceIndex {
    const known = this.namespaces.get(namespace);
    if (known) return known;
    const index: NamespaceIndex = { all: [], byLabel: new Map() };
    this.namespaces.set(namespace, index);
    return index;
  }

  /** The shortest list that must hold every match: of one equality, else the whole namespace. */
  private shortlist(index: NamespaceIndex, selector: LabelSelector): readonly number[] {
    let shortest: readonly number[] = index.all;
    for (const { key, operator, values } of selector.requirements) {
      const [value] = values;
      if (operator !== 'In' || values.length !== 1 || value === undefined) continue;
      const ids = index.byLabel.get(key)?.get(value) ?? NONE;
      if (ids.length < shortest.length) shortest = ids;
    }
    return shortest;
  }
}
