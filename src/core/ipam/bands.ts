import { nodePortStaticBand, serviceStaticBand } from '../model/banded-range.js';
import { type Cidr, cidrSize } from '../net/cidr.js';
import { serviceAddresses } from '../net/service-range.js';

/** Both ends are included. */
export type Band<T> = readonly [first: T, last: T];

/** The two parts of a range: automatic allocation takes the static one last, so fixed requests are best made there. Null: there is no such part. */
export interface Bands<T> {
  /** How large the static part is meant to be; the range itself may be smaller. */
  readonly staticSize: T;
  readonly static: Band<T> | null;
  readonly dynamic: Band<T> | null;
}

/** The bands of a service range, as numbers of its family (KEP-3070; kubernetes `pkg/registry/core/service/ipallocator`). */
export function serviceBands(cidr: Cidr): Bands<bigint> {
  const addresses = serviceAddresses(cidr);
  const staticSize = serviceStaticBand(cidrSize(cidr));
  if (!addresses) return { staticSize, static: null, dynamic: null };
  const { first, last } = addresses;
  return { staticSize, static: staticSize === 0n ? null : [first, first + staticSize - 1n], dynamic: [first + staticSize, last] };
}

/** The bands of a node port range (KEP-3668; kubernetes `portallocator/allocator.go`, which counts both ends, unlike the text of the KEP). */
export function nodePortBands(first: number, last: number): Bands<number> {
  const staticSize = nodePortStaticBand(last - first + 1);
  return { staticSize, static: staticSize === 0 ? null : [first, first + staticSize - 1], dynamic: [first + staticSize, last] };
}
