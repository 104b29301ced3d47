import type { CalicoBlockOperation, CalicoBlockWorld, CalicoOperation, CalicoWorld } from '../../core/ipam/calico-simulation.js';
import { simulateAllocator } from '../../core/ipam/simulate-allocator.js';
import { simulateCalicoBlock } from '../../core/ipam/simulate-calico-block.js';
import { type CiliumPoolOperation, type CiliumPoolWorld, simulateCiliumPools } from '../../core/ipam/simulate-cilium-pools.js';
import { simulateCalico } from '../../core/ipam/simulate-calico.js';
import { type HostLocalOperation, type HostLocalWorld, simulateHostLocal } from '../../core/ipam/simulate-host-local.js';
import type { LbOperation, LbPoolSpec } from '../../core/ipam/load-balancer-simulation.js';
import { simulateLoadBalancers } from '../../core/ipam/simulate-load-balancers.js';
import { type NumberOperation, type NumberWorld, simulateNumbers } from '../../core/ipam/simulate-numbers.js';
import { type PrefixOperation, type PrefixWorld, simulatePrefix } from '../../core/ipam/simulate-prefix.js';
import { simulateWeave, type WeaveOperation, type WeaveWorld } from '../../core/ipam/simulate-weave.js';
import { simulateWeaveRing, type WeaveRingOperation, type WeaveRingWorld } from '../../core/ipam/simulate-weave-ring.js';
import type { AllocatorOperation, AllocatorWorld } from '../../core/ipam/simulation.js';
import type { SimulatedStep } from '../../core/ipam/simulation-run.js';
import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import { inStretches } from '../../manifests/pace.js';

type Steps = Promise<Result<readonly SimulatedStep[], Problem>>;

/**
 * Runs operations on an allocator that is made for them and thrown away: no cluster is asked, and nothing is written. One step for each operation, and others are served
 * meanwhile. Each fails with `invalid-request` and `limit-too-large`.
 */
export class SimulateAllocator {
  async run(world: AllocatorWorld, operations: readonly AllocatorOperation[]): Steps {
    return inStretches(simulateAllocator(world, operations));
  }

  async calico(world: CalicoWorld, operations: readonly CalicoOperation[]): Steps {
    return inStretches(simulateCalico(world, operations));
  }

  async calicoBlock(world: CalicoBlockWorld, operations: readonly CalicoBlockOperation[]): Steps {
    return inStretches(simulateCalicoBlock(world, operations));
  }

  async hostLocal(world: HostLocalWorld, operations: readonly HostLocalOperation[]): Steps {
    return inStretches(simulateHostLocal(world, operations));
  }

  async prefix(world: PrefixWorld, operations: readonly PrefixOperation[]): Steps {
    return inStretches(simulatePrefix(world, operations));
  }

  async loadBalancers({ pools }: { readonly pools: readonly LbPoolSpec[] }, operations: readonly LbOperation[]): Steps {
    return inStretches(simulateLoadBalancers(pools, operations));
  }

  async ciliumPools(world: CiliumPoolWorld, operations: readonly CiliumPoolOperation[]): Steps {
    return inStretches(simulateCiliumPools(world, operations));
  }

  async weave(world: WeaveWorld, operations: readonly WeaveOperation[]): Steps {
    return inStretches(simulateWeave(world, operations));
  }

  async weaveRing(world: WeaveRingWorld, operations: readonly WeaveRingOperation[]): Steps {
    return inStretches(simulateWeaveRing(world, operations));
  }

  async numbers(world: NumberWorld, operations: readonly NumberOperation[]): Steps {
    return inStretches(simulateNumbers(world, operations));
  }
}
