import type { Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { anotherState, type Expected, preconditionFailed } from '../input/expected.js';
import type { Cluster } from './cluster.js';
import type { Revision } from './revision.js';
import { RevisionStore } from './revision-store.js';

/**
 * The numbers of which the newest revision of a cluster has to have one, now and when the write itself compares them (RFC 9110 §13.1.1: it is enough that one of a list matches);
 * undefined: any. An entity tag is compared with the revision that is the newest now, as the cluster may be another one that has the name now: the tag of a later one nobody has read yet.
 * Fails with `precondition-failed`.
 */
export async function expectedRevisions(
  revisions: RevisionStore,
  cluster: Cluster,
  expected: Expected<Revision> | undefined,
): Promise<Result<readonly number[] | undefined, Problem>> {
  if (!expected?.states) return ok(undefined);
  const { states, text } = expected;
  const [revision] = await revisions.revisions(cluster, 1);
  const newest = revision?.number ?? 0;
  const met = states.filter(({ number, isIt }) => !isIt || (number === newest && revision && isIt(revision)));
  const numbers = met.map(({ number }) => number);
  if (numbers.includes(newest)) return ok(numbers);
  const what = `the newest revision of cluster \`${cluster.name}\``;
  const isOther = states.some(({ number }) => number === newest);
  return err(preconditionFailed(isOther ? anotherState(what, newest) : `${what} is ${newest}, not ${text.slice(0, 80)}`, newest));
}
