import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { type Problem, problem } from '../../kernel/problem.js';

/** A question names an object that the cluster does not have. */
export function unknownObject(kind: string, name: string, known: Iterable<string>): Problem {
  const hint = didYouMeanHint(name, known);
  return problem('unknown-object', `no ${kind} \`${name}\``, hint === undefined ? {} : { hint });
}
