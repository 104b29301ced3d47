import { parseEvents, YAMLException } from 'js-yaml';
import { nearestLine } from './json-pointer.js';
import { LineIndex } from './line-index.js';
import type { ParsedValue } from './parsed-value.js';
import { yamlPositions } from './yaml-events.js';

/** Lines of the values of a JSON text: JSON is YAML, and the YAML parser tells positions. */
function jsonLines(text: string, firstLine: number): ReadonlyMap<string, number> {
  try {
    return yamlPositions(text, parseEvents(text, { maxDepth: Infinity }), 0, new LineIndex(text, firstLine)).lines;
  } catch (error) {
    if (error instanceof YAMLException || error instanceof RangeError) return new Map();
    throw error;
  }
}

/**
 * Reads a JSON text; undefined where it is none. Equal keys are not reported: JSON.parse takes the last, as kubectl does, and what prints JSON
 * writes none.
 */
export function readJson(text: string, firstLine: number): ParsedValue | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  let lines: ReadonlyMap<string, number> | undefined;
  const lineOf = (pointer: string) => nearestLine((lines ??= jsonLines(text, firstLine)), pointer, firstLine);
  return { value, line: firstLine, lineOf, duplicates: [] };
}
