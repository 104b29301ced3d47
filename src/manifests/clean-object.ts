import { isJsonObject, type Json, type JsonObject } from '../core/kernel/json.js';
import { groupOf } from './group-of.js';

/** Annotations in which a tool keeps a copy of the whole object. */
const COPIES = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'kapp.k14s.io/original',
  'kapp.k14s.io/original-diff',
  'objectset.rio.cattle.io/applied',
  'banzaicloud.com/last-applied',
]);

function without(object: JsonObject, dropped: (key: string) => boolean): JsonObject {
  return Object.keys(object).some(dropped) ? Object.fromEntries(Object.entries(object).filter(([key]) => !dropped(key))) : object;
}

function cleanMetadata(metadata: JsonObject): JsonObject {
  const kept = without(metadata, (key) => key === 'managedFields' || key === 'selfLink');
  const annotations = kept['annotations'];
  if (!isJsonObject(annotations) || !Object.keys(annotations).some((key) => COPIES.has(key))) return kept;
  const clean = without(annotations, (key) => COPIES.has(key));
  return Object.keys(clean).length > 0 ? { ...kept, annotations: clean } : without(kept, (key) => key === 'annotations');
}

/** A CustomResourceDefinition without its schemas: up to 1.4 MB each, and no answer depends on them. */
function withoutSchemas(spec: JsonObject): JsonObject {
  const kept = without(spec, (key) => key === 'validation');
  const versions = kept['versions'];
  if (!Array.isArray(versions)) return kept;
  return {
    ...kept,
    versions: versions.map((version: Json) => (isJsonObject(version) ? without(version, (key) => key === 'schema') : version)),
  };
}

/** The object without noise: managedFields, selfLink, copies of itself in annotations, the schemas of CRDs. What is kept keeps its order. */
export function cleanObject(object: JsonObject): JsonObject {
  const { metadata, spec } = object;
  const isDefinition = object['kind'] === 'CustomResourceDefinition' && groupOf(object) === 'apiextensions.k8s.io';
  return {
    ...object,
    ...(isJsonObject(metadata) ? { metadata: cleanMetadata(metadata) } : {}),
    ...(isDefinition && isJsonObject(spec) ? { spec: withoutSchemas(spec) } : {}),
  };
}
