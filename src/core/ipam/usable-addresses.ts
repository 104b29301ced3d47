import { assertNever } from '../kernel/assert-never.js';
import { type Cidr, cidrSize } from '../net/cidr.js';
import { familyBits, type IpFamily } from '../net/ip.js';
import type { IpRange } from '../net/ip-set.js';
import { serviceAddresses } from '../net/service-range.js';

/**
 * Which addresses of a prefix a system hands out; each rule is named after the system it belongs to. Sources: Kubernetes `pkg/registry/core/service/ipallocator`;
 * containernetworking `host-local/backend/allocator/range.go`; Calico `libcalico-go/lib/ipam`; NetBox `ipam/models/ip.py`; Cilium `pkg/ipam/service/ipallocator` and
 * `operator/pkg/{ipam,lbipam}`; MetalLB `internal/allocator`; whereabouts `pkg/iphelpers`; Antrea `pkg/ipam/{ipallocator,poolallocator}`.
 */
export const USABLE_RULES = {
  'k8s-service': 'all but the network address and an IPv4 broadcast address; IPv6 prefixes of /64 or longer',
  'k8s-service-bitmap': 'the same, of an IPv6 prefix the first 65,535 only',
  'host-local': 'without network address, gateway (the first after it) and IPv4 broadcast address; not smaller than /30 or /126',
  calico: 'every address, .0 and .255 included',
  netbox: 'without network and broadcast address (IPv4) or without the first (IPv6); every address of /31, /32, /127 and /128',
  'netbox-pool': 'every address',
  'cilium-range': 'without the first and the last, of an IPv6 prefix within its first 65,536; every address of /31, /32, /127 and /128',
  'cilium-range-first': 'the same, with the first',
  'cilium-range-last': 'the same, with the last',
  'cilium-range-first-last': 'every address, of an IPv6 prefix the first 65,536',
  'cilium-demand': 'without the first and the last; every address of /31, /32, /127 and /128',
  'cilium-lb': 'every address',
  'cilium-lb-inner': 'without the first and the last; every address of /31, /32, /127 and /128',
  metallb: 'every address',
  'metallb-avoid-buggy': 'every address but the IPv4 ones that end in .0 or .255',
  antrea:
    'of an IPPool, in each range the first 65,536: of a prefix without the first, its gateway, and the IPv4 broadcast address of its subnet',
  whereabouts: 'without the first and the last address; not smaller than /30 or /126',
} as const satisfies Record<string, string>;

/** The name of a rule. */
export type UsableRule = keyof typeof USABLE_RULES;

/** Why a rule refuses a prefix. */
export type PrefixRefusal = 'TOO_SMALL' | 'TOO_LARGE';

/** The usable addresses of a prefix as ascending ranges, or why the rule takes no such prefix. */
export type UsableAddresses = { readonly ranges: readonly IpRange[] } | { readonly refused: PrefixRefusal };

/** MetalLB does not count prefixes with so many host bits: it says the largest signed 64-bit number (`internal/allocator/allocator.go`, `poolCount`). */
const METALLB_UNCOUNTED_BITS = 62;
const METALLB_UNCOUNTED = (1n << 63n) - 1n;
const CILIUM_V6_LIMIT = 1n << 16n;
/** "allow at most 65536 IP for each IP range" (antrea-io/antrea `pkg/ipam/ipallocator/allocator.go`). */
const MOST_OF_ANTREA_RANGE = 1n << 16n;
const SHORTEST_V6_SERVICE = 64;

