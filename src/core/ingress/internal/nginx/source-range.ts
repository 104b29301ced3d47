import { inMap } from '../../../kernel/in-map.js';
import { CidrIndex } from '../../../net/cidr-index.js';
import { type Cidr, cidrOf, parseCidr } from '../../../net/cidr.js';
import { familyBits, type Ip, parseIp } from '../../../net/ip.js';
import type { NginxAnnotations } from './annotations.js';

/** What the lists of addresses say of a client; `unlisted`: nothing, it stands in none. */
export type SourceVerdict = 'allowed' | 'denied' | 'unlisted' | 'unknown';

/** Lists of addresses that may come in, and that may not. */
export type Sources = Pick<NginxAnnotations, 'allow' | 'deny'>;

/** The denylist is asked first, then whoever the allowlist does not name is refused (rule B17). */
export function judgeSource({ allow, deny }: Sources, client: Ip | undefined): SourceVerdict {
  if (allow.length === 0 && deny.length === 0) return 'unlisted';
  if (client === undefined) return 'unknown';
  if (isListed(deny, client)) return 'denied';
  if (allow.length === 0) return 'unlisted';
  return isListed(allow, client) ? 'allowed' : 'denied';
}

/** Whether a text is an address or a range of them. */
export function isRange(text: string): boolean {
  return rangeOf(text) !== undefined;
}

/** An address is the range of itself. */
function rangeOf(text: string): Cidr | undefined {
  const ip = parseIp(text);
  return ip ? cidrOf(ip, familyBits(ip.family)) : parseCidr(text);
}

/** Lists never change. */
const READ = new WeakMap<readonly string[], CidrIndex<undefined>>();

/** Whether an address is one of a list, or in a range of it. A list is read once: a request can name thousands of proxies, each of which is looked up. */
export function isListed(texts: readonly string[], ip: Ip): boolean {
  return inMap(READ, texts, () => CidrIndex.of(rangesOf(texts))).holds(ip);
}

function* rangesOf(texts: readonly string[]): Iterable<readonly [Cidr, undefined]> {
  for (const text of texts) {
    const range = rangeOf(text);
    if (range) yield [range, undefined];
  }
}
