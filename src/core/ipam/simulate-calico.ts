import { assertNever } from '../kernel/assert-never.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { err } from '../kernel/result.js';
import { type Cidr, formatCidr, parseCidr } from '../net/cidr.js';
import { formatIp, type Ip, type IpFamily } from '../net/ip.js';
import type { CalicoOperation, CalicoWorld } from './calico-simulation.js';
import { CalicoIpam } from './internal/calico/calico-ipam.js';
import type { Assigned, Refusal } from './internal/calico/calico-request.js';
import { ReservedAddresses } from './internal/calico/reserved-addresses.js';
import type { HostReserve } from './internal/calico/windows-hosts.js';
import { partialFulfilment } from './partial-fulfilment.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { done, listed, type Plan, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';

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
  if (reader.problem) return err(reader.problem);
  const nodes = new Map(world.nodes.map(({ name, labels }) => [name, labels]));
  return yield* runSimulation(
    new CalicoSimulator(new CalicoIpam(pools, nodes, world.config, new ReservedAddresses(reserved))),
    operations,
    reader,
  );
}

class CalicoSimulator implements Simulator<CalicoOperation> {
  readonly attempts = 0;
  constructor(private readonly ipam: CalicoIpam) {}

  /** What it says may still be refused by Calico. */
  plan(operation: CalicoOperation, reader: SimulationReader, at: string): Plan {
    const run = this.read(operation, reader, at);
    const settled = (): Ran => {
      this.ipam.settle();
      return run();
    };
    return { cost: this.costOf(operation), run: settled };
  }

  /** Addresses asked for, blocks claimed, and the blocks that the steps so far have looked at, twenty for one run. */
  private costOf(operation: CalicoOperation): () => number {
    const looks = () => Math.floor(this.ipam.blocks.takeLooks() / 20);
    if (operation.op === 'autoAssign') return () => looks() + Math.max(1, operation.num4 + operation.num6);
    const claimed = operation.op === 'claimAffinity' ? parseCidr(operation.cidr) : undefined;
    return claimed ? () => looks() + this.ipam.affinities.claimCost(claimed) : () => looks() + 1;
  }

  private read(operation: CalicoOperation, reader: SimulationReader, at: string): () => Ran {
    switch (operation.op) {
      case 'autoAssign':
      case 'addPod':
        return this.readDemand(operation, reader, at);
      case 'assign': {
        const ip = reader.ip(operation.ip, `${at}/ip`);
        return () => this.assign(operation, ip);
      }
      case 'release': {
        const items = reader.items(operation.items, `${at}/items`);
        return () => outcome(this.ipam.release(items));
      }
      case 'claimAffinity': {
        const cidr = reader.cidr(operation.cidr, `${at}/cidr`);
        return () => outcome(this.ipam.affinities.claim(cidr, operation.node));
      }
      case 'releaseAffinity': {
        const block = reader.cidr(operation.block, `${at}/block`);
        return () => outcome(this.ipam.affinities.release(block, operation.node, operation.mustBeEmpty));
      }
      case 'ensureBlock': {
        const pools = reader.cidrs(operation.pools, `${at}/pools`);
        return () => this.ensureBlock(operation, pools);
      }
      case 'releaseByHandle':
        return () => this.releaseByHandle(operation.handle);
      case 'ipsByHandle':
        return () => this.ipsByHandle(operation.handle);
      case 'releaseHostAffinities':
        return () => outcome(this.ipam.affinities.releaseAll(operation.node, operation.mustBeEmpty));
      case 'blocks':
        return () => listed(this.blocks(operation.node));
      case 'setPools':
      case 'setPool':
      case 'deletePool':
      case 'setConfig':
      case 'setNode':
      case 'elapse': {
        const change = this.readChange(operation, reader, at);
        return () => {
          change();
          return done();
        };
      }
      default:
        return assertNever(operation);
    }
  }

  private readDemand(operation: OperationOf<'autoAssign' | 'addPod'>, reader: SimulationReader, at: string): () => Ran {
    const pools = { 4: reader.cidrs(operation.pools4, `${at}/pools4`), 6: reader.cidrs(operation.pools6, `${at}/pools6`) };
    return () => (operation.op === 'addPod' ? this.addPod(operation, pools) : this.autoAssign(operation, pools));
  }

  /** `inUse`: addresses that are held, those of hosts too; `borrowed`: those held by another node than the block's. */
  state(): JsonObject {
    const { inUse, borrowed } = this.ipam.usage();
    return { inUse: String(inUse), borrowed: String(borrowed) };
  }

  private autoAssign(operation: OperationOf<'autoAssign'>, poolsOf: Readonly<Record<IpFamily, readonly Cidr[]>>): Ran {
    const result: Record<string, Json> = {};
    for (const family of [4, 6] as const) {
      const count = family === 4 ? operation.num4 : operation.num6;
      if (count === 0) continue;
      const assigned = this.ipam.autoAssign({
        ...operation,
        handle: operation.handle,
        namespaceLabels: operation.namespaceLabels,
        family,
        count,
        pools: poolsOf[family],
        reserve: reserveIn(operation),
      });
      if ('code' in assigned) return refused(assigned.code, assigned.message, ...(Object.keys(result).length > 0 ? [result] : []));
      result[family === 4 ? 'ipv4' : 'ipv6'] = this.view(assigned, family, count);
      if (assigned.error) return refused(assigned.error.code, assigned.error.message, result);
    }
    return done(result);
  }

