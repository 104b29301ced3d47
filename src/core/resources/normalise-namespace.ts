import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { Namespace } from './namespace.js';

/** The label the API server sets on every namespace and lets nobody change. */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** Reads a v1 Namespace. */
export function normaliseNamespace(root: ObjectReader, ref: ObjectRef): Namespace {
  const resource = readResource(root, ref);
  if (resource.labels[NAMESPACE_NAME_LABEL] !== ref.name) root.findings.defaulted.push('/metadata/labels/kubernetes.io~1metadata.name');
  return { ...resource, labels: { ...resource.labels, [NAMESPACE_NAME_LABEL]: ref.name }, kind: 'Namespace', implied: false };
}
