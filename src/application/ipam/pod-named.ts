import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { ModelPod, NetworkModel } from '../../core/model/network-model.js';
import { pathEndIn } from '../dataplane/path-ends.js';

/** The first of the pods that a selector names. */
export function podNamed(model: NetworkModel, text: string): Result<{ readonly pod: ModelPod; readonly selector: string }, Problem> {
  const end = pathEndIn(model, text);
  if (!end.ok) return end;
  const { pods, selector } = end.value.endpoints;
  const pod = model.pods[pods[0] ?? -1];
  return pod ? ok({ pod, selector }) : err(problem('empty-selection', `\`${selector}\` names no pod`));
}
