import type { IpRange } from '../../net/ip-set.js';

/** A token of Weave's ring: from it to the next one all is its peer's. */
export interface RingEntry {
  readonly token: bigint;
  readonly peer: string;
  readonly version: number;
  readonly free: bigint;
}

/** Why a ring is none, or a step on it is refused; the words are Weave's. */
export interface RingFault {
  readonly code:
    | 'NOT_SORTED'
    | 'TOKEN_REPEATED'
    | 'TOKEN_OUT_OF_RANGE'
    | 'TOO_MUCH_FREE'
    | 'DIFFERENT_SEEDS'
    | 'DIFFERENT_RANGE'
    | 'INCONSISTENT_ENTRY'
    | 'ENTRY_IN_MY_RANGE'
    | 'NEWER_VERSION'
    | 'NOT_OWNED'
    | 'NOT_EMPTY';
  readonly message: string;
}

/** A part of the ring, from one address to before another. */
export interface Span {
  readonly start: bigint;
  readonly end: bigint;
}

/** What is left of a transfer from a dead peer goes before whatever others say of it (weaveworks/weave `ipam/ring/ring.go`, Transfer). */
const TRANSFER_VERSIONS = 100;

/** What one peer of Weave Net takes for the ring that all share: tokens in the order of addresses (weaveworks/weave `ipam/ring/ring.go`). */
export class TokenRing {
  constructor(
    readonly range: IpRange,
    readonly peer: string,
    public entries: readonly RingEntry[],
    public seeds: readonly string[],
    private readonly textOf: (address: bigint) => string,
  ) {}

  get start(): bigint {
    return this.range.first;
  }

  get end(): bigint {
    return this.range.last + 1n;
  }

  /** What is wrong with the ring itself (`checkInvariants`). */
  fault(entries = this.entries): RingFault | undefined {
    for (const [index, { token }] of entries.entries()) {
      const next = entries[index + 1];
      if (next && token > next.token) return { code: 'NOT_SORTED', message: 'Ring not sorted' };
      if (next && token === next.token) return { code: 'TOKEN_REPEATED', message: 'Token appears twice in ring' };
    }
    if (entries.some(({ token }) => token < this.start || token >= this.end)) {
      return { code: 'TOKEN_OUT_OF_RANGE', message: 'Token is out of range' };
    }
    for (const [index, { token, free }] of entries.entries()) {
      const next = at(entries, index + 1).token;
      const distance = this.distance(token, next);
      if (free <= distance) continue;
      const span = `${this.textOf(token)}-${this.textOf(next)}`;
      return { code: 'TOO_MUCH_FREE', message: `Entry ${span} reporting too much free space: ${free} > ${distance}` };
    }
    return undefined;
  }

  /** Shares the whole ring out to peers, aligned; of fewer addresses than peers some get none (`ClaimForPeers`). */
  claimForPeers(peers: readonly string[]): RingFault | undefined {
    if (this.entries.length > 0) return { code: 'NOT_EMPTY', message: 'the ring was shared out already' };
    const entries: RingEntry[] = [];
    const subdivide = (from: bigint, to: bigint, among: readonly string[]): void => {
      const share = to - from;
      const [peer] = among;
      if (share === 0n || peer === undefined) return;
      if (share === 1n || among.length === 1) {
        entries.push({ token: from, peer, version: 0, free: share });
        return;
      }
      const half = Math.floor(among.length / 2);
      const middle = from + share / 2n;
      subdivide(from, middle, among.slice(0, half));
      subdivide(middle + (share % 2n), to, among.slice(half));
    };
    subdivide(this.start, this.end, peers);
    this.entries = entries;
    this.seeds = peers;
    return undefined;
  }

  /** Gives what the peer owns from one address to before another to somebody (`GrantRangeToHost`). */
  grant({ start, end }: Span, to: string): RingFault | undefined {
    const before = this.entries.findLastIndex(({ token }) => token <= start);
    const within = this.entries.filter(({ token }) => token > start && token < end);
    const previous = this.entries.length > 0 ? at(this.entries, before) : undefined;
    const isInside = start >= this.start && end <= this.end;
    if (!isInside || !previous || [previous, ...within].some(({ peer }) => peer !== this.peer)) {
      return { code: 'NOT_OWNED', message: `${this.peer} does not own all from ${this.textOf(start)} to ${this.textOf(end - 1n)}` };
    }
    const next = at(this.entries, before + 1).token;
    const startFree = least(this.distance(start, next), end - start);
    const given = new Map(within.map((entry) => [entry, updated(entry, to, least(entry.free, end - entry.token))]));
    if (previous.token === start) given.set(previous, updated(previous, to, startFree));
    else given.set(previous, updated(previous, this.peer, this.distance(previous.token, start)));
    const entries = this.entries.map((entry) => given.get(entry) ?? entry);
    if (previous.token !== start) insert(entries, { token: start, peer: to, version: 0, free: startFree });
    // No token stands at the end of the ring, which is its start.
    const rest = end === this.end ? this.start : end;
    if (!entries.some(({ token }) => token === rest)) {
      const behind = entries.find(({ token }) => token > rest) ?? at(entries, 0);
      insert(entries, { token: rest, peer: this.peer, version: 0, free: this.distance(rest, behind.token) });
    }
    this.entries = entries;
    return undefined;
  }

