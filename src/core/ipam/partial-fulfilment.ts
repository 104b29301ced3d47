import type { IpFamily } from '../net/ip.js';

/**
 * What Calico says of a request that got less than it asked for; null where it got all (projectcalico/calico `libcalico-go/lib/ipam/ipam.go`, `PartialFulfillmentError`).
 * `hostReservedHandle`: the handle of the addresses that a Windows host keeps of each block.
 */
export function partialFulfilment(
  family: IpFamily,
  requested: number,
  assigned: number,
  messages: readonly string[],
  hostReservedHandle?: string,
): string | null {
  if (assigned >= requested) return null;
  const host = hostReservedHandle === undefined ? [] : [`HostReservedAttr: ${hostReservedHandle}`];
  return [`Assigned ${assigned} out of ${requested} requested IPv${family} addresses`, ...messages, ...host].join('; ');
}
