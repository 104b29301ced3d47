import { isJsonObject, type Json } from '../../core/kernel/json.js';
import { below } from './part-faults.js';

/** A place of an answer that is not as it has to be. */
export interface Mismatch {
  /** JSON pointer into the answer: `/verdict`, `/result/backends/0/service`. */
  readonly pointer: string;
  /** Of a large value the beginning of its text. */
  readonly expected: Json;
  /** Null where the answer has nothing there; of a large value the beginning of its text. */
  readonly actual: Json;
}

/** So many characters of a value are told. */
const LONGEST = 2000;

/** Where an answer differs from a part of it: members that are not named may be anything, lists have as many elements, values are equal. */
export function* mismatches(expected: Json, actual: unknown, pointer: string): Generator<Mismatch> {
  if (isList(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) yield { pointer, expected: shown(expected), actual: shown(actual) };
    else for (const [index, element] of expected.entries()) yield* mismatches(element, actual[index], `${pointer}/${index}`);
    return;
  }
  if (isJsonObject(expected)) {
    if (!isJsonObject(actual)) yield { pointer, expected: shown(expected), actual: shown(actual) };
    else
      for (const [name, member] of Object.entries(expected))
        yield* mismatches(member ?? null, Object.hasOwn(actual, name) ? actual[name] : undefined, below(pointer, name));
    return;
  }
  if (expected !== actual) yield { pointer, expected: shown(expected), actual: shown(actual) };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function shown(value: unknown): Json {
  const text = JSON.stringify(value ?? null);
  if (text.length > LONGEST) return `${text.slice(0, LONGEST)}…`;
  const plain: Json = JSON.parse(text);
  return plain;
}
