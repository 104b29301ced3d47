import type { NameQuestion } from '../../core/dns/name-question.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { ModelWorkload, NetworkModel } from '../../core/model/network-model.js';
import { parseEndpointSelector } from '../../core/model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../core/model/resolve-endpoints.js';

/** The pod or node that asks; of several pods of one workload the first, for they have the same resolver and variables. Pods of several are refused. */
export function askerIn(
  model: NetworkModel,
  text: string,
): Result<{ readonly asker: NonNullable<NameQuestion['from']>; readonly selector: string }, Problem> {
  const selector = parseEndpointSelector(text);
  if (!selector.ok) return selector;
  const resolved = resolveEndpoints(model, selector.value);
  if (!resolved.ok) return resolved;
  const workloads = workloadsOf(model, resolved.value.pods);
  if (workloads.length > 1) return err(severalWorkloads(text, workloads));
  const [id] = resolved.value.pods;
  const pod = id === undefined ? undefined : model.pods[id];
  if (pod) return ok({ asker: { pod }, selector: `pod/${pod.namespace}/${pod.name}` });
  const [node] = resolved.value.nodes;
  if (node !== undefined) return ok({ asker: { node }, selector: `node/${node}` });
  const message = `\`${text}\` names no pod and no node: only they have a resolver that is known`;
  return err(problem('invalid-request', message, { errors: [{ pointer: '/from', code: 'no-resolver', message }] }));
}

function workloadsOf(model: NetworkModel, pods: readonly number[]): readonly ModelWorkload[] {
  const ids = new Set(pods.flatMap((id) => model.pods[id]?.workload ?? []));
  return [...ids].flatMap((id) => model.workloads[id] ?? []);
}

/** Workloads that a problem names before it counts the rest. */
const NAMED = 3;

function severalWorkloads(text: string, workloads: readonly ModelWorkload[]): Problem {
  const message = `\`${text}\` names pods of ${workloads.length} workloads, whose settings may differ: expected one pod or workload`;
  const names = workloads.slice(0, NAMED).map(({ kind, namespace, name }) => `\`${kind.toLowerCase()}/${namespace}/${name}\``);
  const rest = workloads.length > NAMED ? ` or one of ${workloads.length - NAMED} more` : '';
  return problem('invalid-request', message, {
    errors: [{ pointer: '/from', code: 'several-workloads', message }],
    hint: `ask one of them: ${names.join(', ')}${rest}`,
  });
}
