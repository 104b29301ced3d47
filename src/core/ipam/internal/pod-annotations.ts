import type { ModelPod, NetworkModel } from '../../model/network-model.js';
import type { Labels } from '../../resources/resource.js';

/** Annotations of the pod, or of the template it is made of. */
export function annotationsOf(model: NetworkModel, pod: ModelPod): Labels {
  return pod.resource?.annotations ?? model.workloads[pod.workload]?.template?.annotations ?? {};
}
