import { type Problem, problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import { nodePortStaticBand, serviceStaticBand } from '../../model/banded-range.js';
import { type Cidr, cidrSize, formatCidr } from '../../net/cidr.js';
import { formatIp, parseIp } from '../../net/ip.js';
import { rangeOfCidr } from '../../net/ip-set.js';
import { serviceAddresses, type ServiceAllocator } from '../../net/service-range.js';
import type { BandedRange } from './simulated-bands.js';

const SHORTEST_V6_SERVICE = 64;

/** The range of a service CIDR. Fails with `invalid-request` where the API server refuses the CIDR. */
export function serviceRange(cidr: Cidr, allocator: ServiceAllocator): Result<BandedRange, Problem> {
  const { family, prefix, base } = cidr;
  if (allocator === 'objects' && family === 6 && prefix < SHORTEST_V6_SERVICE) {
    const message = `\`${formatCidr(cidr)}\`: the shortest IPv6 prefix of services is /${SHORTEST_V6_SERVICE}`;
    return err(problem('invalid-request', message, { errors: [{ pointer: '/world/cidr', code: 'too-large', message }] }));
  }
  return ok({
    name: formatCidr(cidr),
    places: serviceAddresses(cidr, allocator),
    staticBand: serviceStaticBand(cidrSize(cidr)),
    counted: rangeOfCidr(cidr),
    dryRunAnswer: base,
    read: (text) => {
      const ip = parseIp(String(text));
      return ip?.family === family ? ip.value : undefined;
    },
    write: (value) => formatIp({ family, value }),
  });
}

/** The range of node ports. */
export function portRange(first: number, last: number): BandedRange {
  return { ...numbers(`${first}-${last}`, first, last, nodePortStaticBand(last - first + 1)), dryRunAnswer: undefined };
}

/** The numbers 0 to `size` − 1, of which the first `staticBand` are the static band. */
export function offsetRange(size: number, staticBand: number): BandedRange {
  return numbers(`0-${size - 1}`, 0, size - 1, staticBand);
}

function numbers(name: string, first: number, last: number, staticBand: number): BandedRange {
  const all = { first: BigInt(first), last: BigInt(last) };
  return {
    name,
    places: last < first ? undefined : all,
    staticBand: BigInt(staticBand),
    counted: all,
    dryRunAnswer: all.first,
    read: (text) => (/^\d{1,15}$/.test(String(text)) ? BigInt(text) : undefined),
    write: Number,
  };
}
