import { assertNever } from '../kernel/assert-never.js';
import type { JsonObject } from '../kernel/json.js';
import { err } from '../kernel/result.js';
import { cidrContains, cidrSize, formatCidr } from '../net/cidr.js';
import { formatIp, type Ip } from '../net/ip.js';
import type { CalicoBlockOperation, CalicoBlockWorld } from './calico-simulation.js';
import { CalicoBlock } from './internal/calico/calico-block.js';
import { RELEASE_REFUSALS } from './internal/calico/calico-ipam.js';
import { ReservedAddresses } from './internal/calico/reserved-addresses.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { invalidIn } from './simulation-problems.js';
import { done, type Plan, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';

type OperationOf<Name extends CalicoBlockOperation['op']> = Extract<CalicoBlockOperation, { readonly op: Name }>;

/** The shortest prefixes that a block can have. */
const SHORTEST_BLOCK = { 4: 20, 6: 116 } as const;

/** What one block of Calico's address management does, step by step. Fails with `invalid-request` and `limit-too-large`. */
export function* simulateCalicoBlock(world: CalicoBlockWorld, operations: readonly CalicoBlockOperation[]): SimulationSteps {
  const reader = new SimulationReader();
  const cidr = reader.cidr(world.cidr, '/world/cidr');
  if (reader.problem) return err(reader.problem);
  if (cidr.prefix < SHORTEST_BLOCK[cidr.family]) {
    return err(invalidIn('/world/cidr', `a block is /${SHORTEST_BLOCK[cidr.family]} or longer, got \`${formatCidr(cidr)}\``));
  }
  const block = new CalicoBlock(cidr, 0n, { start: world.reserveStart, end: world.reserveEnd });
  return yield* runSimulation(new BlockSimulator(block), operations, reader);
}

class BlockSimulator implements Simulator<CalicoBlockOperation> {
  readonly attempts = 0;

  constructor(private readonly block: CalicoBlock) {}

  /** An operation on many addresses costs a pass over the block. */
  plan(operation: CalicoBlockOperation, reader: SimulationReader, at: string): Plan {
    return { cost: () => 1 + this.block.size / 64, run: this.read(operation, reader, at) };
  }

  private read(operation: CalicoBlockOperation, reader: SimulationReader, at: string): () => Ran {
    switch (operation.op) {
      case 'allocate':
        return this.readAllocate(operation, reader, at);
      case 'next': {
        const isReserved = readReserved(operation.reservations, reader, at);
        return () => addresses(this.block.take(operation.count, { handle: operation.handle, node: undefined }, isReserved));
      }
      case 'release':
        return this.readRelease(operation, reader, at);
      case 'releaseByHandle': {
        const sequence = readSequence(operation.sequence, reader, at);
        return () => this.releaseByHandle(operation.handle, sequence);
      }
      case 'collect':
        return () => done(this.block.collect(0, operation.cooldownSeconds));
      case 'isEmpty':
        return () => done(this.block.isEmpty());
      case 'inUse':
        return () => addresses(this.block.addresses());
      case 'byHandle':
        return () => addresses(this.block.addresses(({ handle }) => handle === operation.handle));
      case 'freeCount': {
        const isReserved = readReserved(operation.reservations, reader, at);
        return () => done(this.block.freeCount(isReserved));
      }
      case 'reservedCount': {
        const isReserved = readReserved(operation.reservations, reader, at);
        return () => done(this.block.reservedCount(isReserved));
      }
      case 'ownerOf': {
        const ip = this.inside(operation.ip, reader, `${at}/ip`);
        return () => this.ownerOf(ip);
      }
      default:
        return assertNever(operation);
    }
  }

  /** `allocated`: the ordinals that are held or cool down; `queue`: the free ones, in the order in which they are given. */
  state(): JsonObject {
    return { ...this.block.ordinalState() };
  }

  private readAllocate(
    { ordinals, handle, sequence: text, releasedSecondsAgo }: OperationOf<'allocate'>,
    reader: SimulationReader,
    at: string,
  ): () => Ran {
    for (const [index, ordinal] of ordinals.entries()) this.checkOrdinal(ordinal, reader, `${at}/ordinals/${index}`);
    const options = {
      sequence: readSequence(text, reader, at),
      releasedAt: releasedSecondsAgo === undefined ? undefined : -releasedSecondsAgo,
    };
    return () => {
      const taken = ordinals.find((ordinal) => !this.block.assign(this.block.ipAt(ordinal), { handle, node: undefined }, options));
      return taken === undefined ? done() : refused('ALREADY_ALLOCATED', 'Address already assigned in block');
    };
  }

  private readRelease({ items: texts }: OperationOf<'release'>, reader: SimulationReader, at: string): () => Ran {
    const items = reader.items(texts, `${at}/items`);
    for (const [index, { ip }] of texts.entries()) this.inside(ip, reader, `${at}/items/${index}/ip`);
    return () => {
      const released = this.block.release(items, 0);
      if (typeof released === 'string') return refused(released, RELEASE_REFUSALS[released]);
      this.block.collect(0, 0);
      return done({ ...released });
    };
  }

  private releaseByHandle(handle: string, sequence: bigint | undefined): Ran {
    const released = this.block.releaseByHandle(handle, 0, sequence);
    this.block.collect(0, 0);
    return done(released);
  }

  private ownerOf(ip: Ip): Ran {
    const holder = this.block.holderOf(ip);
    return holder ? done({ handle: holder.handle ?? null }) : refused('NOT_ALLOCATED', `${formatIp(ip)} is not assigned`);
  }

  private inside(text: string, reader: SimulationReader, at: string): Ip {
    const ip = reader.ip(text, at);
    return cidrContains(this.block.cidr, ip) ? ip : reader.wrong(at, `\`${text}\` is outside \`${formatCidr(this.block.cidr)}\``, ip);
  }

  private checkOrdinal(ordinal: number, reader: SimulationReader, at: string): void {
    const size = Number(cidrSize(this.block.cidr));
    if (ordinal >= size) reader.wrong(at, `ordinals of the block are 0 to ${size - 1}, got ${ordinal}`, undefined);
  }
}

function readReserved(texts: readonly string[], reader: SimulationReader, at: string): (ip: Ip) => boolean {
  return new ReservedAddresses(reader.ranges(texts, `${at}/reservations`)).has;
}

function readSequence(text: string | undefined, reader: SimulationReader, at: string): bigint | undefined {
  return text === undefined ? undefined : reader.whole(text, `${at}/sequence`);
}

function addresses(ips: readonly Ip[]): Ran {
  return done(...ips.map(formatIp));
}
