import { expect, it } from 'vitest';
import { jsonErrorPosition } from './json-error-position.js';

it.each([
  ['{"a": 1}', undefined],
  ['[1, 2, {"a": [null, true, "\\u00e9"]}]  ', undefined],
  ['-0.5e+10', undefined],
  ['{}', undefined],
  ['[]', undefined],
  ['', '1:1 a value'],
  ['{"a": }', '1:7 a value'],
  ['{"a": 1,}', '1:9 a key in double quotes'],
  ['{\n  "a": 1\n  "b": 2\n}', '3:3 `,` or the closing bracket'],
  ["{'a': 1}", '1:2 a key in double quotes or `}`'],
  ['[1, 2', '1:6 `,` or the closing bracket'],
  ['{"a" 1}', '1:6 `:`'],
  ['{"a": 01}', '1:7 a value'],
  ['nulls', '1:1 a value'],
  ['{} {}', '1:4 the end of the text'],
  ['"tab\there"', '1:1 a value'],
  ['[}', '1:2 a value or `]`'],
])('%j', (text, expected) => {
  const at = jsonErrorPosition(text);
  expect(at && `${at.line}:${at.column} ${at.expected}`).toBe(expected);
  expect(expected === undefined).toBe(isJson(text)); // agrees with the engine's own parser
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
