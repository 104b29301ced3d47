import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';

/** An object that a parameter names. */
interface QualifiedName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Reads `namespace/name` of a parameter. Fails with `invalid-request` for text of another form, whatever objects there are; `known` has those that could be meant.
 */
export function qualifiedNameIn(parameter: string, kind: string, text: string, known: Iterable<string>): Result<QualifiedName, Problem> {
  const [namespace, name, ...more] = text.split('/');
  if (namespace && name && more.length === 0) return ok({ namespace, name });
  const hint = didYouMeanHint(text, known);
  const message = `\`${text}\` names no ${kind}: write \`namespace/name\``;
  const detail = { code: 'invalid-name', message, ...(hint === undefined ? {} : { hint }) };
  return err(
    problem('invalid-request', message, { ...(hint === undefined ? {} : { hint }), errors: [{ pointer: `/${parameter}`, ...detail }] }),
  );
}
