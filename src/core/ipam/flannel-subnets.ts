import { err, ok, type Result } from '../kernel/result.js';
import { type Cidr, cidrContains, cidrOf, cidrSize } from '../net/cidr.js';
import { formatIp, type Ip } from '../net/ip.js';

/** What a flannel configuration says of its network; undefined members get their defaults. */
export interface FlannelNetwork {
  readonly network: Cidr;
  readonly subnetLen: number | undefined;
  readonly subnetMin: Ip | undefined;
  readonly subnetMax: Ip | undefined;
}

/** The subnets that hosts get: from the first to the last, each of that length. */
export interface FlannelSubnets {
  readonly subnetLen: number;
  readonly subnetMin: Ip;
  readonly subnetMax: Ip;
}

/** Which member is refused, and why in flannel's words. */
export interface FlannelRefusal {
  readonly member: keyof FlannelNetwork;
  readonly message: string;
}

interface FamilyRules {
  readonly defaultLen: number;
  readonly longest: number;
  readonly smallest: number;
  readonly prefix: string;
  readonly tooLong: string;
  readonly tooSmall: string;
}

/** "SubnetLen needs to allow for a tunnel and bridge device on each host." */
const RULES: Readonly<Record<4 | 6, FamilyRules>> = {
  4: {
    defaultLen: 24,
    longest: 30,
    smallest: 28,
    prefix: '',
    tooLong: 'SubnetLen must be less than /31',
    tooSmall: 'network is too small. Minimum useful network prefix is /28',
  },
  6: {
    defaultLen: 64,
    longest: 126,
    smallest: 124,
    prefix: 'IPv6',
    tooLong: 'SubnetLen must be less than /127',
    tooSmall: 'IPv6Network is too small. Minimum useful network prefix is /124',
  },
};

/**
 * The subnets of a flannel that keeps its own leases (etcd): the first is left out, since its address is the network's; refusals are in flannel's words
 * (flannel-io/flannel `pkg/subnet/config.go`, `CheckNetworkConfig`).
 */
export function flannelSubnets({ network, subnetLen, subnetMin, subnetMax }: FlannelNetwork): Result<FlannelSubnets, FlannelRefusal> {
  const { family } = network;
  const rules = RULES[family];
  const length = lengthOf(network, subnetLen, rules);
  if (!length.ok) return length;
  const size = cidrSize({ family, base: 0n, prefix: length.value });
  const min = subnetMin ?? { family, value: network.base + size };
  const max = subnetMax ?? { family, value: network.base + cidrSize(network) - size };
  const bounds = [
    ['SubnetMin', 'subnetMin', min],
    ['SubnetMax', 'subnetMax', max],
  ] as const;
  for (const [name, member, ip] of bounds) {
    if (!cidrContains(network, ip)) return refuse(member, `${rules.prefix}${name} is not in the range of the ${rules.prefix}Network`);
  }
  // Only where both are inside does flannel look at the boundaries.
  for (const [name, member, ip] of bounds) {
    if (cidrOf(ip, length.value).base !== ip.value)
      return refuse(member, `${rules.prefix}${name} is not on a SubnetLen boundary: ${formatIp(ip)}`);
  }
  return ok({ subnetLen: length.value, subnetMin: min, subnetMax: max });
}

function lengthOf({ prefix }: Cidr, asked: number | undefined, rules: FamilyRules): Result<number, FlannelRefusal> {
  if (asked !== undefined && asked > 0) {
    if (asked > rules.longest) return refuse('subnetLen', rules.tooLong);
    return asked < prefix + 2 ? refuse('subnetLen', 'network must be able to accommodate at least four subnets') : ok(asked);
  }
  if (prefix > rules.smallest) return refuse('network', rules.tooSmall);
  return ok(prefix <= rules.defaultLen - 2 ? rules.defaultLen : prefix + 2);
}

function refuse(member: FlannelRefusal['member'], message: string): { readonly ok: false; readonly error: FlannelRefusal } {
  return err({ member, message });
}
