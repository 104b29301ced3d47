import { assertNever } from '../kernel/assert-never.js';
import type { JsonObject } from '../kernel/json.js';
import { err } from '../kernel/result.js';
import { formatIp } from '../net/ip.js';
import { LbPools, type LbRequest } from './internal/lb-pools.js';
import type { LbAsker, LbOperation, LbPoolSpec } from './load-balancer-simulation.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { done, type Plan, type Ran, refused, runSimulation, type SimulationSteps, type Simulator } from './simulation-run.js';

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
          outcome(this.pools.allocate(requestOf(operation), { families: operation.families, prefersAll: false, pool: operation.pool }));
      case 'unassign':
        return () => {
          this.pools.unassign(operation.service);
          return done();
        };
      case 'poolOf':
        return () => done(this.pools.poolOf(operation.service) ?? null);
      case 'addressesOf':
        return () => done(...this.pools.addressesOf(operation.service).map(formatIp));
      case 'setPools': {
        const pools = reader.lbPools(operation.pools, `${at}/pools`);
        return () => done(...this.pools.reload(pools).map((service) => ({ service })));
      }
      default:
        return assertNever(operation);
    }
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
