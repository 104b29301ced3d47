import { isJsonObject, type Json, type JsonObject } from '../../core/kernel/json.js';

/**
 * A JSON object after a merge patch (RFC 7396): members of the patch replace those of the same name, objects are merged member by member, null removes. `keepsNull` says at which
 * dotted paths null is a value like any other.
 */
export function mergePatch(target: JsonObject, patch: JsonObject, keepsNull: (path: string) => boolean = () => false): JsonObject {
  return mergeAt(target, patch, '', keepsNull);
}

function mergeAt(target: JsonObject, patch: JsonObject, prefix: string, keepsNull: (path: string) => boolean): JsonObject {
  const merged = new Map<string, Json | undefined>(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    const path = `${prefix}${name}`;
    if (value === undefined) continue;
    if (value === null && !keepsNull(path)) merged.delete(name);
    else if (isJsonObject(value)) {
      const before = merged.get(name);
      merged.set(name, mergeAt(isJsonObject(before) ? before : {}, value, `${path}.`, keepsNull));
    } else merged.set(name, value);
  }
  return Object.fromEntries(merged);
}
