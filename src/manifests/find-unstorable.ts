import { childPointer } from './json-pointer.js';

/** Why a value cannot be kept as it is. */
export interface Unstorable {
  readonly pointer: string;
  readonly why: string;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function problemOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'not a finite number, which JSON cannot hold';
  if (typeof value !== 'string') return undefined;
  if (value.includes('\0')) return 'text with a NUL character';
  return LONE_SURROGATE.test(value) ? 'text with half a UTF-16 character' : undefined;
}

/** The first value that neither JSON nor PostgreSQL can hold: NUL characters, lone surrogates, infinities. Undefined where all is well. */
export function findUnstorable(value: unknown, pointer = ''): Unstorable | undefined {
  const why = problemOf(value);
  if (why !== undefined) return { pointer, why };
  if (typeof value !== 'object' || value === null) return undefined;
  const members: Iterable<[string | number, unknown]> = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, child] of members) {
    const at = childPointer(pointer, key);
    const inKey = typeof key === 'string' ? problemOf(key) : undefined;
    const found = inKey === undefined ? findUnstorable(child, at) : { pointer, why: inKey };
    if (found) return found;
  }
  return undefined;
}
