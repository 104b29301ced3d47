import { assertNever } from '../kernel/assert-never.js';
import type { JsonObject } from '../kernel/json.js';
import { err } from '../kernel/result.js';
import { formatIp } from '../net/ip.js';
import { mergeRanges } from '../net/ip-set.js';
import { LbPools, type LbRequest } from './internal/lb-pools.js';
import type { LbAsker, LbOperation, LbPoolSpec } from './load-balancer-simulation.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { done, type Plan, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';
import { countAddresses } from './usable-addresses.js';

/**
 * Which addresses MetalLB would give to services of type LoadBalancer (metallb/metallb `internal/allocator/allocator.go`): linear, lowest first; shared by services with one
 * key and no port in common; dropped when a reload leaves them outside. Fails with `invalid-request` and `limit-too-large`.
 */
export function* simulateLoadBalancers(pools: readonly LbPoolSpec[], operations: readonly LbOperation[]): SimulationSteps {
  const reader = new SimulationReader();
  const first = reader.lbPools(pools, '/world/pools');
  if (reader.problem) return err(reader.problem);
  return yield* runSimulation(new LbSimulator(new LbPools(first)), operations, reader);
}

class LbSimulator implements Simulator<LbOperation> {
  readonly attempts = 0;

  constructor(private readonly pools: LbPools) {}

  plan(operation: LbOperation, reader: SimulationReader, at: string): Plan {
    return { cost: () => this.cost(operation), run: this.read(operation, reader, at) };
  }

  /** A shared address asks every service for its ports, a reload every one for its range. */
  private cost(operation: LbOperation): number {
    const { services, ranges } = this.pools;
    if (operation.op === 'setPools') return 1 + (services * ranges) / 100;
    if (operation.op === 'countersOf') return 1 + (services + ranges) / 100;
    if (operation.op !== 'allocate' && operation.op !== 'assign') return 1;
    const shared = operation.sharingKey === '' ? 0 : services * (1 + operation.ports.length);
    return 1 + (shared + ranges) / 100;
  }

  private read(operation: LbOperation, reader: SimulationReader, at: string): () => Ran {
    switch (operation.op) {
      case 'assign': {
        const ips = operation.ips.map((text, index) => reader.ip(text, `${at}/ips/${index}`));
        return () => outcome(this.pools.assign(requestOf(operation), ips));
      }
      case 'allocate':
        return () =>
          outcome(
            this.pools.allocate(requestOf(operation), {
              families: operation.families,
              prefersAll: operation.ipFamilyPolicy === 'PreferDualStack',
              pool: operation.pool,
            }),
          );
      case 'unassign':
        return () => {
          this.pools.unassign(operation.service);
          return done();
        };
      case 'poolOf':
        return () => done(this.pools.poolOf(operation.service) ?? null);
      case 'addressesOf':
        return () => done(...this.pools.addressesOf(operation.service).map(formatIp));
      case 'countersOf':
        return () => this.counters(operation.pool);
      case 'setPools': {
        const pools = reader.lbPools(operation.pools, `${at}/pools`);
        return () => done(...this.pools.reload(pools).map((service) => ({ service })));
      }
      default:
        return assertNever(operation);
    }
  }

  /** What MetalLB writes into the status of the pool (`CountersForPool`); it says 2^63 − 1 of very large ones, here they are counted exactly. */
  private counters(name: string): Ran {
    const found = this.pools.inUse(name);
    if (!found) return refused('POOL_NOT_FOUND', `unknown pool "${name}"`);
    const assigned = (family: 4 | 6) => BigInt(found.ips.filter((ip) => ip.family === family).length);
    const left = (family: 4 | 6) =>
      countAddresses(mergeRanges(found.pool.ranges.filter((one) => one.family === family))) - assigned(family);
    return done({
      assignedIPv4: String(assigned(4)),
      assignedIPv6: String(assigned(6)),
      availableIPv4: String(left(4)),
      availableIPv6: String(left(6)),
    });
  }

  state(): JsonObject {
    return { services: String(this.pools.services) };
  }
}

function requestOf({ service, namespace, labels, ports, sharingKey, backendKey }: LbAsker): LbRequest {
  return { service, namespace, labels, ports, sharingKey, backendKey };
}

function outcome(result: ReturnType<LbPools['assign']>): Ran {
  return result.ok ? done(...result.value.map(formatIp)) : refused(result.error.code, result.error.message);
}
