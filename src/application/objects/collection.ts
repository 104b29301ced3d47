import type { z } from 'zod';
import type { ProblemKind } from '../../core/kernel/problem.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { Labels } from '../../core/resources/resource.js';

/** What names an item of a collection; `namespace` is empty for cluster-scoped nouns, `kind` set only where the noun has several. */
export interface ItemName {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What may be asked of an item before it is shown: cheap, for it is asked of every item of a list. */
export interface Row extends ItemName {
  readonly labels: Labels;
}

/** An item in its place: what it is sorted by, what names it, and its place in the model, for names in faulty dumps are not always unique. */
export interface SortedRow<T> {
  /** Of the field that the list is sorted by. */
  readonly value: string;
  readonly index: number;
  readonly row: Row;
  readonly item: T;
}

/**
 * One noun of the model: how it is listed, selected, sorted and shown. REST's lists, OpenAPI and GraphQL's connections are driven by this one definition.
 */
export interface Collection<T = unknown, V = unknown> {
  /** As in the path: `network-policies`. */
  readonly noun: string;
  /** As in a sentence: `network policy`. */
  readonly singular: string;
  readonly about: string;
  /** What its items are named by, besides `name`. */
  readonly scope: 'cluster' | 'namespace' | 'kind';
  /** The problem of a name that nothing has. */
  readonly unknown: ProblemKind;
  /** The shape of an item. */
  readonly view: z.ZodType<V>;
  /** Fields to select and sort by besides `metadata.name` and `metadata.namespace`. */
  readonly fields: readonly string[];
  /** One that is in the demo fleet, as its path names it. */
  readonly example: Readonly<Record<string, string>> & { readonly cluster: string };
  /** What was sorted already: by model, then field. A model never changes. */
  readonly sorted: WeakMap<NetworkModel, Map<string, readonly SortedRow<T>[]>>;
  items(model: NetworkModel): Iterable<T>;
  row(item: T, model: NetworkModel): Row;
  /** The value of one of the collection's own fields; empty text where there is none. */
  field(item: T, field: string, model: NetworkModel): string;
  show(item: T, model: NetworkModel): V;
}

/** Checks a collection's types at its definition; the registry then holds collections of all shapes. */
export function defineCollection<T, V>(collection: Omit<Collection<T, V>, 'sorted'>): Collection<T, V> {
  return { ...collection, sorted: new WeakMap() };
}
