import { addressSet, inClusterAddresses } from '../../../src/core/ipam/address-specs.js';
import { addressSpec } from '../../../src/core/net/address-spec.js';
import { maxPodsOf, warmIpPrefixes, warmPrefixes } from '../../../src/core/ipam/aws-capacity.js';
import { flannelSubnets } from '../../../src/core/ipam/flannel-subnets.js';
import { neededAddresses, usableOf } from '../../../src/core/ipam/cilium-demand.js';
import { rangeText } from '../../../src/core/ipam/pool-view.js';
import { countAddresses } from '../../../src/core/ipam/usable-addresses.js';
import { type Cidr, cidrSize, formatCidr, outermostCidrs, parseCidr } from '../../../src/core/net/cidr.js';
import { isPrivateIp } from '../../../src/core/net/private-address.js';
import { formatIp } from '../../../src/core/net/ip.js';
import { biggestAligned, type IpRange, subtractRanges } from '../../../src/core/net/ip-set.js';
import { Arguments } from './ipam-arguments.js';
import type { CallResult } from './ipam-set-functions.js';
import type { Json } from './ipam-vector.js';

/** Functions of the pack about plain addresses: Cluster API's pools, and what Cilium counts. */
export const ADDRESS_FUNCTIONS: Readonly<Record<string, (input: Arguments) => CallResult>> = {
  poolSpecToSet: (input) => {
    const [addresses, excluded] = ['addresses', 'excluded'].map((name) => addressSet(input.texts(name)));
    if (!addresses?.ok || !excluded?.ok) return { error: 'INVALID_RANGE' };
    const set = inClusterAddresses({
      addresses: addresses.value,
      excluded: excluded.value,
      gateway: input.isNull('gateway') || input.text('gateway') === '' ? undefined : input.ip('gateway'),
      prefix: input.number('prefix'),
      allocateReserved: input.flag('allocateReserved'),
    });
    return { set: set.map(rangeText), count: String(countAddresses(set)) };
  },
  lowestFreeInSet: (input) => {
    const [pool, used] = ['pool', 'used'].map((name) => addressSet(input.texts(name)));
    const free: readonly IpRange[] = pool?.ok && used?.ok ? subtractRanges(pool.value, used.value) : [];
    const [first] = free;
    return first ? formatIp({ family: first.family, value: first.first }) : { error: 'POOL_EXHAUSTED', message: 'no address available' };
  },
  addressSpecValid: (input) => addressSpec(input.text('text')) !== undefined,
  neededIps: (input) => String(neededAddresses(input.big('inUse'), input.big('preAlloc'))),
  usableInPodCidr: (input) =>
    input.isNull('cidr')
      ? 0
      : String(usableOf(input.cidr('cidr'), { allowFirst: input.flag('allowFirst'), allowLast: input.flag('allowLast') })),
  eniMaxPods: (input) =>
    maxPodsOf({
      interfaces: input.number('interfaces'),
      ipv4PerInterface: input.number('ipv4PerInterface'),
      prefixDelegation: false,
      customNetworking: false,
    }),
  warmPrefixes: (input) => ({ ...warmPrefixes(input.number('pods'), input.number('warmPrefixTarget')) }),
  warmIpPrefixes: (input) => ({ ...warmIpPrefixes(input.number('pods'), input.number('warmIpTarget'), input.number('minimumIpTarget')) }),
  flannelConfig: (input) => {
    const config = new Arguments(input.json('config') as { readonly [name: string]: Json });
    const prefix = config.isNull('network') ? 'ipv6' : '';
    const named = (name: string) => (prefix === '' ? name : `ipv6${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`);
    const subnets = flannelSubnets({
      network: config.cidr(named('network')),
      subnetLen: config.isNull(named('subnetLen')) ? undefined : config.number(named('subnetLen')),
      subnetMin: config.isNull(named('subnetMin')) ? undefined : config.ip(named('subnetMin')),
      subnetMax: config.isNull(named('subnetMax')) ? undefined : config.ip(named('subnetMax')),
    });
    if (!subnets.ok) return { error: 'INVALID_CONFIG', message: subnets.error.message };
    const { subnetLen, subnetMin, subnetMax } = subnets.value;
    return { subnetLen, subnetMin: formatIp(subnetMin), subnetMax: formatIp(subnetMax) };
  },
  isPrivate: (input) => isPrivateIp(input.ip('address')),
  biggestAlignedRange: (input) => {
    const first = input.big('start');
    const biggest = biggestAligned({ family: 4, first, last: first + input.big('size') - 1n });
    return biggest ? [String(biggest.first), String(biggest.last - biggest.first + 1n)] : { error: 'TOO_SMALL' };
  },
  dropCoveredCidrs: (input) => outermostCidrs(cidrsIn(input.texts('cidrs'))).map(formatCidr),
  parseReservations: (input) => cidrsIn(input.texts('entries').map((text) => text.trim())).map(formatCidr),
  cappedSize: (input) => {
    const [cidr, cap] = [input.cidr('cidr'), input.big('cap')];
    return String(cidr.family === 6 && cidrSize(cidr) > cap ? cap : cidrSize(cidr));
  },
};

/** Those that are prefixes. */
function cidrsIn(texts: readonly string[]): readonly Cidr[] {
  return texts.flatMap((text) => parseCidr(text) ?? []);
}
