import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { cidrCovers, type Cidr, parseCidr } from './cidr.js';
import { InnerCidrs } from './inner-cidrs.js';

const cidr = (text: string): Cidr => parseCidr(text)!;

describe('networks in a wider one', () => {
  const texts = [
    '10.0.1.0/24',
    '10.0.0.0/8',
    '10.0.0.0/24',
    '10.0.0.0/24',
    '10.0.0.128/25',
    '10.1.0.0/16',
    '11.0.0.0/8',
    'fd00::/64',
    '::a00:0/120',
  ];
  const index = finished(InnerCidrs.inSteps(texts.map((text, place) => [cidr(text), place] as const)));

  it.each([...texts, '0.0.0.0/0', '::/0', '10.0.0.0/23', '10.0.0.64/26', '12.0.0.0/8'])('those in %s, as they were given', (outer) => {
    const inside = texts.flatMap((text, place) => (cidrCovers(cidr(outer), cidr(text)) ? [place] : []));
    expect(index.within(cidr(outer))).toEqual(inside);
  });
});
