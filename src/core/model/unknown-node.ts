import { comparable, didYouMeanHint } from '../kernel/did-you-mean.js';
import { firstFew } from '../kernel/first-few.js';
import { type Problem, problem } from '../kernel/problem.js';

const MOST_NAMES = 20;

/** `unknown-node`, with the nearest name, or with the names there are. */
export function unknownNode(names: Iterable<string>, name: string): Problem {
  const known = [...names];
  const all = known.length === 0 ? 'there are none' : `the nodes are ${firstFew(known, MOST_NAMES)}`;
  return problem('unknown-node', `there is no node \`${name}\``, { hint: didYouMeanHint(name, comparable(name, known)) ?? all });
}
