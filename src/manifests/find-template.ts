import { isJsonObject, type JsonObject } from '../core/kernel/json.js';
import { apiGroup } from '../core/kernel/object-ref.js';
import { childPointer } from './json-pointer.js';

/** Members whose text is a program's own and may hold `{{` by right: arguments, environment, scripts, file contents. */
const FREE_TEXT = new Set(['args', 'command', 'env', 'data', 'binaryData', 'stringData', 'annotations', 'exec', 'message', 'description']);

/** Groups whose specifications have no templates of their own; `{{` in a PrometheusRule or a Workflow is what it is meant to be. */
const PLAIN_GROUPS = new Set([
  '',
  'apps',
  'batch',
  'extensions',
  'policy',
  'autoscaling',
  'networking.k8s.io',
  'discovery.k8s.io',
  'rbac.authorization.k8s.io',
  'gateway.networking.k8s.io',
]);

function firstIn(value: unknown, pointer: string): string | undefined {
  if (typeof value === 'string') return value.includes('{{') ? pointer : undefined;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = firstIn(item, childPointer(pointer, index));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  for (const [key, child] of Object.entries(value)) {
    if (key.includes('{{')) return childPointer(pointer, key);
    const found = FREE_TEXT.has(key) ? undefined : firstIn(child, childPointer(pointer, key));
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The pointer of the first `{{` that shows an object to be a template nobody rendered: in its kind, its metadata (annotations apart), or in the
 * fields of a kind that has no templates of its own. Undefined where there is none.
 */
export function findTemplate(object: JsonObject): string | undefined {
  const apiVersion = typeof object['apiVersion'] === 'string' ? object['apiVersion'] : '';
  const { metadata, ...others } = object;
  const identity = firstIn({ apiVersion, kind: object['kind'] }, '') ?? firstIn(metadata, '/metadata');
  if (identity !== undefined) return identity;
  return PLAIN_GROUPS.has(apiGroup(apiVersion)) ? firstIn(others, '') : undefined;
}
