import { isJsonObject } from '../../core/kernel/json.js';
import type { Labels } from '../../core/resources/resource.js';

/** The labels of a stored object, given its JSON text. Values that are no text, which a broken manifest may have, are none. */
export function objectLabels(body: string): Labels {
  const object: unknown = JSON.parse(body);
  const metadata = isJsonObject(object) ? object['metadata'] : undefined;
  const labels = isJsonObject(metadata) ? metadata['labels'] : undefined;
  if (!isJsonObject(labels)) return {};
  return Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
