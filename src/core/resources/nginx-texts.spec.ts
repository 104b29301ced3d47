import { describe, expect, it } from 'vitest';
import { escapedFault, plainTextFault, streamBalancingFault, timeFault } from './nginx-texts.js';

type Fault = (text: string) => string | undefined;

const LONG = 16 * 1024 * 1024;

/** Texts as nginx/kubernetes-ingress reads them, whose expressions (RE2) take no longer than the text is long, whatever stands in it. */
describe('a text for nginx', () => {
  it.each<[of: string, fault: Fault, good: readonly string[], bad: readonly string[]]>([
    // `timeRegexp` of `internal/configs/parsing_helpers.go`: a number without a unit may stand before milliseconds.
    ['time', timeFault, ['15ms', '1 5ms', '1s5ms', '1s 5ms', '7', '1h 7'], ['15 ms', '1ms 5', '1 5']],
    // `escapedStringsFmt` of `validation/common.go`: `.` is anything but the end of a line.
    ['escaped text', escapedFault, ['', 'a', '\\"a\\"', '\\\\', 'a\nb'], ['"', '\\', 'a\\\\"', '\\\n']],
    // `realmFmt` of `validation/policy.go`
    ['realm', plainTextFault, ['', 'My API', '\\"', '\\\\'], ['$a', '\\$', '"', '\\', '\\\\\\']],
    // `validateHashLoadBalancingMethod` of `validation/transportserver.go`
    [
      'way to balance',
      streamBalancingFault,
      ['hash ${remote_addr}', 'hash a'],
      ['hash ${host}', 'hash $remote_addr', 'hash ${remote_addr', 'hash "'],
    ],
  ])('%s', (_of, fault, good, bad) => {
    for (const text of good) expect([text, fault(text)]).toEqual([text, undefined]);
    for (const text of bad) expect([text, fault(text)]).toEqual([text, expect.any(String)]);
  });

  it.each<[of: string, fault: Fault, text: string, isGood: boolean]>([
    ['one number', timeFault, `${'1'.repeat(LONG)}k`, false],
    ['milliseconds', timeFault, `${'1'.repeat(LONG)}ms`, true],
    ['variables that do not end', streamBalancingFault, `hash ${'${'.repeat(LONG / 2)}`, false],
    ['plain characters', escapedFault, 'a'.repeat(LONG), true],
    ['escaped characters', escapedFault, '\\"'.repeat(LONG / 2), true],
    ['characters of a realm', plainTextFault, `${'a'.repeat(LONG)}$`, false],
  ])('may be as long as it likes: %s', (_of, fault, text, isGood) => {
    expect(fault(text) === undefined).toBe(isGood);
  });
});
