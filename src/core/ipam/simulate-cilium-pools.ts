import { assertNever } from '../kernel/assert-never.js';
import { firstFew } from '../kernel/first-few.js';
import type { JsonObject } from '../kernel/json.js';
import { type Cidr, formatCidr } from '../net/cidr.js';
import { familyBits, type IpFamily } from '../net/ip.js';
import { mergeRanges, rangeOfCidr, rangeToCidrs } from '../net/ip-set.js';
import { firstClipped } from './clip-ranges.js';
import { CiliumPools, type CiliumPoolSpec, type CiliumRefusal } from './internal/cilium-pools.js';
import { PendingDemand } from './internal/pending-demand.js';
import { neededAddresses } from './cilium-demand.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { done, type Plan, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';

/** A step on the pools of Cilium's operator. */
export type CiliumPoolOperation = { readonly repeat: number } & (
  | {
      readonly op: 'upsertPool';
      readonly name: string;
      readonly cidrs: readonly string[];
      /** Prefix lengths of what a node gets. */
      readonly maskSize4?: number | undefined;
      readonly maskSize6?: number | undefined;
      /** Addresses, prefixes and ranges `first-last` of which no node gets anything. */
      readonly reserved: readonly string[];
      readonly allowFirst: boolean;
      readonly allowLast: boolean;
    }
  | { readonly op: 'deletePool'; readonly name: string }
  | { readonly op: 'poolHas'; readonly name: string; readonly cidr: string }
  /** Nothing is given before every node has said what it has. */
  | { readonly op: 'restoreFinished' }
  | {
      readonly op: 'allocateToNode';
      readonly node: string;
      readonly requested: readonly { readonly pool: string; readonly ipv4: number; readonly ipv6: number }[];
      /** What the node says it has. */
      readonly allocated: readonly { readonly pool: string; readonly cidrs: readonly string[] }[];
    }
  | { readonly op: 'allocated' | 'releaseNode'; readonly node: string }
  /** The addresses a node asks for when so many are in use. */
  | { readonly op: 'demand'; readonly inUse: number; readonly preAlloc: number }
  /** An owner waits for an address of a pool that is empty, or has got it. */
  | { readonly op: 'want' | 'satisfied'; readonly pool: string; readonly owner: string; readonly family: IpFamily }
  /** How many wait. */
  | { readonly op: 'pending'; readonly pool: string; readonly family: IpFamily }
  | { readonly op: 'elapse'; readonly seconds: number }
);

/** What the operator and the agents begin with. */
export interface CiliumPoolWorld {
  /** After so long nobody waits any more who has not asked again. */
  readonly pendingTtlSeconds: number;
}

/** What Cilium's operator would give to nodes, step by step, beginning without pools. Fails with `invalid-request` and `limit-too-large`. */
export function* simulateCiliumPools(world: CiliumPoolWorld, operations: readonly CiliumPoolOperation[]): SimulationSteps {
  return yield* runSimulation(new CiliumSimulator(world), operations);
}

/** Reads a pool and what it is cut into. */
function poolOf(reader: SimulationReader, operation: Extract<CiliumPoolOperation, { op: 'upsertPool' }>, at: string): CiliumPoolSpec {
  const { name: pool, maskSize4, maskSize6, allowFirst, allowLast } = operation;
  const cidrs = reader.cidrs(operation.cidrs, `${at}/cidrs`);
  const reserved = readReserved(cidrs, operation.reserved, reader, `${at}/reserved`);
  for (const [index, cidr] of cidrs.entries()) {
    const name = cidr.family === 4 ? 'maskSize4' : 'maskSize6';
    const mask = operation[name];
    if (mask === undefined)
      reader.wrong(`${at}/${name}`, `\`${name}\` is missing: ${operation.cidrs[index] ?? ''} has to be cut`, undefined);
    else if (mask < cidr.prefix || mask > familyBits(cidr.family)) {
      reader.wrong(
        `${at}/${name}`,
        `\`${formatCidr(cidr)}\` is cut into prefixes of ${cidr.prefix} to ${familyBits(cidr.family)}, got ${mask}`,
        undefined,
      );
    } else if (cidr.family === 4 && mask - cidr.prefix > MOST_CHILDREN_BITS) {
      const shortest = mask - MOST_CHILDREN_BITS;
      reader.wrong(
        `${at}/cidrs/${index}`,
        `a prefix that is cut into /${mask} is /${shortest} or longer, got \`${formatCidr(cidr)}\``,
        undefined,
      );
    }
  }
  return { name: pool, cidrs, maskSize: { 4: maskSize4, 6: maskSize6 }, reserved, allowFirst, allowLast };
}

/** A part of a pool is cut into 2^24 prefixes at most: those that are reserved are marked one by one. Of IPv6 Cilium itself takes fewer. */
const MOST_CHILDREN_BITS = 24;

