import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';

/** A namespace of the model. Fails with `unknown-namespace`, with the nearest name; silence stays silence. */
export function knownNamespace(model: NetworkModel, name: string | undefined): Result<string | undefined, Problem> {
  if (name === undefined || model.namespaces.has(name)) return ok(name);
  const hint = didYouMeanHint(name, model.namespaces.keys());
  return err(problem('unknown-namespace', `there is no namespace \`${name}\``, hint === undefined ? {} : { hint }));
}
