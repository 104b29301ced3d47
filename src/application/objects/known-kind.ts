import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { problem, type Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { KindCount } from '../clusters/revision.js';

/** How Kubernetes spells a kind. */
const CAMEL_CASE = /^[A-Z][A-Za-z0-9]*$/;

/**
 * The kind that a client means: as Kubernetes spells it, or `pod`, `pods` where the revision has such objects. A well-spelt kind that the revision has none of is one all the same.
 * Fails with `invalid-request`.
 */
export function knownKind(written: string, kinds: readonly KindCount[]): Result<string, Problem> {
  const lower = written.toLowerCase();
  const found = kinds.find(({ kind }) => kind === written) ?? kinds.find(({ kind }) => namesOf(kind).includes(lower));
  if (found) return ok(found.kind);
  if (CAMEL_CASE.test(written)) return ok(written);
  const message = `\`kind\`: the revision has no objects of kind \`${written}\``;
  const hint =
    didYouMeanHint(
      written,
      kinds.map(({ kind }) => kind),
    ) ?? 'kinds are spelt as Kubernetes does, as in `NetworkPolicy`';
  return err(problem('invalid-request', message, { hint, errors: [{ pointer: '/kind', code: 'unknown-kind', message, hint }] }));
}

/** `networkpolicy`, `networkpolicies`. */
function namesOf(kind: string): readonly string[] {
  const singular = kind.toLowerCase();
  const plural = singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : /(?:s|x|ch)$/.test(singular) ? `${singular}es` : `${singular}s`;
  return [singular, plural];
}
