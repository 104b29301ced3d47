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
import { done, invalidIn, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';

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
  const simulator = new BlockSimulator(new CalicoBlock(cidr, 0n, { start: world.reserveStart, end: world.reserveEnd }), reader);
  for (const [index, operation] of operations.entries()) simulator.check(operation, `/operations/${index}`);
  if (reader.problem) return err(reader.problem);
  return yield* runSimulation(simulator, operations);
}

class BlockSimulator implements Simulator<CalicoBlockOperation> {
  readonly attempts = 0;

  constructor(
    private readonly block: CalicoBlock,
    private readonly reader: SimulationReader,
  ) {}

  check(operation: CalicoBlockOperation, at: string): void {
    if ('reservations' in operation) this.reader.ranges(operation.reservations, `${at}/reservations`);
    if (operation.op === 'ownerOf') this.inside(operation.ip, `${at}/ip`);
    if (operation.op === 'release') operation.items.forEach(({ ip }, index) => this.inside(ip, `${at}/items/${index}/ip`));
    if (operation.op === 'release') this.reader.items(operation.items, `${at}/items`);
    if (operation.op === 'allocate') operation.ordinals.forEach((ordinal, index) => this.ordinal(ordinal, `${at}/ordinals/${index}`));
    if ('sequence' in operation && operation.sequence !== undefined) this.reader.whole(operation.sequence, `${at}/sequence`);
  }

  /** An operation on many addresses costs a pass over the block. */
  cost(): number {
    return 1 + this.block.size / 64;
  }

  run(operation: CalicoBlockOperation): Ran {
    switch (operation.op) {
      case 'allocate':
        return this.allocate(operation);
      case 'next':
        return addresses(
          this.block.take(operation.count, { handle: operation.handle, node: undefined }, this.reserved(operation.reservations)),
        );
      case 'release':
        return this.release(operation);
      case 'releaseByHandle':
        return this.releaseByHandle(operation);
      case 'collect':
        return done(this.block.collect(0, operation.cooldownSeconds));
      case 'isEmpty':
        return done(this.block.isEmpty());
      case 'inUse':
        return addresses(this.block.addresses());
      case 'byHandle':
        return addresses(this.block.addresses(({ handle }) => handle === operation.handle));
      case 'freeCount':
        return done(this.block.freeCount(this.reserved(operation.reservations)));
      case 'reservedCount':
        return done(this.block.reservedCount(this.reserved(operation.reservations)));
      case 'ownerOf':
        return this.ownerOf(operation);
      default:
        return assertNever(operation);
    }
  }

  /** `allocated`: the ordinals that are held or cool down; `queue`: the free ones, in the order in which they are given. */
  state(): JsonObject {
    return { ...this.block.ordinalState() };
  }

  private allocate({ ordinals, handle, sequence, releasedSecondsAgo }: OperationOf<'allocate'>): Ran {
    const holder = { handle, node: undefined };
    const options = {
      sequence: sequence === undefined ? undefined : this.reader.whole(sequence, ''),
      releasedAt: releasedSecondsAgo === undefined ? undefined : -releasedSecondsAgo,
    };
    const taken = ordinals.find((ordinal) => !this.block.assign(this.block.ipAt(ordinal), holder, options));
    return taken === undefined ? done() : refused('ALREADY_ALLOCATED', 'Address already assigned in block');
  }

  private release({ items }: OperationOf<'release'>): Ran {
    const released = this.block.release(this.reader.items(items, ''), 0);
    if (typeof released === 'string') return refused(released, RELEASE_REFUSALS[released]);
    this.block.collect(0, 0);
    return done({ ...released });
  }

  private releaseByHandle({ handle, sequence }: OperationOf<'releaseByHandle'>): Ran {
    const released = this.block.releaseByHandle(handle, 0, sequence === undefined ? undefined : this.reader.whole(sequence, ''));
    this.block.collect(0, 0);
    return done(released);
  }

  private ownerOf({ ip }: OperationOf<'ownerOf'>): Ran {
    const holder = this.block.holderOf(this.reader.ip(ip, ''));
    return holder ? done({ handle: holder.handle ?? null }) : refused('NOT_ALLOCATED', `${ip} is not assigned`);
  }

  private reserved(texts: readonly string[]): (ip: Ip) => boolean {
    return new ReservedAddresses(this.reader.ranges(texts, '')).has;
  }

  private inside(text: string, at: string): void {
    const ip = this.reader.ip(text, at);
    if (!cidrContains(this.block.cidr, ip)) this.reader.wrong(at, `\`${text}\` is outside \`${formatCidr(this.block.cidr)}\``, undefined);
  }

  private ordinal(ordinal: number, at: string): void {
    const size = Number(cidrSize(this.block.cidr));
    if (ordinal >= size) this.reader.wrong(at, `ordinals of the block are 0 to ${size - 1}, got ${ordinal}`, undefined);
  }
}

function addresses(ips: readonly Ip[]): Ran {
  return done(...ips.map(formatIp));
}
