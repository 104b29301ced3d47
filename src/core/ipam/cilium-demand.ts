import { type Cidr, cidrSize } from '../net/cidr.js';

/** Addresses of a prefix that pods can have; a prefix of one or two addresses has no others. */
export function usableOf(cidr: Cidr, ends: { readonly allowFirst: boolean; readonly allowLast: boolean } | undefined): bigint {
  const size = cidrSize(cidr);
  if (size <= 2n) return size;
  return size - (ends?.allowFirst === true ? 0n : 1n) - (ends?.allowLast === true ? 0n : 1n);
}

/** The smallest multiple of `preAlloc` that leaves at least `preAlloc` addresses free; 0: what is in use (cilium/cilium `pkg/ipam/multipool.go`, `neededIPCeil`). */
export function neededAddresses(inUse: bigint, preAlloc: bigint): bigint {
  return preAlloc === 0n ? inUse : ((inUse + preAlloc - 1n) / preAlloc + 1n) * preAlloc;
}
