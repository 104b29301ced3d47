const POINTS = 160;
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Iterable<number>, start = 0xffffffff): number {
  let crc = start;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const hashOf = (text: string) => crc32(new TextEncoder().encode(text));

/** Room for the index of a node beside its hash in one number. */
const NODES = 2 ** 20;

/** The nodes on a circle of hashes, by which a key always leads to the same one (openresty/lua-resty-balancer `lib/resty/chash.lua`, `chash.c`). */
export class HashRing {
  private readonly nodes: readonly string[];
  /** Ascending: `hash × NODES + index of the node`. */
  private readonly points: Float64Array;

  /** Nodes by their weight. */
  constructor(weights: ReadonlyMap<string, number>) {
    this.nodes = [...weights.keys()];
    this.points = Float64Array.from([...weights].flatMap(([node, weight], index) => pointsOf(node, index, weight * POINTS))).sort();
  }

  /** The node of the last point that is not behind the key's hash, of the first point where all are; undefined: there are no nodes. */
  find(key: string): string | undefined {
    const end = (hashOf(key) + 1) * NODES;
    let [low, high] = [0, this.points.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.points[middle] ?? 0) < end) low = middle + 1;
      else high = middle;
    }
    return this.nodes[(this.points[Math.max(0, low - 1)] ?? 0) % NODES];
  }
}

/** Each point goes on from the hash of the node and the point before. */
function pointsOf(node: string, index: number, count: number): readonly number[] {
  const base = hashOf(node);
  let before = 0;
  return Array.from({ length: count }, () => {
    before = crc32([before & 0xff, (before >>> 8) & 0xff, (before >>> 16) & 0xff, before >>> 24], base);
    return before * NODES + index;
  });
}
