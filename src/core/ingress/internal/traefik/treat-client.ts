import { inBrief } from '../../../kernel/in-brief.js';
import { cidrOf, firstIp } from '../../../net/cidr.js';
import { type Ip, parseIp } from '../../../net/ip.js';
import type { IpStrategy } from '../../../resources/traefik-middleware.js';
import { headerValue } from '../header-list.js';
import { isListed } from '../nginx/source-range.js';
import type { Passage } from './passage.js';
import type { PlacedAction } from './placed-action.js';
import type { Changed } from './treat-path.js';

type AllowList = Extract<PlacedAction['action'], { type: 'ipAllowList' }>;

/** `ipAllowList` (`pkg/middlewares/ipallowlist/ip_allowlist.go`): a client that is no address is not listed. */
export function judgeClient({ headers }: Passage, { sourceRange, strategy, rejectStatus }: AllowList, peer: Ip | undefined): Changed {
  const list = headerValue(headers, 'X-Forwarded-For');
  const told = strategy.depth > 0 || strategy.excludedIPs.length > 0 ? toldAddress(strategy, list ?? '') : undefined;
  if (told === undefined && peer === undefined) {
    const message = 'a list of source addresses decides, and the address of the client is not told: say `clientAddress`';
    return { unknown: { code: 'CLIENT_ADDRESS_UNKNOWN', message } };
  }
  const client = withinSubnet(strategy, told === undefined ? peer : parseIp(withoutPort(told)));
  const who =
    told === undefined ? "the client's address" : `\`${inBrief(told)}\`, the client by \`X-Forwarded-For\` (${inBrief(list ?? '')}),`;
  if (client && isListed(sourceRange, client)) return { told: `${who} is listed` };
  const why = told === '' ? `nobody is the client by \`X-Forwarded-For\`, ${shownList(list)}` : `${who} is not listed`;
  return { answer: { status: rejectStatus, redirect: undefined }, told: `${rejectStatus}: ${why}` };
}

function shownList(list: string | undefined): string {
  return list === undefined ? 'which is absent' : `which is \`${inBrief(list)}\``;
}

/** The address that counts in a list of addresses, empty where there is none (`DepthStrategy`, `PoolStrategy` of `pkg/ip/strategy.go`). */
function toldAddress({ depth, excludedIPs }: IpStrategy, list: string): string {
  const addresses = list.split(',').map((one) => one.trim());
  if (depth > 0) return addresses.at(-depth) ?? '';
  const isExcluded = (ip: Ip | undefined) => ip !== undefined && isListed(excludedIPs, ip);
  return addresses.findLast((one) => one !== '' && !isExcluded(parseIp(one))) ?? '';
}

/** `getIPv6SubnetIP`: the first address of its subnet; addresses that are looked for in a pool stay as they are. */
function withinSubnet({ depth, excludedIPs, ipv6Subnet }: IpStrategy, ip: Ip | undefined): Ip | undefined {
  const isLeft = ipv6Subnet === undefined || (depth === 0 && excludedIPs.length > 0);
  return isLeft || ip?.family !== 6 ? ip : firstIp(cidrOf(ip, ipv6Subnet));
}

/** `net.SplitHostPort`: `192.0.2.1:80`, `[2001:db8::1]:80`; anything else stays as it is. */
function withoutPort(text: string): string {
  const [, bracketed, plain] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):[^:]*$/.exec(text) ?? [];
  return bracketed ?? plain ?? text;
}
