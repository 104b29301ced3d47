import { describe, expect, it } from 'vitest';
import { columnText } from './array-text.js';

// PostgreSQL, 8.15.6 "Array Input and Output Syntax": elements that are empty, look like NULL, or have braces, delimiters, quotes, backslashes or white space have to be quoted; in quotes, quotes and
// backslashes stand behind a backslash.
const CASES = [
  { of: 'numbers', elements: [1, 20, 9_007_199_254_740_991], text: '{1,20,9007199254740991}' },
  { of: 'truths', elements: [true, false], text: '{true,false}' },
  { of: 'texts', elements: ['a', '', ' ', 'NULL', 'a,b', '{}'], text: '{"a",""," ","NULL","a,b","{}"}' },
  { of: 'quotes and backslashes', elements: ['a"b', String.raw`a\b`, String.raw`\"`], text: String.raw`{"a\"b","a\\b","\\\""}` },
  { of: 'the bytes of an address', elements: [String.raw`\x0a000001`], text: String.raw`{"\\x0a000001"}` },
  { of: 'something and nothing', elements: [null, 'a', undefined], text: '{NULL,"a",NULL}' },
  {
    of: 'the same again',
    elements: [undefined, 'a"', 'a"', null, null, 1, 1, '1'],
    text: String.raw`{NULL,"a\"","a\"",NULL,NULL,1,1,"1"}`,
  },
  { of: 'nothing, which `unnest` fills up', elements: [null, undefined, null], text: '{}' },
] as const;

describe('a column as a literal', () => {
  it.each(CASES)('of $of', ({ elements, text }) => {
    expect(columnText(elements)).toBe(text);
  });
});
