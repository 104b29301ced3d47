import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { Cluster } from '../clusters/cluster.js';
import type { Expected } from '../input/expected.js';
import type { Assertion, AssertionContent, AssertionSummary } from './assertion.js';

/** A change of an assertion. */
export interface AssertionWrite {
  readonly name: string;
  readonly content: AssertionContent;
  readonly author: string;
  readonly ifMatch?: Expected<Assertion> | undefined;
}

/** What is there after a write; `unchanged`: it was there already. */
export interface AssertionWritten {
  readonly assertion: Assertion;
  readonly outcome: 'created' | 'replaced' | 'unchanged';
}

/** Where assertions are kept. */
export abstract class AssertionStore {
  /** By name. */
  abstract list(cluster: Cluster): Promise<readonly AssertionSummary[]>;
  abstract find(cluster: Cluster, name: string): Promise<Assertion | undefined>;
  /** Creates or replaces. Fails with `precondition-failed`, and with `unknown-cluster` where the cluster was deleted meanwhile. */
  abstract write(cluster: Cluster, write: AssertionWrite): Promise<Result<AssertionWritten, Problem>>;
  /** False where there is none. Fails with `precondition-failed`. */
  abstract delete(cluster: Cluster, name: string, ifMatch?: Expected<Assertion>): Promise<Result<boolean, Problem>>;
}
