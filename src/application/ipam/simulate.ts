import type { CalicoBlockOperation, CalicoBlockWorld, CalicoOperation, CalicoWorld } from '../../core/ipam/calico-simulation.js';
import { simulateAllocator } from '../../core/ipam/simulate-allocator.js';
import { simulateCalicoBlock } from '../../core/ipam/simulate-calico-block.js';
import { type CiliumPoolOperation, simulateCiliumPools } from '../../core/ipam/simulate-cilium-pools.js';
import { simulateCalico } from '../../core/ipam/simulate-calico.js';
import { type HostLocalOperation, type HostLocalWorld, simulateHostLocal } from '../../core/ipam/simulate-host-local.js';
import type { LbOperation, LbPoolSpec } from '../../core/ipam/load-balancer-simulation.js';
import { simulateLoadBalancers } from '../../core/ipam/simulate-load-balancers.js';
import { type PrefixOperation, type PrefixWorld, simulatePrefix } from '../../core/ipam/simulate-prefix.js';
import type { AllocatorOperation, AllocatorWorld } from '../../core/ipam/simulation.js';
import type { SimulatedStep } from '../../core/ipam/simulation-run.js';
import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';

type Steps = Result<readonly SimulatedStep[], Problem>;

/**
 * Runs operations on an allocator that is made for them and thrown away: no cluster is asked, and nothing is written. One step for each operation. Each fails with
 * `invalid-request` and `limit-too-large`.
 */
export class SimulateAllocator {
  run(world: AllocatorWorld, operations: readonly AllocatorOperation[]): Steps {
    return simulateAllocator(world, operations);
  }

  calico(world: CalicoWorld, operations: readonly CalicoOperation[]): Steps {
    return simulateCalico(world, operations);
  }

  calicoBlock(world: CalicoBlockWorld, operations: readonly CalicoBlockOperation[]): Steps {
    return simulateCalicoBlock(world, operations);
  }

  hostLocal(world: HostLocalWorld, operations: readonly HostLocalOperation[]): Steps {
    return simulateHostLocal(world, operations);
  }

  prefix(world: PrefixWorld, operations: readonly PrefixOperation[]): Steps {
    return simulatePrefix(world, operations);
  }

  loadBalancers({ pools }: { readonly pools: readonly LbPoolSpec[] }, operations: readonly LbOperation[]): Steps {
    return simulateLoadBalancers(pools, operations);
  }

  ciliumPools(operations: readonly CiliumPoolOperation[]): Steps {
    return simulateCiliumPools(operations);
  }
}
