import { assert, jsonValue, dictionary, property, string, constantFrom, oneof, constant } from 'fast-check';
import { expect, it } from 'vitest';
import { operationText } from './written-operations.js';

// ECMA-262 (`JSON.stringify`) says what the text of a value is.
const names = oneof(string(), constantFrom('data', '__proto__', 'a → b', '"', '\uD800'));
const values = oneof(jsonValue(), constant(undefined), constantFrom('a → b', '\uDC00x', '😀', 'é', '→'.repeat(40_000)));
const answers = dictionary(names, oneof(values, dictionary(names, oneof(values, dictionary(names, values)))));

it('is the text of JSON.stringify, byte by byte, however much was written before', () => {
  const written: { readonly bytes: Buffer; readonly expected: Buffer }[] = [];
  assert(
    property(answers, (answer) => {
      const bytes = operationText(answer);
      const expected = Buffer.from(JSON.stringify(answer));
      written.push({ bytes, expected });
      return bytes.equals(expected);
    }),
    { numRuns: 500 },
  );
  for (const { bytes, expected } of written) expect(bytes.equals(expected)).toBe(true);
});
