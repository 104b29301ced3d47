import type { Pod } from '../../core/resources/pod.js';
import type { ReadObject } from '../models/read-revision.js';

/** A pod that its controller counts: neither finished nor on its way out (`FilterActivePods` of kubernetes/pkg/controller/controller_utils.go). */
export function isActive({ terminating, status }: Pod): boolean {
  return !terminating && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

/** A pod like another, which nobody has seen yet: where it runs, and with which address, is for the model to say. */
export function madePod(like: Pod, name: string): ReadObject {
  const { spec, ref } = like;
  const resource: Pod = { ...like, ref: { ...ref, name }, spec: { ...spec, nodeName: undefined }, status: undefined, derived: true };
  return { resource, unmodelled: undefined, characters: 0 };
}
