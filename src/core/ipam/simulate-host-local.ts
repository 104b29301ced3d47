import { assertNever } from '../kernel/assert-never.js';
import type { Json, JsonObject } from '../kernel/json.js';
import type { Problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { formatIp, type Ip, parseIp } from '../net/ip.js';
import { meetText, readHostLocalConfig, setsThatMeet } from './host-local-config.js';
import { canonicalRangeSet, type HostLocalRangeSet, type HostLocalRangeSpec, notInSet, rangeIndexOf } from './host-local-range.js';
import { HostLocalAllocator } from './internal/host-local-allocator.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { invalidIn } from './simulation-problems.js';
import { done, listed, type Plan, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';

/** How a simulated host-local begins: range sets, or a network configuration of CNI. */
export interface HostLocalWorld {
  readonly rangeSets?: readonly (readonly HostLocalRangeSpec[])[] | undefined;
  readonly config?: JsonObject | undefined;
  /** The environment `CNI_ARGS`, such as `IP=10.1.2.3`. */
  readonly args: string;
  /** Addresses that are taken from the start. */
  readonly reserved: readonly string[];
  /** The address that each range set gave last. */
  readonly lastReserved: readonly string[];
}

/** One step. `allocate` gives one address of each range set, or of none. */
export type HostLocalOperation = { readonly repeat: number } & (
  | { readonly op: 'allocate'; readonly id: string; readonly ip?: string | undefined }
  | { readonly op: 'release'; readonly id: string }
  | { readonly op: 'order' }
);

/** Addresses that `order` lists at most. */
const LONGEST_ORDER = 10_000;

/** What host-local would give out on one node, step by step. Fails with `invalid-request` and `limit-too-large`. */
export function* simulateHostLocal(world: HostLocalWorld, operations: readonly HostLocalOperation[]): SimulationSteps {
  const read = setsOf(world);
  if (!read.ok) return read;
  const reader = new SimulationReader();
  const reserved = world.reserved.map((text, index) => reader.ip(text, `/world/reserved/${index}`));
  const last = world.lastReserved.map((text, index) => reader.ip(text, `/world/lastReserved/${index}`));
  if (reader.problem) return err(reader.problem);
  const { sets, requested } = read.value;
  const allocators = sets.map(
    (set) =>
      new HostLocalAllocator(
        set,
        reserved,
        last.find((ip) => ip.family === set[0]?.subnet.family),
      ),
  );
  return yield* runSimulation(new HostLocalSimulator(allocators, requested), operations, reader);
}

interface Sets {
  readonly sets: readonly HostLocalRangeSet[];
  readonly requested: readonly Ip[];
}

function setsOf({ rangeSets, config, args }: HostLocalWorld): Result<Sets, Problem> {
  if ((rangeSets === undefined) === (config === undefined)) {
    return err(invalidIn('/world', 'a world of host-local has either `rangeSets` or `config`'));
  }
  if (config) {
    const read = readHostLocalConfig(config, args);
    if (!read.ok) return err(invalidIn('/world/config', read.error.message));
    return ok({ sets: read.value.rangeSets, requested: read.value.requested.flatMap((text) => parseIp(text) ?? []) });
  }
  const sets: HostLocalRangeSet[] = [];
  for (const [index, specs] of (rangeSets ?? []).entries()) {
    const set = canonicalRangeSet(specs);
    if (!set.ok) return err(invalidIn(`/world/rangeSets/${index}`, set.error.message));
    sets.push(set.value);
  }
  const met = setsThatMeet(sets);
  return met ? err(invalidIn(`/world/rangeSets/${met[1]}`, meetText(met))) : ok({ sets, requested: [] });
}

class HostLocalSimulator implements Simulator<HostLocalOperation> {
  readonly attempts = 0;
  private readonly ranges: number;

  constructor(
    private readonly allocators: readonly HostLocalAllocator[],
    /** Asked for by the configuration, of every container. */
    private readonly requested: readonly Ip[],
  ) {
    this.ranges = allocators.reduce((sum, { set }) => sum + set.length, 0);
  }

  plan(operation: HostLocalOperation, reader: SimulationReader, at: string): Plan {
    switch (operation.op) {
      case 'allocate': {
        const asked = operation.ip === undefined ? this.requested : [reader.ip(operation.ip, `${at}/ip`)];
        return { cost: () => this.ranges, run: () => this.allocate(operation.id, asked) };
      }
      case 'release':
        return { cost: () => this.ranges, run: () => done({ released: this.release(operation.id) }) };
      case 'order':
        return { cost: () => (this.allocators.length * LONGEST_ORDER) / 10, run: () => listed(this.order()) };
      default:
        return assertNever(operation);
    }
  }

  state(): JsonObject {
    return { held: String(this.allocators.reduce((sum, { held }) => sum + held, 0)) };
  }

  private release(id: string): number {
    return this.allocators.reduce((sum, allocator) => sum + allocator.release(id), 0);
  }

  private order(): readonly string[] {
    return this.allocators.flatMap((allocator) => allocator.order(LONGEST_ORDER)).map(formatIp);
  }

  /** One address of each set; where one has none, what the others gave is given back. */
  private allocate(id: string, asked: readonly Ip[]): Ran {
    const [first] = this.allocators;
    const stray = asked.find((ip) => this.allocators.every(({ set }) => rangeIndexOf(set, ip) === undefined));
    if (stray && first) return refused('NOT_IN_RANGE', notInSet(formatIp(stray), first.set));
    const given: Json[] = [];
    for (const allocator of this.allocators) {
      const got = allocator.allocate(
        id,
        asked.find((ip) => rangeIndexOf(allocator.set, ip) !== undefined),
      );
      if (!got.ok) {
        for (const earlier of this.allocators.slice(0, given.length)) earlier.release(id);
        return refused(got.error.code, got.error.message);
      }
      given.push(formatIp(got.value));
    }
    return done(...given);
  }
}
