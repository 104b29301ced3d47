import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, type JsonObject, objectsIn } from '../../core/kernel/json.js';
import type { Fault } from './api-refusal.js';
import { sameQuantity } from './same-quantity.js';

const WHY = 'the volume claims of a StatefulSet may not change';

/**
 * `ValidateStatefulSetUpdate` of kubernetes/pkg/apis/apps/validation/validation.go lets no claim template change. The list is one value to whoever applies it (`listType=atomic`); a manifest without one leaves it alone.
 */
export function claimTemplateFault(
  { volumeClaimTemplates: now }: JsonObject,
  { volumeClaimTemplates: old }: JsonObject,
): Fault | undefined {
  if (!Array.isArray(now)) return undefined;
  const [claims, before] = [objectsIn(now), objectsIn(old)];
  const at = claims.findIndex((claim, index) => !isSame(claim, before[index]));
  if (at < 0 && claims.length === before.length) return undefined;
  return { pointer: `/spec/volumeClaimTemplates${at < 0 ? '' : `/${at}`}`, message: WHY };
}

function isSame(now: JsonObject, old: JsonObject | undefined): boolean {
  if (!old) return false;
  const [{ resources: asked, ...spec }, { resources: given, ...before }] = [specOf(now), specOf(old)];
  return isDeepStrictEqual(nameOf(now), nameOf(old)) && isDeepStrictEqual(spec, before) && isSameSize(asked, given);
}

/** What of a claim's metadata people write. */
function nameOf({ metadata }: JsonObject): readonly unknown[] {
  const { name, labels, annotations } = isJsonObject(metadata) ? metadata : {};
  return [name, labels ?? {}, annotations ?? {}];
}

/** `SetDefaults_PersistentVolumeClaimSpec` of kubernetes/pkg/apis/core/v1/defaults.go. */
function specOf({ spec }: JsonObject): JsonObject {
  const given = Object.entries(isJsonObject(spec) ? spec : {}).filter(([, value]) => value !== null);
  return { volumeMode: 'Filesystem', ...Object.fromEntries(given) };
}

function isSameSize(now: Json | undefined, old: Json | undefined): boolean {
  return ['requests', 'limits'].every((which) => {
    const [asked, given] = [now, old].map((one) => (isJsonObject(one) && isJsonObject(one[which]) ? one[which] : {}));
    const names = new Set([...Object.keys(asked ?? {}), ...Object.keys(given ?? {})]);
    return [...names].every((name) => sameQuantity(asked?.[name], given?.[name]));
  });
}
