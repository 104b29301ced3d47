import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../core/kernel/json.js';
import { finished } from '../../core/kernel/steps.js';
import { QUESTIONS } from '../questions/registry.js';
import type { AssertionCase, AssertionContent, Expectation } from './assertion.js';
import { checkAssertion as steps } from './checked-assertion.js';

const checkAssertion = (content: AssertionContent) => finished(steps(content));

const GOOD: AssertionCase = { input: { url: 'http://foo.com/' }, expect: { verdict: 'ROUTED' } };
const route = (...cases: AssertionCase[]): AssertionContent => ({ question: 'route', cases });
const expecting = (expected: Expectation) => route(GOOD, { ...GOOD, expect: expected });
const expectingResult = (result: Json) => expecting({ result });
const asking = (input: JsonObject) => route(GOOD, { ...GOOD, input });

/** Pointer and hint of what is wrong first. */
function refused(content: AssertionContent): readonly unknown[] {
  const checked = checkAssertion(content);
  if (checked.ok) return [];
  const [first] = checked.error.errors ?? [];
  return [checked.error.kind, first?.pointer, first?.hint ?? ''];
}

describe('an assertion that is checked', () => {
  it.each<[what: string, content: AssertionContent]>([
    ['a verdict', route(GOOD)],
    ['a part of the result', expectingResult({ backends: [{ service: 'web', endpoints: [{ pod: null }] }], redirect: null })],
    ['coverage, where rules are counted', { ...route(GOOD), requiredCoverage: 0.5 }],
    ['a question that compares states', { question: 'connectivity-diff', cases: [{ input: { since: '1' }, expect: { verdict: 'SAME' } }] }],
  ])('is taken: %s', (_, content) => {
    expect(refused(content)).toEqual([]);
  });

  it.each<[what: string, content: AssertionContent, pointer: string, hint: RegExp, kind?: string]>([
    ['no such question', { ...route(GOOD), question: 'ruote' }, '/question', /`route`/, 'unknown-question'],
    ['coverage, where no rules are counted', { question: 'path', requiredCoverage: 1, cases: [] }, '/requiredCoverage', /`route`/],
    ['a parameter that there is not', asking({ uri: 'http://foo.com/' }), '/cases/1/input/url', /^it is the request/],
    ['a parameter too many', asking({ url: 'http://foo.com/', clas: 'c' }), '/cases/1/input/clas', /`class`/],
    ['a value that is wrong', asking({ url: 'http://foo.com/', dialect: 'trafik' }), '/cases/1/input/dialect', /`traefik`/],
    ['no such verdict', expecting({ verdict: 'ROUTD' }), '/cases/1/expect/verdict', /`ROUTED`/],
    ['nothing that is expected', expecting({}), '/cases/1/expect', /^$/],
    ['an empty part', expectingResult({}), '/cases/1/expect', /^$/],
    ['no such member', expectingResult({ backend: [] }), '/cases/1/expect/result/backend', /`backends`/],
    [
      'no such member further in',
      expectingResult({ backends: [{ servce: 'x' }] }),
      '/cases/1/expect/result/backends/0/servce',
      /`service`/,
    ],
    ['text for a number', expectingResult({ status: '404' }), '/cases/1/expect/result/status', /^$/],
    ['no value of a closed list', expectingResult({ dialect: 'trafik' }), '/cases/1/expect/result/dialect', /`traefik`/],
    ['an object for a list', expectingResult({ backends: {} }), '/cases/1/expect/result/backends', /^$/],
    [
      'more values than are checked in one go',
      expectingResult({ backends: Array.from({ length: 2_500 }, () => ({ servce: 'x' })) }),
      '/cases/1/expect/result',
      /^$/,
    ],
    ['null where none can be', expectingResult({ backends: null }), '/cases/1/expect/result/backends', /^$/],
    [
      'text instead of rows',
      { question: 'reachability', cases: [{ input: { to: 'any', format: 'csv' }, expect: { verdict: 'ALL' } }] },
      '/cases/0/input/format',
      /^$/,
    ],
  ])('is refused: %s', (_, content, pointer, hint, kind = 'invalid-request') => {
    expect(refused(content)).toEqual([kind, pointer, expect.stringMatching(hint)]);
  });

  it('is refused with all that is wrong, up to a hundred places', () => {
    const wrong = { input: {}, expect: { verdict: 'X' } };
    const some = checkAssertion(route(wrong, GOOD, wrong));
    if (some.ok) throw new Error('taken');
    expect(some.error.errors?.map(({ pointer }) => pointer)).toEqual([
      '/cases/0/input/url',
      '/cases/0/expect/verdict',
      '/cases/2/input/url',
      '/cases/2/expect/verdict',
    ]);
    expect(some.error.message).toMatch(/\(and 3 more\)$/);
    const many = checkAssertion(route(...Array.from({ length: 1000 }, () => wrong)));
    expect(many.ok ? 0 : many.error.errors?.length).toBe(100);
  });

  it('may be about every question', () => {
    for (const { name, verdicts, examples } of QUESTIONS) {
      const cases = examples.map(({ input }): AssertionCase => ({
        input: input as JsonObject,
        expect: { verdict: Object.keys(verdicts)[0] },
      }));
      expect([name, ...refused({ question: name, cases })]).toEqual([name]);
    }
  });
});
