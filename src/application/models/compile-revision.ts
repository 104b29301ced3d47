import { compileSteps } from '../../core/model/compile-model.js';
import type { NetworkModel, UnmodelledObject } from '../../core/model/network-model.js';
import { parseProfileSettings } from '../../core/model/profile-settings.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { normaliseObject } from '../../core/resources/normalise-object.js';
import type { UnderstoodResource } from '../../core/resources/understood-resource.js';
import { ProblemError } from '../../core/kernel/problem.js';
import { Pace } from '../../manifests/pace.js';
import type { Cluster } from '../clusters/cluster.js';
import type { RevisionStore } from '../clusters/revision-store.js';

/** A model, and the length of the JSON text it was made of. */
export interface CompiledRevision {
  readonly model: NetworkModel;
  readonly characters: number;
}

/**
 * Reads the objects of a revision and compiles them, resting whenever a stretch is over: however large the cluster, nobody else's question waits longer than
 * one stretch. Revision 0 is the empty cluster.
 */
export async function compileRevision(revisions: RevisionStore, cluster: Cluster, revision: number): Promise<CompiledRevision> {
  const pace = new Pace();
  const resources: UnderstoodResource[] = [];
  const unmodelled: UnmodelledObject[] = [];
  let characters = 0;
  for await (const batch of revision === 0 ? [] : revisions.objectsAt(cluster, revision)) {
    for (const { body } of batch) {
      characters += body.length;
      const object: KubernetesObject = JSON.parse(body); // what is stored was checked when it came in
      const read = normaliseObject(object);
      if (read.resource) resources.push(read.resource);
      if (read.unmodelled) unmodelled.push(read.unmodelled);
      if (pace.isDue) await pace.rest();
    }
  }
  const settings = parseProfileSettings(cluster.profile, '/profile');
  if (!settings.ok) throw new ProblemError(settings.error);
  const steps = compileSteps({ resources, unmodelled, settings: settings.value });
  for (;;) {
    const step = steps.next();
    if (step.done) return { model: step.value, characters };
    if (pace.isDue) await pace.rest();
  }
}
