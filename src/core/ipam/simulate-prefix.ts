import { assertNever } from '../kernel/assert-never.js';
import type { JsonObject } from '../kernel/json.js';
import type { Problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { type Cidr, formatCidr } from '../net/cidr.js';
import { familyBits, formatIp, type Ip, sameIp } from '../net/ip.js';
import { type IpRange, rangeOfCidr, rangeToCidrs } from '../net/ip-set.js';
import { freePrefixes } from './free-prefixes.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { rangeText } from './pool-view.js';
import { availableIn, freeOfChildren, type HeldAddress, type PrefixSpace, utilizationIn } from './prefix-space.js';
import { invalidIn } from './simulation-problems.js';
import { done, listed, type Plan, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';
import { countAddresses } from './usable-addresses.js';

/** What addresses are taken from: a prefix, or the range from `start` to `end`; and what is there already. */
export interface PrefixWorld {
  readonly prefix?: string | undefined;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly isPool: boolean;
  readonly vrf: string | null;
  readonly status: 'active' | 'container';
  readonly markUtilized: boolean;
  readonly addresses: readonly { readonly address: string; readonly vrf: string | null }[];
  readonly ranges: readonly {
    readonly start: string;
    readonly end: string;
    readonly vrf: string | null;
    readonly populated: boolean;
    readonly utilized: boolean;
  }[];
  readonly children: readonly string[];
}

/** One step. What is asked for is given as a whole, or nothing is. */
export type PrefixOperation = { readonly repeat: number } & (
  | { readonly op: 'allocateIp'; readonly count: number; readonly prefixLength?: number | undefined }
  | { readonly op: 'allocatePrefix'; readonly items: readonly { readonly prefixLength: number }[] }
  | { readonly op: 'releaseIp'; readonly address: string }
  | { readonly op: 'free'; readonly kind: 'ip' | 'prefix' }
  | { readonly op: 'utilization' }
);

/**
 * How addresses and prefixes are given out of a prefix as NetBox does it: the lowest that is free; prefixes in the order in which they are asked for, each at the lowest aligned
 * gap that fits (netbox-community/netbox `netbox/ipam/api/views.py`). Fails with `invalid-request` and `limit-too-large`.
 */
export function* simulatePrefix(world: PrefixWorld, operations: readonly PrefixOperation[]): SimulationSteps {
  const space = readPrefixWorld(world);
  if (!space.ok) return space;
  return yield* runSimulation(new PrefixSimulator(space.value), operations);
}

/** The space that a world describes. Fails with `invalid-request`. */
export function readPrefixWorld(world: PrefixWorld): Result<PrefixSpace, Problem> {
  const reader = new SimulationReader();
  const space = spaceOf(world, reader);
  if (reader.problem) return err(reader.problem);
  return space ? ok(space) : err(invalidIn('/world', 'a world has `prefix`, or `start` and `end`'));
}

/** Undefined where the world names neither a prefix nor a range. */
function spaceOf(world: PrefixWorld, reader: SimulationReader): PrefixSpace | undefined {
  const prefix = world.prefix === undefined ? undefined : reader.cidr(world.prefix, '/world/prefix');
  const { start, end } = world;
  const hasRange = start !== undefined && end !== undefined;
  if (!prefix && !hasRange) return undefined;
  const span = prefix ? rangeOfCidr(prefix) : reader.between(start ?? '', end ?? '', '/world');
  return {
    span,
    prefix,
    isPool: world.isPool,
    vrf: world.vrf,
    isContainer: world.status === 'container',
    isMarkedUtilized: world.markUtilized,
    isPopulated: false,
    addresses: world.addresses.map(({ address, vrf }, index) => ({
      ip: reader.ip(withoutLength(address), `/world/addresses/${index}/address`),
      vrf,
    })),
    ranges: world.ranges.map((range, index) => ({ ...range, range: reader.between(range.start, range.end, `/world/ranges/${index}`) })),
    children: world.children.map((text, index) => reader.cidr(text, `/world/children/${index}`)),
  };
}

class PrefixSimulator implements Simulator<PrefixOperation> {
  readonly attempts = 0;

  constructor(private space: PrefixSpace) {}

  plan(operation: PrefixOperation, reader: SimulationReader, at: string): Plan {
    return { cost: () => this.cost(operation), run: this.read(operation, reader, at) };
  }

  /** Each address that is asked for, and a pass over those that are held. */
  private cost(operation: PrefixOperation): number {
    const held = (this.space.addresses.length + this.space.ranges.length + this.space.children.length) / 10;
    if (operation.op === 'allocatePrefix') return (1 + held + operation.items.length / 10) * operation.items.length;
    return 1 + held + (operation.op === 'allocateIp' ? operation.count / 10 : 0);
  }

  private read(operation: PrefixOperation, reader: SimulationReader, at: string): () => Ran {
    switch (operation.op) {
      case 'allocateIp':
        return () => this.allocateIps(operation.count, operation.prefixLength);
      case 'allocatePrefix':
        return () => this.allocatePrefixes(operation.items.map(({ prefixLength }) => prefixLength));
      case 'releaseIp': {
        const ip = reader.ip(withoutLength(operation.address), `${at}/address`);
        return () => this.release(ip);
      }
      case 'free':
        return () => listed(operation.kind === 'ip' ? availableIn(this.space).map(rangeText) : this.freeCidrs().map(formatCidr));
      case 'utilization':
        return () => {
          const { used, size } = utilizationIn(this.space);
          return done({ used: String(used), size: String(size) });
        };
      default:
        return assertNever(operation);
    }
  }

  state(): JsonObject {
    return { free: String(countAddresses(availableIn(this.space))) };
  }

  private allocateIps(count: number, prefixLength: number | undefined): Ran {
    const { span, prefix } = this.space;
    const shortest = prefix?.prefix ?? 0;
    if (prefixLength !== undefined && (prefixLength < shortest || prefixLength > familyBits(span.family))) {
      return refused(
        'INVALID_REQUEST',
        `an address here has a prefix length of ${shortest} to ${familyBits(span.family)}, got ${prefixLength}`,
      );
    }
    const given = lowest(availableIn(this.space), count);
    if (given.length < count) return refused('POOL_EXHAUSTED', `${count} addresses are asked for, and ${given.length} are free`);
    const taken: readonly HeldAddress[] = given.map((ip) => ({ ip, vrf: this.space.vrf }));
    this.space = { ...this.space, addresses: [...this.space.addresses, ...taken] };
    return listed(given.map((ip) => (prefixLength === undefined ? formatIp(ip) : `${formatIp(ip)}/${prefixLength}`)));
  }

  private allocatePrefixes(lengths: readonly number[]): Ran {
    const { prefix, span } = this.space;
    if (!prefix) return refused('INVALID_REQUEST', 'a range has no prefixes to give');
    const children = [...this.space.children];
    for (const length of lengths) {
      if (length < prefix.prefix || length > familyBits(span.family)) {
        return refused(
          'INVALID_REQUEST',
          `a prefix in ${formatCidr(prefix)} has a length of ${prefix.prefix} to ${familyBits(span.family)}, got ${length}`,
        );
      }
      const [child] = freePrefixes(freeOfChildren({ span, children }), length, 1);
      if (!child) return refused('POOL_EXHAUSTED', `no gap is left for a prefix of length ${length}`);
      children.push(child);
    }
    const given = children.slice(this.space.children.length);
    this.space = { ...this.space, children };
    return listed(given.map(formatCidr));
  }

  private release(asked: Ip): Ran {
    const left = this.space.addresses.filter(({ ip, vrf }) => !(sameIp(ip, asked) && vrf === this.space.vrf));
    if (left.length === this.space.addresses.length) return refused('NOT_ALLOCATED', `nobody holds ${formatIp(asked)}`);
    this.space = { ...this.space, addresses: left };
    return done();
  }

  private freeCidrs(): readonly Cidr[] {
    return freeOfChildren(this.space).flatMap(rangeToCidrs);
  }
}

function lowest(ranges: readonly IpRange[], count: number): readonly Ip[] {
  const ips: Ip[] = [];
  for (const { family, first, last } of ranges) {
    for (let value = first; value <= last && ips.length < count; value++) ips.push({ family, value });
  }
  return ips;
}

function withoutLength(text: string): string {
  return text.split('/')[0] ?? '';
}