/** The addresses of the prefix that the rule hands out. */
export function usableAddresses(rule: UsableRule, cidr: Cidr): UsableAddresses {
  switch (rule) {
    case 'k8s-service':
      return cidr.family === 6 && cidr.prefix < SHORTEST_V6_SERVICE ? { refused: 'TOO_LARGE' } : optional(serviceAddresses(cidr));
    case 'k8s-service-bitmap':
      return optional(serviceAddresses(cidr, 'bitmap'));
    case 'host-local':
      return hostBits(cidr) < 2 ? { refused: 'TOO_SMALL' } : trimmed(cidr, 2n, cidr.family === 4 ? 1n : 0n);
    case 'whereabouts':
      return hostBits(cidr) < 2 ? { refused: 'TOO_SMALL' } : trimmed(cidr, 1n, 1n);
    case 'netbox':
      return hostBits(cidr) < 2 ? trimmed(cidr, 0n, 0n) : trimmed(cidr, 1n, cidr.family === 4 ? 1n : 0n);
    case 'cilium-range':
      return hostBits(cidr) < 2 ? trimmed(cidr, 0n, 0n) : trimmed(ciliumPart(cidr), 1n, 1n);
    case 'cilium-range-first':
      return hostBits(cidr) < 2 ? trimmed(cidr, 0n, 0n) : trimmed(ciliumPart(cidr), 0n, 1n);
    case 'cilium-range-last':
      return hostBits(cidr) < 2 ? trimmed(cidr, 0n, 0n) : trimmed(ciliumPart(cidr), 1n, 0n);
    case 'cilium-range-first-last':
      return trimmed(ciliumPart(cidr), 0n, 0n);
    case 'cilium-demand':
    case 'cilium-lb-inner':
      return hostBits(cidr) < 2 ? trimmed(cidr, 0n, 0n) : trimmed(cidr, 1n, 1n);
    case 'metallb-avoid-buggy':
      return { ranges: cidr.family === 4 ? withoutBuggy(cidr) : [whole(cidr)] };
    case 'antrea':
      return { ranges: antreaPart({ ...whole(cidr), first: cidr.base + 1n }) };
    case 'calico':
    case 'netbox-pool':
    case 'metallb':
    case 'cilium-lb':
      return trimmed(cidr, 0n, 0n);
    default:
      return assertNever(rule);
  }
}

/** How many addresses that is, as the system itself counts. */
export function usableCount(rule: UsableRule, cidr: Cidr): bigint | PrefixRefusal {
  const usable = usableAddresses(rule, cidr);
  if ('refused' in usable) return usable.refused;
  const isUncounted = (rule === 'metallb' || rule === 'metallb-avoid-buggy') && hostBits(cidr) >= METALLB_UNCOUNTED_BITS;
  return isUncounted ? METALLB_UNCOUNTED : countAddresses(usable.ranges);
}

/** How many addresses ranges that do not overlap have together. */
export function countAddresses(ranges: readonly IpRange[]): bigint {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}

function hostBits(cidr: Cidr): number {
  return familyBits(cidr.family) - cidr.prefix;
}

function whole(cidr: Cidr): IpRange {
  return { family: cidr.family, first: cidr.base, last: cidr.base + cidrSize(cidr) - 1n };
}

function trimmed(cidr: Cidr, below: bigint, above: bigint): UsableAddresses {
  const { family, first, last } = whole(cidr);
  return { ranges: [{ family, first: first + below, last: last - above }] };
}

function optional(range: IpRange | undefined): UsableAddresses {
  return { ranges: range ? [range] : [] };
}

/** Cilium's node ranges keep a bitmap, and look at no more than 65,536 addresses of an IPv6 prefix. */
function ciliumPart(cidr: Cidr): Cidr {
  return cidr.family === 6 && cidrSize(cidr) > CILIUM_V6_LIMIT ? { ...cidr, prefix: 112 } : cidr;
}

/** What Antrea gives of addresses that follow one another, whatever a gateway has of them. */
export function antreaPart({ family, first, last }: IpRange): readonly IpRange[] {
  const end = first + MOST_OF_ANTREA_RANGE - 1n;
  return first > last ? [] : [{ family, first, last: end < last ? end : last }];
}

/** What is left between the .0 and .255 of every /24. */
function withoutBuggy(cidr: Cidr): readonly IpRange[] {
  const { first, last } = whole(cidr);
  const family: IpFamily = 4;
  const ranges: IpRange[] = [];
  for (let base = first & ~255n; base <= last; base += 256n) {
    const from = base + 1n > first ? base + 1n : first;
    const to = base + 254n < last ? base + 254n : last;
    if (from <= to) ranges.push({ family, first: from, last: to });
  }
  return ranges;
}
