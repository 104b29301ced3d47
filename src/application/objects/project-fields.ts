import { isJsonObject, type Json, type JsonObject } from '../../core/kernel/json.js';

/** A tree of the members to keep; a member without members of its own is kept whole. */
export type Projection = ReadonlyMap<string, Projection>;

/**
 * Reads `fields`: paths joined by commas, each either dotted (`metadata.name`) or a JSON pointer (`/metadata/labels/app.kubernetes.io~1name`) for names that have a dot. A path goes
 * through lists to each of their elements. Undefined: everything is asked for. An empty path asks for nothing and is passed over.
 */
export function parseFields(text: string | undefined): Projection | undefined {
  if (text === undefined) return undefined;
  const root = new Map<string, Projection>();
  for (const path of text.split(',').map((one) => one.trim())) keep(root, tokensOf(path));
  return root.size === 0 ? undefined : root;
}

/** The parts of a value that were asked for; what is not there is left out. */
export function projectFields(value: Json, projection: Projection | undefined): Json {
  if (projection === undefined || projection.size === 0) return value;
  if (Array.isArray(value)) return value.map((element: Json) => projectFields(element, projection));
  if (!isJsonObject(value)) return value;
  return projectMembers(value, projection);
}

function projectMembers(object: JsonObject, projection: Projection): JsonObject {
  const kept = Object.entries(object).flatMap(([name, value]): readonly [string, Json][] => {
    const deeper = projection.get(name);
    return deeper === undefined || value === undefined ? [] : [[name, projectFields(value, deeper)]];
  });
  return Object.fromEntries(kept);
}

function tokensOf(path: string): readonly string[] {
  if (!path.startsWith('/')) return path.split('.').filter((token) => token !== '');
  return path
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function keep(root: Map<string, Projection>, tokens: readonly string[]): void {
  let node = root;
  let isNew = false;
  for (const token of tokens) {
    const known = node.get(token) as Map<string, Projection> | undefined;
    if (known?.size === 0 && !isNew) return; // kept whole already
    const next = known ?? new Map<string, Projection>();
    isNew = known === undefined;
    node.set(token, next);
    node = next;
  }
  node.clear(); // kept whole from now on
}
