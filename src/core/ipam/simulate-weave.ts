import { assertNever } from '../kernel/assert-never.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { err } from '../kernel/result.js';
import { formatIp, type Ip } from '../net/ip.js';
import { type IpRange, rangeOfCidr } from '../net/ip-set.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { WeaveRing } from './internal/weave-ring.js';
import { rangeText } from './pool-view.js';
import { done, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';

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
  const read = operations.map((operation, index) => readOperation(reader, operation, range, `/operations/${index}`));
  if (reader.problem) return err(reader.problem);
  return yield* runSimulation(new WeaveSimulator(new WeaveRing(range, world.peers)), read);
}

/** An operation with its text read. */
interface ReadOperation {
  readonly repeat: number;
  readonly op: WeaveOperation['op'];
  readonly peer: string;
  readonly ip: Ip;
  readonly within: IpRange;
  /** The other peer, where there is one. */
  readonly other: string | undefined;
}

function readOperation(reader: SimulationReader, operation: WeaveOperation, range: IpRange, at: string): ReadOperation {
  const { op, repeat, peer } = operation;
  const read = { op, repeat, peer, ip: { family: range.family, value: range.first }, within: range, other: undefined };
  switch (operation.op) {
    case 'claim':
    case 'free':
      return { ...read, ip: reader.ip(operation.ip, `${at}/ip`) };
    case 'add':
      return { ...read, within: reader.range(operation.range, `${at}/range`) };
    case 'removePeer':
      return { ...read, other: operation.by };
    case 'ring':
      return read;
    case 'donate':
      return { ...read, within: withinOf(reader, operation.within, range, at), other: operation.to };
    case 'allocate':
    case 'biggest':
    case 'freeIn':
    case 'donateAll':
      return { ...read, within: withinOf(reader, operation.within, range, at) };
    default:
      return assertNever(operation);
  }
}

function withinOf(reader: SimulationReader, text: string | undefined, range: IpRange, at: string): IpRange {
  return text === undefined ? range : reader.range(text, `${at}/within`);
}

class WeaveSimulator implements Simulator<ReadOperation> {
  readonly attempts = 0;

  constructor(private readonly ring: WeaveRing) {}

  /** Ranges that are looked at, fifty for one run. */
  cost({ op }: ReadOperation): number {
    const looks = 1 + this.ring.pieces / 50;
    return op === 'donateAll' ? looks * 130 : looks;
  }

  run({ op, peer, ip, within, other }: ReadOperation): Ran {
    switch (op) {
      case 'add':
        this.ring.spaceOf(peer).add(within);
        return done();
      case 'allocate': {
        const given = this.ring.allocate(peer, within);
        return given ? done(formatIp(given)) : refused('POOL_EXHAUSTED', `no peer has a free address in ${rangeText(within)}`);
      }
      case 'claim':
        return this.ring.spaceOf(peer).claim(ip) ? done() : refused('ALREADY_ALLOCATED', `${formatIp(ip)} is not free to claim`);
      case 'free':
        return this.ring.spaceOf(peer).release(ip) ? done() : refused('NOT_ALLOCATED', `${formatIp(ip)} is nobody’s`);
      case 'biggest':
        return given(this.ring.spaceOf(peer).biggestFree(within), within);
      case 'donate':
        return given(this.ring.donate(peer, within, other), within);
      case 'donateAll':
        return done(String(this.ring.donateAll(peer, within)));
      case 'freeIn':
        return done(String(this.ring.spaceOf(peer).free(within)));
      case 'removePeer':
        this.ring.remove(peer, other ?? '');
        return done();
      case 'ring':
        return done(...this.peers());
      default:
        return assertNever(op);
    }
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
