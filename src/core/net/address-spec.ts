import { parseCidr } from './cidr.js';
import { parseIp } from './ip.js';
import { type IpRange, rangeOfCidr } from './ip-set.js';

/** An address, a prefix, or `first-last`; undefined where the text is none. */
export function addressSpec(text: string): IpRange | undefined {
  const cidr = parseCidr(text);
  if (cidr) return rangeOfCidr(cidr);
  const [start = '', end = start, ...more] = text.split('-');
  const [first, last] = [parseIp(start), parseIp(end)];
  if (more.length > 0 || !first || !last || first.family !== last.family || first.value > last.value) return undefined;
  return { family: first.family, first: first.value, last: last.value };
}
