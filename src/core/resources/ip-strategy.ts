import { parseCidr } from '../net/cidr.js';
import { parseIp } from '../net/ip.js';
import type { IpStrategy } from './traefik-middleware.js';

/** Why Traefik makes nothing of a list of addresses (`NewChecker` of `pkg/ip/checker.go`). */
export function wrongRange(texts: readonly string[]): string | undefined {
  const wrong = texts.find((text) => !parseIp(text) && !parseCidr(text));
  return wrong === undefined ? undefined : `\`${wrong}\` is neither an address nor a prefix`;
}

/** The same of how a client is known (`IPStrategy.Get`): what is not used is not looked at. */
export function ipStrategyFault({ depth, excludedIPs, ipv6Subnet }: IpStrategy): string | undefined {
  if (depth === 0 && excludedIPs.length > 0) return wrongRange(excludedIPs);
  if (ipv6Subnet === undefined || (ipv6Subnet > 0 && ipv6Subnet <= 128)) return undefined;
  return `invalid IPv6 subnet ${ipv6Subnet}: it must be from 1 to 128`;
}
