import type { Json, JsonObject } from '../../src/core/kernel/json.js';
import type { PatchStep } from '../../src/core/kernel/patch-step.js';

/** The object after a JSON patch (RFC 6902) of `add`, `remove` and `replace`; a path that is not there fails the test. */
export function patched<T extends JsonObject>(object: T, patch: readonly PatchStep[]): T {
  const copy = structuredClone(object);
  for (const { op, path, value } of patch) {
    const tokens = path
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = tokens.pop() ?? '';
    let place: Json | undefined = copy;
    for (const token of tokens) place = (place as Record<string, Json>)[token];
    if (typeof place !== 'object' || place === null) throw new Error(`there is no \`${path}\``);
    const known = Array.isArray(place) ? Number(last) < place.length : Object.hasOwn(place, last);
    if (op !== 'add' && !known) throw new Error(`there is no \`${path}\` to ${op}`);
    if (Array.isArray(place)) {
      const list = place as Json[];
      const at = last === '-' ? list.length : Number(last);
      list.splice(at, op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value ?? null]));
    } else if (op === 'remove') Reflect.deleteProperty(place, last);
    else (place as Record<string, Json>)[last] = value ?? null;
  }
  return copy;
}
