import type { IpFamily } from '../../net/ip.js';

/** An address that somebody waits for. */
export interface PendingAddress {
  readonly pool: string;
  readonly owner: string;
  readonly family: IpFamily;
}

/**
 * What an agent of Cilium asks the operator for beside what is in use: addresses of pools that were empty, until somebody has them or has not asked again for so long
 * (cilium/cilium `pkg/ipam/multipool.go`, pendingAllocationsPerPool).
 */
export class PendingDemand {
  /** When each wish expires, in seconds, by pool and family and by owner. */
  private readonly wishes = new Map<string, Map<string, number>>();
  private now = 0;

  constructor(private readonly ttlSeconds: number) {}

  /** How many wait, of all pools. */
  get size(): number {
    return [...this.wishes.values()].reduce((sum, owners) => sum + owners.size, 0);
  }

  /** Who asks again waits for the whole time again. */
  want({ owner, ...of }: PendingAddress): void {
    const owners = this.wishes.get(keyOf(of)) ?? new Map<string, number>();
    this.wishes.set(keyOf(of), owners.set(owner, this.now + this.ttlSeconds));
  }

  satisfied({ owner, ...of }: PendingAddress): void {
    this.wishes.get(keyOf(of))?.delete(owner);
  }

  /** A wish lives to the end of its last second. */
  elapse(seconds: number): void {
    this.now += seconds;
    for (const owners of this.wishes.values()) for (const [owner, until] of owners) if (until < this.now) owners.delete(owner);
  }

  count(of: Omit<PendingAddress, 'owner'>): number {
    return this.wishes.get(keyOf(of))?.size ?? 0;
  }
}

function keyOf({ pool, family }: Omit<PendingAddress, 'owner'>): string {
  return `${family} ${pool}`;
}
