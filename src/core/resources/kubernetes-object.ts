import type { Json, JsonObject } from '../kernel/json.js';
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

/** The value at a JSON pointer; undefined where the path leaves the document. */
export function valueAt(object: JsonObject, pointer: string): Json | undefined {
  let value: Json | undefined = object;
  for (const token of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as JsonObject)[token.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}
