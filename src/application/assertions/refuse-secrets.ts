import { type Problem, problem } from '../../core/kernel/problem.js';
import { problemBelow } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { Pace } from '../../manifests/pace.js';
import type { Question } from '../questions/question.js';
import type { ChangeReader } from '../what-if/read-changes.js';
import { supposedOf } from '../what-if/what-if-input.js';
import type { AssertionContent } from './assertion.js';
import { inputOf } from './checked-assertion.js';

/**
 * An assertion is kept word for word, and read by whoever may see its cluster: the manifests that its cases suppose may not have values that an import would keep as hashes alone. Fails with
 * `invalid-request`, of manifests that cannot be read too.
 */
export async function refuseSecrets(
  question: Question,
  { cases }: AssertionContent,
  changes: ChangeReader,
): Promise<Result<undefined, Problem>> {
  const pace = new Pace();
  for (const [index, one] of cases.entries()) {
    const input = inputOf(question, one);
    const supposed = input.ok ? supposedOf(input.value) : undefined;
    const read = supposed && (await changes.read(supposed));
    if (read && !read.ok) return err(problemBelow(`/cases/${index}/input`, read.error));
    if (read?.value.applied.some(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Secret')) return err(secretIn(index));
    if (pace.isDue) await pace.rest();
  }
  return ok(undefined);
}

function secretIn(index: number): Problem {
  const message = 'the manifests have a Secret, and an assertion is kept as it is written';
  const hint = 'import the Secret into the cluster, where its values are kept as hashes alone, and leave it out here';
  return problem('invalid-request', message, { hint, errors: [{ pointer: `/cases/${index}/input/apply`, code: 'secret', message, hint }] });
}
