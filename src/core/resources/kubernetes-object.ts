import type { JsonObject } from '../kernel/json.js';
import type { ObjectRef } from '../kernel/object-ref.js';

/** A Kubernetes object in its native shape, as it is stored: JSON with a kind and a name, and nothing else promised. */
export interface KubernetesObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject & { readonly name: string; readonly namespace?: string };
}

/** The name of a stored object. */
export function refOf(object: KubernetesObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
