import { assertNever } from '../kernel/assert-never.js';
import { inMap } from '../kernel/in-map.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { err } from '../kernel/result.js';
import { formatIp, type Ip } from '../net/ip.js';
import { type IpRange, mergeRanges, rangeContains } from '../net/ip-set.js';
import { firstClipped } from './clip-ranges.js';
import { mergeRings } from './internal/merge-rings.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { type RingEntry, type RingFault, type Span, TokenRing } from './internal/weave-tokens.js';
import { done, type Plan, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';

/** A token as a peer tells it. */
export interface WeaveToken {
  /** The address from which on all is the peer's, to before the next token. */
  readonly token: string;
  readonly peer: string;
  readonly version: number;
  readonly free: number;
}

/** What one peer takes for the ring, and what its containers have. */
export interface WeavePeer {
  readonly name: string;
  /** The range that the peer was started with; left out, that of the world. */
  readonly range?: string | undefined;
  readonly tokens: readonly WeaveToken[];
  readonly seeds: readonly string[];
  /** Addresses, prefixes or `first-last` that its containers have. */
  readonly inUse: readonly string[];
}

/** How it begins. Peers that are not named have an empty ring. */
export interface WeaveRingWorld {
  readonly range: string;
  readonly peers: readonly WeavePeer[];
}

/** One step of one peer, named after the calls of `ipam/ring`. `within` and `range`: a prefix or `first-last`. */
export type WeaveRingOperation = { readonly repeat: number; readonly peer: string } & (
  | { readonly op: 'claimForPeers'; readonly peers: readonly string[] }
  | { readonly op: 'grant'; readonly range: string; readonly to: string }
  /** The peer hears what `from` takes for the ring. */
  | { readonly op: 'merge'; readonly from: string }
  | { readonly op: 'transfer'; readonly from: string; readonly to: string }
  | { readonly op: 'reportFree'; readonly free: readonly { readonly token: string; readonly free: number }[] }
  | { readonly op: 'use'; readonly inUse: readonly string[] }
  | { readonly op: 'owner'; readonly ip: string }
  | { readonly op: 'owned'; readonly of?: string | undefined }
  | { readonly op: 'peersToAsk'; readonly within?: string | undefined }
  | { readonly op: 'ring' }
);

/**
 * What peers of a Weave Net take for the ring, each by itself, and how they merge what they hear of one another, step by step (weaveworks/weave `ipam/ring`). Fails with `invalid-request` and
 * `limit-too-large`.
 */
export function* simulateWeaveRing(world: WeaveRingWorld, operations: readonly WeaveRingOperation[]): SimulationSteps {
  const reader = new SimulationReader();
  const simulator = new WeaveRingSimulator(readRange(reader, world.range, '/world/range'));
  for (const [index, peer] of world.peers.entries()) simulator.add(peer, reader, `/world/peers/${index}`);
  if (reader.problem) return err(reader.problem);
  return yield* runSimulation(simulator, operations, reader);
}

function readRange(reader: SimulationReader, text: string, at: string): IpRange {
  const range = reader.range(text, at);
  return range.family === 4 ? range : reader.wrong(at, `\`${text}\` is of IPv6, which Weave Net does not have`, range);
}

/** Tokens that are looked at for one run. */
const TOKENS_A_RUN = 50;

class WeaveRingSimulator implements Simulator<WeaveRingOperation> {
  readonly attempts = 0;
  private readonly rings = new Map<string, TokenRing>();
  private readonly inUse = new Map<string, readonly IpRange[]>();

  constructor(private readonly range: IpRange) {}

  add({ name, range, tokens, seeds, inUse }: WeavePeer, reader: SimulationReader, at: string): void {
    if (this.rings.has(name)) reader.wrong(`${at}/name`, `there are two peers \`${name}\``, undefined);
    const own = range === undefined ? this.range : readRange(reader, range, `${at}/range`);
    const entries = tokens.map(({ token, peer, version, free }, index): RingEntry => ({
      token: reader.ip(token, `${at}/tokens/${index}/token`).value,
      peer,
      version,
      free: BigInt(free),
    }));
    this.rings.set(name, new TokenRing(own, name, entries, seeds, addressText));
    this.inUse.set(name, readUse(reader, inUse, `${at}/inUse`));
  }

  plan(operation: WeaveRingOperation, reader: SimulationReader, at: string): Plan {
    const heard = operation.op === 'merge' ? operation.from : operation.peer;
    const tokens = () => this.ringOf(operation.peer).entries.length + this.ringOf(heard).entries.length;
    return { cost: () => 1 + tokens() / TOKENS_A_RUN, run: this.read(operation, reader, at) };
  }

  state(): JsonObject {
    return { peers: [...this.rings].map(([peer, { entries }]) => ({ peer, tokens: entries.length })) };
  }

  private ringOf(peer: string): TokenRing {
    return inMap(this.rings, peer, () => new TokenRing(this.range, peer, [], [], addressText));
  }

  private read(operation: WeaveRingOperation, reader: SimulationReader, at: string): () => Ran {
    const { peer } = operation;
    switch (operation.op) {
      case 'claimForPeers':
        return this.changing(peer, (ring) => ring.claimForPeers(operation.peers));
      case 'grant': {
        const { first, last } = readRange(reader, operation.range, `${at}/range`);
        return this.changing(peer, (ring) => ring.grant({ start: first, end: last + 1n }, operation.to));
      }
      case 'merge':
        return this.sound(peer, (ring) => this.merge(ring, operation.from));
      case 'transfer':
        return this.sound(peer, (ring) => done(...ring.transfer(operation.from, operation.to).map(spanText)));
      case 'reportFree':
        return this.reportFree(peer, operation.free, reader, `${at}/free`);
      case 'use': {
        const ranges = readUse(reader, operation.inUse, `${at}/inUse`);
        return () => {
          this.inUse.set(peer, ranges);
          return done();
        };
      }
      case 'owner':
        return this.owner(peer, reader.ip(operation.ip, `${at}/ip`), reader, `${at}/ip`);
      case 'owned':
        return this.sound(peer, (ring) => done(...ring.ownedBy(operation.of ?? peer).map(spanText)));
      case 'peersToAsk':
        return this.peersToAsk(peer, operation.within, reader, `${at}/within`);
      case 'ring':
        return () => done(...this.ringOf(peer).entries.map(entryJson));
      default:
        return assertNever(operation);
    }
  }

  /** Of a ring that is none no step makes sense: Weave itself stops (`assertInvariants`). */
  private sound(peer: string, run: (ring: TokenRing) => Ran): () => Ran {
    return () => {
      const ring = this.ringOf(peer);
      const fault = ring.fault();
      return fault ? refused(fault.code, `the peer’s own ring is none, and Weave stops: ${fault.message}`) : run(ring);
    };
  }

  private changing(peer: string, change: (ring: TokenRing) => RingFault | undefined): () => Ran {
    return this.sound(peer, (ring) => {
      const fault = change(ring);
      return fault ? refused(fault.code, fault.message) : done();
    });
  }

  private merge(ring: TokenRing, from: string): Ran {
    const ranges = this.inUse.get(ring.peer) ?? [];
    const hasAllocations = (spans: readonly Span[]) =>
      spans.some(({ start, end }) => firstClipped(ranges, { family: 4, first: start, last: end - 1n }) !== undefined);
    const merged = mergeRings(ring, this.ringOf(from), hasAllocations, addressText);
    return typeof merged === 'boolean' ? done({ updated: merged }) : refused(merged.code, merged.message);
  }

  private reportFree(
    peer: string,
    told: readonly { readonly token: string; readonly free: number }[],
    reader: SimulationReader,
    at: string,
  ): () => Ran {
    const free = new Map(told.map(({ token, free: count }, index) => [reader.ip(token, `${at}/${index}/token`).value, BigInt(count)]));
    return this.sound(peer, (ring) =>
      ring.reportFree(free) ? done() : refused('NOT_OWNED', `${peer} tells of space that it does not own, or of more than there is`),
    );
  }

  private owner(peer: string, ip: Ip, reader: SimulationReader, at: string): () => Ran {
    if (!rangeContains(this.ringOf(peer).range, ip)) reader.wrong(at, `\`${formatIp(ip)}\` is outside the ring`, undefined);
    return this.sound(peer, (ring) => {
      const owner = ring.owner(ip.value);
      return owner === undefined ? refused('NO_OWNER', 'the ring is empty') : done(owner);
    });
  }

  private peersToAsk(peer: string, within: string | undefined, reader: SimulationReader, at: string): () => Ran {
    const { first, last } = within === undefined ? this.ringOf(peer).range : readRange(reader, within, at);
    return this.sound(peer, (ring) =>
      done(...[...ring.peersToAsk({ start: first, end: last + 1n })].map(([name, free]) => ({ peer: name, free: String(free) }))),
    );
  }
}

function readUse(reader: SimulationReader, texts: readonly string[], at: string): readonly IpRange[] {
  return mergeRanges(texts.map((text, index) => readRange(reader, text, `${at}/${index}`)));
}

function addressText(value: bigint): string {
  return formatIp({ family: 4, value });
}

function spanText({ start, end }: Span): string {
  return `${addressText(start)}-${addressText(end - 1n)}`;
}

function entryJson({ token, peer, version, free }: RingEntry): Json {
  return { token: addressText(token), peer, version, free: String(free) };
}
