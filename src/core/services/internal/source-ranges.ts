import { cidrContains, formatCidr } from '../../net/cidr.js';
import { type IpRange, rangeOfCidr, subtractRanges } from '../../net/ip-set.js';
import { formatIp, sameIp } from '../../net/ip.js';
import { type Packet, primaryAddress } from '../packet.js';
import type { ServiceMatch } from './service-index.js';

/**
 * Why `loadBalancerSourceRanges` keeps the sender out; undefined when they let it in. Node ports and pods' cluster IP traffic never come here. `byFamily`: a
 * family without ranges is open (kubernetes `pkg/proxy/serviceport.go`).
 */
export function deniedBySourceRanges(packet: Packet, match: ServiceMatch, byFamily: boolean): string | undefined {
  const { source, node, destination } = packet;
  const ranges = match.service.resource.loadBalancerSourceRanges.filter(({ family }) => !byFamily || family === destination.family);
  if (ranges.length === 0) return undefined;
  const listed = ranges.map(formatCidr).join(', ');
  if (source.ip === undefined) {
    const left: readonly IpRange[] = subtractRanges(source.ranges, ranges.map(rangeOfCidr));
    return source.ranges.length > 0 && left.length === 0
      ? undefined
      : `loadBalancerSourceRanges admits ${listed} only, and the source may be any other address`;
  }
  const { ip } = source;
  if (ranges.some((cidr) => cidrContains(cidr, ip))) return undefined;
  // A node's own request to the address loops back with that address as its source (kubernetes `proxier.go`, "allowFromNode").
  const nodeIp = primaryAddress(node, destination.family);
  if (sameIp(ip, destination) && nodeIp && ranges.some((cidr) => cidrContains(cidr, nodeIp))) return undefined;
  return `loadBalancerSourceRanges admits ${listed}, not ${formatIp(ip)}: the packet is dropped`;
}
