import type { Problem } from '../../kernel/problem.js';
import { atParameter } from '../../kernel/problem-place.js';
import { unknownNode } from '../../model/unknown-node.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';

/** The node that the parameter `node` names. Fails with `unknown-node`. */
export function nodeNamed({ nodes }: NetworkModel, name: string): Result<ModelNode, Problem> {
  const node = nodes.get(name);
  if (node) return ok(node);
  return atParameter('node', err(unknownNode(nodes.keys(), name)));
}
