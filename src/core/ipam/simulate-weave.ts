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

/** One step of one peer. `within`: the prefix, or `first-last`, that is asked for; the whole range when it is left out. */
export type WeaveOperation = { readonly repeat: number; readonly peer: string } & (
  | { readonly op: 'allocate' | 'biggest' | 'freeIn' | 'donateAll'; readonly within?: string | undefined }
  /** `to`: who gets it; left out, it leaves the ring. */
  | { readonly op: 'donate'; readonly within?: string | undefined; readonly to?: string | undefined }
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
  const range = rangeOfCidr(reader.cidr(world.range, '/world/range'));
  if (reader.problem) return err(reader.problem);
  return yield* runSimulation(new WeaveSimulator(new WeaveRing(range, world.peers), range), operations, reader);
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
        return () => (space().claim(ip) ? done() : refused('ALREADY_ALLOCATED', `${formatIp(ip)} is not free to claim`));
      }
      case 'free': {
        const ip = reader.ip(operation.ip, `${at}/ip`);
        return () => (space().release(ip) ? done() : refused('NOT_ALLOCATED', `${formatIp(ip)} is nobody’s`));
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
    this.ring.begin(this.range, peers);
    return done(...this.peers());
  }

  private inside(op: 'allocate' | 'biggest' | 'freeIn' | 'donateAll', peer: string, within: IpRange): () => Ran {
    switch (op) {
      case 'allocate':
        return () => {
          const ip = this.ring.allocate(peer, within);
          return ip ? done(formatIp(ip)) : refused('POOL_EXHAUSTED', `no peer has a free address in ${rangeText(within)}`);
        };
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
