import { expect, it } from 'vitest';
import { parseIp, type Ip } from '../../../net/ip.js';
import { isListed } from './source-range.js';

const ip = (text: string): Ip => {
  const read = parseIp(text);
  if (!read) throw new Error(text);
  return read;
};

/** ngx_http_access_module, `allow`: an address or a network in CIDR notation, of either family. */
it.each<[address: string, listed: boolean]>([
  ['192.0.2.1', true],
  ['192.0.2.2', false],
  ['10.1.255.255', true],
  ['10.2.0.0', false],
  ['2001:db8::1', true],
  ['2001:db8:0:1::', false],
  ['2001:db8::', true],
])('of 192.0.2.1, 10.1.2.3/16 and 2001:db8::/64: %s: %s', (address, listed) => {
  expect(isListed(['192.0.2.1', 'no address', '10.1.2.3/16', '2001:db8::/64'], ip(address))).toBe(listed);
});

it('reads a list once, however many addresses are looked for', () => {
  let reads = 0;
  const long = Array.from({ length: 3000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
  const counted = new Proxy(long, {
    get: (texts, name, receiver) => {
      if (typeof name === 'string' && /^\d+$/.test(name)) reads += 1;
      return Reflect.get(texts, name, receiver) as unknown;
    },
  });
  for (let index = 0; index < 3000; index += 1) expect(isListed(counted, ip(`10.0.${index >> 8}.${index & 255}`))).toBe(true);
  expect(reads).toBe(long.length);
});
