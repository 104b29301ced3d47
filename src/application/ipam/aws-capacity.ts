import {
  type AwsInterfaces,
  heldPrefixes,
  maxPodsOf,
  recommendedPodsOf,
  type WarmPrefixes,
  type WarmTargets,
} from '../../core/ipam/aws-capacity.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';

/** An instance and its settings. */
export interface AwsInstance extends WarmTargets, AwsInterfaces {
  /** Undefined: nothing is recommended. */
  readonly vcpus?: number | undefined;
  readonly pods: number;
}

/** What it can have, and what it holds. */
export interface AwsRoom extends WarmPrefixes {
  readonly maxPods: number;
  /** Null: its CPUs were not told. */
  readonly recommendedPods: number | null;
}

/** How many pods an instance of AWS can have, and the prefixes it holds. No cluster is asked. */
export class AwsCapacity {
  /** Fails with `invalid-request`. */
  of({ pods, vcpus, ...instance }: AwsInstance): Result<AwsRoom, Problem> {
    const prefixes = heldPrefixes(pods, instance);
    if (!prefixes.ok) return prefixes;
    const maxPods = maxPodsOf(instance);
    return ok({ maxPods, recommendedPods: vcpus === undefined ? null : recommendedPodsOf(maxPods, vcpus), ...prefixes.value });
  }
}
