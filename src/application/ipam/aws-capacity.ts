import { heldPrefixes, maxPodsOf, type WarmPrefixes, type WarmTargets } from '../../core/ipam/aws-capacity.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';

/** An instance and its settings. */
export interface AwsInstance extends WarmTargets {
  readonly interfaces: number;
  readonly ipv4PerInterface: number;
  readonly pods: number;
}

/** How many pods an instance of AWS can have, and the prefixes it holds. No cluster is asked. */
export class AwsCapacity {
  /** Fails with `invalid-request`. */
  of({ interfaces, ipv4PerInterface, pods, ...targets }: AwsInstance): Result<WarmPrefixes & { readonly maxPods: number }, Problem> {
    const prefixes = heldPrefixes(pods, targets);
    return prefixes.ok ? ok({ maxPods: maxPodsOf(interfaces, ipv4PerInterface), ...prefixes.value }) : prefixes;
  }
}
