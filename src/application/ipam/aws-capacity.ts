import { maxPodsOf, warmIpPrefixes, warmPrefixes, type WarmPrefixes } from '../../core/ipam/aws-capacity.js';

/** An instance and its settings; targets of 0 are not set. */
export interface AwsInstance {
  readonly interfaces: number;
  readonly ipv4PerInterface: number;
  readonly pods: number;
  readonly warmPrefixTarget: number;
  readonly warmIpTarget: number;
  readonly minimumIpTarget: number;
}

/** How many pods an instance of AWS can have, and the prefixes it holds. No cluster is asked. */
export class AwsCapacity {
  /** `WARM_IP_TARGET` and `MINIMUM_IP_TARGET` go before `WARM_PREFIX_TARGET` where one of them is set, as the plugin has it. */
  of({ interfaces, ipv4PerInterface, pods, ...targets }: AwsInstance): WarmPrefixes & { readonly maxPods: number } {
    const byAddresses = targets.warmIpTarget > 0 || targets.minimumIpTarget > 0;
    const prefixes = byAddresses
      ? warmIpPrefixes(pods, targets.warmIpTarget, targets.minimumIpTarget)
      : warmPrefixes(pods, targets.warmPrefixTarget);
    return { maxPods: maxPodsOf(interfaces, ipv4PerInterface), ...prefixes };
  }
}
