import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { type Problem, problem } from '../kernel/problem.js';
import type { NetworkModel } from '../model/network-model.js';

/** `unknown-node`, with the nearest name. */
export function unknownNode(model: NetworkModel, name: string): Problem {
  const names = [...model.nodes.keys()];
  const hint = didYouMeanHint(name, names) ?? `the nodes are ${names.slice(0, 20).join(', ')}`;
  return problem('unknown-node', `there is no node \`${name}\``, { hint });
}
