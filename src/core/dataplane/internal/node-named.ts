import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { type Problem, problem } from '../../kernel/problem.js';
import { atParameter } from '../../kernel/problem-place.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';

/** The node that the parameter `node` names. Fails with `unknown-node`. */
export function nodeNamed({ nodes }: NetworkModel, name: string): Result<ModelNode, Problem> {
  const node = nodes.get(name);
  if (node) return ok(node);
  const hint = didYouMeanHint(name, nodes.keys());
  return atParameter('node', err(problem('unknown-node', `there is no node \`${name}\``, hint === undefined ? {} : { hint })));
}
