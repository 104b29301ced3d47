import type { ObjectRef } from '../kernel/object-ref.js';
import type { ConfigMap } from './config-map.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';

/** Reads a v1 ConfigMap. Its texts are not looked into here: profile detection reads the few it knows. */
export function normaliseConfigMap(root: ObjectReader, ref: ObjectRef): ConfigMap {
  return { ...readResource(root, ref), kind: 'ConfigMap', namespace: ref.namespace ?? 'default', data: root.labels('data') };
}
