/**
 * Size of the static band of a service range: the part that automatic allocation touches last (KEP-3070, kubernetes
 * `pkg/registry/core/service/ipallocator/bitmap.go`, `calculateRangeOffset`). `size` counts all addresses of the prefix.
 */
export function serviceStaticBand(size: bigint): bigint {
  if (size <= 16n) return 0n;
  const share = size / 16n;
  return share < 16n ? 16n : share > 256n ? 256n : share;
}

/** Size of the static band of a node port range (KEP-3668, kubernetes `pkg/registry/core/service/portallocator/allocator.go`). */
export function nodePortStaticBand(size: number): number {
  if (size <= 16) return 0;
  return Math.min(Math.max(16, Math.floor(size / 32)), 128);
}

/**
 * The offset automatic allocation takes from a range of `count` places whose first `band` are static: it starts at a point of the upper band
 * given by `seed`, goes forward and wraps inside that band, and comes to the static band only when the upper one is full. The API server draws
 * the point at random; here the seed decides, so that the same input gives the same answer. Undefined when everything is taken.
 */
export function takeFromBands(count: bigint, band: bigint, seed: number, isTaken: (offset: bigint) => boolean): bigint | undefined {
  return scan(band, count - band, BigInt(seed), isTaken) ?? scan(0n, band, BigInt(seed), isTaken);
}

function scan(first: bigint, count: bigint, seed: bigint, isTaken: (offset: bigint) => boolean): bigint | undefined {
  if (count <= 0n) return undefined;
  const start = seed % count;
  for (let step = 0n; step < count; step++) {
    const offset = first + ((start + step) % count);
    if (!isTaken(offset)) return offset;
  }
  return undefined;
}
