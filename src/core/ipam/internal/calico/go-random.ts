import { GO_RANDOM_STATE } from './go-random-state.js';

const LENGTH = GO_RANDOM_STATE.length;
const TAP = 273;
const BITS_63 = (1n << 63n) - 1n;
/** The Lehmer generator that spreads a seed over the state: its modulus is 2^31 − 1, its multiplier 48271. */
const MODULUS = 2_147_483_647;
const MULTIPLIER = 48_271;
/** It runs so often before its first number is used. */
const WARM_UP = 20;
/** Seed 0 stands for this one: a Lehmer generator never leaves 0. */
const OF_ZERO = 89_482_311;

/**
 * The random numbers of Go's `math/rand` for a seed (golang/go `src/math/rand/rng.go`), so that what a program in Go draws with a known seed is known here too. They are numbers for a draw, and no secret.
 */
export class GoRandom {
  /** Three numbers for each place of the state. */
  private readonly seeded: readonly number[];
  /** Places are worked out when they are looked at: a draw looks at few. */
  private readonly state: bigint[] = [];
  private tap = 0;
  private feed = LENGTH - TAP;

  /** `seed`: a whole number below 2^53, not negative. */
  constructor(seed: number) {
    let lehmer = seed % MODULUS || OF_ZERO;
    const next = (): number => (lehmer = (lehmer * MULTIPLIER) % MODULUS);
    for (let turn = 0; turn < WARM_UP; turn++) next();
    this.seeded = Array.from({ length: 3 * LENGTH }, next);
  }

  /** 32 bits (`rand.Uint32`). */
  uint32(): bigint {
    return (this.int63() >> 31n) & 0xffff_ffffn;
  }

  /** From 0 to `count` − 1 (`big.Int.Rand` on machines of 64 bits, golang/go `src/math/big/nat.go`, random): numbers of as many bits as `count` has, until one is below it. */
  below(count: bigint): bigint {
    if (count <= 0n) return 0n;
    const bits = count.toString(2).length;
    for (;;) {
      let drawn = 0n;
      for (let at = 0; at < bits; at += 64) {
        const low = this.uint32();
        drawn |= (low | (this.uint32() << 32n)) << BigInt(at);
      }
      drawn = BigInt.asUintN(bits, drawn);
      if (drawn < count) return drawn;
    }
  }

  /** `rand.Int63`: the sum of two places of the state, which takes the one's place. */
  private int63(): bigint {
    this.tap = (this.tap + LENGTH - 1) % LENGTH;
    this.feed = (this.feed + LENGTH - 1) % LENGTH;
    const sum = (this.at(this.feed) + this.at(this.tap)) & BITS_63;
    this.state[this.feed] = sum;
    return sum;
  }

  private at(place: number): bigint {
    const seeded = (which: number): bigint => BigInt(this.seeded[3 * place + which] ?? 0);
    return (this.state[place] ??= ((seeded(0) << 40n) ^ (seeded(1) << 20n) ^ seeded(2) ^ (GO_RANDOM_STATE[place] ?? 0n)) & BITS_63);
  }
}
