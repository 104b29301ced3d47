import type { ManifestLimits } from './manifest-limits.js';

/** Why aliases are not expanded. */
export type AliasRefusal = 'too-many-aliases' | 'too-deep';

interface Extent {
  readonly values: number;
  readonly height: number;
}

function childrenOf(value: object): readonly unknown[] {
  return Array.isArray(value) ? value : Object.values(value);
}

/** Size and height of a graph if it were written out as a tree; a cycle has no bottom. */
function measure(value: unknown, open: Set<object>, known: Map<object, Extent>): Extent {
  if (typeof value !== 'object' || value === null) return { values: 1, height: 0 };
  const seen = known.get(value);
  if (seen) return seen;
  if (open.has(value)) return { values: 1, height: Infinity };
  open.add(value);
  let values = 1;
  let height = 0;
  for (const child of childrenOf(value)) {
    const extent = measure(child, open, known);
    values += extent.values;
    height = Math.max(height, extent.height);
  }
  open.delete(value);
  const extent = { values, height: height + 1 };
  known.set(value, extent);
  return extent;
}

function writeOut(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(writeOut);
  // fromEntries defines own members: a key `__proto__` stays a key.
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, writeOut(child)]));
}

/**
 * Writes shared values out, so that an object is a tree like any JSON. Measured before it is done: aliases of aliases (the billion laughs) and
 * cycles are refused without being followed.
 */
export function expandAliases(value: unknown, limits: ManifestLimits): { readonly tree: unknown } | { readonly refusal: AliasRefusal } {
  const { values, height } = measure(value, new Set(), new Map());
  if (height > limits.maxDepth) return { refusal: 'too-deep' };
  if (values > limits.maxExpandedValues) return { refusal: 'too-many-aliases' };
  return { tree: writeOut(value) };
}
