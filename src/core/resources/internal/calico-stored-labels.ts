import { isJsonObject, type Json } from '../../kernel/json.js';
import type { Labels } from '../resource.js';
import type { ObjectReader } from './object-reader.js';

const ANNOTATION = 'projectcalico.org/metadata';

/**
 * The labels of an object of `crd.projectcalico.org`: Calico keeps those of its own API as JSON in an annotation, and leaves `metadata.labels` to itself
 * (projectcalico/calico `libcalico-go/lib/backend/k8s/resources/resources.go`). Undefined where there is no such annotation.
 */
export function calicoStoredLabels(root: ObjectReader): Labels | undefined {
  const annotations = root.object('metadata')?.object('annotations');
  const text = annotations?.raw(ANNOTATION);
  if (!annotations || typeof text !== 'string') return undefined;
  const stored = parsed(text);
  const labels = isJsonObject(stored) ? (stored['labels'] ?? {}) : undefined;
  if (isJsonObject(labels))
    return Object.fromEntries(Object.entries(labels).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])));
  annotations.warn(
    'invalid-value',
    ANNOTATION,
    'the annotation does not hold the metadata that Calico keeps there: its labels are not known',
  );
  return undefined;
}

function parsed(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
