import type { Case, Group } from './services-dns-case.js';

/** How one set is asked over HTTP: the cluster's profile, its objects, and one case. */
export interface SetRunner {
  /** Undefined: the setup needs something that is not modelled. */
  profile(config: Readonly<Record<string, unknown>>): object | undefined;
  objects(directory: string, group: Group): readonly unknown[];
  /** The question and its input; `objects` are the group's. */
  question(one: Case, objects: readonly unknown[]): readonly [string, object];
  /** The part of the answer that counts, brought into the shape of `expected`. */
  actual(answer: Answer): unknown;
  expected(one: Case): unknown;
}

/** An answer in the envelope. */
export interface Answer {
  readonly verdict: string;
  readonly result: Readonly<Record<string, unknown>>;
}
