import { compileSteps } from '../src/core/model/compile-model.js';
import type { NetworkModel, UnmodelledObject } from '../src/core/model/network-model.js';
import { NO_SETTINGS } from '../src/core/model/profile-settings.js';
import type { KubernetesObject } from '../src/core/resources/kubernetes-object.js';
import { normaliseObject } from '../src/core/resources/normalise-object.js';
import type { UnderstoodResource } from '../src/core/resources/understood-resource.js';
import { type ClusterSize, syntheticCluster } from './synthetic-cluster.js';

/** The texts of a synthetic cluster's objects, one an object, as the store keeps them. */
export function textsOf(size: ClusterSize): readonly string[] {
  return Array.from(syntheticCluster(size), (object) => JSON.stringify(object));
}

/** Compiles the model of stored texts as the server does, without its rests. */
export function modelOf(texts: readonly string[]): NetworkModel {
  const resources: UnderstoodResource[] = [];
  const unmodelled: UnmodelledObject[] = [];
  for (const text of texts) {
    const object: KubernetesObject = JSON.parse(text);
    const read = normaliseObject(object);
    if (read.resource) resources.push(read.resource);
    if (read.unmodelled) unmodelled.push(read.unmodelled);
  }
  const steps = compileSteps({ resources, unmodelled, settings: NO_SETTINGS });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
