import { cidrContains, parseCidr } from '../../../net/cidr.js';
import { type Ip, parseIp } from '../../../net/ip.js';
import type { NginxAnnotations } from './annotations.js';

/** What the lists of addresses say of a client; `unlisted`: nothing, it stands in none. */
export type SourceVerdict = 'allowed' | 'denied' | 'unlisted' | 'unknown';

/** Lists of addresses that may come in, and that may not. */
export type Sources = Pick<NginxAnnotations, 'allow' | 'deny'>;

/** The denylist is asked first, then whoever the allowlist does not name is refused (rule B17). */
export function judgeSource({ allow, deny }: Sources, client: Ip | undefined): SourceVerdict {
  if (allow.length === 0 && deny.length === 0) return 'unlisted';
  if (client === undefined) return 'unknown';
  if (deny.some((range) => covers(range, client))) return 'denied';
  if (allow.length === 0) return 'unlisted';
  return allow.some((range) => covers(range, client)) ? 'allowed' : 'denied';
}

/** Whether a text is an address or a range of them. */
export function isRange(text: string): boolean {
  return parseCidr(text) !== undefined || parseIp(text) !== undefined;
}

/** Whether an address is the one of the text, or in its range. */
export function covers(text: string, client: Ip): boolean {
  const range = parseCidr(text);
  if (range) return cidrContains(range, client);
  const ip = parseIp(text);
  return ip?.family === client.family && ip.value === client.value;
}
