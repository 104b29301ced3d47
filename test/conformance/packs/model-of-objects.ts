import { compileModel } from '../../../src/core/model/compile-model.js';
import type { NetworkModel } from '../../../src/core/model/network-model.js';
import type { ProfileSettings } from '../../../src/core/model/profile-settings.js';
import type { KubernetesObject } from '../../../src/core/resources/kubernetes-object.js';
import { normaliseObject } from '../../../src/core/resources/normalise-object.js';

/** Compiles the objects of a case that is asked in process. */
export function modelOfObjects(objects: readonly KubernetesObject[], settings: ProfileSettings = {}): NetworkModel {
  const normalised = objects.map(normaliseObject);
  return compileModel({
    resources: normalised.flatMap(({ resource }) => resource ?? []),
    unmodelled: normalised.flatMap(({ unmodelled }) => unmodelled ?? []),
    settings,
  });
}
