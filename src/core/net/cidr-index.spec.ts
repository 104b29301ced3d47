import { describe, expect, it } from 'vitest';
import { parseCidr } from './cidr.js';
import { CidrIndex } from './cidr-index.js';
import { parseIp } from './ip.js';

const TEXTS = ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.3/32', '::/0', 'fd00::/8', 'fd00::1/128'];

describe('CidrIndex', () => {
  const index = new CidrIndex(TEXTS.flatMap((text) => [[parseCidr(text) ?? fail(text), text] as const]));

  it.each([
    ['10.1.2.3', ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.3/32']],
    ['10.1.2.4', ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16']],
    ['11.0.0.0', ['0.0.0.0/0']],
    ['fd00::1', ['::/0', 'fd00::/8', 'fd00::1/128']],
    // The same number in the other family is another address.
    ['::a01:203', ['::/0']],
  ])('%s', (text, expected) => {
    const ip = parseIp(text) ?? fail(text);
    expect([...index.at(ip)]).toEqual(expected);
    expect(index.holds(ip)).toBe(true);
  });

  it('holds nothing where there is no network', () => expect(new CidrIndex([]).holds(parseIp('10.0.0.1') ?? fail(''))).toBe(false));
});

function fail(text: string): never {
  throw new Error(text);
}
