import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/kernel/json.js';
import { mergePatch } from './merge-patch.js';

/** RFC 7396, appendix A: the rows whose original, patch and result are all objects. */
const ROWS: readonly [original: JsonObject, patch: JsonObject, result: JsonObject][] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

describe('mergePatch', () => {
  it.each(ROWS)('%j patched with %j is %j', (original, patch, result) => expect(mergePatch(original, patch)).toEqual(result));

  it('keeps null where null is a value', () => {
    const keepsNull = (path: string) => path === 'dns.hostResolvConf';
    expect(mergePatch({ dns: { ttl: 5 } }, { dns: { hostResolvConf: null, ttl: null } }, keepsNull)).toEqual({
      dns: { hostResolvConf: null },
    });
  });

  it('leaves the original as it is, and takes no prototype for a member', () => {
    const original = { a: { b: 1 } };
    mergePatch(original, { a: { b: 2 } });
    expect(original).toEqual({ a: { b: 1 } });
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}') as JsonObject);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.keys(merged)).toEqual(['__proto__']);
  });
});
