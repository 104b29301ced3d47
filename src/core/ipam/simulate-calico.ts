import { assertNever } from '../kernel/assert-never.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { err } from '../kernel/result.js';
import { formatCidr } from '../net/cidr.js';
import { formatIp, type IpFamily } from '../net/ip.js';
import type { CalicoOperation, CalicoWorld } from './calico-simulation.js';
import { CalicoIpam } from './internal/calico/calico-ipam.js';
import type { Assigned, Refusal } from './internal/calico/calico-request.js';
import { ReservedAddresses } from './internal/calico/reserved-addresses.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { done, listed, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';

type OperationOf<Name extends CalicoOperation['op']> = Extract<CalicoOperation, { readonly op: Name }>;

/**
 * What Calico's address management would do, step by step, beginning with `world`: which blocks nodes claim, which addresses they give, borrow and take back, and what Calico
 * says when there are none. Fails with `invalid-request` and `limit-too-large`.
 */
export function* simulateCalico(world: CalicoWorld, operations: readonly CalicoOperation[]): SimulationSteps {
  const reader = new SimulationReader();
  const pools = reader.pools(world.pools, '/world/pools');
  const reserved = reader.ranges(world.reservations, '/world/reservations');
  reader.config(world.config, '/world/config');
  for (const [index, operation] of operations.entries()) check(reader, operation, `/operations/${index}`);
  if (reader.problem) return err(reader.problem);
  const nodes = new Map(world.nodes.map(({ name, labels }) => [name, labels]));
  return yield* runSimulation(new CalicoSimulator(new CalicoIpam(pools, nodes, world.config, new ReservedAddresses(reserved))), operations);
}

/** Everything of an operation that is text must be readable; what it says may still be refused by Calico. */
function check(reader: SimulationReader, operation: CalicoOperation, at: string): void {
  switch (operation.op) {
    case 'autoAssign':
      reader.cidrs(operation.pools4, `${at}/pools4`);
      return void reader.cidrs(operation.pools6, `${at}/pools6`);
    case 'assign':
      return void reader.ip(operation.ip, `${at}/ip`);
    case 'release':
      return void reader.items(operation.items, `${at}/items`);
    case 'claimAffinity':
    case 'deletePool':
      return void reader.cidr(operation.cidr, `${at}/cidr`);
    case 'releaseAffinity':
      return void reader.cidr(operation.block, `${at}/block`);
    case 'ensureBlock':
      return void reader.cidrs(operation.pools, `${at}/pools`);
    case 'setPools':
      return void reader.pools(operation.pools, `${at}/pools`);
    case 'setPool':
      return void reader.pools([operation.pool], `${at}/pool`);
    case 'setConfig':
      return reader.config(operation.config, `${at}/config`);
    case 'releaseByHandle':
    case 'ipsByHandle':
    case 'releaseHostAffinities':
    case 'blocks':
    case 'setNode':
    case 'elapse':
      return;
    default:
      return assertNever(operation);
  }
}

class CalicoSimulator implements Simulator<CalicoOperation> {
  readonly attempts = 0;
  /** Everything it reads was read before. */
  private readonly reader = new SimulationReader();

  constructor(private readonly ipam: CalicoIpam) {}

  /** Addresses asked for, blocks claimed, and the blocks that the steps so far have looked at, twenty for one run. */
  cost(operation: CalicoOperation): number {
    const looks = Math.floor(this.ipam.blocks.takeLooks() / 20);
    if (operation.op === 'autoAssign') return looks + Math.max(1, operation.num4 + operation.num6);
    if (operation.op === 'claimAffinity') return looks + this.ipam.claimCost(this.reader.cidr(operation.cidr, ''));
    return looks + 1;
  }

  run(operation: CalicoOperation): Ran {
    this.ipam.settle();
    switch (operation.op) {
      case 'autoAssign':
        return this.autoAssign(operation);
      case 'assign':
        return this.assign(operation);
      case 'release':
        return outcome(this.ipam.release(this.reader.items(operation.items, '')));
      case 'releaseByHandle':
        return done({ released: this.ipam.releaseByHandle(operation.handle) });
      case 'ipsByHandle':
        return listed(this.ipam.addressesOf(operation.handle).map(formatIp));
      case 'claimAffinity':
        return outcome(this.ipam.claimAffinity(this.reader.cidr(operation.cidr, ''), operation.node));
      case 'releaseAffinity':
        return outcome(this.ipam.releaseAffinity(this.reader.cidr(operation.block, ''), operation.node, operation.mustBeEmpty));
      case 'releaseHostAffinities':
        return outcome(this.ipam.releaseHostAffinities(operation.node, operation.mustBeEmpty));
      case 'ensureBlock':
        return this.ensureBlock(operation);
      case 'blocks':
        return listed(this.blocks(operation.node));
      case 'setPools':
      case 'setPool':
      case 'deletePool':
      case 'setConfig':
      case 'setNode':
      case 'elapse':
        this.change(operation);
        return done();
      default:
        return assertNever(operation);
    }
  }

