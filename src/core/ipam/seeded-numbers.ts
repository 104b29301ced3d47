/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return state >>> 0;
}

/**
 * Numbers that look random and are the same for the same seed (Weyl sequence, mixed as in MurmurHash3). INVARIANT INV-IPAM-5: equal state and equal request give an
 * equal answer, so nothing here is drawn at random.
 */
export class SeededNumbers {
  private state: number;

  constructor(seed: string) {
    this.state = hash(seed);
  }

  /** A number from 0 to `count` − 1; 0 when `count` is 0. */
  below(count: bigint): bigint {
    if (count <= 1n) return 0n;
    let value = 0n;
    for (let bits = 0n; bits < BigInt(count.toString(2).length + 32); bits += 32n) value = (value << 32n) | BigInt(this.next());
    return value % count;
  }

  private next(): number {
    this.state = (this.state + 0x9e37_79b9) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 16), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }
}
