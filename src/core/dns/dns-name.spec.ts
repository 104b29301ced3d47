import { describe, expect, it } from 'vitest';
import { absoluteName, checkDnsName, countDots, isWithin } from './dns-name.js';

const label = (length: number) => 'a'.repeat(length);
/** Labels of 49 characters with their dots: `parts` × 50 − 1 characters. */
const long = (parts: number, last: number) => [...Array.from({ length: parts }, () => label(49)), label(last)].join('.');

/** RFC 1035 section 2.3.4: a label has at most 63 octets, a name at most 255 on the wire, which are 253 characters. */
describe('checkDnsName', () => {
  it.each([
    'web',
    'web.shop.svc.cluster.local.',
    '.',
    '_http._tcp.web.shop.svc.cluster.local',
    '10.0.96.10.in-addr.arpa',
    'xn--bcher-kva.example',
    '*.example.com',
    label(63),
    long(5, 3),
    `${long(5, 3)}.`,
  ])('takes %s', (name) => {
    expect(checkDnsName(name)).toEqual({ ok: true, value: name });
  });

  it.each([
    ['', 'empty-name'],
    ['web..shop', 'empty-label'],
    ['.web', 'empty-label'],
    ['..', 'empty-label'],
    [label(64), 'label-too-long'],
    [`x.${label(64)}.y`, 'label-too-long'],
    [long(5, 4), 'name-too-long'],
    ['web shop', 'invalid-character'],
    ['bücher.example', 'invalid-character'],
    ['http://web', 'not-a-name'],
    ['web:80', 'not-a-name'],
    ['10.0.0.0/8', 'not-a-name'],
  ])('refuses `%s`: %s', (name, code) => {
    const checked = checkDnsName(name);
    expect(checked.ok ? undefined : [checked.error.kind, checked.error.errors?.[0]?.pointer, checked.error.errors?.[0]?.code]).toEqual([
      'invalid-request',
      '/name',
      code,
    ]);
  });

  it('says how international labels are written', () => {
    const checked = checkDnsName('bücher.example');
    expect(checked.ok ? undefined : checked.error.hint).toBe('write international labels as `xn--…`');
  });
});

it.each([
  ['cluster.local.', 'web.cluster.local.', true],
  ['cluster.local.', 'cluster.local.', true],
  ['cluster.local.', 'mycluster.local.', false],
  ['web.cluster.local.', 'cluster.local.', false],
  ['.', 'anything.', true],
])('%s holds %s: %s', (zone, name, expected) => {
  expect(isWithin(zone, name)).toBe(expected);
});

it('counts dots, and adds the final one once', () => {
  expect([countDots('a'), countDots('a.b.'), absoluteName('a'), absoluteName('a.')]).toEqual([0, 2, 'a.', 'a.']);
});
