import type { NameQuestion } from '../../core/dns/name-question.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { parseEndpointSelector } from '../../core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';

/** The pod or node that asks; of several pods the first, for pods of one workload have the same resolver. */
export function askerIn(
  model: NetworkModel,
  text: string,
): Result<{ readonly asker: NonNullable<NameQuestion['from']>; readonly selector: string }, Problem> {
  const selector = parseEndpointSelector(text);
  if (!selector.ok) return selector;
  const resolved = resolveEndpoints(model, selector.value);
  if (!resolved.ok) return resolved;
  const [id] = resolved.value.pods;
  const pod = id === undefined ? undefined : model.pods[id];
  if (pod) return ok({ asker: { pod }, selector: `pod/${pod.namespace}/${pod.name}` });
  const [node] = resolved.value.nodes;
  if (node !== undefined) return ok({ asker: { node }, selector: `node/${node}` });
  const message = `\`${text}\` names no pod and no node: only they have a resolver that is known`;
  return err(problem('invalid-request', message, { errors: [{ pointer: '/from', code: 'no-resolver', message }] }));
}
