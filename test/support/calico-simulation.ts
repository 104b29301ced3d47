import { finished } from '../../src/core/kernel/steps.js';
import type { CalicoOperation, CalicoWorld } from '../../src/core/ipam/calico-simulation.js';
import { simulateCalico } from '../../src/core/ipam/simulate-calico.js';
import type { SimulatedStep } from '../../src/core/ipam/simulation-run.js';

/** What one family got of an assignment. */
export interface Given {
  readonly addresses: readonly string[];
  readonly messages: readonly string[];
  readonly partial: string | null;
}

/** What operations come to, one after the other; throws where the world cannot be simulated. */
export function runCalico(world: CalicoWorld, ...operations: readonly CalicoOperation[]): readonly SimulatedStep[] {
  const steps = finished(simulateCalico(world, operations));
  if (!steps.ok) throw new Error(steps.error.message);
  return steps.value;
}

/** Asks for one address by itself. */
export function assign(node: string, ip: string, handle?: string): CalicoOperation {
  return { op: 'assign', repeat: 1, node, ip, handle, maxPerHandle: 0 };
}