/** Reserved addresses are some of a prefix of the pool (`operator/pkg/ipam/allocator/multipool/pool_handler.go`, parseReservedRanges). */
function readReserved(cidrs: readonly Cidr[], texts: readonly string[], reader: SimulationReader, at: string): readonly Cidr[] {
  const own = mergeRanges(cidrs.map(rangeOfCidr));
  return texts.flatMap((text, index) => {
    const range = reader.range(text, `${at}/${index}`);
    const part = firstClipped(own, range);
    if (part?.first === range.first && part.last === range.last) return rangeToCidrs(range);
    return reader.wrong(`${at}/${index}`, `\`${text}\` is outside pool CIDR ${firstFew(cidrs.map(formatCidr), 3)}`, []);
  });
}

class CiliumSimulator implements Simulator<CiliumPoolOperation> {
  readonly attempts = 0;
  private readonly pools = new CiliumPools();
  private readonly pending: PendingDemand;

  constructor({ pendingTtlSeconds }: CiliumPoolWorld) {
    this.pending = new PendingDemand(pendingTtlSeconds);
  }

  plan(operation: CiliumPoolOperation, reader: SimulationReader, at: string): Plan {
    return { cost: () => this.cost(operation), run: this.read(operation, reader, at) };
  }

  private cost(operation: CiliumPoolOperation): number {
    if (operation.op === 'elapse') return 1 + this.pending.size;
    if (operation.op === 'upsertPool') return 1 + this.pools.givenOf(operation.name) / 50;
    if (operation.op !== 'allocateToNode') return 1;
    const reported = operation.allocated.reduce((sum, { cidrs }) => sum + cidrs.length, 0);
    return operation.requested.reduce(
      (sum, { pool, ipv4, ipv6 }) => sum + this.pools.cost({ pool, needed: { 4: ipv4, 6: ipv6 } }),
      1 + reported,
    );
  }

  private read(operation: CiliumPoolOperation, reader: SimulationReader, at: string): () => Ran {
    switch (operation.op) {
      case 'upsertPool': {
        const pool = poolOf(reader, operation, at);
        return () => outcome(this.pools.upsert(pool));
      }
      case 'deletePool':
        return () => outcome(this.pools.delete(operation.name));
      case 'poolHas': {
        const cidr = reader.cidr(operation.cidr, `${at}/cidr`);
        return () => done(this.pools.has(operation.name, cidr));
      }
      case 'restoreFinished':
        return () => {
          this.pools.restoreFinished();
          return done();
        };
      case 'allocateToNode': {
        const reported = operation.allocated.map(({ pool, cidrs }, index) => ({
          pool,
          cidrs: reader.cidrs(cidrs, `${at}/allocated/${index}/cidrs`),
        }));
        const demands = operation.requested.map(({ pool, ipv4, ipv6 }) => ({ pool, needed: { 4: ipv4, 6: ipv6 } }));
        return () => outcome(this.pools.allocateToNode(operation.node, demands, reported), this.view(operation.node));
      }
      case 'allocated':
        return () => done(this.view(operation.node));
      case 'releaseNode':
        return () => {
          this.pools.releaseNode(operation.node);
          return done();
        };
      case 'demand':
        return () => done(String(neededAddresses(BigInt(operation.inUse), BigInt(operation.preAlloc))));
      case 'want':
      case 'satisfied':
      case 'pending':
      case 'elapse':
        return this.wait(operation);
      default:
        return assertNever(operation);
    }
  }

  private wait(operation: Extract<CiliumPoolOperation, { op: 'want' | 'satisfied' | 'pending' | 'elapse' }>): () => Ran {
    switch (operation.op) {
      case 'want':
        return () => {
          this.pending.want(operation);
          return done();
        };
      case 'satisfied':
        return () => {
          this.pending.satisfied(operation);
          return done();
        };
      case 'elapse':
        return () => {
          this.pending.elapse(operation.seconds);
          return done();
        };
      case 'pending':
        return () => done(this.pending.count(operation));
      default:
        return assertNever(operation);
    }
  }

  /** `orphans`: prefixes that nodes have of pools that are gone. */
  state(): JsonObject {
    return { orphans: String(this.pools.orphans) };
  }

  private view(node: string): JsonObject {
    return { allocated: Object.fromEntries([...this.pools.allocated(node)].map(([pool, cidrs]) => [pool, cidrs.map(formatCidr)])) };
  }
}

/** The first refusal names the code, the message has all of them. */
function outcome(refusals: readonly CiliumRefusal[], ...results: readonly JsonObject[]): Ran {
  const [first] = refusals;
  return first ? refused(first.code, refusals.map(({ message }) => message).join('; '), ...results) : done(...results);
}
