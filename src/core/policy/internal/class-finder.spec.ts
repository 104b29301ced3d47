import { describe, expect, it } from 'vitest';
import { finished } from '../../kernel/steps.js';
import { cidrContains, parseCidr } from '../../net/cidr.js';
import { rangeOfCidr } from '../../net/ip-set.js';
import { type Ip, parseIp } from '../../net/ip.js';
import { ClassFinder } from './class-finder.js';
import { eachClass } from './class-set.js';
import type { LayerRule } from './layer.js';
import { familyMask, type PolicyEndpoint } from './policy-endpoint.js';

function ip(text: string): Ip {
  const found = parseIp(text);
  if (!found) throw new Error(text);
  return found;
}

/** In no order, of both families, with a node among them. */
const OUTSIDE = ['10.2.0.0', '::', '10.0.0.0', '2001:db8::', '10.1.0.0', '0.0.0.0', '10.1.255.255', '2001:db8:1::'];
const ENDPOINTS: readonly PolicyEndpoint[] = [
  ...OUTSIDE.map((text): PolicyEndpoint => ({ kind: 'address', address: ip(text) })),
  { kind: 'host', node: 'n1', labels: {}, address: ip('10.1.0.7') },
];
const CLASSES = ENDPOINTS.map((endpoint, id) => ({ id, endpoint, families: familyMask(endpoint) }));

/** Whom a rule with this block is asked about, and whom it admits. */
function askedAbout(text: string): { readonly asked: readonly string[]; readonly admitted: readonly string[] } {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(text);
  const asked: string[] = [];
  const nameOf = (endpoint: PolicyEndpoint) => OUTSIDE[ENDPOINTS.indexOf(endpoint)] ?? 'node';
  const admits = (other: PolicyEndpoint) => {
    asked.push(nameOf(other));
    return other.kind !== 'pod' && other.address !== undefined && cidrContains(cidr, other.address);
  };
  const rule = { peersKey: text, within: [{ type: 'others', ranges: [rangeOfCidr(cidr)] }], admits } as unknown as LayerRule;
  const admitted: string[] = [];
  eachClass(finished(new ClassFinder(CLASSES).admittedBy(rule)), (position) => {
    const one = ENDPOINTS[position];
    if (one) admitted.push(nameOf(one));
  });
  return { asked: asked.sort(), admitted: admitted.sort() };
}

describe('a rule that names a block of addresses', () => {
  it.each([
    ['10.1.0.0/16', ['10.1.0.0', '10.1.255.255']],
    ['0.0.0.0/0', ['0.0.0.0', '10.0.0.0', '10.1.0.0', '10.1.255.255', '10.2.0.0']],
    ['2001:db8::/32', ['2001:db8:1::', '2001:db8::']],
    ['192.0.2.0/24', []],
  ])('%s is asked about nodes and the addresses in it alone', (text, inside) => {
    const { asked, admitted } = askedAbout(text);
    expect(asked).toEqual([...inside, 'node'].sort());
    expect(admitted.filter((name) => name !== 'node')).toEqual(inside);
  });
});

describe('whom a rule admits that may admit anybody', () => {
  it('is found with pauses, and everybody is asked', () => {
    const asked: unknown[] = [];
    const admits = (one: unknown) => asked.push(one) > 0;
    const many = Array.from({ length: 100 }, (_, at) => ({ ...CLASSES[at % CLASSES.length]!, id: at }));
    const steps = new ClassFinder(many).admittedBy({ peersKey: '', within: undefined, admits } as unknown as LayerRule);
    let pauses = 0;
    while (!steps.next().done) pauses++;
    expect(asked).toHaveLength(100);
    expect(pauses).toBeGreaterThanOrEqual(6);
  });
});
