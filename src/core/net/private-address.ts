import { type Cidr, cidrContains, parseCidr } from './cidr.js';
import type { Ip } from './ip.js';

/** RFC 1918, and RFC 4193 of IPv6. */
const PRIVATE: readonly Cidr[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].flatMap((text) => parseCidr(text) ?? []);

/** Whether an address is of a private network: nobody on the internet has it (flannel-io/flannel `pkg/ip`, `IsPrivate`). */
export function isPrivateIp(ip: Ip): boolean {
  return PRIVATE.some((cidr) => cidrContains(cidr, ip));
}
