import { at, type RingEntry, type RingFault, type Span, TokenRing } from './weave-tokens.js';

/** Whether containers have an address of one of these. */
export type HasAllocations = (spans: readonly Span[]) => boolean;

/**
 * Takes what another peer takes for the ring over into one's own, where the two do not contradict one another about what is in use (weaveworks/weave `ipam/ring/ring.go`, Merge). Whether the ring changed; a fault leaves it as it
 * was.
 */
export function mergeRings(
  ring: TokenRing,
  heard: TokenRing,
  hasAllocations: HasAllocations,
  textOf: (address: bigint) => string,
): boolean | RingFault {
  const fault = heard.fault() ?? apart(ring, heard);
  if (fault) return fault;
  const merge = new Merge(ring, heard.entries, hasAllocations, textOf);
  const merged = merge.run();
  if ('code' in merged) return merged;
  const entries = merged.map((entry, index) => {
    const distance = ring.distance(entry.token, at(merged, index + 1).token);
    // A range of one's own was split, of which nothing was in use.
    return entry.peer === ring.peer && entry.free > distance ? { ...entry, free: distance } : entry;
  });
  const broken = ring.fault(entries);
  if (broken) return { ...broken, message: `Merge of incoming data causes: ${broken.message}` };
  ring.entries = entries;
  if (ring.seeds.length === 0) ring.seeds = heard.seeds;
  return merge.isUpdated;
}

function apart(ring: TokenRing, heard: TokenRing): RingFault | undefined {
  const areBothSeeded = ring.seeds.length > 0 && heard.seeds.length > 0;
  const isSame = ring.seeds.length === heard.seeds.length && ring.seeds.every((seed, index) => seed === heard.seeds[index]);
  if (areBothSeeded && !isSame) return { code: 'DIFFERENT_SEEDS', message: 'Received ring was seeded differently from ours' };
  const isRange = ring.start === heard.start && ring.end === heard.end;
  return isRange ? undefined : { code: 'DIFFERENT_RANGE', message: 'Received range differs from ours' };
}

/** One pass over both rings, in the order of tokens. */
class Merge {
  isUpdated = false;
  private readonly result: RingEntry[] = [];
  /** Whose the entry was that came last, where it is one's own ring's. */
  private previousOwner: string | undefined;

  constructor(
    private readonly ring: TokenRing,
    private readonly theirs: readonly RingEntry[],
    private readonly hasAllocations: HasAllocations,
    private readonly textOf: (address: bigint) => string,
  ) {}

  run(): readonly RingEntry[] | RingFault {
    const { entries: mine } = this.ring;
    let [i, j] = [0, 0];
    for (;;) {
      const [own, other] = [mine[i], this.theirs[j]];
      if (own && (!other || own.token < other.token)) {
        this.keep(own);
        i++;
      } else if (other && (!own || own.token > other.token)) {
        const fault = this.insert(other, own);
        if (fault) return fault;
        j++;
      } else if (own && other) {
        const fault = this.meet(own, other, i);
        if (fault) return fault;
        i++;
        j++;
      } else return this.result;
    }
  }

  /** A token that one has not; `next`: one's own next one. Behind one's own last one a foreign token is refused, whatever is in use. */
  private insert(other: RingEntry, next: RingEntry | undefined): RingFault | undefined {
    const isMine = this.previousOwner === this.ring.peer && other.peer !== this.ring.peer;
    if (isMine && (!next || this.hasAllocations(this.ring.spansOf(other.token, next.token)))) {
      const message = `Peer ${other.peer} says it owns the IP range from ${this.textOf(other.token)}, which I think I own`;
      return { code: 'ENTRY_IN_MY_RANGE', message };
    }
    this.take(other);
    return undefined;
  }

  /** The same token in both. */
  private meet(own: RingEntry, other: RingEntry, index: number): RingFault | undefined {
    if (own.version < other.version) return this.meetNewer(own, other, index);
    if (own.version > other.version || own.peer === other.peer) {
      this.keep(own);
      return undefined;
    }
    if (own.peer === this.ring.peer && this.isInUse(own, index)) {
      const message = `Inconsistent entries for ${this.textOf(own.token)}: owned by ${own.peer} but incoming message says ${other.peer}`;
      return { code: 'INCONSISTENT_ENTRY', message };
    }
    // Of two equal versions that with more free space counts.
    if (own.free >= other.free) this.keep(own);
    else this.take(other);
    return undefined;
  }

  private meetNewer(own: RingEntry, other: RingEntry, index: number): RingFault | undefined {
    const { peer } = this.ring;
    if (own.peer !== peer || (other.peer !== peer && !this.isInUse(own, index))) {
      this.take(other);
      return undefined;
    }
    if (other.peer === peer) {
      // Nobody knows better than the owner: its own entry stays, and is the newest from now on.
      this.result.push({ ...own, version: other.version + 1 });
      return undefined;
    }
    const about = `IP range I own at ${this.textOf(own.token)} v${own.version}`;
    return { code: 'NEWER_VERSION', message: `Received update for ${about}: incoming message says owner ${other.peer} v${other.version}` };
  }

  private isInUse({ token }: RingEntry, index: number): boolean {
    return this.hasAllocations(this.ring.spansOf(token, at(this.ring.entries, index + 1).token));
  }

  private keep(entry: RingEntry): void {
    this.result.push(entry);
    this.previousOwner = entry.peer;
  }

  private take(entry: RingEntry): void {
    this.result.push(entry);
    this.previousOwner = undefined;
    this.isUpdated = true;
  }
}
