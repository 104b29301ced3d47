import { assertNever } from '../kernel/assert-never.js';
import type { JsonObject } from '../kernel/json.js';
import type { Problem } from '../kernel/problem.js';
import { err, type Result } from '../kernel/result.js';
import { formatIp } from '../net/ip.js';
import type { Labels } from '../resources/resource.js';
import { type LbPool, LbPools, type LbRequest } from './internal/lb-pools.js';
import { SimulationReader } from './internal/simulation-reader.js';
import { done, type Ran, refused, runSimulation, type SimulatedStep, type Simulator } from './simulation-run.js';

/** An IPAddressPool of MetalLB. */
export interface LbPoolSpec {
  readonly name: string;
  /** Prefixes and ranges `first-last`, in the order in which they are tried. */
  readonly addresses: readonly string[];
  readonly avoidBuggyIPs: boolean;
  readonly autoAssign: boolean;
  /** Whom the pool is kept for; undefined: anybody. */
  readonly serviceAllocation?:
    | {
        /** Lower first; 0 comes last. */
        readonly priority: number;
        readonly namespaces: readonly string[];
        /** In the text form of `kubectl -l`; one of them has to fit. */
        readonly serviceSelectors: readonly string[];
      }
    | undefined;
}

/** A service that asks. */
interface Asker {
  readonly service: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** `protocol/port`. */
  readonly ports: readonly string[];
  /** The annotation `metallb.io/allow-shared-ip`; empty: the address is not shared. */
  readonly sharingKey: string;
  /** With externalTrafficPolicy Local, what tells the pods of one service from those of another. */
  readonly backendKey: string;
}

/** One step on the pools. */
export type LbOperation = { readonly repeat: number } & (
  | (Asker & { readonly op: 'assign'; readonly ips: readonly string[] })
  | (Asker & { readonly op: 'allocate'; readonly families: readonly (4 | 6)[]; readonly pool?: string | undefined })
  | { readonly op: 'unassign' | 'poolOf' | 'addressesOf'; readonly service: string }
  | { readonly op: 'setPools'; readonly pools: readonly LbPoolSpec[] }
);

/**
 * Which addresses MetalLB would give to services of type LoadBalancer (metallb/metallb `internal/allocator/allocator.go`): linear, lowest first; shared by services with one
 * key and no port in common; dropped when a reload leaves them outside. Fails with `invalid-request` and `limit-too-large`.
 */
export function simulateLoadBalancers(
  pools: readonly LbPoolSpec[],
  operations: readonly LbOperation[],
): Result<readonly SimulatedStep[], Problem> {
  const reader = new SimulationReader();
  const first = reader.lbPools(pools, '/world/pools');
  const later = operations.map((operation, index) =>
    operation.op === 'setPools' ? reader.lbPools(operation.pools, `/operations/${index}/pools`) : [],
  );
  for (const [index, operation] of operations.entries()) {
    if (operation.op === 'assign') operation.ips.forEach((text, at) => reader.ip(text, `/operations/${index}/ips/${at}`));
  }
  if (reader.problem) return err(reader.problem);
  return runSimulation(
    new LbSimulator(new LbPools(first), new Map(operations.map((operation, index) => [operation, later[index] ?? []]))),
    operations,
  );
}

class LbSimulator implements Simulator<LbOperation> {
  readonly attempts = 0;
  private readonly reader = new SimulationReader();

  constructor(
    private readonly pools: LbPools,
    private readonly poolsOf: ReadonlyMap<LbOperation, readonly LbPool[]>,
  ) {}

  /** A reload and a shared address ask every service. */
  cost(operation: LbOperation): number {
    const asksAll = operation.op === 'setPools' || (operation.op === 'allocate' && operation.sharingKey !== '');
    return asksAll ? 1 + this.pools.services / 100 : 1;
  }

  run(operation: LbOperation): Ran {
    switch (operation.op) {
      case 'assign':
        return outcome(
          this.pools.assign(
            requestOf(operation),
            operation.ips.map((text) => this.reader.ip(text, '')),
          ),
        );
      case 'allocate':
        return outcome(this.pools.allocate(requestOf(operation), operation.families, operation.pool));
      case 'unassign':
        this.pools.unassign(operation.service);
        return done();
      case 'poolOf':
        return done(this.pools.poolOf(operation.service) ?? null);
      case 'addressesOf':
        return done(...this.pools.addressesOf(operation.service).map(formatIp));
      case 'setPools':
        return done(...this.pools.reload(this.poolsOf.get(operation) ?? []).map((service) => ({ service })));
      default:
        return assertNever(operation);
    }
  }

  state(): JsonObject {
    return { services: String(this.pools.services) };
  }
}

function requestOf({ service, namespace, labels, ports, sharingKey, backendKey }: Asker): LbRequest {
  return { service, namespace, labels, ports, sharingKey, backendKey };
}

function outcome(result: ReturnType<LbPools['assign']>): Ran {
  return result.ok ? done(...result.value.map(formatIp)) : refused(result.error.code, result.error.message);
}
