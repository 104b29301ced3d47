import { didYouMean } from '../kernel/did-you-mean.js';
import { type Problem, problem } from '../kernel/problem.js';
import type { ModelWorkload, NetworkModel } from './network-model.js';

/** There is no such pod; the hint is one that is spelt nearly so, else one of the workload that gives its pods such names. */
export function unknownPod(model: NetworkModel, key: string): Problem {
  const nearest = didYouMean(key, model.podByKey.keys()) ?? successorOf(model, key);
  return problem('unknown-pod', `there is no pod \`${key}\``, nearest === undefined ? {} : { hint: `did you mean \`${nearest}\`?` });
}

/** Pods are replaced under other names, which begin with that of their workload: a pod of the workload with the longest such name. */
function successorOf(model: NetworkModel, key: string): string | undefined {
  let best: ModelWorkload | undefined;
  for (const one of model.workloads) {
    if (one.pods.length === 0 || !key.startsWith(`${one.namespace}/${one.name}-`)) continue;
    if (!best || one.name.length > best.name.length) best = one;
  }
  const pod = best?.pods.map((id) => model.pods[id]).find((one) => one?.finished === false);
  return pod && `${pod.namespace}/${pod.name}`;
}
