import { describe, expect, it } from 'vitest';
import { parseHeaders } from './request-headers.js';

describe('parseHeaders', () => {
  it.each<[texts: string[], headers: [string, string][]]>([
    [[], []],
    [['Host: foo.com', 'X-User:ann'], [['Host', 'foo.com'], ['X-User', 'ann']]], // prettier-ignore
    [['Host: foo.com\r\nX-User: ann\n'], [['Host', 'foo.com'], ['X-User', 'ann']]], // prettier-ignore
    [['Referer: http://a.example/?x=1,2'], [['Referer', 'http://a.example/?x=1,2']]],
    [['X-Empty:'], [['X-Empty', '']]],
    [['{"Host": "foo.com", "X-User": ["ann", "bob"]}'], [['Host', 'foo.com'], ['X-User', 'ann'], ['X-User', 'bob']]], // prettier-ignore
    [['{"__proto__": "x"}'], [['__proto__', 'x']]],
  ])('%j', (texts, headers) => expect(parseHeaders(texts)).toEqual({ ok: true, value: headers }));

  it.each([
    ['Host', 'is no header: write `name: value`'],
    ['X User: ann', '`X User` is no header name'],
    [': ann', 'is no header name'],
    ['{"Host"', 'is no JSON'],
    ['{"Host": 1}', 'the value of header `Host` must be text'],
    ['{"Host": null}', 'the value of header `Host` must be text'],
  ])('%s is refused', (text, message) => {
    const parsed = parseHeaders([text]);
    expect(parsed.ok ? '' : parsed.error).toContain(message);
  });

  it.each<[what: string, texts: string[], message: string]>([
    ['more headers than any controller takes', Array.from({ length: 201 }, () => 'a: b'), 'at most 200 headers'],
    ['as many lines of one text', ['a: b\n'.repeat(201)], 'at most 200 headers'],
    ['more text than any backend sees', [`a: ${'b'.repeat(70_000)}`], 'at most 65536 characters of headers'],
  ])('%s are refused', (_, texts, message) => {
    const parsed = parseHeaders(texts);
    expect(parsed.ok ? '' : parsed.error).toContain(message);
  });
});
