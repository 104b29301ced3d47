import type { Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { anotherState, type Expected, preconditionFailed } from '../input/expected.js';
import type { Cluster } from './cluster.js';
import type { Revision } from './revision.js';
import { RevisionStore } from './revision-store.js';

/**
 * The number that the newest revision of a cluster has to have for a write that expects something, which the write itself compares; undefined: any. A revision that is named by its entity tag
 * is read, as the cluster may be another one that has the name now. Fails with `precondition-failed`.
 */
export async function expectedRevision(
  revisions: RevisionStore,
  cluster: Cluster,
  expected: Expected<Revision> | undefined,
): Promise<Result<number | undefined, Problem>> {
  if (!expected?.states) return ok(undefined);
  const newestFirst = expected.states.toSorted((a, b) => b.number - a.number);
  for (const { number, isIt } of newestFirst) {
    const revision = isIt && (await revisions.revision(cluster, number));
    if (!isIt || (revision && isIt(revision))) return ok(number);
  }
  const what = `the newest revision of cluster \`${cluster.name}\``;
  const { latestRevision: newest } = cluster;
  const isOther = newestFirst.some(({ number }) => number === newest);
  return err(preconditionFailed(isOther ? anotherState(what, newest) : `${what} is ${newest}, not ${expected.text.slice(0, 80)}`, newest));
}