  /** All of a peer becomes another's (`Transfer`); what that is. */
  transfer(from: string, to: string): readonly Span[] {
    const spans = this.ownedBy(from);
    this.entries = this.entries.map((entry) =>
      entry.peer === from ? { ...entry, peer: to, version: entry.version + TRANSFER_VERSIONS } : entry,
    );
    return spans;
  }

  /** Notes how much is free behind tokens of the peer's own (`ReportFree`); false where one is not, or there is not so much. */
  reportFree(told: ReadonlyMap<bigint, bigint>): boolean {
    const free = new Map(told);
    const [first] = this.entries;
    const last = this.entries.at(-1);
    const beforeFirst = free.get(this.start);
    // What lies before the first token is the last one's.
    if (first && last && beforeFirst !== undefined && first.token !== this.start) {
      free.set(last.token, (free.get(last.token) ?? 0n) + beforeFirst);
      free.delete(this.start);
    }
    const own = new Map(this.entries.map((entry, index) => [entry.token, { entry, index }]));
    for (const [token, count] of free) {
      const found = own.get(token);
      if (found?.entry.peer !== this.peer || count > this.distance(token, at(this.entries, found.index + 1).token)) return false;
    }
    this.entries = this.entries.map((entry) => {
      const count = free.get(entry.token);
      return count === undefined || count === entry.free ? entry : { ...entry, free: count, version: entry.version + 1 };
    });
    return true;
  }

  /** Whose an address is; undefined: the ring is empty. */
  owner(address: bigint): string | undefined {
    return (this.entries.findLast(({ token }) => token <= address) ?? this.entries.at(-1))?.peer;
  }

  /** What a peer owns, in order; what goes beyond the end is in two parts (`OwnedRangesOfPeer`). */
  ownedBy(peer: string): readonly Span[] {
    const spans = this.entries.flatMap(({ token, peer: owner }, index) =>
      owner === peer ? this.spansOf(token, at(this.entries, index + 1).token) : [],
    );
    return spans.sort((a, b) => (a.start < b.start ? -1 : 1));
  }

  /** Other peers with something free that may be in a range, and how much they say is free (`ChoosePeersToAskForSpace`); in which order they are asked is chance, weighted by that. */
  peersToAsk({ start, end }: Span): ReadonlyMap<string, bigint> {
    const space = new Map<string, bigint>();
    for (const [index, { token, peer, free }] of this.entries.entries()) {
      const next = this.entries[index + 1];
      if (token >= end) break;
      if ((next && next.token - 1n < start) || free === 0n || peer === this.peer) continue;
      space.set(peer, (space.get(peer) ?? 0n) + free);
    }
    return space;
  }

  /** From a token to before another, which may lie before it: then around the end. */
  spansOf(start: bigint, end: bigint): readonly Span[] {
    if (end === this.start) return [{ start, end: this.end }];
    if (end > start) return [{ start, end }];
    return [
      { start: this.start, end },
      { start, end: this.end },
    ];
  }

  distance(start: bigint, end: bigint): bigint {
    return end > start ? end - start : this.end - start + (end - this.start);
  }
}

/** Counting around: -1 is the last. */
export function at(entries: readonly RingEntry[], index: number): RingEntry {
  const entry = entries.at(index % entries.length);
  if (!entry) throw new RangeError('an empty ring has no entries');
  return entry;
}

function updated(entry: RingEntry, peer: string, free: bigint): RingEntry {
  return { ...entry, peer, free, version: entry.version + 1 };
}

function insert(entries: RingEntry[], entry: RingEntry): void {
  const index = entries.findIndex(({ token }) => token > entry.token);
  entries.splice(index < 0 ? entries.length : index, 0, entry);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
