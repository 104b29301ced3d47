import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { type Problem, problem } from '../kernel/problem.js';

const MOST_NAMES = 20;

/** `unknown-node`, with the nearest name, or with the names there are. */
export function unknownNode(names: Iterable<string>, name: string): Problem {
  const known = [...names];
  const some = known.slice(0, MOST_NAMES).join(', ');
  const rest = known.length > MOST_NAMES ? ` and ${known.length - MOST_NAMES} more` : '';
  const all = known.length === 0 ? 'there are none' : `the nodes are ${some}${rest}`;
  return problem('unknown-node', `there is no node \`${name}\``, { hint: didYouMeanHint(name, known) ?? all });
}
