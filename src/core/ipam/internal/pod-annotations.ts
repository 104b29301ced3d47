import type { ModelPod, NetworkModel } from '../../model/network-model.js';
import type { Labels } from '../../resources/resource.js';

/** Annotations of the pod, or of the template it is made of. */
export function annotationsOf(model: NetworkModel, pod: ModelPod): Labels {
  return pod.resource?.annotations ?? model.workloads[pod.workload]?.template?.annotations ?? {};
}

const MOST_SHOWN = 200;

/** An annotation may have hundreds of thousands of characters, and each pool tells why it does not serve. */
export function shown(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
