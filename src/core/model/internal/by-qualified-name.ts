import { qualifiedName } from '../../kernel/object-ref.js';
import type { Resource } from '../../resources/resource.js';

/** Resources by `namespace/name`, or by name for cluster-scoped kinds. */
export function byQualifiedName<T extends Resource>(resources: readonly T[]): ReadonlyMap<string, T> {
  return new Map(resources.map((resource) => [qualifiedName(resource.ref), resource]));
}