  /** `inUse`: addresses that are held, those of hosts too; `borrowed`: those held by another node than the block's. */
  state(): JsonObject {
    const { inUse, borrowed } = this.ipam.usage();
    return { inUse: String(inUse), borrowed: String(borrowed) };
  }

  private autoAssign(operation: OperationOf<'autoAssign'>): Ran {
    const result: Record<string, Json> = {};
    for (const family of [4, 6] as const) {
      const count = family === 4 ? operation.num4 : operation.num6;
      if (count === 0) continue;
      const pools = this.reader.cidrs(family === 4 ? operation.pools4 : operation.pools6, '');
      const assigned = this.ipam.autoAssign({
        ...operation,
        handle: operation.handle,
        namespaceLabels: operation.namespaceLabels,
        family,
        count,
        pools,
      });
      if ('code' in assigned) return refused(assigned.code, assigned.message, ...(Object.keys(result).length > 0 ? [result] : []));
      result[family === 4 ? 'ipv4' : 'ipv6'] = this.view(assigned, family, count);
      if (assigned.error) return refused(assigned.error.code, assigned.error.message, result);
    }
    return done(result);
  }

  private view({ addresses, messages }: Assigned, family: IpFamily, requested: number): JsonObject {
    const sequences = addresses.map((ip) => String(this.ipam.holderOf(ip)?.sequence ?? ''));
    return {
      addresses: addresses.map(formatIp),
      sequences,
      messages,
      partial: partialFulfilment(family, requested, addresses.length, messages),
    };
  }

  private assign(operation: OperationOf<'assign'>): Ran {
    const ip = this.reader.ip(operation.ip, '');
    const refusal = this.ipam.assign({ ...operation, ip, handle: operation.handle, use: operation.use });
    return refusal
      ? refused(refusal.code, refusal.message)
      : done({ address: formatIp(ip), sequence: String(this.ipam.holderOf(ip)?.sequence ?? '') });
  }

  private ensureBlock({ node, family, pools, reserveStart, reserveEnd }: OperationOf<'ensureBlock'>): Ran {
    const block = this.ipam.ensureBlock(node, family, this.reader.cidrs(pools, ''), { start: reserveStart, end: reserveEnd });
    return 'code' in block ? refused(block.code, block.message) : done(formatCidr(block));
  }

  private blocks(node: string | undefined): readonly JsonObject[] {
    const blocks = node === undefined ? this.ipam.blocks.all() : this.ipam.blocks.affineTo(node);
    return blocks.map(({ block, owner }) => ({ cidr: formatCidr(block.cidr), node: owner ?? null, held: block.addresses().map(formatIp) }));
  }

  private change(operation: OperationOf<'setPools' | 'setPool' | 'deletePool' | 'setConfig' | 'setNode' | 'elapse'>): void {
    switch (operation.op) {
      case 'setPools':
        this.ipam.pools = this.reader.pools(operation.pools, '');
        return;
      case 'setPool':
        this.ipam.setPools(this.reader.pools([operation.pool], ''));
        return;
      case 'deletePool':
        this.ipam.deletePool(this.reader.cidr(operation.cidr, ''));
        return;
      case 'setConfig':
        this.ipam.config = operation.config;
        return;
      case 'setNode':
        this.ipam.setNode(operation.node, operation.labels);
        return;
      case 'elapse':
        this.ipam.now += operation.seconds;
        return;
      default:
        assertNever(operation);
    }
  }
}

function outcome(result: object | Refusal | undefined): Ran {
  if (!result) return done();
  return isRefusal(result) ? refused(result.code, result.message) : done({ ...result });
}

function isRefusal(result: object): result is Refusal {
  return 'code' in result && 'message' in result;
}

/**
 * What Calico says of a request that got less than it asked for; null where it got all (projectcalico/calico `libcalico-go/lib/ipam/ipam.go`, `PartialFulfillmentError`).
 * `hostReservedHandle`: the handle of the addresses that a Windows host keeps of each block.
 */
export function partialFulfilment(
  family: IpFamily,
  requested: number,
  assigned: number,
  messages: readonly string[],
  hostReservedHandle?: string,
): string | null {
  if (assigned >= requested) return null;
  const host = hostReservedHandle === undefined ? [] : [`HostReservedAttr: ${hostReservedHandle}`];
  return [`Assigned ${assigned} out of ${requested} requested IPv${family} addresses`, ...messages, ...host].join('; ');
}
