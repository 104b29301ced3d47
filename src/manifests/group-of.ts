import type { JsonObject } from '../core/kernel/json.js';
import { apiGroup } from '../core/kernel/object-ref.js';

/** The API group of something that may be an object; undefined where its apiVersion is no text. */
export function groupOf(object: JsonObject): string | undefined {
  const { apiVersion } = object;
  return typeof apiVersion === 'string' ? apiGroup(apiVersion) : undefined;
}
