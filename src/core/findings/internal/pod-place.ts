import type { ObjectRef } from '../../kernel/object-ref.js';
import type { ModelPod, ModelWorkload, NetworkModel } from '../../model/network-model.js';
import type { Labels } from '../../resources/resource.js';

/** Where the specification of a pod is written: in the pod itself, or in the template of its workload. */
export interface PodPlace {
  readonly object: ObjectRef;
  /** Pointer to the pod's `spec`. */
  readonly spec: string;
  /** Stable labels, those that every pod of the workload has. */
  readonly labels: Labels;
  /** What the workload or the pod is called. */
  readonly name: string;
}

/** Labels that controllers add, each pod or each release its own. */
const VOLATILE = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
]);

/** Where one writes what a pod should be. */
export function placeOfPod(model: NetworkModel, pod: ModelPod): PodPlace {
  const workload = model.workloads[pod.workload];
  if (workload?.template) return placeOfWorkload(workload, workload.template.labels);
  const labels = Object.fromEntries(Object.entries(pod.labels).filter(([key]) => !VOLATILE.has(key)));
  return { object: pod.ref, spec: '/spec', labels, name: pod.name };
}

/** The same for a workload with a template. */
function placeOfWorkload({ ref, name, kind }: ModelWorkload, labels: Labels): PodPlace {
  const spec = kind === 'CronJob' ? '/spec/jobTemplate/spec/template/spec' : '/spec/template/spec';
  return { object: ref, spec, labels, name };
}

/** `pod shop/web-0`, `pods shop/web-0, shop/web-1 and 3 more`. */
export function podsText(pods: readonly Pick<ModelPod, 'namespace' | 'name'>[]): string {
  const names = pods.slice(0, 2).map(({ namespace, name }) => `${namespace}/${name}`);
  const rest = pods.length - names.length;
  return `pod${pods.length === 1 ? '' : 's'} ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