  /**
   * An error of the call is the plugin's own; where a family gets less than was asked for, what the other got is released (projectcalico/calico `cni-plugin/pkg/ipamplugin/ipam_plugin.go`, cmdAdd).
   * After an error the runtime calls the plugin once more to remove the pod, which releases all of its handle.
   */
  private addPod(operation: OperationOf<'addPod'>, poolsOf: Readonly<Record<IpFamily, readonly Cidr[]>>): Ran {
    const { node, handle, namespaceLabels } = operation;
    const given: Ip[] = [];
    for (const family of [4, 6] as const) {
      if (!operation.families.includes(family)) continue;
      const request = {
        node,
        handle,
        namespaceLabels,
        family,
        count: 1,
        pools: poolsOf[family],
        use: 'Workload',
        maxBlocks: 0,
        maxPerHandle: 0,
      } as const;
      const assigned = this.ipam.autoAssign(request);
      const failure = 'code' in assigned ? assigned : (assigned.error ?? lackOf(family, assigned));
      if (failure) {
        this.ipam.releaseByHandle(handle);
        return refused(failure.code, failure.message, { released: given.map(formatIp) });
      }
      if (!('code' in assigned)) given.push(...assigned.addresses);
    }
    return done({ addresses: given.map(formatIp) });
  }

  private view({ addresses, messages, hostHandle, isDrawn = false }: Assigned, family: IpFamily, requested: number): JsonObject {
    const sequences = addresses.map((ip) => String(this.ipam.holderOf(ip)?.sequence ?? ''));
    return {
      addresses: addresses.map(formatIp),
      sequences,
      messages,
      partial: partialFulfilment(family, requested, addresses.length, messages, hostHandle),
      blockByChance: isDrawn,
    };
  }

  private assign(operation: OperationOf<'assign'>, ip: Ip): Ran {
    const refusal = this.ipam.assign({ ...operation, ip, handle: operation.handle, use: operation.use });
    return refusal
      ? refused(refusal.code, refusal.message)
      : done({ address: formatIp(ip), sequence: String(this.ipam.holderOf(ip)?.sequence ?? '') });
  }

  private releaseByHandle(handle: string): Ran {
    const released = this.ipam.releaseByHandle(handle);
    return released > 0 ? done({ released }) : refused('NOT_ALLOCATED', unknownHandle(handle), { released });
  }

  private ipsByHandle(handle: string): Ran {
    const addresses = this.ipam.addressesOf(handle).map(formatIp);
    return addresses.length > 0 ? listed(addresses) : refused('NOT_ALLOCATED', unknownHandle(handle));
  }

  private ensureBlock({ node, family, reserveStart, reserveEnd }: OperationOf<'ensureBlock'>, pools: readonly Cidr[]): Ran {
    const block = this.ipam.ensureBlock(node, family, pools, { start: reserveStart, end: reserveEnd });
    return 'code' in block ? refused(block.code, block.message) : done(formatCidr(block));
  }

  private blocks(node: string | undefined): readonly JsonObject[] {
    const blocks = node === undefined ? this.ipam.blocks.all() : this.ipam.blocks.affineTo(node);
    return blocks.map(({ block, owner }) => ({ cidr: formatCidr(block.cidr), node: owner ?? null, held: block.addresses().map(formatIp) }));
  }

  private readChange(
    operation: OperationOf<'setPools' | 'setPool' | 'deletePool' | 'setConfig' | 'setNode' | 'elapse'>,
    reader: SimulationReader,
    at: string,
  ): () => void {
    switch (operation.op) {
      case 'setPools': {
        const pools = reader.pools(operation.pools, `${at}/pools`);
        return () => void (this.ipam.pools = pools);
      }
      case 'setPool': {
        const pools = reader.pools([operation.pool], `${at}/pool`);
        return () => this.ipam.setPools(pools);
      }
      case 'deletePool': {
        const cidr = reader.cidr(operation.cidr, `${at}/cidr`);
        return () => this.ipam.deletePool(cidr);
      }
      case 'setConfig':
        reader.config(operation.config, `${at}/config`);
        return () => void (this.ipam.config = operation.config);
      case 'setNode':
        return () => this.ipam.setNode(operation.node, operation.labels);
      case 'elapse':
        return () => void (this.ipam.now += operation.seconds);
      default:
        return assertNever(operation);
    }
  }
}

/** Undefined: what the node's plugin has it keep. */
function reserveIn({ reserveStart: start, reserveEnd: end }: OperationOf<'autoAssign'>): HostReserve | undefined {
  return start === undefined && end === undefined ? undefined : { start: start ?? 0, end: end ?? 0 };
}

/** What cmdAdd says of a family that got nothing. */
function lackOf(family: IpFamily, { addresses, messages, hostHandle }: Assigned): Refusal | undefined {
  const partial = partialFulfilment(family, 1, addresses.length, messages, hostHandle);
  return partial === null ? undefined : { code: 'POOL_EXHAUSTED', message: `failed to request IPv${family} addresses: ${partial}` };
}

/** Calico has no IPAMHandle of it. */
function unknownHandle(handle: string): string {
  return `resource does not exist: IPAMHandle(${handle})`;
}

function outcome(result: object | Refusal | undefined): Ran {
  if (!result) return done();
  return isRefusal(result) ? refused(result.code, result.message) : done({ ...result });
}

function isRefusal(result: object): result is Refusal {
  return 'code' in result && 'message' in result;
}
