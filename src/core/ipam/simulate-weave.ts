import { assertNever } from '../kernel/assert-never.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { err } from '../kernel/result.js';
import { formatIp } from '../net/ip.js';
import { type IpRange, rangeOfCidr } from '../net/ip-set.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { WeaveRing } from './internal/weave-ring.js';
import { rangeText } from './pool-view.js';
import { done, type Plan, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';

/** How a simulated Weave Net begins: the peers of the seed list get equal parts of the range. */
export interface WeaveWorld {
  readonly range: string;
  readonly peers: readonly string[];
}

/**
 * One step of one peer. `within`: the prefix, or `first-last`, that is asked for; the whole range when it is left out. Containers get neither the first nor the last address of a
 * prefix, which is a subnet (`net/address/address.go`, HostRange), and any of `first-last`.
 */
export type WeaveOperation = { readonly repeat: number; readonly peer: string } & (
  | { readonly op: 'allocate' | 'biggest' | 'freeIn' | 'donateAll'; readonly within?: string | undefined }
  /** `to`: who gets it; left out, it leaves the ring. */
  | { readonly op: 'donate'; readonly within?: string | undefined; readonly to?: string | undefined }
  /** `claim`: an address outside of the range is the peer’s own affair. */
  | { readonly op: 'claim' | 'free'; readonly ip: string }
  /** The peer and `with`, who hear of one another, agree on who gets parts of the range; `expected`: how many peers each was told of at its start. Observers have no voice. */
  | { readonly op: 'elect'; readonly with: readonly string[]; readonly expected: number }
  /** Gives the peer a range that nobody is asked for. */
  | { readonly op: 'add'; readonly range: string }
  /** `by` takes over what the peer had. */
  | { readonly op: 'removePeer'; readonly by: string }
  | { readonly op: 'ring' }
);

/**
 * What the peers of a Weave Net give to containers and to one another, step by step (weaveworks/weave `ipam/{ring,space}`). Whom a peer asks for space is drawn at random,
 * weighted by what is free; the range is the seed. Fails with `invalid-request` and `limit-too-large`.
 */
export function* simulateWeave(world: WeaveWorld, operations: readonly WeaveOperation[]): SimulationSteps {
  const reader = new SimulationReader();
  const range = subnetOf(reader, world.range, '/world/range');
  if (reader.problem) return err(reader.problem);
  return yield* runSimulation(new WeaveSimulator(new WeaveRing(range, world.peers), range), operations, reader);
}

/** `ipam/allocator.go`, MinSubnetSize: the first and the last address are excluded, so two would be too few. */
const LEAST_ADDRESSES = 4n;

function subnetOf(reader: SimulationReader, text: string, at: string): IpRange {
  const range = rangeOfCidr(reader.cidr(text, at));
  const fault =
    range.family === 6 ? 'is of IPv6, which Weave Net does not have' : 'has fewer than four addresses, the least that Weave Net takes';
  return range.family === 4 && range.last - range.first + 1n >= LEAST_ADDRESSES ? range : reader.wrong(at, `\`${text}\` ${fault}`, range);
}

class WeaveSimulator implements Simulator<WeaveOperation> {
  readonly attempts = 0;

  constructor(
    private readonly ring: WeaveRing,
    private readonly range: IpRange,
  ) {}

  plan(operation: WeaveOperation, reader: SimulationReader, at: string): Plan {
    return { cost: () => this.cost(operation.op), run: this.read(operation, reader, at) };
  }

  /** Ranges that are looked at, fifty for one run. */
  private cost(op: WeaveOperation['op']): number {
    const looks = 1 + this.ring.pieces / 50;
    return op === 'donateAll' ? looks * 130 : looks;
  }

  private read(operation: WeaveOperation, reader: SimulationReader, at: string): () => Ran {
    const { peer } = operation;
    const space = () => this.ring.spaceOf(peer);
    switch (operation.op) {
      case 'add': {
        const range = reader.range(operation.range, `${at}/range`);
        return () => {
          space().add(range);
          return done();
        };
      }
      case 'claim': {
        const ip = reader.ip(operation.ip, `${at}/ip`);
        return () => {
          const holder = this.ring.claim(peer, ip);
          if (holder === undefined) return done();
          const why =
            holder === null ? 'no peer has it' : holder === peer ? 'it is given out' : `it is owned by the peer ${holder}, and given out`;
          return refused('ALREADY_ALLOCATED', `${formatIp(ip)} is not free to claim: ${why}`);
        };
      }
      case 'free': {
        const ip = reader.ip(operation.ip, `${at}/ip`);
        return () => (this.ring.release(peer, ip) ? done() : refused('NOT_ALLOCATED', `${formatIp(ip)} is nobody’s`));
      }
      case 'removePeer':
        return () => {
          this.ring.remove(peer, operation.by);
          return done();
        };
      case 'ring':
        return () => done(...this.peers());
      case 'elect':
        return () => this.elect([peer, ...operation.with], operation.expected);
      case 'donate': {
        const within = this.within(operation.within, reader, at);
        return () => given(this.ring.donate(peer, within, operation.to), within);
      }
      case 'allocate':
        return this.allocation(peer, operation.within, reader, `${at}/within`);
      case 'biggest':
      case 'freeIn':
      case 'donateAll':
        return this.inside(operation.op, peer, this.within(operation.within, reader, at));
      default:
        return assertNever(operation);
    }
  }

  /**
   * Paxos, whose outcome is the set of the peers that hear of one another: a majority of the expected ones is enough, and who was not there begins with nothing (weaveworks/weave
   * `ipam/paxos/paxos.go`, pickValue and Consensus; `prog/weaver/main.go`, determineQuorum). A ring that there is stays.
   */
  private elect(peers: readonly string[], expected: number): Ran {
    if (this.ring.begun) return done(...this.peers());
    const quorum = Math.floor(expected / 2) + 1;
    const voices = new Set(peers).size;
    if (voices < quorum) return refused('NO_QUORUM', `${voices} of ${expected} peers hear of one another, and ${quorum} have to`);
    this.ring.begin(peers);
    return done(...this.peers());
  }

  private allocation(peer: string, asked: string | undefined, reader: SimulationReader, at: string): () => Ran {
    const isSubnet = asked?.includes('/') ?? true;
    const within = asked === undefined ? this.range : isSubnet ? subnetOf(reader, asked, at) : reader.range(asked, at);
    const hosts = isSubnet ? { ...within, first: within.first + 1n, last: within.last - 1n } : within;
    return () => {
      const ip = this.ring.allocate(peer, within, hosts);
      return ip ? done(formatIp(ip)) : refused('POOL_EXHAUSTED', `no peer has a free address in ${rangeText(hosts)}`);
    };
  }

  private inside(op: 'biggest' | 'freeIn' | 'donateAll', peer: string, within: IpRange): () => Ran {
    switch (op) {
      case 'biggest':
        return () => given(this.ring.spaceOf(peer).biggestFree(within), within);
      case 'freeIn':
        return () => done(String(this.ring.spaceOf(peer).free(within)));
      case 'donateAll':
        return () => done(String(this.ring.donateAll(peer, within)));
      default:
        return assertNever(op);
    }
  }

  private within(text: string | undefined, reader: SimulationReader, at: string): IpRange {
    return text === undefined ? this.range : reader.range(text, `${at}/within`);
  }

  state(): JsonObject {
    return { peers: this.peers() };
  }

  private peers(): readonly Json[] {
    return this.ring.names.map((name) => {
      const space = this.ring.spaceOf(name);
      return { peer: name, free: String(space.free()), owned: space.owned.map(rangeText) };
    });
  }
}

function given(range: IpRange | undefined, within: IpRange): Ran {
  if (!range) return refused('POOL_EXHAUSTED', `nothing is free in ${rangeText(within)}`);
  const { family, first, last } = range;
  return done({ start: formatIp({ family, value: first }), end: formatIp({ family, value: last }), size: String(last - first + 1n) });
}
